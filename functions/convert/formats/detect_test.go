package formats

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
)

const wordMain = ooxml + "wordprocessingml.document.main+xml"

func TestDetect(t *testing.T) {
	gbk := func(text string) []byte { b, _ := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text)); return b }
	wide := func(text string) []byte {
		b, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
		return b
	}
	odf := func(kind string, more ...part) []byte {
		return zipOf(t, append([]part{{"mimetype", "application/vnd.oasis.opendocument." + kind}}, more...)...)
	}
	for _, c := range []struct {
		content []byte
		name    string
		want    Format
	}{
		// What LibreOffice wrote, under its own name, a wrong one, and none.
		{file(t, "a.doc"), "通知.doc", Doc}, {file(t, "a.doc"), "a.pdf", Doc}, {file(t, "a.doc"), "a.wps", Wps}, {file(t, "a.doc"), "a.dot", Dot},
		{file(t, "a.xls"), "", Xls}, {file(t, "a.xls"), "a.ET", Et}, {file(t, "a.xls"), "a.doc", Xls},
		{file(t, "a.docx"), "a.doc", Docx}, {file(t, "a.docx"), "a.wps", Wps}, {file(t, "a.docx"), "a.docm", Docx},
		{file(t, "a.xlsx"), "a.xlsx", Xlsx}, {file(t, "a.xlsx"), "a.et", Et}, {file(t, "a.pptx"), "a.dps", Dps}, {file(t, "a.pptx"), "a", Pptx},
		{file(t, "a.odt"), "a.docx", Odt}, {file(t, "a.ods"), "", Ods}, {file(t, "a.odp"), "", Odp},
		{file(t, "a.fodt"), "a.xml", Fodt}, {file(t, "a.fods"), "", Fods}, {file(t, "a.fodp"), "", Fodp},
		{file(t, "a.pdf"), "a.docx", PDF}, {append([]byte("\r\n\r\n"), file(t, "a.pdf")...), "", PDF},
		// Only the list of parts tells these apart.
		{ooxmlOf(t, "application/vnd.ms-word.document.macroEnabled.main+xml"), "a.docx", Docm},
		{ooxmlOf(t, "application/vnd.ms-excel.sheet.binary.macroEnabled.main"), "", Xlsb},
		{ooxmlOf(t, "application/xml", ooxml+"presentationml.slideshow.main+xml"), "", Ppsx},
		{odf("text-template"), "", Ott}, {odf("spreadsheet"), "", Ods},
		{zipOf(t, part{"mimetype", "application/epub+zip\n"}), "a.zip", Epub},
		{ole("", "PowerPoint Document"), "", Ppt}, {ole("", "PowerPoint Document"), "a.dps", Dps}, {ole("", "Book"), "", Xls},
		{[]byte(`{\rtf1\ansi 你好}`), "a.doc", Rtf},
		// Pictures.
		{[]byte("\x89PNG\r\n\x1a\n\x00"), "a.jpg", PNG}, {[]byte("\xff\xd8\xff\xe0"), "", JPEG}, {[]byte("GIF89a"), "", GIF},
		{[]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), "", WebP}, {[]byte("II*\x00\x08\x00\x00\x00"), "", TIFF},
		{[]byte("BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x01"), "", BMP},
		// Texts.
		{[]byte("# 通知"), "a.md", Md}, {[]byte("# 通知"), "a.txt", Txt}, {[]byte("项目,金额\n"), "a.csv", Csv}, {[]byte("项目\t金额\n"), "a.xls", Csv},
		{gbk("关于会议的通知"), "a", Txt}, {wide("关于会议的通知"), "", Txt}, {[]byte("BMW 汽车"), "a.pdf", Txt}, {[]byte(`{"a": 1}`), "a.json", Txt},
		{[]byte("<!DOCTYPE html><html>"), "a.txt", HTML}, {[]byte("\ufeff<html><table>"), "a.xls", HTML}, {wide("<html><p>通知"), "", HTML},
		{[]byte("<!-- x --><table>"), "a.xls", HTML}, {[]byte("<?xml version=\"1.0\"?><!DOCTYPE html><html xmlns=\"http://www.w3.org/1999/xhtml\">"), "", HTML},
	} {
		got, err := Detect(bytes.NewReader(c.content), int64(len(c.content)), c.name)
		if got != c.want || err != nil {
			t.Errorf("%.20q as %q: got %q, %v, want %q", c.content, c.name, got, err, c.want)
		}
	}
}

