package plain

import (
	"encoding/xml"

	"xietong.dev/shared/archive"
)

// docx reads a text document of the Office packages.
type docx struct {
	a         *archive.Archive
	b         *builder
	styles    wordStyles
	headers   []string // parts, in the order in which sections name them
	firstPage []string // headers and footers of first pages
	evenPages []string
	title     bool // a section's first page has its own
	evenOdd   bool
}

func readDocx(s source, b *builder) error {
	a, err := s.archive()
	if err != nil {
		return err
	}
	main, err := mainPart(a, "word/document.xml")
	if err != nil {
		return err
	}
	rels, err := relations(a, main)
	if err != nil {
		return err
	}
	d := &docx{a: a, b: b}
	if d.styles, err = readWordStyles(a, related(a, rels, "styles"), related(a, rels, "numbering")); err != nil {
		return err
	}
	if err := d.settings(related(a, rels, "settings")); err != nil {
		return err
	}
	if err := d.story(main); err != nil {
		return err
	}
	if err := d.stories(related(a, rels, "footnotes"), related(a, rels, "endnotes")); err != nil {
		return err
	}
	if err := b.close(); err != nil {
		return err
	}
	b.endBody()
	return d.stories(d.furniture()...)
}

// furniture are the parts with headers and footers that some page has.
func (d *docx) furniture() []string {
	parts := d.headers
	if d.title {
		parts = append(parts, d.firstPage...)
	}
	if d.evenOdd {
		parts = append(parts, d.evenPages...)
	}
	return parts
}

// stories reads parts, of which some may be missing.
func (d *docx) stories(parts ...string) error {
	for _, part := range parts {
		if part == "" || !d.a.Has(part) {
			continue
		}
		if err := d.story(part); err != nil {
			return err
		}
	}
	return nil
}

// settings finds out whether even pages have headers of their own.
func (d *docx) settings(part string) error {
	if part == "" {
		return nil
	}
	return each(d.a, part, func(_ *archive.XML, e xml.StartElement) error {
		if e.Name.Local == "evenAndOddHeaders" {
			d.evenOdd = on(e)
		}
		return nil
	})
}

// story reads a part that has paragraphs: the body, a header, the notes.
func (d *docx) story(part string) error {
	rels, err := relations(d.a, part)
	if err != nil {
		return err
	}
	s := &story{docx: d, rels: rels}
	return tokens(d.a, part, func(x *archive.XML, token xml.Token) error {
		s.x = x
		switch t := token.(type) {
		case xml.StartElement:
			return s.start(t)
		case xml.EndElement:
			return s.end(t.Name.Local)
		case xml.CharData:
			if s.inText && s.shown() {
				return d.b.text(string(t), s.style)
			}
		}
		return nil
	})
}
