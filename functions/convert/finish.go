package convert

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"strconv"

	"xietong.dev/events"
	"xietong.dev/functions/convert/formats"
	"xietong.dev/functions/convert/pdf"
	"xietong.dev/functions/convert/watermark"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
)

// finishPDF takes the pages out of a PDF that are asked for, and lays the
// watermark over them. Where neither is, the PDF stays as it is.
func (w *Workshop) finishPDF(ctx context.Context, path string, wish wishes, dir string) (string, error) {
	if wish.Pages != "" {
		numbers, err := w.numbers(ctx, path, wish.Pages)
		if err != nil {
			return "", err
		}
		if path, err = w.rewrite(path, dir, func(file []byte) ([]byte, error) { return pdf.Extract(ctx, w.PDF, file, numbers) }); err != nil {
			return "", err
		}
	}
	if wish.Watermark == nil {
		return path, nil
	}
	mark, err := markOf(*wish.Watermark)
	if err != nil {
		return "", err
	}
	return w.rewrite(path, dir, func(file []byte) ([]byte, error) { return w.Stamper.Stamp(ctx, file, mark) })
}

// rewrite makes another PDF of one.
func (w *Workshop) rewrite(path, dir string, how func([]byte) ([]byte, error)) (string, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if file, err = how(file); err != nil {
		return "", err
	}
	out := fresh(dir, formats.PDF)
	return out, os.WriteFile(out, file, 0o600)
}

// numbers are the pages that a text such as 1-3,5,8- stands for.
func (w *Workshop) numbers(ctx context.Context, path, text string) (numbers []int, err error) {
	err = w.read(ctx, path, func(d *pages.Document) error {
		numbers, err = pages.Ranges(text, d.Count())
		return err
	})
	return numbers, err
}

// markOf is a watermark in the words of its package.
func markOf(w events.Watermark) (watermark.Mark, error) {
	mark := watermark.Mark{Lines: w.Lines}
	if w.Opacity != nil {
		mark.Look.Opacity = *w.Opacity
	}
	if w.Trace == "" {
		return mark, nil
	}
	code, err := strconv.ParseUint(w.Trace, 16, 64)
	if err != nil {
		return mark, fault.Invalidf("trace code %q: %w", w.Trace, err)
	}
	mark.Trace = (*watermark.Code)(&code)
	return mark, nil
}

// trace finds the trace code in a file: in a PDF as it is or as it is seen, or in
// a picture of a page. It is "" where there is none to be read.
func (w *Workshop) trace(ctx context.Context, u upload) (string, error) {
	format, err := w.recognise(u.path, u.name, "")
	if err != nil {
		return "", err
	}
	code, err := w.traceIn(ctx, u.path, format)
	if errors.Is(err, watermark.ErrNoCode) {
		return "", nil
	}
	return fmt.Sprintf("%016x", uint64(code)), err
}

// tracePages is how many pages of a PDF are drawn to look for a code, and how
// wide: 150 dots an inch of A4.
const (
	tracePages = 3
	traceWidth = 1240
)

func (w *Workshop) traceIn(ctx context.Context, path string, format formats.Format) (watermark.Code, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	if format != formats.PDF {
		m, err := pdf.Decode(w.PDF, file)
		if err != nil {
			return 0, err
		}
		return watermark.FindInImage(m)
	}
	code, err := watermark.Find(ctx, w.PDF, file)
	if !errors.Is(err, watermark.ErrNoCode) {
		return code, err
	}
	err = w.Reader.With(ctx, file, "", func(d *pages.Document) error {
		for page := 1; page <= min(d.Count(), tracePages); page++ {
			m, err := d.Render(page, traceWidth)
			if err != nil {
				return err
			}
			if code, err = watermark.FindInImage(image.Image(m)); !errors.Is(err, watermark.ErrNoCode) {
				return err
			}
		}
		return watermark.ErrNoCode
	})
	return code, err
}
