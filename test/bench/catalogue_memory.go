package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"xietong.dev/functions/catalogue/booktest"
)

// largeBooks measures the most memory that a process takes which catalogues one large
// book.
func (b *bench) largeBooks(c *cataloguing) (all figures, err error) {
	picture := booktest.JPEG(1200, 1600, 1)
	for _, large := range []struct {
		name, label, file string
		make              func() []byte
	}{
		{"small_epub_mib", "EPUB", "a.epub", func() []byte { return booktest.EPUB3(booktest.Sample(1)) }},
		{"large_epub_mib", "EPUB", "a.epub", func() []byte { return largeEPUB(100<<20/len(picture), picture) }},
		{"large_pdf_mib", "PDF", "a.pdf", func() []byte { return booktest.Scans(200<<20/len(picture), picture, 1200, 1600) }},
	} {
		content := large.make()
		peak, err := b.peak(c, large.name, large.file, content)
		if err != nil {
			return nil, fmt.Errorf("%s of %d MiB: %w", large.label, len(content)>>20, err)
		}
		fmt.Printf("  peak memory for one %s of %d MiB: %.0f MiB\n", large.label, len(content)>>20, peak)
		all = append(all, figure{large.name, peak})
	}
	return all, nil
}

// peak is the most memory that a new process takes for one book and its text, in MiB.
func (b *bench) peak(c *cataloguing, id, name string, content []byte) (float64, error) {
	e, err := c.put(b, "large", id, name, content)
	if err != nil {
		return 0, err
	}
	if err := c.startOne(b); err != nil {
		return 0, err
	}
	last := len(c.processes) - 1
	if err := deliverOne(b.ctx, c.addresses[last], e); err != nil {
		return 0, err
	}
	texts, _ := c.asked()
	for _, e := range texts {
		if err := deliverOne(b.ctx, c.addresses[last], e); err != nil {
			return 0, err
		}
	}
	return highWater(c.processes[last].Process.Pid)
}

// highWater is the most memory that a process has had, in MiB.
func highWater(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if kb, found := strings.CutPrefix(line, "VmHWM:"); found {
			n, err := strconv.ParseFloat(strings.Fields(kb)[0], 64)
			return n / 1024, err
		}
	}
	return 0, errors.New("the kernel does not tell VmHWM")
}
