package convert

import (
	"context"
	"strings"

	"xietong.dev/events"
	"xietong.dev/functions/convert/plain"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
)

// inspect holds a PDF against what it was made of, and counts its pages.
func (w *Workshop) inspect(ctx context.Context, s source, made product) (report events.Report, count int, err error) {
	text, told, err := w.told(s)
	if err != nil {
		return report, 0, err
	}
	p, err := w.print(ctx, made.path)
	if err != nil {
		return report, 0, err
	}
	return assess(text, told, p, w.Fonts.Replaced(ctx, s)), p.pages, nil
}

// told returns what a source says, where that can be known without the engine
// whose work is checked. Headers and footers are left out: only a layout knows
// whether a page has them.
func (w *Workshop) told(s source) (text string, told bool, err error) {
	if !plain.Able(s.format) || s.password != "" {
		return "", false, nil
	}
	f, size, err := openFile(s.path)
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	var all strings.Builder
	notes, err := plain.Text(&all, f, size, s.format, w.Plain)
	if fault.IsInvalid(err) {
		return "", false, nil // the engine has read what our reader does not
	}
	if err != nil {
		return "", false, err
	}
	return all.String()[:notes.Body], true, nil
}

// print looks at every page of a PDF. Only pages without text are drawn to see
// whether they are blank.
func (w *Workshop) print(ctx context.Context, path string) (p printed, err error) {
	var all strings.Builder
	err = w.read(ctx, path, func(d *pages.Document) error {
		p.pages = d.Count()
		for page := 1; page <= p.pages; page++ {
			if err := look(d, page, &p, &all); err != nil {
				return err
			}
		}
		return nil
	})
	p.text = all.String()
	return p, err
}

// mostBlank bounds the list of blank pages in a report.
const mostBlank = 100

func look(d *pages.Document, page int, p *printed, all *strings.Builder) error {
	if _, err := d.Size(page); fault.Code(err) == pages.CodePageTooLarge {
		p.odd = append(p.odd, page)
		return nil
	}
	text, err := d.Text(page)
	if err != nil {
		return err
	}
	all.WriteString(text)
	all.WriteByte('\n')
	if strings.TrimSpace(text) != "" || len(p.blank) == mostBlank {
		return nil
	}
	blank, err := d.Blank(page)
	if blank {
		p.blank = append(p.blank, page)
	}
	return err
}
