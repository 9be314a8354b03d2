package convert

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"xietong.dev/events"
	"xietong.dev/functions/convert/formats"
	"xietong.dev/functions/convert/pdf"
	"xietong.dev/functions/convert/plain"
	"xietong.dev/functions/convert/watermark"
	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
)

// Engine makes one format of another.
type Engine interface {
	// Convert reads job.In and writes job.Out. A refusal says that this engine
	// will never do it; another may.
	Convert(ctx context.Context, job Job) error
}

// Job is one conversion.
type Job struct {
	In, Out  string // paths; Out does not exist
	From, To formats.Format
	Password string
	Trusted  bool
}

// Workshop is where formats are made of one another, for events and for requests
// alike.
type Workshop struct {
	Engines map[formats.Engine]Engine
	Reader  *pages.Reader
	Fonts   *Fonts
	Plain   plain.Limits
	PDF     pdf.Limits
	Stamper *watermark.Stamper
	Engine  string // what results depend on: the versions of the engines and the fonts
	Close   func()
}

// product is a file that was made, and by which engine.
type product struct {
	path   string
	format formats.Format
	engine formats.Engine

	page, width, height int // of a picture
}

// become makes a format of a source, by the first engine that is able to.
func (w *Workshop) become(ctx context.Context, s source, to formats.Format, dir string) (product, error) {
	way, err := formats.Find(s.format, to)
	if err != nil {
		return product{}, err
	}
	if way.Via != "" {
		between, err := w.become(ctx, s, way.Via, dir)
		if err != nil {
			return product{}, err
		}
		s = source{path: between.path, format: way.Via, trusted: s.trusted}
	}
	var failed error
	for _, engine := range way.Engines {
		job := Job{In: s.path, Out: fresh(dir, to), From: s.format, To: to, Password: s.password, Trusted: s.trusted}
		err := w.Engines[engine].Convert(ctx, job)
		if err == nil {
			return product{path: job.Out, format: to, engine: engine}, nil
		}
		failed = fmt.Errorf("%s to %s by %s: %w", s.format, to, engine, err)
		if ctx.Err() != nil || final(err) {
			break
		}
	}
	return product{}, failed
}

// final reports whether no other engine would know better.
func final(err error) bool {
	return slices.Contains([]string{archive.CodeEncrypted, pages.CodeWrongPassword, archive.CodeBomb, archive.CodeUnsafe, archive.CodeXML}, fault.Code(err))
}

// fresh is a path for a file that is not there yet. Formats that share an
// extension do not share a name.
func fresh(dir string, f formats.Format) string {
	for i := 0; ; i++ {
		path := filepath.Join(dir, fmt.Sprintf("%s-%d.%s", f, i, f.Extension()))
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return path
		}
	}
}

// set is all that was made of one source.
type set struct {
	products []product
	pdf      string // empty where none was needed
	pages    int
	report   events.Report
	engine   formats.Engine
}

// produce makes all that is wished for, and looks at how good it is.
func (w *Workshop) produce(ctx context.Context, s source, wish wishes, dir string) (set, error) {
	made := set{report: events.Report{Quality: events.QualityUnchecked}}
	if wish.pdf() {
		if err := w.producePDF(ctx, s, wish, dir, &made); err != nil {
			return made, err
		}
	}
	for _, to := range wish.To {
		if to == events.FormatPDF || to == events.FormatPDFA || to == events.FormatThumbnail {
			continue
		}
		p, err := w.become(ctx, s, formats.Format(to), dir)
		if err != nil {
			return made, err
		}
		made.products = append(made.products, p)
		if made.engine == "" {
			made.engine = p.engine
		}
	}
	return made, nil
}

// producePDF makes the PDF, checks it, and makes what is seen of it.
func (w *Workshop) producePDF(ctx context.Context, s source, wish wishes, dir string, made *set) error {
	to := formats.PDF
	if wish.wants(events.FormatPDFA) {
		to = formats.PDFA
	}
	p, err := w.becomePDF(ctx, s, to, dir)
	if err != nil {
		return err
	}
	made.engine = p.engine
	if made.report, made.pages, err = w.inspect(ctx, s, p); err != nil {
		return err
	}
	inspected := p.path
	if p.path, err = w.finishPDF(ctx, p.path, wish, dir); err != nil {
		return err
	}
	made.pdf = p.path
	if wish.wants(events.FormatPDF) || wish.wants(events.FormatPDFA) {
		made.products = append(made.products, p)
	}
	if p.path == inspected && !wish.wants(events.FormatThumbnail) {
		return nil
	}
	return w.read(ctx, p.path, func(d *pages.Document) error {
		made.pages = d.Count()
		if !wish.wants(events.FormatThumbnail) {
			return nil
		}
		p, err := picture(d, 1, thumbnailWidth, formats.Thumbnail, fresh(dir, formats.Thumbnail))
		made.products = append(made.products, p)
		return err
	})
}

// becomePDF makes the PDF. One that is a PDF already stays as it is, unless it
// must be opened with a password.
func (w *Workshop) becomePDF(ctx context.Context, s source, to formats.Format, dir string) (product, error) {
	if s.format == formats.PDF && to == formats.PDF && s.password == "" {
		return product{path: s.path, format: formats.PDF, engine: formats.Pdfium}, nil
	}
	return w.become(ctx, s, to, dir)
}

// thumbnailWidth is in pixels.
const thumbnailWidth = 256

// read opens a PDF of ours.
func (w *Workshop) read(ctx context.Context, path string, use func(*pages.Document) error) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return w.Reader.With(ctx, file, "", use)
}
