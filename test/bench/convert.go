package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"xietong.dev/test/documents/corpus"
	"xietong.dev/test/drive"
)

// speed is what one way of converting took, file by file.
type speed struct {
	wall []time.Duration
	cpu  time.Duration
}

// convert measures the converter beside what Debian brings: each file by a cold
// soffice, by a worker of its own, and by workers that are used again, in turn;
// then previews beside pdftoppm and text beside pdftotext, on the PDFs that came
// out; then how long it takes from nothing to a PDF.
func convert(b *bench) (figures, error) {
	files, err := b.officeFiles()
	if err != nil {
		return nil, err
	}
	isolated, _, err := b.up(filepath.Join(b.dir, "isolated"), "--set", "convert.TRUSTED_REQUESTS=false")
	if err != nil {
		return nil, err
	}
	defer isolated.Down()
	reused, _, err := b.up(filepath.Join(b.dir, "reused"), "--set", "convert.TRUSTED_REQUESTS=true")
	if err != nil {
		return nil, err
	}
	defer reused.Down()
	results, pdfs, err := b.documentsInTurn(files, isolated, reused)
	if err != nil {
		return nil, err
	}
	lone, shared := geomean(results["cold"].wall, results["isolated"].wall), geomean(results["cold"].wall, results["reused"].wall)
	fmt.Printf("%d files, %d rounds, one after the other\n", len(files), b.rounds)
	for _, way := range []string{"cold", "isolated", "reused"} {
		s := results[way]
		fmt.Printf("  %-10s p50 %s  p95 %s  CPU %s a file  %.2f times as fast as cold\n", way, seconds(share(s.wall, 0.5)), seconds(share(s.wall, 0.95)),
			seconds(s.cpu/time.Duration(len(s.wall))), geomean(results["cold"].wall, s.wall))
	}
	if err := b.atOnce(files, isolated, reused); err != nil {
		return nil, err
	}
	previews, text, err := b.seen(reused, pdfs)
	if err != nil {
		return nil, err
	}
	zero, err := b.fromNothing(reused, files[0])
	if err != nil {
		return nil, err
	}
	fmt.Printf("  previews: %.2f of the CPU of pdftoppm -png; text: %.2f of that of pdftotext\n  from no process to the first PDF: %s; memory of everything, both runtimes: %.0f and %.0f MiB\n",
		previews, text, seconds(zero), resident(isolated.PID()), resident(reused.PID()))
	return figures{{"previews_cpu", previews}, {"text_cpu", text}, {"zero_s", zero.Seconds()},
		{"speedup_isolated", lone}, {"speedup_over_cold", shared}}, nil
}

// officeFiles are the documents of the corpus that an office suite opens.
func (b *bench) officeFiles() (files []string, err error) {
	all, err := corpus.Write(b.ctx, filepath.Join(b.dir, "corpus"))
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if slices.Contains([]string{"docx", "doc", "odt", "rtf", "xlsx", "xls", "ods", "pptx", "ppt", "odp"}, d.Format) {
			files = append(files, d.Path)
		}
	}
	return files, nil
}

// documentsInTurn converts every file each way, one way after the other, so that what the
// machine does meanwhile touches all alike. It returns the PDFs too.
func (b *bench) documentsInTurn(files []string, isolated, reused *drive.Runtime) (map[string]*speed, []string, error) {
	results := map[string]*speed{"cold": {}, "isolated": {}, "reused": {}}
	var pdfs []string
	for round := range b.rounds + 1 { // the first fills caches
		for i, file := range files {
			pdf := filepath.Join(b.dir, fmt.Sprintf("%d.pdf", i))
			for way, do := range map[string]func() (time.Duration, error){
				"cold":     func() (time.Duration, error) { return b.cold(file, 0) },
				"isolated": func() (time.Duration, error) { return b.ours(isolated, file, pdf) },
				"reused":   func() (time.Duration, error) { return b.ours(reused, file, pdf) },
			} {
				began := time.Now()
				cpu, err := do()
				if err != nil {
					return nil, nil, fmt.Errorf("%s, %s: %w", way, filepath.Base(file), err)
				}
				if round > 0 {
					results[way].wall, results[way].cpu = append(results[way].wall, time.Since(began)), results[way].cpu+cpu
				}
			}
			if round == 0 {
				pdfs = append(pdfs, pdf)
			}
		}
	}
	return results, pdfs, nil
}

// cold converts a file as most scripts do: a new soffice with a profile that is
// warm already. Those at work at the same time have one each.
func (b *bench) cold(file string, profile int) (time.Duration, error) {
	c := exec.CommandContext(b.ctx, "soffice", "--headless", fmt.Sprintf("-env:UserInstallation=file://%s/profile%d", b.dir, profile),
		"--convert-to", "pdf", "--outdir", filepath.Join(b.dir, fmt.Sprint("cold", profile)), file)
	if text, err := c.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w: %s", err, text)
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime(), nil
}

