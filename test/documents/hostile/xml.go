package hostile

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/encoding/unicode"

	"xietong.dev/test/documents/parts"
)

// place is where XML can be put into a document of some format.
type place struct {
	kind, extension string
	before, after   string // around a text, in the place's own XML; before begins with its root element
	put             func(xml string) []byte
}

// swap is a document with one part replaced.
func swap(entries []parts.Part, name string) func(string) []byte {
	return func(xml string) []byte {
		out := slices.Clone(entries)
		for i := range out {
			if out[i].Name == name {
				out[i].Data = []byte(xml)
			}
		}
		return parts.Zip(out...)
	}
}

const spreadsheet = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`

// places are the parts that parsers meet, of every family of formats.
func places() []place {
	asIs := func(xml string) []byte { return []byte(xml) }
	split := func(o parts.Open) (string, string) {
		before, after, _ := strings.Cut(strings.TrimPrefix(string(o.Flat()), parts.Header), "请查收附件。")
		return before, after
	}
	textBefore, textAfter := split(simpleOpen("text"))
	sheetBefore, sheetAfter := split(simpleOpen("spreadsheet"))
	content, _, _ := strings.Cut(strings.TrimPrefix(string(simpleOpen("text").Entries()[1].Data), parts.Header), "请查收附件。")
	slide := `<p:sld xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/><p:sp><p:nvSpPr><p:cNvPr id="2" name="a"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>`
	return []place{
		{"docx document", "docx", `<w:document ` + parts.WordXML + `><w:body><w:p><w:r><w:t>`, `</w:t></w:r></w:p></w:body></w:document>`, swap(simpleWord().Entries(), "word/document.xml")},
		{"docx relations", "docx", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + parts.Relationships + `officeDocument" Target="word/document.xml"/>`, `</Relationships>`, swap(simpleWord().Entries(), "_rels/.rels")},
		{"docx content types", "docx", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`, `</Types>`, swap(simpleWord().Entries(), "[Content_Types].xml")},
		{"docx properties", "docx", `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>`, `</dc:title></cp:coreProperties>`, swap(simpleWord().Entries(), "docProps/core.xml")},
		{"xlsx sheet", "xlsx", `<worksheet ` + spreadsheet + `><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>`, `</t></is></c></row></sheetData></worksheet>`, swap(simpleBook().Entries(), "xl/worksheets/sheet1.xml")},
		{"xlsx shared strings", "xlsx", `<sst ` + spreadsheet + `><si><t>`, `</t></si></sst>`, swap(simpleBook().Entries(), "xl/sharedStrings.xml")},
		{"pptx slide", "pptx", slide, `</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>`, swap(simpleDeck().Entries(), "ppt/slides/slide1.xml")},
		{"flat text", "fodt", textBefore, textAfter, asIs},
		{"flat sheet", "fods", sheetBefore, sheetAfter, asIs},
		{"odt content", "odt", content, `</text:p></office:text></office:body></office:document-content>`, swap(simpleOpen("text").Entries(), "content.xml")},
		{"odt manifest", "odt", `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">`, `</manifest:manifest>`, swap(simpleOpen("text").Entries(), "META-INF/manifest.xml")},
		{"svg", "svg", `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80"><text x="9" y="40">`, `</text></svg>`, asIs},
		{"xhtml", "xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>a</title></head><body><p>`, `</p></body></html>`, asIs},
		{"epub chapter", "epub", `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>a</title></head><body><p>`, `</p></body></html>`, swap(chapters(""), "OEBPS/c.xhtml")},
		{"epub package", "epub", `<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>`, `</dc:title></metadata></package>`, swap(chapters(""), "OEBPS/book.opf")},
	}
}

// chapters are the entries of a small epub whose chapter holds some XHTML.
func chapters(more string) []parts.Part {
	return []parts.Part{
		{Name: "mimetype", Data: []byte("application/epub+zip"), Stored: true},
		{Name: "META-INF/container.xml", Data: []byte(`<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`)},
		{Name: "OEBPS/book.opf", Data: []byte(`<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">a</dc:identifier><dc:title>附件</dc:title><dc:language>zh</dc:language></metadata><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>`)},
		{Name: "OEBPS/c.xhtml", Data: []byte(`<html xmlns="http://www.w3.org/1999/xhtml"><head><title>附件</title></head><body><p>请查收附件。</p>` + more + `</body></html>`)},
	}
}

// root is the name of a place's root element.
func (p place) root() string {
	return strings.FieldsFunc(p.before, func(r rune) bool { return strings.ContainsRune("< >", r) })[0]
}

func (p place) declared(doctype, inside string) []byte {
	return p.put(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + doctype + p.before + inside + p.after)
}

