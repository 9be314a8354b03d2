package plain

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"xietong.dev/functions/convert/formats"
	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
)

const (
	wordRels = `<Relationships><Relationship Id="a" Type="x/styles" Target="styles.xml"/></Relationships>`
	bookRels = `<Relationships xmlns="r"><Relationship Id="a" Type="x/worksheet" Target="s.xml"/><Relationship Id="b" Type="x/sharedStrings" Target="t.xml"/></Relationships>`
	book     = `<workbook xmlns:r="x/relationships"><sheets><sheet name="a" r:id="a"/></sheets></workbook>`
)

func word(t testing.TB, body string) []byte {
	return pack(t, "word/document.xml", `<w:document xmlns:w="w"><w:body>`+body+`</w:body></w:document>`)
}

func flat(body string) []byte {
	return []byte(`<office:document xmlns:office="o" xmlns:text="t" xmlns:table="ta" xmlns:draw="d"><office:body>` + body + `</office:body></office:document>`)
}

// Every limit has something that crosses it, and none takes long or much memory.
func TestLimits(t *testing.T) {
	long := strings.Repeat("通知", 1000)
	for name, c := range map[string]struct {
		content []byte
		format  formats.Format
		limit   func(*Limits)
		code    string
		says    string
	}{
		"a long text":          {word(t, "<w:p><w:r><w:t>"+long+"</w:t></w:r></w:p>"), formats.Docx, func(l *Limits) { l.Text = 1000 }, archive.CodeTooLarge, "MAX_TEXT"},
		"many styles":          {word(t, "<w:p>"+strings.Repeat("<w:r><w:rPr><w:b/></w:rPr><w:t>a</w:t></w:r><w:r><w:t>a</w:t></w:r>", 500)+"</w:p>"), formats.Docx, func(l *Limits) { l.Text = 10_000 }, archive.CodeTooLarge, "MAX_TEXT"},
		"a long txt":           {[]byte(long), formats.Txt, func(l *Limits) { l.Text = 1000 }, archive.CodeTooLarge, "MAX_TEXT"},
		"a large flat file":    {flat("<text:p>" + long + "</text:p>"), formats.Fodt, func(l *Limits) { l.File = 1000 }, archive.CodeTooLarge, "MAX_PLAIN_FILE"},
		"a large txt":          {[]byte(long), formats.Txt, func(l *Limits) { l.File = 1000 }, archive.CodeTooLarge, "MAX_PLAIN_FILE"},
		"a large page":         {[]byte(long), formats.HTML, func(l *Limits) { l.File = 1000 }, archive.CodeTooLarge, "MAX_PLAIN_FILE"},
		"a large tag":          {[]byte("<p a='" + long + long + "'>"), formats.HTML, func(l *Limits) { l.Archive.XMLToken = 5000 }, archive.CodeTooLarge, "MAX_XML_TOKEN"},
		"a quote not closed":   {[]byte("a,\"" + strings.Repeat(long, 20)), formats.Csv, func(l *Limits) { l.Archive.XMLToken = 50_000 }, archive.CodeTooLarge, "MAX_XML_TOKEN"},
		"deep":                 {word(t, strings.Repeat("<w:tbl><w:tr><w:tc>", 200)), formats.Docx, nil, archive.CodeXML, "MAX_XML_DEPTH"},
		"an entity":            {pack(t, "word/document.xml", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`), formats.Docx, nil, archive.CodeXML, "entities"},
		"an entity, flat":      {[]byte(`<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>`), formats.Fodt, nil, archive.CodeXML, "entities"},
		"a bomb":               {word(t, strings.Repeat(" ", 3<<20)), formats.Docx, nil, archive.CodeBomb, "MAX_ARCHIVE_RATIO"},
		"rows for ever":        {flat(`<office:spreadsheet><table:table><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>` + long + `</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>`), formats.Fods, nil, archive.CodeTooLarge, "MAX_TEXT"},
		"short rows for ever":  {flat(`<office:spreadsheet><table:table>` + strings.Repeat(`<table:table-row table:number-rows-repeated="1048576"><table:table-cell><text:p>xxxxxxxxxxxx</text:p></table:table-cell></table:table-row>`, 100) + `</table:table></office:spreadsheet>`), formats.Fods, nil, archive.CodeTooLarge, "MAX_TEXT"},
		"a shared text often":  {pack(t, "xl/workbook.xml", book, "xl/_rels/workbook.xml.rels", bookRels, "xl/t.xml", "<sst><si><t>"+long+"</t></si></sst>", "xl/s.xml", "<worksheet><row>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 20_000)+"</row></worksheet>"), formats.Xlsx, nil, archive.CodeTooLarge, "MAX_TEXT"},
		"many shared texts":    {pack(t, "xl/workbook.xml", book, "xl/_rels/workbook.xml.rels", bookRels, "xl/t.xml", "<sst>"+strings.Repeat("<si/>", 1000)+"</sst>"), formats.Xlsx, func(l *Limits) { l.Shared = 10_000 }, archive.CodeTooLarge, "MAX_SHARED_TEXT"},
		"many sheets":          {pack(t, "xl/workbook.xml", "<workbook>"+strings.Repeat("<sheet/>", maxSheets+1)+"</workbook>"), formats.Xlsx, func(l *Limits) { l.Archive.Ratio = 10_000 }, archive.CodeTooLarge, "sheets"},
		"many paragraphs":      {pack(t, "ppt/presentation.xml", `<p xmlns:r="x/relationships"><sldId r:id="a"/></p>`, "ppt/_rels/presentation.xml.rels", `<x><Relationship Id="a" Target="s.xml"/></x>`, "ppt/s.xml", "<sld>"+strings.Repeat("<p><t>a</t></p>", maxBlocks+1)+"</sld>"), formats.Pptx, func(l *Limits) { l.Archive.Ratio = 10_000 }, archive.CodeTooLarge, "paragraphs"},
		"a chapter again":      {pack(t, "META-INF/container.xml", `<c><rootfile full-path="o"/></c>`, "o", "<p>"+strings.Repeat(`<itemref idref="x"/>`, 20)+"</p>"), formats.Epub, nil, "", ""},
		"no document part":     {pack(t, "a.xml", "<a/>"), formats.Docx, nil, archive.CodeUnreadable, "word/document.xml"},
		"no content":           {pack(t, "mimetype", "x"), formats.Odt, nil, archive.CodeUnreadable, "content.xml"},
		"an OLE file":          {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), formats.Wps, nil, archive.CodeUnreadable, "directory"},
		"no reader":            {[]byte("x"), formats.Doc, nil, formats.CodeUnsupported, "doc"},
		"a cut document":       {fileOf(t, "notice.docx")[:5000], formats.Docx, nil, archive.CodeUnreadable, "directory"},
		"styles in a circle":   {pack(t, "word/document.xml", `<d><p><pPr><pStyle val="a"/></pPr><t>x</t></p></d>`, "_rels/.rels", `<x><Relationship Type="x/officeDocument" Target="word/document.xml"/></x>`, "word/_rels/document.xml.rels", wordRels, "word/styles.xml", `<s><style styleId="a"><basedOn val="b"/></style><style styleId="b"><basedOn val="a"/></style></s>`), formats.Docx, nil, "", ""},
		"masters in a circle":  {[]byte(`<d><master-page name="a" next-style-name="b"/><master-page name="b" next-style-name="a"/></d>`), formats.Fodt, nil, "", ""},
		"ends without a start": {[]byte("</table></td></tr></ul></p></pre><td>x</table></table>"), formats.HTML, nil, "", ""},
	} {
		limits := defaults(t)
		if c.limit != nil {
			c.limit(&limits)
		}
		for _, write := range []func(io.Writer, io.ReaderAt, int64, formats.Format, Limits) (Notes, error){Text, Markdown} {
			var out bytes.Buffer
			_, err := write(&out, bytes.NewReader(c.content), int64(len(c.content)), c.format, limits)
			if fault.Code(err) != c.code || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: got %v (%s), want %s that says %q", name, err, fault.Code(err), c.code, c.says)
			}
			if int64(out.Len()) > int64(limits.Text) {
				t.Errorf("%s: wrote %d bytes", name, out.Len())
			}
		}
	}
}

// Some limits only leave out what nobody would miss.
func TestLimitsThatLeaveOut(t *testing.T) {
	columns := strings.Repeat(`<col min="1" max="1" hidden="1"/>`, maxRanges)
	master := `<master-page name="m"><header><text:p xmlns:text="t">眉</text:p></header></master-page>`
	for name, c := range map[string]struct {
		content []byte
		format  formats.Format
		want    string
	}{
		"the last range of hidden columns": {pack(t, "xl/workbook.xml", book, "xl/_rels/workbook.xml.rels", bookRels, "xl/s.xml",
			`<w><cols>`+columns+`<col min="2" max="2" hidden="1"/></cols><row><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row></w>`), formats.Xlsx, "\t2\n"},
		"the last kinds of pages": {[]byte("<d>" + strings.Repeat(master, maxMasters+5) + "</d>"), formats.Fodt, strings.Repeat("眉\n", maxMasters)},
		"a cell beyond the last":  {[]byte("<table><tr>" + strings.Repeat("<td>x", maxCells+1)), formats.HTML, strings.Repeat("x\t", maxCells-1) + "x x\n"},
	} {
		if got, _, err := textOf(c.content, c.format, defaults(t)); got != c.want || err != nil {
			t.Errorf("%s: got %d bytes, %v, %.40q, want %d", name, len(got), err, got, len(c.want))
		}
	}
}

// Markdown is read as a whole where it must be understood.
func TestMarkdownLimits(t *testing.T) {
	for name, c := range map[string]struct{ md, says string }{
		"large":             {strings.Repeat("通知\n\n", 200_000)[:1_500_000], ""},
		"too large":         {strings.Repeat("通知\n\n", 600_000), "MAX_WHOLE_MARKDOWN"},
		"marks in one":      {strings.Repeat("*a_", maxMarks), "marks"},
		"marks in many":     {strings.Repeat(strings.Repeat("*a_", maxMarks/3)+"\n\n", 50), ""},
		"a long rule":       {strings.Repeat("_", 10_000), ""},
		"a form to fill in": {strings.Repeat("\\_", 10_000), ""},
		"a quote in quotes": {strings.Repeat(">", maxDepth+1) + " x", "nested"},
		"a list in lists":   {strings.Repeat("- ", maxDepth+1) + "x", "nested"},
	} {
		var page bytes.Buffer
		err := HTML(&page, strings.NewReader(c.md), int64(len(c.md)), defaults(t))
		_, _, again := textOf([]byte(c.md), formats.Md, defaults(t))
		for _, err := range []error{err, again} {
			if (c.says == "") != (err == nil) || err != nil && (fault.Code(err) != archive.CodeTooLarge || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%s: got %v, want %q", name, err, c.says)
			}
		}
	}
}

// What was read before a limit is written.
func TestTextBeforeTheLimitIsWritten(t *testing.T) {
	l := defaults(t)
	l.Text = 20
	got, _, err := textOf(word(t, strings.Repeat("<w:p><w:r><w:t>123456789</w:t></w:r></w:p>", 9)), formats.Docx, l)
	if got != "123456789\n123456789\n" || fault.Code(err) != archive.CodeTooLarge {
		t.Errorf("got %q, %v", got, err)
	}
}

type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errors.New("connection reset") }
func (broken) Write([]byte) (int, error)         { return 0, errors.New("disk full") }

func TestFailuresAreNoRefusals(t *testing.T) {
	for f := range readers {
		if _, err := Text(io.Discard, broken{}, 1000, f, defaults(t)); err == nil || fault.IsInvalid(err) {
			t.Errorf("%s: got %v", f, err)
		}
	}
	content := fileOf(t, "notice.docx")
	if _, err := Text(broken{}, bytes.NewReader(content), int64(len(content)), formats.Docx, defaults(t)); err == nil || fault.IsInvalid(err) {
		t.Errorf("a full disk: got %v", err)
	}
}
