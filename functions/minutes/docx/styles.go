package docx

import (
	"math"
	"strconv"
)

const wordNamespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

// writeStyles writes word/styles.xml.
func (s sheet) writeStyles(m *markup) {
	m.open(el("w:styles", "xmlns:w", wordNamespace))
	size := halves(s.baseSize)
	// What is written from right to left takes the face of complex scripts.
	m.write(el("w:docDefaults").with(
		el("w:rPrDefault").with(el("w:rPr").with(
			el("w:rFonts", "w:ascii", s.base.name, "w:hAnsi", s.base.name, "w:eastAsia", s.baseEast.name, "w:cs", "Times New Roman", "w:hint", s.hint()),
			val("w:sz", size), val("w:szCs", size),
			el("w:lang", "w:val", s.western(), "w:eastAsia", "zh-CN", "w:bidi", "ar-SA"))),
		el("w:pPrDefault")))
	for _, st := range s.styles {
		m.write(st.node())
	}
	m.write(tableGrid())
	m.close("w:styles")
}

// hint is the script that characters are of which both have, such as quotation marks.
func (s sheet) hint() string {
	if s.language == "zh-CN" {
		return "eastAsia"
	}
	return "default"
}

// western is the language of Latin letters.
func (s sheet) western() string {
	if s.language == "zh-CN" {
		return "en-US"
	}
	return s.language
}

func halves(points float64) string { return strconv.Itoa(int(math.Round(points * 2))) }

func (st style) node() node {
	kind := "paragraph"
	if st.character {
		kind = "character"
	}
	n := el("w:style", "w:type", kind, "w:styleId", string(st.id))
	if st.id == "Normal" {
		n.attrs = append(n.attrs, "w:default", "1")
	}
	if st.custom {
		n.attrs = append(n.attrs, "w:customStyle", "1")
	}
	n = n.with(val("w:name", string(st.name)))
	if !st.character && st.id != "Normal" {
		n = n.with(val("w:basedOn", "Normal"))
	}
	if st.next != "" {
		n = n.with(val("w:next", string(st.next)))
	}
	if st.hidden {
		n = n.with(el("w:semiHidden"))
	} else {
		n = n.with(el("w:qFormat"))
	}
	if !st.character {
		n = n.with(el("w:pPr").with(st.paragraph()...))
	}
	return n.with(el("w:rPr").with(st.run()...))
}

// paragraph is what the style says of paragraphs, in the order of the schema.
func (st style) paragraph() (all []node) {
	add := func(nodes ...node) { all = append(all, nodes...) }
	if st.keepNext {
		add(el("w:keepNext"), el("w:keepLines"))
	}
	switch {
	case st.level > 0:
		add(el("w:numPr").with(val("w:ilvl", strconv.Itoa(st.level-1)), val("w:numId", headings)))
	case st.bulleted:
		add(el("w:numPr").with(val("w:ilvl", "0"), val("w:numId", bullets)))
	}
	if st.rule != "" {
		add(el("w:pBdr").with(el("w:bottom", "w:val", "single", "w:sz", "12", "w:space", "4", "w:color", st.rule)))
	}
	spacing := el("w:spacing", "w:before", strconv.Itoa(pt(st.before)), "w:after", strconv.Itoa(pt(st.after)))
	if st.line > 0 {
		spacing.attrs = append(spacing.attrs, "w:line", strconv.Itoa(pt(st.line)), "w:lineRule", "exact")
	}
	add(spacing)
	add(st.indent.nodes()...)
	if st.align != "" {
		add(val("w:jc", st.align))
	}
	if st.outline > 0 {
		add(val("w:outlineLvl", strconv.Itoa(st.outline-1)))
	}
	return all
}

// run is what the style says of text, in the order of the schema.
func (st style) run() (all []node) {
	if st.west.name != "" || st.east.name != "" {
		fonts := el("w:rFonts")
		if st.west.name != "" {
			fonts.attrs = append(fonts.attrs, "w:ascii", st.west.name, "w:hAnsi", st.west.name)
		}
		if st.east.name != "" {
			fonts.attrs = append(fonts.attrs, "w:eastAsia", st.east.name)
		}
		all = append(all, fonts)
	}
	if st.bold {
		all = append(all, el("w:b"), el("w:bCs"))
	}
	if st.colour != "" {
		all = append(all, val("w:color", st.colour))
	}
	if st.spacing != 0 {
		all = append(all, val("w:spacing", strconv.Itoa(pt(st.spacing))))
	}
	if st.size > 0 {
		all = append(all, val("w:sz", halves(st.size)), val("w:szCs", halves(st.size)))
	}
	return all
}

func tableGrid() node {
	borders := el("w:tblBorders")
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		borders.kids = append(borders.kids, el("w:"+side, "w:val", "single", "w:sz", "4", "w:space", "0", "w:color", "000000"))
	}
	margins := el("w:tblCellMar").with(el("w:left", "w:w", "100", "w:type", "dxa"), el("w:right", "w:w", "100", "w:type", "dxa"))
	return el("w:style", "w:type", "table", "w:styleId", "TableGrid").with(val("w:name", "Table Grid"), el("w:tblPr").with(borders, margins))
}
