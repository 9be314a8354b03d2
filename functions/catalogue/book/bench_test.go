package book

import (
	"bytes"
	"crypto/sha256"
	"syscall"
	"testing"

	"xietong.dev/functions/catalogue/booktest"
	"xietong.dev/shared/booktext"
)

// BenchmarkEPUB says how many books a core takes in a second of its own time, which
// other programs on the machine do not change much: of 28 chapters, 227 kB of text
// and a cover of 1.9 megapixels.
func BenchmarkEPUB(b *testing.B) {
	cover := booktest.JPEG(1200, 1600, 1)
	var files [][]byte
	for n := range 30 {
		files = append(files, booktest.EPUB3(booktest.Sized(n, 28, 8100, cover)))
	}
	r := Reader{Limits: standard(b)}
	for name, text := range map[string]bool{"described": false, "with text": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			letters, from := 0, spent(b)
			for n := 0; b.Loop(); n++ {
				file := files[n%len(files)]
				sha256.Sum256(file)
				book, err := r.Open(b.Context(), bytes.NewReader(file), int64(len(file)), "a")
				if err == nil && text {
					err = book.Text(b.Context(), func(p booktext.Part) error { letters += len(p.Text); return nil })
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/(spent(b)-from), "books/cpu-s")
			b.ReportMetric(float64(len(files[0]))/1e6, "MB/book")
			if text {
				b.ReportMetric(float64(letters)/float64(b.N)/1e3, "kB-text/book")
			}
		})
	}
}

// BenchmarkTXT reads a text of 2 MB.
func BenchmarkTXT(b *testing.B) {
	file := booktest.TXT(booktest.Sized(0, 250, 8100, nil), nil)
	r := Reader{Limits: standard(b)}
	from := spent(b)
	for b.Loop() {
		if _, err := r.Open(b.Context(), bytes.NewReader(file), int64(len(file)), "a"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*float64(len(file))/1e6/(spent(b)-from), "MB/cpu-s")
}

// spent is the processor's time of this program, in seconds.
func spent(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
