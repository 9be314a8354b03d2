package convert

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"xietong.dev/functions/convert/formats"
	"xietong.dev/functions/convert/office"
	"xietong.dev/functions/convert/pdf"
	"xietong.dev/functions/convert/plain"
	"xietong.dev/shared/letters"
	"xietong.dev/shared/pages"
)

// officeEngine is LibreOffice.
type officeEngine struct{ pool *office.Pool }

func (e officeEngine) Convert(ctx context.Context, job Job) error {
	_, options := formats.Filter(job.From, job.To)
	in, load, err := readable(job)
	if err != nil {
		return err
	}
	return e.pool.Convert(ctx, office.Job{In: in, Out: job.Out, From: job.From.Extension(), Load: load, Filter: job.To.Extension(), Options: options,
		Password: job.Password, Trusted: job.Trusted})
}

// readable gives LibreOffice texts in UTF-8 with a byte order mark, which by itself
// it takes for the system's encoding, and says how to load a table.
func readable(job Job) (path, load string, err error) {
	if job.From != formats.Txt && job.From != formats.Csv && job.From != formats.HTML {
		return job.In, "", nil
	}
	text, err := os.ReadFile(job.In)
	if err != nil {
		return "", "", err
	}
	decoded, _ := letters.Decode(text)
	decoded = strings.TrimPrefix(decoded, "\ufeff")
	if job.From == formats.Csv {
		first, _, _ := strings.Cut(decoded, "\n")
		load = fmt.Sprintf("%d,34,76,1", plain.Separator(first))
	}
	path = job.Out + ".utf8"
	return path, load, os.WriteFile(path, []byte("\ufeff"+decoded), 0o600)
}

// plainEngine is our own readers.
type plainEngine struct{ limits plain.Limits }

func (e plainEngine) Convert(_ context.Context, job Job) error {
	in, size, err := openFile(job.In)
	if err != nil {
		return err
	}
	defer in.Close()
	read := plain.Text
	if job.To == formats.Md {
		read = plain.Markdown
	}
	return write(job.Out, func(w io.Writer) error {
		_, err := read(w, in, size, job.From, e.limits)
		return err
	})
}

// openFile opens a file to be read, and says how large it is.
func openFile(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	stat, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, stat.Size(), nil
}

// write makes a file of what is written.
func write(path string, to func(io.Writer) error) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := to(out); err != nil {
		os.Remove(path)
		return err
	}
	return out.Close()
}

// pdfiumEngine reads the text of PDFs, and takes their passwords off.
type pdfiumEngine struct{ reader *pages.Reader }

func (e pdfiumEngine) Convert(ctx context.Context, job Job) error {
	file, err := os.ReadFile(job.In)
	if err != nil {
		return err
	}
	return e.reader.With(ctx, file, job.Password, func(d *pages.Document) error {
		return write(job.Out, func(w io.Writer) error {
			if job.To == formats.PDF {
				return d.Unlocked(w)
			}
			return pageTexts(w, d, job.To == formats.Md)
		})
	})
}

// pageTexts writes the text of every page, pages apart by a form feed, or in
// Markdown by a rule.
func pageTexts(w io.Writer, d *pages.Document, markdown bool) error {
	between := "\f"
	if markdown {
		between = "\n\n---\n\n"
	}
	for page := 1; page <= d.Count(); page++ {
		text, err := d.Text(page)
		if err != nil {
			return err
		}
		if markdown {
			text = escapeMarkdown(text)
		}
		if page > 1 {
			text = between + text
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

// escapeMarkdown keeps what a page says from being taken for marks.
func escapeMarkdown(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "#", `\#`, "<", `\<`, "`", "\\`", "[", `\[`, "|", `\|`, "\n", "  \n").Replace(text)
}

// goldmarkEngine makes a page of Markdown.
type goldmarkEngine struct{ limits plain.Limits }

func (e goldmarkEngine) Convert(_ context.Context, job Job) error {
	in, size, err := openFile(job.In)
	if err != nil {
		return err
	}
	defer in.Close()
	return write(job.Out, func(w io.Writer) error { return plain.HTML(w, in, size, e.limits) })
}

// pdfcpuEngine makes PDFs of pictures.
type pdfcpuEngine struct{ limits pdf.Limits }

func (e pdfcpuEngine) Convert(ctx context.Context, job Job) error {
	file, err := os.ReadFile(job.In)
	if err != nil {
		return err
	}
	if file, err = pdf.Pictures(ctx, e.limits, pdf.Paper{}, file); err != nil {
		return err
	}
	return write(job.Out, func(w io.Writer) error {
		_, err := w.Write(file)
		return err
	})
}
