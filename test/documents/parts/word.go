package parts

import (
	"fmt"
	"strings"
)

const wordDocument = "word/document.xml"

// WordXML declares the names that the parts of a text document use.
const WordXML = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"`

// Word is a text document under way (docx and its relatives).
type Word struct {
	Package
	Kind     string // of the main part; empty for docx
	Title    string
	Settings string // inside w:settings
	Styles   string // more of w:styles

	body                      strings.Builder
	section                   string
	notes, endnotes, comments []string
	furniture                 int // headers and footers
	drawings                  int
}

// Add appends paragraphs and tables, as XML.
func (w *Word) Add(xml ...string) {
	for _, x := range xml {
		w.body.WriteString(x)
	}
}

// Section is the last section's properties, as XML inside w:sectPr.
func (w *Word) Section(properties string) { w.section = properties }

// A4 is an upright page with the margins of official documents (GB/T 9704:
// 37 mm above, 28 mm left, a text block of 156 × 225 mm).
const A4 = `<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1400" w:gutter="0"/>`

// Footnote returns the run that refers to a new footnote.
func (w *Word) Footnote(text string) string {
	id := len(w.notes) + 1
	w.notes = append(w.notes, note("footnote", id, text))
	return fmt.Sprintf(`<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteReference w:id="%d"/></w:r>`, id)
}

// Endnote returns the run that refers to a new endnote.
func (w *Word) Endnote(text string) string {
	id := len(w.endnotes) + 1
	w.endnotes = append(w.endnotes, note("endnote", id, text))
	return fmt.Sprintf(`<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:endnoteReference w:id="%d"/></w:r>`, id)
}

func note(kind string, id int, text string) string {
	return fmt.Sprintf(`<w:%s w:id="%d"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:%sRef/></w:r>%s</w:p></w:%s>`, kind, id, kind, Run("", " "+text), kind)
}

// Comment puts runs under a comment.
func (w *Word) Comment(author, text, runs string) string {
	id := len(w.comments) + 1
	w.comments = append(w.comments, fmt.Sprintf(`<w:comment w:id="%d" w:author="%s" w:date="2026-11-03T10:20:00Z" w:initials="%s">%s</w:comment>`,
		id, Escape(author), Escape(author), P("", Run("", text))))
	return fmt.Sprintf(`<w:commentRangeStart w:id="%d"/>%s<w:commentRangeEnd w:id="%d"/><w:r><w:commentReference w:id="%d"/></w:r>`, id, runs, id, id)
}

// Furniture makes a header or a footer of paragraphs, and returns its reference
// for a section. Which is default, first or even.
func (w *Word) Furniture(kind, which, paragraphs string) string {
	w.furniture++
	name := fmt.Sprintf("%s%d.xml", kind, w.furniture)
	tag := map[string]string{"header": "hdr", "footer": "ftr"}[kind]
	w.AddXML("word/"+name, OfficeXML+"wordprocessingml."+kind+"+xml", fmt.Sprintf(`<w:%s %s>%s</w:%s>`, tag, WordXML, paragraphs, tag))
	return fmt.Sprintf(`<w:%sReference w:type="%s" r:id="%s"/>`, kind, which, w.Relate(wordDocument, kind, name))
}

// Link returns runs that lead to an address.
func (w *Word) Link(address, text string) string {
	return fmt.Sprintf(`<w:hyperlink r:id="%s">%s</w:hyperlink>`, w.RelateExternal(wordDocument, "hyperlink", address), Run(`<w:rStyle w:val="Hyperlink"/>`, text))
}

// Image returns a run that shows a picture in the line, in millimetres.
func (w *Word) Image(extension string, data []byte, width, height int) string {
	return w.Shown(fmt.Sprintf(`r:embed="%s"`, w.Picture(wordDocument, extension, data)), width, height)
}

// Shown returns a run that shows a picture that a blip's attributes name.
func (w *Word) Shown(attributes string, width, height int) string {
	w.drawings++
	cx, cy := width*36000, height*36000
	return fmt.Sprintf(`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="图片 %d"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="图片"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip %s/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		cx, cy, w.drawings, w.drawings, w.drawings, attributes, cx, cy)
}

// Relates says that the document refers to something beside it.
func (w *Word) Relates(kind, target string) string { return w.Relate(wordDocument, kind, target) }

// RelatesExternal says that the document refers to something elsewhere.
func (w *Word) RelatesExternal(kind, target string) string {
	return w.RelateExternal(wordDocument, kind, target)
}

// Entries are what the document's zip file holds. It is called once.
func (w *Word) Entries() []Part {
	kind := w.Kind
	if kind == "" {
		kind = OfficeXML + "wordprocessingml.document.main+xml"
	}
	if w.section == "" {
		w.section = A4
	}
	w.AddXML(wordDocument, kind, fmt.Sprintf(`<w:document %s><w:body>%s<w:sectPr>%s</w:sectPr></w:body></w:document>`, WordXML, w.body.String(), w.section))
	w.Relate("", "officeDocument", wordDocument)
	w.properties(w.Title)
	w.AddXML("word/theme/theme1.xml", OfficeXML+"theme+xml", theme)
	w.Relate(wordDocument, "theme", "theme/theme1.xml")
	w.side("styles", styles+w.Styles)
	w.side("settings", w.Settings)
	w.side("numbering", numbering)
	separators := func(kind string) string {
		return fmt.Sprintf(`<w:%s w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:%s><w:%s w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:%s>`, kind, kind, kind, kind)
	}
	if len(w.notes) > 0 {
		w.side("footnotes", separators("footnote")+strings.Join(w.notes, ""))
	}
	if len(w.endnotes) > 0 {
		w.side("endnotes", separators("endnote")+strings.Join(w.endnotes, ""))
	}
	if len(w.comments) > 0 {
		w.side("comments", strings.Join(w.comments, ""))
	}
	return w.Package.Entries()
}

func (w *Word) side(name, xml string) {
	w.AddXML("word/"+name+".xml", OfficeXML+"wordprocessingml."+name+"+xml", fmt.Sprintf(`<w:%s %s>%s</w:%s>`, name, WordXML, xml, name))
	w.Relate(wordDocument, name, name+".xml")
}

// Bytes is the finished document. It is called once.
func (w *Word) Bytes() []byte { return Zip(w.Entries()...) }

// P is a paragraph; properties are XML inside w:pPr.
func P(properties string, runs ...string) string {
	return `<w:p><w:pPr>` + properties + `</w:pPr>` + strings.Join(runs, "") + `</w:p>`
}

// Run is a text with properties, which are XML inside w:rPr.
func Run(properties, text string) string {
	return `<w:r><w:rPr>` + properties + `</w:rPr><w:t xml:space="preserve">` + Escape(text) + `</w:t></w:r>`
}

// Field is a field with the result that was last shown.
func Field(instruction, result string) string {
	return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ` + Escape(instruction) +
		` </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` + Run("", result) + `<w:r><w:fldChar w:fldCharType="end"/></w:r>`
}
