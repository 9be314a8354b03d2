package office

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"xietong.dev/shared/child"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

func TestMain(m *testing.M) {
	child.Serve(Worker)
	os.Exit(m.Run())
}

// config is the function's own for one worker, with what a test changes of it.
func config(t testing.TB, change func(*Config)) Config {
	t.Helper()
	var c Config
	if err := conf.Read(func(string) string { return "" }, &c); err != nil {
		t.Fatal(err)
	}
	c.Workers = 1
	if change != nil {
		change(&c)
	}
	return c
}

func open(t testing.TB, change func(*Config)) *Pool {
	t.Helper()
	p, err := Open(t.Context(), config(t, change))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// job is a document of ours as a PDF file.
func job(t testing.TB, name, content string) Job {
	t.Helper()
	extension := filepath.Ext(name)
	return Job{In: file(t, name, content), Name: strings.TrimSuffix(name, extension), From: strings.TrimPrefix(extension, "."), Filter: "pdf",
		Out: filepath.Join(t.TempDir(), "out.pdf")}
}

// convert makes the document, by the way that is named.
func convert(t testing.TB, p *Pool, j Job) string {
	t.Helper()
	if err := p.Convert(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	return j.Out
}

func output(t testing.TB, program string, arguments ...string) string {
	t.Helper()
	out, err := exec.Command(program, arguments...).Output()
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return string(out)
}

// words are the text of a PDF file.
func words(t testing.TB, pdf string) string {
	t.Helper()
	return strings.Join(strings.Fields(output(t, "pdftotext", pdf, "-")), " ")
}

// zipped is a file of the given parts: name, content, name, content …
func zipped(t testing.TB, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.Create(parts[i])
		if err == nil {
			_, err = part.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// docx is a Word file with a body, and further relations and parts.
func docx(t testing.TB, body, relations string, parts ...string) string {
	return zipped(t, append([]string{
		"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + relations + `</Relationships>`,
		"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>` + body + `</w:body></w:document>`,
	}, parts...)...)
}

// paragraph is one of a Word file, in a font.
func paragraph(font, text string) string {
	return `<w:p><w:r><w:rPr><w:rFonts w:ascii="` + font + `" w:hAnsi="` + font + `" w:eastAsia="` + font + `"/></w:rPr><w:t>` + text + `</w:t></w:r></w:p>`
}

// xlsx is an Excel file with one cell, encrypted where a password is given.
func xlsx(t testing.TB, cell, password string) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetCellStr("Sheet1", "A1", cell); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	if password == "" {
		return b.String()
	}
	sealed, err := excelize.Encrypt(b.Bytes(), &excelize.Options{Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return string(sealed)
}

// flat is an OpenDocument file without a zip around it.
func flat(kind, body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" xmlns:ooo="http://openoffice.org/2004/office" xmlns:dom="http://www.w3.org/2001/xml-events" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.` + kind + `">` + body + `</office:document>`
}

func slides(text string) string {
	return flat("presentation", `<office:automatic-styles><style:page-layout style:name="P"><style:page-layout-properties fo:page-width="28cm" fo:page-height="21cm"/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="M" style:page-layout-name="P"/></office:master-styles><office:body><office:presentation><draw:page draw:name="1" draw:master-page-name="M"><draw:frame svg:x="2cm" svg:y="2cm" svg:width="20cm" svg:height="5cm"><draw:text-box><text:p>`+text+`</text:p></draw:text-box></draw:frame></draw:page></office:presentation></office:body>`)
}

func writing(text string) string {
	return flat("text", `<office:body><office:text><text:p>`+text+`</text:p></office:text></office:body>`)
}

func TestEachKindOfDocument(t *testing.T) {
	p := open(t, nil)
	const text = "关于印发的通知 2026"
	kinds := map[string]string{
		"a.txt": text, "b.html": "<p>" + text + "</p>", "c.csv": text + ",2\n", "d.fodt": writing(text), "e.fodp": slides(text),
		"f.docx": docx(t, paragraph("SimSun", text), ""), "g.xlsx": xlsx(t, text, ""),
		"100%25 of it.txt": text, "年度 报告#1?.txt": text,
	}
	// Of these LibreOffice makes one itself, for us to read.
	for name, from := range map[string]string{"h.odt": "d.fodt", "i.rtf": "d.fodt", "j.doc": "d.fodt", "k.pptx": "e.fodp", "l.ppt": "e.fodp", "m.odp": "e.fodp", "n.ods": "c.csv", "o.xls": "c.csv"} {
		j := job(t, from, kinds[from])
		j.Filter = filepath.Ext(name)[1:]
		j.Out = filepath.Join(t.TempDir(), name)
		j.Trusted = true
		made, err := os.ReadFile(convert(t, p, j))
		if err != nil {
			t.Fatal(err)
		}
		kinds[name] = string(made)
	}
	for name, content := range kinds {
		t.Run(name, func(t *testing.T) {
			j := job(t, name, content)
			if got := words(t, convert(t, p, j)); !strings.Contains(got, text) {
				t.Errorf("by a worker: got %q", got)
			}
			if err := p.cold(t.Context(), j); err != nil {
				t.Fatal(err)
			}
			if got := words(t, j.Out); !strings.Contains(got, text) {
				t.Errorf("cold: got %q", got)
			}
		})
	}
}

// A document in a font that is not there looks like one in the font that stands
// in for it.
func TestFontsThatAreNotThere(t *testing.T) {
	p := open(t, nil)
	const text = "骨直复 word"
	looks := map[string]string{}
	look := func(font string) string {
		if looks[font] == "" {
			j := job(t, "font.docx", docx(t, paragraph(font, text), ""))
			j.Trusted = true
			looks[font] = output(t, "pdftoppm", "-r", "100", convert(t, p, j))
		}
		return looks[font]
	}
	for _, s := range standIns {
		for _, name := range s.names {
			if look(name) != look(s.font) {
				t.Errorf("%s does not look like %s", name, s.font)
			}
		}
	}
	different := []string{"Noto Serif CJK SC", "Noto Sans CJK SC", "AR PL UKai CN", "Liberation Serif", "Liberation Sans", "Carlito", "Caladea", "DejaVu Sans"}
	for i, font := range different {
		for _, other := range different[:i] {
			if look(font) == look(other) {
				t.Errorf("%s looks like %s: is it installed?", font, other)
			}
		}
	}
}

func TestOptionsAndPaper(t *testing.T) {
	p := open(t, nil)
	three := flat("text", `<office:automatic-styles><style:style style:name="B" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style></office:automatic-styles><office:body><office:text><text:p>one</text:p><text:p text:style-name="B">two</text:p><text:p text:style-name="B">three</text:p></office:text></office:body>`)
	j := job(t, "three.fodt", three)
	j.Options = `{"PageRange":{"type":"string","value":"2-3"}}`
	for name, way := range map[string]func() error{
		"worker": func() error { return p.Convert(t.Context(), j) },
		"cold":   func() error { return p.cold(t.Context(), j) },
	} {
		if err := way(); err != nil {
			t.Fatal(err)
		}
		if got := words(t, j.Out); got != "two three" {
			t.Errorf("%s: got %q", name, got)
		}
		os.Remove(j.Out)
	}
	sheet := words(t, convert(t, p, job(t, "关于 100%25?#.csv", "a,b\n")))
	if sheet != "关于 100%25?# a b 页1" {
		t.Errorf("the name that a table shows: got %q", sheet)
	}
	table := convert(t, p, job(t, "paper.csv", "a,b\n"))
	if info := output(t, "pdfinfo", table); !strings.Contains(info, "(A4)") {
		t.Errorf("want A4, got %s", info)
	}
}

func TestPasswords(t *testing.T) {
	p := open(t, nil)
	sealed := xlsx(t, "机密 42", "开门")
	for _, c := range []struct{ name, password, code string }{
		{"the right one", "开门", ""},
		{"none", "", CodeEncrypted},
		{"a wrong one", "芝麻", CodePassword},
	} {
		for _, trusted := range []bool{false, true} {
			j := job(t, "sealed.xlsx", sealed)
			j.Password, j.Trusted = c.password, trusted
			err := p.Convert(t.Context(), j)
			if got := fault.Code(err); got != c.code || (c.code == "") != (err == nil) {
				t.Errorf("%s: got %v", c.name, err)
			}
			if c.code == "" {
				if got := words(t, j.Out); got != "机密 42" {
					t.Errorf("%s: got %q", c.name, got)
				}
			} else if _, err := os.Stat(j.Out); !os.IsNotExist(err) {
				t.Errorf("%s: something was made: %v", c.name, err)
			}
		}
	}
	j := job(t, "open.xlsx", xlsx(t, "offen", ""))
	j.Password = "needless"
	if got := words(t, convert(t, p, j)); got != "offen" {
		t.Errorf("a password that is not needed: got %q", got)
	}
}

func TestWhatIsNoDocument(t *testing.T) {
	p := open(t, nil)
	whole := docx(t, paragraph("SimSun", "whole"), "")
	for name, c := range map[string]struct{ file, content, filter, code string }{
		"a zip cut in half":          {"a.docx", whole[:len(whole)/2], "pdf", CodeUnreadable},
		"a zip of something else":    {"b.docx", zipped(t, "hello.txt", "hello"), "pdf", CodeUnreadable},
		"entities from outside":      {"c.fodt", `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + strings.TrimPrefix(writing("&e;"), `<?xml version="1.0" encoding="UTF-8"?>`), "pdf", CodeUnreadable},
		"a text as a presentation":   {"d.fodt", writing("x"), "pptx", CodeUnsaved},
		"a format that nobody knows": {"e.fodt", writing("x"), "nonsense", CodeUnsaved},
	} {
		j := job(t, c.file, c.content)
		j.Filter = c.filter
		if err := p.Convert(t.Context(), j); fault.Code(err) != c.code {
			t.Errorf("%s: got %v, want %s", name, err, c.code)
		}
		if c.code != CodeUnreadable {
			continue
		}
		if err := p.cold(t.Context(), j); fault.Code(err) != c.code {
			t.Errorf("%s, cold: got %v, want %s", name, err, c.code)
		}
	}
	for _, j := range []Job{{From: "../x", Filter: "pdf"}, {From: "docx", Filter: "pdf:writer"}, {}} {
		if err := p.Convert(t.Context(), j); err == nil || !strings.Contains(err.Error(), "want an extension") {
			t.Errorf("%+v: got %v", j, err)
		}
	}
}
