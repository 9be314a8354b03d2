package plain

import (
	"encoding/xml"
	"strconv"
	"strings"

	"xietong.dev/shared/archive"
)

// wordStyle is what a style says of its paragraphs.
type wordStyle struct {
	level int // of a heading, or 0
	num   string
	depth int
	based string
}

// wordStyles holds the styles of a document and its lists.
type wordStyles struct {
	byID    map[string]wordStyle
	bullets map[string]bool // list and depth, where it has bullets
}

// readWordStyles reads both parts, of which either may be missing.
func readWordStyles(a *archive.Archive, styles, numbering string) (wordStyles, error) {
	w := wordStyles{map[string]wordStyle{}, map[string]bool{}}
	if styles != "" {
		if err := w.readStyles(a, styles); err != nil {
			return w, err
		}
	}
	if numbering != "" {
		return w, w.readNumbering(a, numbering)
	}
	return w, nil
}

func (w wordStyles) readStyles(a *archive.Archive, part string) error {
	return each(a, part, func(x *archive.XML, e xml.StartElement) error {
		if e.Name.Local != "style" {
			return nil
		}
		id, s := archive.Attr(e, "styleId"), wordStyle{}
		err := within(x, func(e xml.StartElement) error {
			val := archive.Attr(e, "val")
			switch e.Name.Local {
			case "name":
				// The names of headings are the same in every language of the program.
				if n, ok := strings.CutPrefix(strings.ToLower(val), "heading "); ok {
					s.level = heading(number(n) - 1)
				}
			case "basedOn":
				s.based = val
			case "outlineLvl":
				s.level = heading(number(val))
			case "numId":
				s.num = val
			case "ilvl":
				s.depth = number(val)
			}
			return nil
		})
		w.byID[id] = s
		return err
	})
}

// of returns what a style says, or what it is based on does.
func (w wordStyles) of(id string) wordStyle {
	s := w.byID[id]
	based := s.based
	for range 20 { // styles may be based on each other in a circle
		if based == "" || s.level > 0 && s.num != "" {
			break
		}
		from := w.byID[based]
		if s.level == 0 {
			s.level = from.level
		}
		if s.num == "" {
			s.num, s.depth = from.num, from.depth
		}
		based = from.based
	}
	return s
}

func (w wordStyles) readNumbering(a *archive.Archive, part string) error {
	abstract := map[string]map[string]bool{}
	return each(a, part, func(x *archive.XML, e xml.StartElement) error {
		switch e.Name.Local {
		case "abstractNum":
			levels := map[string]bool{}
			abstract[archive.Attr(e, "abstractNumId")] = levels
			level := ""
			return within(x, func(e xml.StartElement) error {
				switch e.Name.Local {
				case "lvl":
					level = archive.Attr(e, "ilvl")
				case "numFmt":
					if len(level) == 1 { // 0 to 8
						levels[level] = archive.Attr(e, "val") == "bullet"
					}
				}
				return nil
			})
		case "num":
			id := archive.Attr(e, "numId")
			return within(x, func(e xml.StartElement) error {
				if e.Name.Local == "abstractNumId" {
					for level, bullet := range abstract[archive.Attr(e, "val")] {
						w.bullets[id+"/"+level] = bullet
					}
				}
				return nil
			})
		}
		return nil
	})
}

func (w wordStyles) ordered(num string, depth int) bool {
	bullet, ok := w.bullets[num+"/"+strconv.Itoa(depth)]
	return ok && !bullet
}

// heading makes a level of an outline level, which counts from 0; 9 is body text.
func heading(outline int) int {
	if outline < 0 || outline > 8 {
		return 0
	}
	return min(6, outline+1)
}

// number reads a small number, and -1 where it is none.
func number(text string) int {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return -1
	}
	return int(n)
}

// symbol returns a character of a symbol font, as far as there is one that means
// the same: forms are full of boxes to tick. Others are left out.
func symbol(font, char string) string {
	code, err := strconv.ParseUint(char, 16, 32)
	if err != nil {
		return ""
	}
	low := rune(code & 0xff)
	switch {
	case code < 0xf000 || code > 0xf0ff:
		return string(rune(code))
	case font == "Symbol" && low >= 'A' && low <= 'Z':
		return string([]rune("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ")[low-'A'])
	case font == "Symbol" && low >= 'a' && low <= 'z':
		return string([]rune("αβχδεφγηιϕκλμνοπθρστυϖωξψζ")[low-'a'])
	}
	return boxes[font][low]
}

// boxes are the marks that forms are ticked with.
var boxes = map[string]map[rune]string{
	"Wingdings":   {0x6c: "●", 0x6e: "■", 0x6f: "□", 0x71: "❑", 0x72: "❒", 0xa8: "□", 0xfb: "✗", 0xfc: "✓", 0xfd: "☒", 0xfe: "☑"},
	"Wingdings 2": {0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0xa3: "□"},
	"Symbol":      {0xb7: "•", 0xb1: "±", 0xb4: "×", 0xb8: "÷", 0xa3: "≤", 0xb3: "≥", 0xb9: "≠", 0xbb: "≈", 0xb0: "°"},
}
