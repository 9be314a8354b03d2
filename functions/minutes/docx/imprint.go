package docx

import "strconv"

// Imprint is the 版记 at the foot of the last page: who gets copies, and who issued the
// document when. Rules and order are those of GB/T 9704-2012, 7.4.
type Imprint struct {
	Copies []Run // 抄送
	Issuer []Run // 印发机关
	Date   []Run // 印发日期
}

// The rules' widths in eighths of a point: 0.35 mm for the first and the last, 0.25 mm
// between (7.4.1).
const (
	thickRule = "8"
	thinRule  = "6"
)

// write makes a table that stands where the text area ends, however much text there is
// (7.4.1). LibreOffice keeps it there only where it is centred on the page, which is a
// millimetre off the text area of a Chinese page.
func (i Imprint) write(m *markup, s sheet) {
	width := strconv.Itoa(s.textWidth())
	rule := func(name, size string) node {
		return el(name, "w:val", "single", "w:sz", size, "w:space", "0", "w:color", "000000")
	}
	nothing := func(name string) node { return el(name, "w:w", "0", "w:type", "dxa") }
	properties := el("w:tblPr").with(
		el("w:tblpPr", "w:vertAnchor", "margin", "w:horzAnchor", "page", "w:tblpXSpec", "center", "w:tblpYSpec", "bottom"),
		val("w:tblOverlap", "never"), el("w:tblW", "w:w", width, "w:type", "dxa"),
		el("w:tblBorders").with(rule("w:top", thickRule), rule("w:bottom", thickRule), rule("w:insideH", thinRule)),
		el("w:tblLayout", "w:type", "fixed"), el("w:tblCellMar").with(nothing("w:left"), nothing("w:right")))
	// 印发机关 stands one character in, 印发日期 one from the right edge (7.4.3).
	right := el("w:tabs").with(el("w:tab", "w:val", "right", "w:pos", strconv.Itoa(s.textWidth()-pt(size4))))
	line := func(all ...node) node {
		p := el("w:p").with(el("w:pPr").with(val("w:pStyle", string(imprint)), right)).with(Text("　").nodes()...).with(all...)
		return el("w:tr").with(el("w:trPr").with(el("w:cantSplit")), el("w:tc").with(el("w:tcPr").with(el("w:tcW", "w:w", width, "w:type", "dxa")), p))
	}
	issued := append(nodes(i.Issuer), el("w:r").with(el("w:tab")))
	m.write(el("w:tbl").with(properties, el("w:tblGrid").with(el("w:gridCol", "w:w", width)),
		line(nodes(i.Copies)...), line(append(issued, nodes(i.Date)...)...)))
	m.write(end())
}

// end is the paragraph that Word wants after a table: a hair.
func end() node {
	return el("w:p").with(el("w:pPr").with(val("w:pStyle", "TableEnd")))
}

func nodes(runs []Run) (all []node) {
	for _, r := range runs {
		all = append(all, r.nodes()...)
	}
	return all
}
