package plain

import (
	"encoding/xml"
	"strings"

	"xietong.dev/shared/archive"
)

// odfStyle is what a style says of what has it.
type odfStyle struct {
	style
	hidden bool
}

// odfStyles holds the styles of a document.
type odfStyles struct {
	byName   map[string]odfStyle // family and name
	numbered map[string]bool     // list styles with numbers
	masters  []master
	used     map[string]bool // names of master pages
}

// master is a kind of page, with its headers and footers.
type master struct {
	name, next string
	kept       *collector
}

// maxMasters is how many kinds of pages a document may have; further ones have no
// headers.
const maxMasters = 1000

func newODFStyles() odfStyles {
	return odfStyles{byName: map[string]odfStyle{}, numbered: map[string]bool{}, used: map[string]bool{}}
}

// readStyle reads one style.
func (o *odfStyles) readStyle(x *archive.XML, e xml.StartElement) error {
	if page := archive.Attr(e, "master-page-name"); page != "" {
		o.used[page] = true
	}
	name, s := archive.Attr(e, "family")+"/"+archive.Attr(e, "name"), odfStyle{}
	err := within(x, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "text-properties":
			// Chinese has attributes of its own.
			s.bold = archive.Attr(e, "font-weight") == "bold" || archive.Attr(e, "font-weight-asian") == "bold"
			s.italic = archive.Attr(e, "font-style") == "italic" || archive.Attr(e, "font-style-asian") == "italic"
			s.hidden = s.hidden || archive.Attr(e, "display") == "none"
		case "table-properties":
			s.hidden = archive.Attr(e, "display") == "false"
		case "drawing-page-properties":
			s.hidden = archive.Attr(e, "visibility") == "hidden"
		}
		return nil
	})
	o.byName[name] = s
	return err
}

// readListStyle finds out whether the first level of a list has numbers.
func (o *odfStyles) readListStyle(x *archive.XML, e xml.StartElement) error {
	name := archive.Attr(e, "name")
	return within(x, func(e xml.StartElement) error {
		if e.Name.Local == "list-level-style-number" && archive.Attr(e, "level") == "1" && archive.Attr(e, "num-format") != "" {
			o.numbered[name] = true
		}
		return nil
	})
}

func (o *odfStyles) addMaster(name, next string, kept *collector) {
	if len(o.masters) < maxMasters {
		o.masters = append(o.masters, master{name, next, kept})
	}
}

// furniture writes the headers and footers of the kinds of pages that are used: the
// first, those that a style begins, and those that follow on them.
func (o *odfStyles) furniture(b *builder) error {
	if err := b.close(); err != nil {
		return err
	}
	b.endBody()
	for range o.masters { // at most as many as there are follow on each other
		for i, m := range o.masters {
			if i == 0 {
				o.used[m.name] = true
			}
			if o.used[m.name] && m.next != "" {
				o.used[m.next] = true
			}
		}
	}
	for _, m := range o.masters {
		if o.used[m.name] {
			if err := m.kept.write(b.page, -1); err != nil {
				return err
			}
		}
	}
	return nil
}

// define reads what stands before the body.
func (o *odf) define(e xml.StartElement) error {
	switch e.Name.Local {
	case "body":
		o.inBody = true
	case "style":
		return o.readStyle(o.x, e)
	case "list-style":
		return o.readListStyle(o.x, e)
	case "master-page":
		return o.masterPage(e)
	case "meta", "settings", "scripts", "font-face-decls", "binary-data":
		return o.x.Skip()
	}
	return nil
}

// masterPage keeps the headers and footers of a kind of page, which come after the
// content if there are such pages.
func (o *odf) masterPage(e xml.StartElement) error {
	kept, outer := &collector{}, o.b
	o.b = &builder{page: kept, limit: outer.limit, used: outer.used}
	err := within(o.x, func(part xml.StartElement) error {
		name := part.Name.Local
		if !strings.HasPrefix(name, "header") && !strings.HasPrefix(name, "footer") || archive.Attr(part, "display") == "false" {
			return o.x.Skip()
		}
		o.inBody = true
		defer func() { o.inBody = false }()
		return o.x.Each(o.token)
	})
	outer.used, o.b = o.b.used, outer
	o.addMaster(archive.Attr(e, "name"), archive.Attr(e, "next-style-name"), kept)
	return err
}
