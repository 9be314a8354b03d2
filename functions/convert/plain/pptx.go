package plain

import (
	"encoding/xml"
	"strconv"

	"xietong.dev/shared/archive"
)

// readPptx reads the slides of a presentation in their order. Notes, the texts of
// masters and hidden slides are left out.
func readPptx(s source, b *builder) error {
	a, err := s.archive()
	if err != nil {
		return err
	}
	main, err := mainPart(a, "ppt/presentation.xml")
	if err != nil {
		return err
	}
	rels, err := relations(a, main)
	if err != nil {
		return err
	}
	var slides []string
	err = each(a, main, func(_ *archive.XML, e xml.StartElement) error {
		if e.Name.Local == "sldId" {
			slides = append(slides, rels[relID(e, "id")].target)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, part := range slides {
		if !a.Has(part) {
			continue
		}
		if err := readSlide(a, b, part, strconv.Itoa(i+1)); err != nil {
			return err
		}
	}
	return nil
}

// readSlide writes a slide with its title first, wherever that is drawn.
func readSlide(a *archive.Archive, b *builder, part, number string) error {
	rels, err := relations(a, part)
	if err != nil {
		return err
	}
	kept := &collector{}
	s := &slide{a: a, rels: rels, b: &builder{page: kept, limit: b.limit, used: b.used}}
	err = tokens(a, part, func(x *archive.XML, token xml.Token) error {
		s.x = x
		switch t := token.(type) {
		case xml.StartElement:
			return s.start(t)
		case xml.EndElement:
			return s.end(t.Name.Local)
		case xml.CharData:
			if s.inText {
				return s.b.text(string(t), s.style)
			}
		}
		return nil
	})
	if err == errHidden {
		b.notes.HiddenSlides++
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.b.close(); err != nil {
		return err
	}
	b.used = s.b.used
	return kept.onto(b.page, number)
}

// slide is where in a slide the reading is.
type slide struct {
	a      *archive.Archive
	b      *builder
	x      *archive.XML
	rels   map[string]relation
	kind   string // of the placeholder: title, body …
	holder bool   // it is a placeholder
	style  style
	inText bool
	chosen []bool
}

func (s *slide) start(e xml.StartElement) error {
	switch e.Name.Local {
	case "sld":
		if archive.Attr(e, "show") == "0" {
			return errHidden
		}
	case "sp":
		s.kind, s.holder = "", false
	case "ph":
		s.kind, s.holder = archive.Attr(e, "type"), true
	case "p":
		s.b.begin(s.paragraph())
	case "pPr":
		return s.paragraphProperties(e)
	case "r", "fld":
		s.style = style{}
	case "rPr":
		s.style.bold, s.style.italic = truth(archive.Attr(e, "b")), truth(archive.Attr(e, "i"))
	case "hlinkClick":
		if r := s.rels[relID(e, "id")]; r.external {
			s.style.link = r.target
		}
	case "t":
		s.inText = true
	case "br":
		return s.b.text("\n", style{})
	case "tbl":
		s.b.beginTable()
	case "tc":
		return s.b.beginCell()
	case "chart", "relIds":
		return drawn(s.a, s.b, s.rels, e)
	case "AlternateContent":
		s.chosen = append(s.chosen, false)
	case "Choice", "Fallback":
		if n := len(s.chosen); n > 0 && s.chosen[n-1] {
			return s.x.Skip()
		} else if n > 0 {
			s.chosen[n-1] = true
		}
	}
	return nil
}

func (s *slide) end(name string) error {
	switch name {
	case "p":
		return s.b.end()
	case "t":
		s.inText = false
	case "sp":
		s.kind, s.holder = "", false
	case "tc":
		s.b.endCell()
	case "tr":
		return s.b.endRow()
	case "tbl":
		return s.b.endTable()
	case "AlternateContent":
		if n := len(s.chosen); n > 0 {
			s.chosen = s.chosen[:n-1]
		}
	}
	return nil
}

// paragraph is how the paragraphs of a placeholder begin.
func (s *slide) paragraph() para {
	switch {
	case s.kind == "title", s.kind == "ctrTitle":
		return para{level: 2}
	case s.holder && (s.kind == "" || s.kind == "body" || s.kind == "obj"):
		return para{depth: 1}
	}
	return para{}
}

// paragraphProperties reads the depth of a list item, and whether it is one.
func (s *slide) paragraphProperties(e xml.StartElement) error {
	depth := max(0, number(archive.Attr(e, "lvl"))) + 1
	none, bullet, ordered := false, false, false
	err := within(s.x, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "buNone":
			none = true
		case "buChar", "buBlip":
			bullet = true
		case "buAutoNum":
			bullet, ordered = true, true
		}
		return nil
	})
	if err != nil || len(s.b.open) == 0 {
		return err
	}
	p := s.b.open[len(s.b.open)-1]
	if p.level == 0 && (p.depth > 0 || bullet) {
		p.depth, p.ordered = min(depth, 9), ordered
	}
	if none {
		p.depth = 0
	}
	return nil
}

func truth(text string) bool { return text == "1" || text == "true" || text == "on" }
