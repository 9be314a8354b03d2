package plain

import (
	"encoding/xml"

	"xietong.dev/shared/archive"
)

// drawn adds the text of a chart or a diagram that an element refers to: what the
// chart shows of its table, and the entries of the diagram.
func drawn(a *archive.Archive, b *builder, rels map[string]relation, e xml.StartElement) error {
	id := relID(e, "id")
	if e.Name.Local == "relIds" {
		id = relID(e, "dm")
	}
	r, ok := rels[id]
	if !ok || r.external || !a.Has(r.target) {
		return nil
	}
	if e.Name.Local == "relIds" {
		return paragraphs(a, b, r.target, false)
	}
	return paragraphs(a, b, r.target, true)
}

// paragraphs adds the paragraphs of a drawing, and where it is a chart, what it
// keeps of the texts of its table.
func paragraphs(a *archive.Archive, b *builder, part string, chart bool) error {
	inText, cached := false, false
	return tokens(a, part, func(x *archive.XML, token xml.Token) error {
		switch t := token.(type) {
		case xml.CharData:
			if inText {
				return b.text(string(t), style{})
			}
		case xml.StartElement:
			switch t.Name.Local {
			case "p":
				b.begin(para{})
			case "t":
				inText = true
			case "br":
				return b.text("\n", style{})
			case "strCache":
				cached = chart
			case "v":
				if cached {
					b.begin(para{})
					inText = true
				}
			case "Fallback":
				return x.Skip()
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "p":
				return b.end()
			case "t":
				inText = false
			case "strCache":
				cached = false
			case "v":
				if cached {
					inText = false
					return b.end()
				}
			}
		}
		return nil
	})
}
