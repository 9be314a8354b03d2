package docx

// The parts of the package and how they hang together (ECMA-376, part 2).

const (
	relationNamespace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageNamespace  = "http://schemas.openxmlformats.org/package/2006/"
	mediaTypes        = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

func contentTypes(m *markup) {
	n := el("Types", "xmlns", packageNamespace+"content-types").with(
		el("Default", "Extension", "rels", "ContentType", "application/vnd.openxmlformats-package.relationships+xml"),
		el("Default", "Extension", "xml", "ContentType", "application/xml"),
		el("Override", "PartName", "/docProps/core.xml", "ContentType", "application/vnd.openxmlformats-package.core-properties+xml"))
	for _, part := range []struct{ name, kind string }{
		{"document", "document.main"}, {"styles", "styles"}, {"numbering", "numbering"}, {"fontTable", "fontTable"},
		{"settings", "settings"}, {"footer1", "footer"}, {"footer2", "footer"},
	} {
		n.kids = append(n.kids, el("Override", "PartName", "/word/"+part.name+".xml", "ContentType", mediaTypes+part.kind+"+xml"))
	}
	m.write(n)
}

func relations(m *markup, all ...[2]string) {
	n := el("Relationships", "xmlns", packageNamespace+"relationships")
	for i, r := range all {
		n.kids = append(n.kids, el("Relationship", "Id", "rId"+string(rune('1'+i)), "Type", r[0], "Target", r[1]))
	}
	m.write(n)
}

func packageRelations(m *markup) {
	relations(m, [2]string{relationNamespace + "/officeDocument", "word/document.xml"},
		[2]string{packageNamespace + "relationships/metadata/core-properties", "docProps/core.xml"})
}

func documentRelations(m *markup) {
	relations(m, [2]string{relationNamespace + "/styles", "styles.xml"}, [2]string{relationNamespace + "/numbering", "numbering.xml"},
		[2]string{relationNamespace + "/fontTable", "fontTable.xml"}, [2]string{relationNamespace + "/settings", "settings.xml"},
		[2]string{relationNamespace + "/footer", "footer1.xml"}, [2]string{relationNamespace + "/footer", "footer2.xml"})
}