// xmlBombs are parts that grow when they are read.
func (m *maker) xmlBombs() {
	var laughs strings.Builder
	laughs.WriteString(`<!ENTITY l0 "哈哈哈哈哈哈哈哈哈哈">`)
	for i := 1; i < 10; i++ {
		fmt.Fprintf(&laughs, `<!ENTITY l%d "%s">`, i, strings.Repeat(fmt.Sprintf("&l%d;", i-1), 10))
	}
	for _, p := range places() {
		m.refuse(p.kind+", a billion laughs", p.extension, p.declared(`<!DOCTYPE `+p.root()+` [`+laughs.String()+`]>`, "&l9;"))
		m.refuse(p.kind+", one long entity many times", p.extension, p.declared(`<!DOCTYPE `+p.root()+` [<!ENTITY a "`+strings.Repeat("长", 50_000)+`">]>`, strings.Repeat("&a;", 20_000)))
		m.may(p.kind+", 100,000 elements deep", p.extension, p.declared("", strings.Repeat("<x>", 100_000)+strings.Repeat("</x>", 100_000)))
	}
	for _, p := range places()[:8] {
		open, rest, _ := strings.Cut(p.before, ">")
		m.may(p.kind+", an attribute of 16 MB", p.extension, p.put(open+` x="`+strings.Repeat("a", 16*megabyte)+`">`+rest+p.after))
		var many strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&many, ` x%d=""`, i)
		}
		m.may(p.kind+", 100,000 attributes", p.extension, p.put(open+many.String()+">"+rest+p.after))
	}
	deep := func(open, end string) string {
		return strings.Repeat(open, 100_000) + "a" + strings.Repeat(end, 100_000)
	}
	m.may("docx, 100,000 content controls deep", "docx", swap(simpleWord().Entries(), "word/document.xml")(wordHead+deep(`<w:sdt><w:sdtContent>`, `</w:sdtContent></w:sdt>`)+wordTail))
	m.may("fodt, 100,000 sections deep", "fodt", parts.Open{Kind: "text", Body: deep(`<text:section text:name="a">`, `</text:section>`)}.Flat())
	m.may("fodt, 100,000 spans deep", "fodt", parts.Open{Kind: "text", Body: `<text:p>` + deep(`<text:span>`, `</text:span>`) + `</text:p>`}.Flat())
	m.may("svg, 100,000 groups deep", "svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg">`+deep(`<g>`, `</g>`)+`</svg>`))
	m.may("html, 100,000 divisions deep", "html", []byte(`<html><body>`+deep(`<div>`, `</div>`)))
	m.may("html, 100,000 tables deep", "html", []byte(`<html><body>`+deep(`<table><tr><td>`, "")))
	m.may("rtf, 100,000 groups deep", "rtf", []byte(`{\rtf1 `+deep(`{`, `}`)+`}`))
	m.may("md, 100,000 quotations deep", "md", []byte(deep(`>`, "")))
	m.may("md, 100,000 lists deep", "md", []byte(deep(`- `, "")))
	m.may("md, 100,000 brackets", "md", []byte(deep(`[`, `](a)`)))
	m.may("md, 100,000 stars", "md", []byte(deep(`*a **b `, "")))
}

// oddXML is XML that parsers disagree on.
func (m *maker) oddXML() {
	for _, p := range places()[:9] {
		text := `<?xml version="1.0" encoding="%s"?>` + p.before + "文字" + p.after
		m.may(p.kind+", says it is UTF-7", p.extension, p.put(fmt.Sprintf(text, "UTF-7")))
		utf16, _ := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(fmt.Sprintf(text, "UTF-16")) // any text can be
		m.may(p.kind+", is UTF-16", p.extension, p.put(utf16))
		m.may(p.kind+", broken UTF-8 and zeros", p.extension, p.put(p.before+"\xff\xfe\x00\xc0\x80\xed\xa0\x80"+p.after))
	}
	for _, p := range places()[:7] {
		m.may(p.kind+", never ends", p.extension, p.put(p.before+"<![CDATA[ "+strings.Repeat("<!-- ", 1000)))
	}
}

// entities lead out of a document by its document type.
func (m *maker) entities() {
	for _, p := range places() {
		root := p.root()
		kind := p.kind + ", entity of a file"
		m.may(kind, p.extension, p.declared(`<!DOCTYPE `+root+` [<!ENTITY x SYSTEM "file://`+m.canary+`/canary.txt">]>`, "&x;"))
		kind = p.kind + ", entity of an address"
		m.may(kind, p.extension, p.declared(`<!DOCTYPE `+root+` [<!ENTITY x SYSTEM "`+m.web(kind)+`">]>`, "&x;"))
		kind = p.kind + ", parameter entity"
		m.may(kind, p.extension, p.declared(`<!DOCTYPE `+root+` [<!ENTITY % x SYSTEM "`+m.web(kind)+`">%x;]>`, ""))
		kind = p.kind + ", document type elsewhere"
		m.may(kind, p.extension, p.declared(`<!DOCTYPE `+root+` SYSTEM "`+m.web(kind)+`">`, ""))
		kind = p.kind + ", style sheet instruction"
		m.may(kind, p.extension, p.declared(`<?xml-stylesheet type="text/xsl" href="`+m.web(kind)+`"?>`, ""))
		kind = p.kind + ", inclusion"
		m.may(kind, p.extension, p.declared("", `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="`+m.web(kind)+`"/>`))
	}
}

// web is an address of the listener that tells which file led there.
func (m *maker) web(kind string) string {
	return "http://" + m.listener + "/" + Slug(m.group+" "+kind)
}
