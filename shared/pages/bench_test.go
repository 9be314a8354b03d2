package pages

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"xietong.dev/shared/pages/pdftest"
)

// benchPages is how long the report is that the benchmarks read.
const benchPages = 20

func report(b *testing.B) []byte {
	pdfs, err := pdftest.Office(b.Context(), map[string]string{"report.html": pdftest.Report(benchPages)})
	if err != nil {
		b.Fatal(err)
	}
	if err := reader.Warm(); err != nil {
		b.Fatal(err)
	}
	return pdfs["report.html"]
}

// against runs ours and a program of poppler's, in turns, and reports the
// processor time of each page and their ratio.
func against(b *testing.B, ours func(file []byte), program string, args ...string) {
	file := report(b)
	path := filepath.Join(b.TempDir(), "report.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		b.Fatal(err)
	}
	args = append(args, path, filepath.Join(b.TempDir(), "out"))
	var we, they time.Duration
	for b.Loop() {
		before := used()
		ours(file)
		we += used() - before
		c := exec.CommandContext(b.Context(), program, args...)
		if err := c.Run(); err != nil {
			b.Fatal(err)
		}
		they += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	pages := float64(b.N * benchPages)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(we.Seconds()*1000/pages, "ours-cpu-ms/page")
	b.ReportMetric(they.Seconds()*1000/pages, "poppler-cpu-ms/page")
	b.ReportMetric(float64(we)/float64(they), "ratio")
}

// used is the processor time of this process and of its workers so far.
func used() (sum time.Duration) {
	self := strconv.Itoa(os.Getpid())
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range all {
		fields := statFields(path)
		const ppid, utime, stime = 1, 11, 12 // after the name, see proc(5)
		if len(fields) < stime || fields[ppid] != self && filepath.Base(filepath.Dir(path)) != self {
			continue
		}
		for _, field := range fields[utime : stime+1] {
			ticks, _ := strconv.Atoi(field)
			sum += time.Duration(ticks) * time.Second / 100
		}
	}
	return sum
}

func each(b *testing.B, file []byte, do func(d *Document, page int) error) {
	err := reader.With(b.Context(), file, "", func(d *Document) error {
		for page := 1; page <= d.Count(); page++ {
			if err := do(d, page); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// At 96 dpi, to PNG.
func BenchmarkPNGBesidePdftoppm(b *testing.B) {
	against(b, func(file []byte) {
		each(b, file, func(d *Document, page int) error {
			size, err := d.Size(page)
			if err != nil {
				return err
			}
			_, err = d.Draw(io.Discard, page, int(size.Width*96/72), PNG, 0)
			return err
		})
	}, "pdftoppm", "-png", "-r", "96")
}

func BenchmarkTextBesidePdftotext(b *testing.B) {
	against(b, func(file []byte) {
		each(b, file, func(d *Document, page int) error {
			_, err := d.Text(page)
			return err
		})
	}, "pdftotext")
}

// What it costs to open a small PDF, in an instance of its own.
func BenchmarkOpen(b *testing.B) {
	file := report(b)
	for b.Loop() {
		if err := reader.With(b.Context(), file, "", func(*Document) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
