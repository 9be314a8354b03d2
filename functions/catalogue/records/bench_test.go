package records

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// BenchmarkRead reads batches of many rows of realistic size, and says how many for
// each second of a processor, which a busy machine does not change.
func BenchmarkRead(b *testing.B) {
	const rows = 2000
	for name, content := range map[string][]byte{
		"json":       jsonOf(b, rows),
		"cnmarc_gbk": bytes.Repeat(recordOf(b, "cnmarc_gbk"), rows),
		"cnmarc":     bytes.Repeat(recordOf(b, "cnmarc_utf8"), rows),
		"marc21":     bytes.Repeat(recordOf(b, "marc21"), rows),
		"csv":        append([]byte("书名,作者,ISBN,出版社,出版日期,分类号,文件\n"), strings.Repeat("红楼梦,曹雪芹、高鹗著,9787020002207,人民文学出版社,1996-12,I242.4,hlm.epub\n", rows)...),
		"onix":       onixBatch(b, rows),
	} {
		b.Run(name, func(b *testing.B) {
			limits := defaultsWithVersion(b)
			b.SetBytes(int64(len(content)))
			before := cpu()
			for b.Loop() {
				r, err := Open(context.Background(), bytes.NewReader(content), "in", limits)
				for err == nil {
					_, err = r.Next()
				}
				if err != io.EOF || r.count != rows {
					b.Fatal(r.count, err)
				}
			}
			b.ReportMetric(rows*float64(b.N)/(cpu()-before), "rows/cpu-s")
		})
	}
}

// cpu is the time that this process has had, in seconds.
func cpu() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func caseOf(t testing.TB, name string) txtar.File {
	a, err := txtar.ParseFile("testdata/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	return a.Files[0]
}

// recordOf is the first record of a case.
func recordOf(t testing.TB, name string) []byte {
	f := caseOf(t, name)
	first, _, _ := strings.Cut(string(f.Data), "\n\n")
	return batch(t, f.Name, first)
}

func jsonOf(t testing.TB, rows int) []byte {
	line := strings.Split(string(caseOf(t, "batch").Data), "\n")[1] + "\n"
	text := strings.Repeat(line, rows)
	return fmt.Appendf(nil, `{"source":"s","batch":"b","seq":1,"mode":"delta","count":%d,"sha256":"%x"}`+"\n%s", rows, sha256.Sum256([]byte(text)), text)
}

func onixBatch(t testing.TB, rows int) []byte {
	text := string(caseOf(t, "onix_reference").Data)
	from, to := strings.Index(text, "<Product>"), strings.Index(text, "</Product>")+len("</Product>")
	return []byte(text[:from] + strings.Repeat(text[from:to], rows) + "</ONIXMessage>")
}
