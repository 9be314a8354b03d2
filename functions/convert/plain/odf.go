package plain

import (
	"encoding/xml"
	"io"
	"strings"

	"xietong.dev/shared/archive"
)

// odf reads OpenDocument: texts, spreadsheets and presentations alike, in packages
// and in flat files.
type odf struct {
	odfStyles
	a      *archive.Archive // nil for a flat file
	b      *builder
	x      *archive.XML
	book   bool // it is a spreadsheet
	inBody bool
	slide  *odfSlide
	slides int
	title  bool     // the frame holds the title of a slide
	spans  []style  // that are open
	lists  []string // list styles that are open
	odfTable
}

// readODF reads a package: first the part with the styles, which has the headers,
// then the content.
func readODF(s source, b *builder) error {
	a, err := s.archive()
	if err != nil {
		return err
	}
	o := &odf{odfStyles: newODFStyles(), a: a, b: b}
	for _, part := range []string{"styles.xml", "content.xml"} {
		if part == "styles.xml" && !a.Has(part) {
			continue
		}
		x, closed, err := a.XML(part)
		if err != nil {
			return err
		}
		err = o.read(x)
		closed()
		if err != nil {
			return err
		}
	}
	return o.furniture(b)
}

// readFlatODF reads a document that is one XML file.
func readFlatODF(s source, b *builder) error {
	if err := s.flat(); err != nil {
		return err
	}
	o := &odf{odfStyles: newODFStyles(), b: b}
	if err := o.read(archive.NewXML(io.NewSectionReader(s.r, 0, s.size), "the document", s.limits.Archive)); err != nil {
		return err
	}
	return o.furniture(b)
}

func (o *odf) read(x *archive.XML) error {
	o.x = x
	return x.Each(o.token)
}

func (o *odf) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		if o.inBody {
			return o.start(t)
		}
		return o.define(t)
	case xml.EndElement:
		if o.inBody {
			return o.end(t.Name.Local)
		}
	case xml.CharData:
		if o.inBody && len(o.b.open) > 0 {
			return o.text(string(t))
		}
	}
	return nil
}

func (o *odf) start(e xml.StartElement) error {
	if strings.Contains(e.Name.Space, "svg") {
		return o.x.Skip() // titles and descriptions of pictures
	}
	switch e.Name.Local {
	case "spreadsheet":
		o.book = true
	case "p":
		o.b.begin(o.paragraph())
	case "h":
		o.b.begin(para{level: heading(max(1, number(archive.Attr(e, "outline-level"))) - 1)})
	case "span":
		s := o.byName["text/"+archive.Attr(e, "style-name")]
		if s.hidden {
			return o.x.Skip()
		}
		s.style.link = o.current().link
		o.spans = append(o.spans, s.style)
	case "a":
		s := o.current()
		s.link = archive.Attr(e, "href")
		o.spans = append(o.spans, s)
	case "s":
		return o.b.text(strings.Repeat(" ", min(max(1, number(archive.Attr(e, "c"))), 200)), o.current())
	case "tab":
		return o.b.text("\t", o.current())
	case "line-break":
		return o.b.text("\n", o.current())
	case "list":
		name := archive.Attr(e, "style-name")
		if n := len(o.lists); name == "" && n > 0 {
			name = o.lists[n-1]
		}
		o.lists = append(o.lists, name)
	case "table", "table-column", "table-row", "table-cell", "covered-table-cell":
		return o.startTable(e)
	case "page":
		return o.startSlide(e)
	case "frame", "custom-shape":
		if archive.Attr(e, "placeholder") == "true" {
			return o.x.Skip() // it asks for a text that nobody gave
		}
		o.title = archive.Attr(e, "class") == "title"
	case "object":
		return o.object(archive.Attr(e, "href"))
	case "annotation", "tracked-changes", "notes", "forms", "hidden-text", "hidden-paragraph", "note-citation", "binary-data",
		"content-validations", "sheet-name", "page-number", "page-count", "header-decl", "footer-decl", "date-time-decl", "script", "sequence-decls", "variable-decls",
		"table-of-content-source", "illustration-index-source", "table-index-source", "alphabetical-index-source", "user-index-source",
		"bibliography-source", "object-index-source", "named-expressions", "database-ranges", "image-map", "placeholder":
		return o.x.Skip()
	}
	return nil
}

func (o *odf) end(name string) error {
	switch name {
	case "body":
		o.inBody = false
	case "p", "h":
		return o.b.end()
	case "span", "a":
		if n := len(o.spans); n > 0 {
			o.spans = o.spans[:n-1]
		}
	case "list":
		if n := len(o.lists); n > 0 {
			o.lists = o.lists[:n-1]
		}
	case "frame", "custom-shape":
		o.title = false
	case "table", "table-row", "table-cell", "covered-table-cell":
		return o.endTable(name)
	case "page":
		return o.endSlide()
	}
	return nil
}

func (o *odf) current() style {
	if n := len(o.spans); n > 0 {
		return o.spans[n-1]
	}
	return style{}
}

// paragraph is how a paragraph begins where the reading is.
func (o *odf) paragraph() para {
	if o.title {
		return para{level: 2}
	}
	n := len(o.lists)
	if n == 0 || o.b.cell > 0 {
		return para{}
	}
	return para{depth: min(n, 9), ordered: o.numbered[o.lists[n-1]]}
}

// text adds characters, of which white space counts once.
func (o *odf) text(text string) error {
	open := o.b.open[len(o.b.open)-1].text
	return o.b.text(collapse(text, len(open) == 0 || open[len(open)-1] == ' '), o.current())
}
