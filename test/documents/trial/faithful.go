package main

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"xietong.dev/test/documents/corpus"
	"xietong.dev/test/drive"
)

// Beside plain LibreOffice: how large pages are drawn, and how much a pixel and a
// page may differ.
const (
	drawWidth = "400"
	tolerance = 8 // of 255
	mostShare = 0.03
)

// faithful converts every document of the corpus that plain LibreOffice converts,
// and holds pages, text and pictures of both against each other.
func faithful(t *trial) error {
	r, err := t.up()
	if err != nil {
		return err
	}
	defer r.Down()
	fonts, err := t.fonts(r)
	if err != nil {
		return err
	}
	var same, pages, differing int
	for _, d := range t.corpus {
		if !opened(d) || !t.wants(d.Name) {
			continue
		}
		plain, err := t.plain(d, fonts)
		if err != nil {
			fmt.Printf("%s: plain LibreOffice does not convert it: %v\n", d.Name, err)
			continue
		}
		ours, err := t.ours(r, d)
		if err != nil {
			t.fault("%s: %v", d.Name, err)
			continue
		}
		result, err := t.compare(ours, plain)
		if err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
		pages += result.pages
		if result.said == "" {
			same++
			continue
		}
		differing++
		t.fault("%s: %s", d.Name, result.said)
	}
	fmt.Printf("documents=%d pages=%d same=%d differing=%d\n", same+differing, pages, same, differing)
	return nil
}

// chinese is all that plain LibreOffice is told: by itself it would take paper,
// dates and the word for page from the machine's locale.
const chinese = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>zh-CN</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="UILocale" oor:op="fuse"><value>zh-CN</value></prop></item>
</oor:items>
`

// opened reports whether plain LibreOffice opens a document as what it is: it
// draws PDFs and pictures anew, and has no reader for the rest.
func opened(d corpus.Document) bool {
	return !slices.Contains([]string{"pdf", "png", "jpeg", "tiff", "md", "epub", "csv", "txt", "html", "htm"}, d.Format)
}

// fonts finds the converter's own configuration of fonts, which says what stands
// in for what is not installed. Without it plain LibreOffice takes other fonts, and
// every page differs.
func (t *trial) fonts(r *drive.Runtime) (found string, err error) {
	// The converter has one from its first document on.
	if _, err := t.ours(r, t.corpus[0]); err != nil {
		return "", err
	}
	err = filepath.WalkDir(r.State, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "fonts.conf" {
			found = path
		}
		return nil // what comes and goes meanwhile is none of it
	})
	if err == nil && found == "" {
		err = errors.New("the converter has no configuration of fonts")
	}
	return found, err
}

// plain converts a document by Debian's soffice.
func (t *trial) plain(d corpus.Document, fonts string) (string, error) {
	profile, out := filepath.Join(t.dir, "profile"), filepath.Join(t.dir, "plain")
	if _, err := os.Stat(profile); err != nil {
		if err := os.MkdirAll(filepath.Join(profile, "user"), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(profile, "user", "registrymodifications.xcu"), []byte(chinese), 0o644); err != nil {
			return "", err
		}
	}
	c := exec.CommandContext(t.ctx, "soffice", "--headless", "-env:UserInstallation=file://"+profile, "--convert-to", "pdf", "--outdir", out, d.Path)
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "FONTCONFIG_FILE="+fonts)
	text, err := c.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, text)
	}
	pdf := filepath.Join(out, strings.TrimSuffix(d.Name, filepath.Ext(d.Name))+".pdf")
	moved := filepath.Join(out, d.Name+".plain.pdf")
	if err := os.Rename(pdf, moved); err != nil {
		return "", fmt.Errorf("it makes nothing: %.200s", text)
	}
	return moved, nil
}

func (t *trial) ours(r *drive.Runtime, d corpus.Document) (string, error) {
	status, body, err := r.Form(t.ctx, "/convert/forms/libreoffice/convert", nil, d.Path)
	if err != nil || status != 200 {
		return "", fmt.Errorf("answer %d, %v: %.300s", status, err, body)
	}
	pdf := filepath.Join(t.dir, d.Name+".ours.pdf")
	return pdf, os.WriteFile(pdf, body, 0o600)
}

// comparison is what was found of one document.
type comparison struct {
	pages int
	said  string // what differs; empty for nothing
}

func (t *trial) compare(ours, plain string) (comparison, error) {
	a, err := t.look(ours)
	if err != nil {
		return comparison{}, err
	}
	b, err := t.look(plain)
	if err != nil {
		return comparison{}, err
	}
	if len(a.pages) != len(b.pages) {
		return comparison{len(a.pages), fmt.Sprintf("%d pages, plain LibreOffice makes %d", len(a.pages), len(b.pages))}, nil
	}
	var said []string
	if a.text != b.text {
		said = append(said, "the text differs")
	}
	for i := range a.pages {
		if share := differs(a.pages[i], b.pages[i]); share > mostShare {
			said = append(said, fmt.Sprintf("%.1f %% of page %d differ", 100*share, i+1))
		}
	}
	return comparison{len(a.pages), strings.Join(said, ", ")}, nil
}

// looks is what a PDF says and shows.
type looks struct {
	text  string
	pages []image.Image
}

func (t *trial) look(pdf string) (looks, error) {
	text, err := exec.CommandContext(t.ctx, "pdftotext", pdf, "-").Output()
	if err != nil {
		return looks{}, fmt.Errorf("pdftotext: %w", err)
	}
	l := looks{text: strings.Join(strings.Fields(string(text)), " ")}
	dir, err := os.MkdirTemp(t.dir, "look")
	if err != nil {
		return l, err
	}
	defer os.RemoveAll(dir)
	if out, err := exec.CommandContext(t.ctx, "pdftoppm", "-png", "-scale-to-x", drawWidth, "-scale-to-y", "-1", pdf, filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		return l, fmt.Errorf("pdftoppm: %w: %s", err, out)
	}
	pictures, err := filepath.Glob(filepath.Join(dir, "*.png")) // in the order of their numbers, which have leading zeros
	if err != nil {
		return l, err
	}
	for _, path := range pictures {
		in, err := os.Open(path)
		if err != nil {
			return l, err
		}
		m, err := png.Decode(in)
		in.Close()
		if err != nil {
			return l, err
		}
		l.pages = append(l.pages, m)
	}
	return l, nil
}

// differs is the share of pixels that differ; pages of different sizes do wholly.
func differs(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 1
	}
	box, n := a.Bounds(), 0
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if apart(r1, r2) || apart(g1, g2) || apart(b1, b2) {
				n++
			}
		}
	}
	return float64(n) / float64(box.Dx()*box.Dy())
}

func apart(a, b uint32) bool { return max(a, b)-min(a, b) > tolerance*257 }
