package office

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkWays converts the same four documents by each way, one after the
// other: soffice --convert-to as anybody would run it, with a profile that it
// knows; a start of LibreOffice in the fence for each document; a worker for
// each document, the next one starting meanwhile; and one worker for all.
func BenchmarkWays(b *testing.B) {
	text := strings.Repeat("关于印发的通知 and some more of it. ", 40)
	var body string
	for range 30 {
		body += paragraph("SimSun", text)
	}
	jobs := []Job{job(b, "a.docx", docx(b, body, "")), job(b, "b.xlsx", xlsx(b, text, "")), job(b, "c.fodp", slides(text)), job(b, "d.txt", text)}
	p := open(b, nil)
	profile := filepath.Join(b.TempDir(), "profile")
	bare := func(j Job) error {
		return exec.Command(filepath.Join(p.config.Program, "soffice.bin"), "--headless", "--norestore", "-env:UserInstallation="+fileURL(profile),
			"--convert-to", "pdf", "--outdir", filepath.Dir(j.Out), j.In).Run()
	}
	bare(jobs[3]) // the first start fills the profile and ends
	trusted := func(j Job) error {
		j.Trusted = true
		return p.Convert(b.Context(), j)
	}
	for _, way := range []struct {
		name string
		do   func(Job) error
	}{
		{"soffice", bare},
		{"cold", func(j Job) error { return p.cold(b.Context(), j) }},
		{"isolated", func(j Job) error { return p.Convert(b.Context(), j) }},
		{"isolated-ready", func(j Job) error { return p.Convert(b.Context(), j) }},
		{"reused", trusted},
	} {
		b.Run(way.name, func(b *testing.B) {
			for b.Loop() {
				for _, j := range jobs {
					if way.name == "isolated-ready" { // as when documents come now and then
						b.StopTimer()
						time.Sleep(700 * time.Millisecond)
						b.StartTimer()
					}
					if err := way.do(j); err != nil {
						b.Fatal(err)
					}
					os.Remove(j.Out)
				}
			}
		})
	}
}
