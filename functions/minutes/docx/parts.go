package docx

import (
	"strconv"
	"strings"
	"time"
)

// The numberings that word/numbering.xml has.
const (
	headings = "1"
	bullets  = "2"
)

func (s sheet) writeNumbering(m *markup) {
	m.open(el("w:numbering", "xmlns:w", wordNamespace))
	many := el("w:abstractNum", "w:abstractNumId", headings).with(val("w:multiLevelType", "multilevel"))
	for i, l := range s.levels {
		many.kids = append(many.kids, l.node(i))
	}
	m.write(many)
	m.write(el("w:abstractNum", "w:abstractNumId", bullets).with(val("w:multiLevelType", "singleLevel"),
		level{"bullet", "•", Bullet, s.base, s.bullet, "tab"}.node(0)))
	for _, id := range []string{headings, bullets} {
		m.write(el("w:num", "w:numId", id).with(val("w:abstractNumId", id)))
	}
	m.close("w:numbering")
}

func (l level) node(i int) node {
	n := el("w:lvl", "w:ilvl", strconv.Itoa(i)).with(val("w:start", "1"), val("w:numFmt", l.format), val("w:pStyle", string(l.style)),
		val("w:suff", l.suffix), val("w:lvlText", l.text), val("w:lvlJc", "left"), el("w:pPr").with(l.indent.nodes()...))
	if l.east.name == "" {
		return n
	}
	return n.with(el("w:rPr").with(el("w:rFonts", "w:eastAsia", l.east.name, "w:hint", "eastAsia")))
}

// writeFonts names what stands in for each font where it is missing.
func (s sheet) writeFonts(m *markup) {
	m.open(el("w:fonts", "xmlns:w", wordNamespace))
	for _, f := range s.fonts {
		charset := "00"
		if f.east {
			charset = "86" // GB 2312
		}
		m.write(el("w:font", "w:name", f.name).with(val("w:altName", f.instead), val("w:charset", charset), val("w:family", "roman"), val("w:pitch", "variable")))
	}
	m.close("w:fonts")
}

func (d Document) settings(m *markup, s sheet) {
	all := []node{el("w:zoom", "w:percent", "100"), val("w:defaultTabStop", strconv.Itoa(pt(2*s.baseSize)))}
	if d.Numbers == Dashed {
		all = append(all, el("w:evenAndOddHeaders"))
	}
	all = append(all, val("w:characterSpacingControl", "compressPunctuation"),
		el("w:compat").with(
			el("w:compatSetting", "w:name", "compatibilityMode", "w:uri", "http://schemas.microsoft.com/office/word", "w:val", "15")),
		el("w:themeFontLang", "w:val", s.western(), "w:eastAsia", "zh-CN", "w:bidi", "ar-SA"))
	m.write(el("w:settings", "xmlns:w", wordNamespace).with(all...))
}

// side is on which page of an open book a footer stands.
type side int

const (
	odd side = iota
	even
)

func (d Document) footer(m *markup, which side) {
	field := func(name string) node {
		return el("w:fldSimple", "w:instr", " "+name+" ").with(el("w:r").with(el("w:t").with(node{text: "1"})))
	}
	text := func(s string) node {
		return el("w:r").with(el("w:t", "xml:space", "preserve").with(node{text: s}))
	}
	p := el("w:p")
	about := el("w:pPr").with(val("w:pStyle", "Footer"))
	switch {
	case d.Numbers == Counted:
		p = p.with(about, field("PAGE"), text(" / "), field("NUMPAGES"))
	case which == odd: // one character in from the right edge
		p = p.with(about.with(el("w:ind", "w:rightChars", "100", "w:right", strconv.Itoa(pt(size4))), val("w:jc", "right")), text("— "), field("PAGE"), text(" —"))
	default:
		p = p.with(about.with(el("w:ind", "w:leftChars", "100", "w:left", strconv.Itoa(pt(size4))), val("w:jc", "left")), text("— "), field("PAGE"), text(" —"))
	}
	m.write(el("w:ftr", "xmlns:w", wordNamespace).with(p))
}

// document writes word/document.xml.
func (d Document) document(m *markup, s sheet) {
	m.open(el("w:document", "xmlns:w", wordNamespace, "xmlns:r", relationNamespace))
	m.open(el("w:body"))
	for _, b := range d.Body {
		b.write(m, s)
	}
	section := el("w:sectPr").with(
		el("w:footerReference", "w:type", "default", "r:id", "rId5"), el("w:footerReference", "w:type", "even", "r:id", "rId6"),
		el("w:pgSz", "w:w", strconv.Itoa(mm(paperWidth)), "w:h", strconv.Itoa(mm(paperHeight))),
		el("w:pgMar", "w:top", strconv.Itoa(s.top), "w:right", strconv.Itoa(s.right), "w:bottom", strconv.Itoa(s.bottom), "w:left", strconv.Itoa(s.left),
			"w:header", strconv.Itoa(mm(15)), "w:footer", strconv.Itoa(s.footer), "w:gutter", "0"))
	if s.line > 0 {
		section = section.with(el("w:docGrid", "w:type", "lines", "w:linePitch", strconv.Itoa(s.line)))
	}
	m.write(section)
	m.close("w:body")
	m.close("w:document")
}

// properties writes docProps/core.xml: nothing in it tells on which machine or by which
// program it was made.
func (d Document) properties(m *markup) {
	at := d.At.UTC().Format(time.RFC3339)
	moment := func(name string) node {
		return el(name, "xsi:type", "dcterms:W3CDTF").with(node{text: at})
	}
	m.write(el("cp:coreProperties", "xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
		"xmlns:dc", "http://purl.org/dc/elements/1.1/", "xmlns:dcterms", "http://purl.org/dc/terms/", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance").with(
		moment("dcterms:created"), el("dc:creator"), el("cp:keywords").with(node{text: strings.Join(d.Keywords, ", ")}),
		el("dc:language").with(node{text: d.Look.sheet().language}), el("cp:lastModifiedBy"), moment("dcterms:modified"), el("dc:title").with(node{text: d.Title})))
}