// ours converts a file over HTTP.
func (b *bench) ours(r *drive.Runtime, file, pdf string) (time.Duration, error) {
	before, err := spent(r)
	if err != nil {
		return 0, err
	}
	status, body, err := r.Form(b.ctx, "/convert/forms/libreoffice/convert", nil, file)
	if err != nil || status != 200 {
		return 0, fmt.Errorf("status %d: %w: %.300s", status, err, body)
	}
	after, err := spent(r)
	if err == nil {
		err = os.WriteFile(pdf, body, 0o600)
	}
	return after - before, err
}

// spent is the processor time of the converter and of all that it has started,
// those that have ended included.
func spent(r *drive.Runtime) (time.Duration, error) {
	pids, err := r.Processes("convert")
	if err != nil {
		return 0, err
	}
	var all time.Duration
	for _, pid := range pids {
		all += drive.Spent(pid)
	}
	return all, nil
}

// atOnce prints how many documents an hour each way makes with as many at work as
// there are processors.
func (b *bench) atOnce(files []string, isolated, reused *drive.Runtime) error {
	const workers = 2
	for _, way := range []struct {
		name string
		do   func(worker int, file string) error
	}{
		{"cold", func(worker int, file string) error { _, err := b.cold(file, worker); return err }},
		{"isolated", func(worker int, file string) error { _, err := b.ours(isolated, file, os.DevNull); return err }},
		{"reused", func(worker int, file string) error { _, err := b.ours(reused, file, os.DevNull); return err }},
	} {
		began, queue, errs := time.Now(), make(chan string, len(files)), make(chan error, workers)
		for _, f := range files {
			queue <- f
		}
		close(queue)
		var all sync.WaitGroup
		for worker := range workers {
			all.Go(func() {
				for f := range queue {
					if err := way.do(worker, f); err != nil {
						errs <- fmt.Errorf("%s: %w", way.name, err)
						return
					}
				}
			})
		}
		all.Wait()
		select {
		case err := <-errs:
			return err
		default:
		}
		fmt.Printf("  %-10s %d at once: %.2f files a second\n", way.name, workers, float64(len(files))/time.Since(began).Seconds())
	}
	return nil
}

// seen compares the CPU of page pictures and of text with that of poppler's tools.
func (b *bench) seen(r *drive.Runtime, pdfs []string) (previews, text float64, err error) {
	const width = "794" // of A4 at 96 dpi
	var ours, theirs [2]time.Duration
	for _, pdf := range pdfs {
		for i, way := range []struct {
			path   string
			fields map[string]string
			tool   []string
		}{
			{"/convert/to/png", map[string]string{"width": width}, []string{"pdftoppm", "-png", "-scale-to-x", width, "-scale-to-y", "-1", pdf, filepath.Join(b.dir, "page")}},
			{"/convert/to/txt", nil, []string{"pdftotext", pdf, filepath.Join(b.dir, "page.txt")}},
		} {
			before, err := spent(r)
			if err != nil {
				return 0, 0, err
			}
			if status, body, err := r.Form(b.ctx, way.path, way.fields, pdf); err != nil || status != 200 {
				return 0, 0, fmt.Errorf("%s of %s: status %d: %w: %.300s", way.path, pdf, status, err, body)
			}
			after, err := spent(r)
			if err != nil {
				return 0, 0, err
			}
			c := exec.CommandContext(b.ctx, way.tool[0], way.tool[1:]...)
			if out, err := c.CombinedOutput(); err != nil {
				return 0, 0, fmt.Errorf("%s: %w: %s", strings.Join(way.tool, " "), err, out)
			}
			ours[i] += after - before
			theirs[i] += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
		}
	}
	return ours[0].Seconds() / theirs[0].Seconds(), ours[1].Seconds() / theirs[1].Seconds(), nil
}

// fromNothing is the time from no process at all to a PDF: the converter is killed
// before each.
func (b *bench) fromNothing(r *drive.Runtime, file string) (time.Duration, error) {
	var all []time.Duration
	for range b.rounds {
		if err := r.KillAll("convert"); err != nil {
			return 0, err
		}
		time.Sleep(time.Second) // the runtime notices
		began := time.Now()
		if _, err := b.ours(r, file, os.DevNull); err != nil {
			return 0, err
		}
		all = append(all, time.Since(began))
	}
	return median(all), nil
}

// share is the value under which such a share of all lies.
func share(all []time.Duration, part float64) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[int(part*float64(len(sorted)-1))]
}

// geomean is the geometric mean of the ratios, file by file.
func geomean(a, b []time.Duration) float64 {
	sum := 0.0
	for i := range a {
		sum += math.Log(a[i].Seconds() / b[i].Seconds())
	}
	return math.Exp(sum / float64(len(a)))
}
