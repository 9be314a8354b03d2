package parts

import "strings"

const openDocument = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:ooo="http://openoffice.org/2004/office" xmlns:dom="http://www.w3.org/2001/xml-events" xmlns:math="http://www.w3.org/1998/Math/MathML"`

// Open is an OpenDocument under way: in one flat file, or in a zip file.
type Open struct {
	Kind   string // text, spreadsheet, presentation, graphics
	Before string // XML before the styles: scripts, settings
	Styles string // inside office:automatic-styles
	Shared string // inside office:styles
	Master string // inside office:master-styles
	Body   string
	Files  []Part // of the zip file, beside its content
}

func (o Open) inside() string {
	return o.Before + `<office:styles>` + o.Shared + `</office:styles><office:automatic-styles>` + o.Styles + `</office:automatic-styles><office:master-styles>` + o.Master + `</office:master-styles><office:body><office:` + o.Kind + `>` + o.Body + `</office:` + o.Kind + `></office:body>`
}

func (o Open) mime() string { return "application/vnd.oasis.opendocument." + o.Kind }

// Flat is the document as one XML file.
func (o Open) Flat() []byte {
	return []byte(Header + `<office:document ` + openDocument + ` office:version="1.2" office:mimetype="` + o.mime() + `">` + o.inside() + `</office:document>`)
}

// Entries are what the document's zip file holds.
func (o Open) Entries() []Part {
	styles := `<office:styles>` + o.Shared + `</office:styles><office:automatic-styles>` + o.Styles + `</office:automatic-styles><office:master-styles>` + o.Master + `</office:master-styles>`
	content := o.Before + `<office:automatic-styles>` + o.Styles + `</office:automatic-styles><office:body><office:` + o.Kind + `>` + o.Body + `</office:` + o.Kind + `></office:body>`
	entries := []Part{
		{"mimetype", []byte(o.mime()), true},
		{"content.xml", []byte(Header + `<office:document-content ` + openDocument + ` office:version="1.2">` + content + `</office:document-content>`), false},
		{"styles.xml", []byte(Header + `<office:document-styles ` + openDocument + ` office:version="1.2">` + styles + `</office:document-styles>`), false},
	}
	entries = append(entries, o.Files...)
	return append(entries, Part{Name: "META-INF/manifest.xml", Data: []byte(Header + Manifest(o.mime(), entries[1:]))})
}

// Bytes is the document as a zip file.
func (o Open) Bytes() []byte { return Zip(o.Entries()...) }

// Manifest lists the entries of a document's zip file.
func Manifest(mime string, entries []Part) string {
	var out strings.Builder
	out.WriteString(`<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="` + mime + `"/>`)
	for _, e := range entries {
		kind := ""
		if strings.HasSuffix(e.Name, ".xml") {
			kind = "text/xml"
		}
		out.WriteString(`<manifest:file-entry manifest:full-path="` + Escape(e.Name) + `" manifest:media-type="` + kind + `"/>`)
	}
	out.WriteString(`</manifest:manifest>`)
	return out.String()
}
