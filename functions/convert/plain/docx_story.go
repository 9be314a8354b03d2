package plain

import (
	"encoding/xml"
	"slices"

	"xietong.dev/shared/archive"
)

// story is where in a part the reading is.
type story struct {
	*docx
	x      *archive.XML
	rels   map[string]relation
	style  style
	link   string
	hidden bool   // the run is
	inText bool   // within w:t
	fields []bool // of fields that are open: whether the result has begun
	chosen []bool // of alternatives that are open: whether one was taken
}

// shown reports whether text is to be seen here: neither hidden nor the
// instruction of a field.
func (s *story) shown() bool {
	for _, result := range s.fields {
		if !result {
			return false
		}
	}
	return !s.hidden
}

func (s *story) start(e xml.StartElement) error {
	switch e.Name.Local {
	case "p":
		s.b.begin(para{})
	case "pPr":
		return s.paragraphProperties()
	case "r":
		s.style, s.hidden = style{link: s.link}, false
	case "rPr":
		return s.runProperties()
	case "t":
		s.inText = true
	case "tab", "ptab":
		return s.add("\t")
	case "br", "cr":
		return s.add("\n")
	case "noBreakHyphen":
		return s.add("-")
	case "sym":
		return s.add(symbol(archive.Attr(e, "font"), archive.Attr(e, "char")))
	case "fldChar":
		s.field(archive.Attr(e, "fldCharType"))
	case "hyperlink":
		if r := s.rels[relID(e, "id")]; r.external {
			s.link = r.target
		}
	case "tbl":
		s.b.beginTable()
	case "tc":
		return s.b.beginCell()
	case "sectPr":
		return s.section()
	case "footnote", "endnote":
		if kind := archive.Attr(e, "type"); kind != "" && kind != "normal" {
			return s.x.Skip() // the line above the notes, and the like
		}
	case "chart", "relIds":
		return drawn(s.a, s.b, s.rels, e)
	case "AlternateContent", "Choice", "Fallback":
		return s.alternative(e)
	// What was deleted or moved away, what says how rather than what, and what
	// stands beside the text.
	case "del", "moveFrom", "delText", "instrText", "delInstrText", "sdtPr", "tblPr", "trPr", "tcPr", "annotation", "docPr", "cNvPr":
		return s.x.Skip()
	}
	return nil
}

func (s *story) end(name string) error {
	switch name {
	case "p":
		return s.b.end()
	case "r":
		s.style, s.hidden = style{}, false
	case "t":
		s.inText = false
	case "hyperlink":
		s.link = ""
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

func (s *story) add(text string) error {
	if !s.shown() {
		return nil
	}
	return s.b.text(text, s.style)
}

// alternative takes the first form that something is written in: the second is the
// same for older programs.
func (s *story) alternative(e xml.StartElement) error {
	n := len(s.chosen)
	switch {
	case e.Name.Local == "AlternateContent":
		s.chosen = append(s.chosen, false)
	case n == 0:
	case s.chosen[n-1]:
		return s.x.Skip()
	default:
		s.chosen[n-1] = true
	}
	return nil
}

// field follows a field that is made of runs: begin, instruction, separate, result,
// end.
func (s *story) field(kind string) {
	n := len(s.fields)
	switch {
	case kind == "begin" && n < 100:
		s.fields = append(s.fields, false)
	case kind == "separate" && n > 0:
		s.fields[n-1] = true
	case kind == "end" && n > 0:
		s.fields = s.fields[:n-1]
	}
}

func (s *story) paragraphProperties() error {
	p := para{}
	num, depth, level := "", 0, -1
	err := within(s.x, func(e xml.StartElement) error {
		val := archive.Attr(e, "val")
		switch e.Name.Local {
		case "pStyle":
			w := s.styles.of(val)
			p.level, num, depth = w.level, w.num, w.depth
		case "outlineLvl":
			level = number(val)
		case "numId":
			num = val
		case "ilvl":
			depth = number(val)
		case "sectPr":
			return s.section()
		case "rPr", "pPrChange":
			return s.x.Skip()
		}
		return nil
	})
	if err != nil || len(s.b.open) == 0 {
		return err
	}
	if level >= 0 {
		p.level = heading(level)
	}
	if num != "" && num != "0" && p.level == 0 {
		p.depth, p.ordered = min(depth, 8)+1, s.styles.ordered(num, depth)
	}
	open := s.b.open[len(s.b.open)-1]
	open.level, open.depth, open.ordered = p.level, p.depth, p.ordered
	return nil
}

func (s *story) runProperties() error {
	return within(s.x, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "b":
			s.style.bold = on(e)
		case "i":
			s.style.italic = on(e)
		case "vanish":
			s.hidden = on(e)
		case "rPrChange":
			return s.x.Skip()
		}
		return nil
	})
}

// section notes which headers and footers there are.
func (s *story) section() error {
	return within(s.x, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "titlePg":
			s.title = s.title || on(e)
		case "headerReference", "footerReference":
			part := s.rels[relID(e, "id")].target
			list := &s.headers
			switch archive.Attr(e, "type") {
			case "first":
				list = &s.firstPage
			case "even":
				list = &s.evenPages
			}
			if len(*list) < 1000 && !slices.Contains(*list, part) {
				*list = append(*list, part)
			}
		case "sectPrChange":
			return s.x.Skip()
		}
		return nil
	})
}