func TestDetectRefuses(t *testing.T) {
	fib := strings.Repeat("\x00", 11) + "\x01"
	filePass := "\x09\x08\x04\x00\x00\x06\x05\x00" + "\x2f\x00\x02\x00\x01\x00"
	manifest := `<manifest:manifest xmlns:manifest="m"><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`
	loop := ole("", "WordDocument")
	copy(loop[512+4:], "\x01\x00\x00\x00") // the directory follows itself
	for name, c := range map[string]struct {
		content string
		code    string
		says    string
	}{
		"nothing":                 {"", CodeEmpty, "empty"},
		"a newer one encrypted":   {string(ole("", "EncryptedPackage", "EncryptionInfo")), archive.CodeEncrypted, "password"},
		"an older text encrypted": {string(ole(fib, "WordDocument")), archive.CodeEncrypted, "password"},
		"an older book encrypted": {string(ole(filePass, "Workbook")), archive.CodeEncrypted, "password"},
		"ODF encrypted": {string(zipOf(t, part{"mimetype", odf + "text"}, part{"META-INF/manifest.xml", manifest})),
			archive.CodeEncrypted, "password"},
		"a protected book":      {string(zipOf(t, part{"mimetype", "application/epub+zip"}, part{"META-INF/rights.xml", "<x/>"})), archive.CodeEncrypted, "publisher"},
		"a message":             {string(ole("", "__properties_version1.0")), CodeUnsupported, "Outlook"},
		"an OLE file of others": {string(ole("", "Something")), CodeUnsupported, "OLE"},
		"an OLE file that ends": {oleMark, archive.CodeUnreadable, "header"},
		"an OLE file in a loop": {string(loop), archive.CodeUnreadable, "does not end"},
		"a zip":                 {string(zipOf(t, part{"a.txt", "x"})), CodeUnsupported, "zip archive"},
		"a zip that ends":       {"PK\x03\x04aaaaaaaa", archive.CodeUnreadable, "directory"},
		"OFD":                   {string(zipOf(t, part{"OFD.xml", "x"})), CodeUnsupported, "OFD"},
		"a drawing package":     {string(ooxmlOf(t, "application/vnd.ms-visio.drawing.main+xml")), CodeUnsupported, "Office package"},
		"an ODF drawing":        {string(zipOf(t, part{"mimetype", odf + "graphics"})), CodeUnsupported, "graphics"},
		"a program":             {"MZ\x90\x00" + strings.Repeat("\x00\x01\xfe", 100), CodeUnsupported, "no document"},
		"a Linux program":       {"\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 60), CodeUnsupported, "no document"},
		"a 7z":                  {"7z\xbc\xaf\x27\x1c\x00\x04\x8a\x13\x99\xf2\x00\x01", CodeUnsupported, "7z"},
		"a rar":                 {"Rar!\x1a\x07\x01\x00\x33\x92\xb5\xe5\x0a\x01\x05\x06\x00", CodeUnsupported, "rar"},
		"a film":                {"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", CodeUnsupported, "mp4"},
		"an SVG":                {`<svg xmlns="http://www.w3.org/2000/svg"><text>通知</text></svg>`, CodeUnsupported, "SVG"},
		"an SVG with a head":    {`<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"/>`, CodeUnsupported, "SVG"},
		"a page with entities":  {`<!DOCTYPE html [<!ENTITY b "ha">]><html><p>&b;</p></html>`, archive.CodeXML, "entities"},
		"other XML":             {`<?xml version="1.0"?><a/>`, CodeUnsupported, "XML"},
		"Word 2003 XML":         {`<?xml version="1.0"?><?mso-application progid="Word.Document"?><w/>`, CodeUnsupported, "docx"},
		"a web archive":         {"MIME-Version: 1.0\r\nContent-Type: multipart/related", CodeUnsupported, "MHTML"},
		"bytes":                 {"\x01\x93\x04\x99\x00\x07\xff\x80\x15\x10\x81\x00\x90", CodeUnsupported, "no document"},
		"entities": {string(zipOf(t, part{"[Content_Types].xml", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`})),
			archive.CodeXML, "entities"},
	} {
		got, err := Detect(strings.NewReader(c.content), int64(len(c.content)), "a.docx")
		if fault.Code(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %q, %v, want %s that says %q", name, got, err, c.code, c.says)
		}
	}
}

func TestHasMacros(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		want    bool
	}{
		"docx":             {file(t, "a.docx"), false},
		"docm with a part": {ooxmlOf(t, wordMain, "application/vnd.ms-office.vbaProject"), true},
		"doc":              {file(t, "a.doc"), false},
		"doc with macros":  {ole("", "WordDocument", "Macros"), true},
		"xls with macros":  {ole("", "Workbook", "_VBA_PROJECT_CUR"), true},
		"odt":              {zipOf(t, part{"mimetype", odf + "text"}), false},
		"odt with macros":  {zipOf(t, part{"mimetype", odf + "text"}, part{"Basic/script-lc.xml", "x"}), true},
		"txt":              {[]byte("sub main"), false},
	} {
		if got, err := HasMacros(bytes.NewReader(c.content), int64(len(c.content))); got != c.want || err != nil {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

func FuzzDetect(f *testing.F) {
	for _, name := range []string{"a.doc", "a.docx", "a.odt", "a.fodt"} {
		f.Add(file(f, name), name)
	}
	f.Add(ole("", "Workbook", "EncryptedPackage"), "a.et")
	f.Add([]byte("<!-- <html"), "a.html")
	f.Fuzz(func(t *testing.T, content []byte, name string) {
		got, err := Detect(bytes.NewReader(content), int64(len(content)), name)
		if (err == nil) != got.Known() || err != nil && !fault.IsInvalid(err) {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errors.New("connection reset") }

func TestFailureToReadIsNoRefusal(t *testing.T) {
	if _, err := Detect(broken{}, 1000, ""); err == nil || fault.IsInvalid(err) {
		t.Errorf("got %v", err)
	}
}
