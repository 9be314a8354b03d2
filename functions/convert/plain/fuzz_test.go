package plain

import (
	"bytes"
	"io"
	"testing"

	"golang.org/x/tools/txtar"

	"xietong.dev/functions/convert/formats"
	"xietong.dev/shared/fault"
)

// tight are limits that a fuzzer reaches.
func tight(t testing.TB) Limits {
	l := defaults(t)
	l.Text, l.File, l.Shared, l.Whole = 1<<20, 1<<20, 1<<20, 64<<10
	l.Archive.Inflated, l.Archive.XMLTokens = 8<<20, 200_000
	return l
}

// fuzzed reads a document both ways, and wants a refusal if anything.
func fuzzed(t *testing.T, content []byte, f formats.Format, l Limits) {
	r, size := bytes.NewReader(content), int64(len(content))
	if _, err := Text(io.Discard, r, size, f, l); err != nil && !fault.IsInvalid(err) {
		t.Error(err)
	}
	if _, err := Markdown(io.Discard, r, size, f, l); err != nil && !fault.IsInvalid(err) {
		t.Error(err)
	}
}

// fuzzPart replaces one part of a document that is packed together in testdata.
func fuzzPart(f *testing.F, name, part string) {
	a, err := txtar.ParseFile("testdata/" + name + ".txtar")
	if err != nil {
		f.Fatal(err)
	}
	var others []string
	for _, file := range a.Files {
		if file.Name == part {
			f.Add(string(file.Data))
		} else {
			others = append(others, file.Name, string(file.Data))
		}
	}
	l := tight(f)
	l.Archive.Ratio = 1 << 30
	f.Fuzz(func(t *testing.T, text string) {
		fuzzed(t, pack(t, append([]string{part, text}, others...)...), formats.Format(name), l)
	})
}

func FuzzDocx(f *testing.F)      { fuzzPart(f, "docx", "word/document.xml") }
func FuzzDocxParts(f *testing.F) { fuzzPart(f, "docx", "word/numbering.xml") }
func FuzzXlsx(f *testing.F)      { fuzzPart(f, "xlsx", "xl/worksheets/sheet2.xml") }
func FuzzXlsxParts(f *testing.F) { fuzzPart(f, "xlsx", "xl/styles.xml") }
func FuzzPptx(f *testing.F)      { fuzzPart(f, "pptx", "ppt/slides/slide1.xml") }
func FuzzEpub(f *testing.F)      { fuzzPart(f, "epub", "OEBPS/content.opf") }

func FuzzODF(f *testing.F) {
	for _, name := range []string{"notice.fodt", "budget.fods", "report.fodp"} {
		f.Add(fileOf(f, name))
	}
	l := tight(f)
	f.Fuzz(func(t *testing.T, content []byte) { fuzzed(t, content, formats.Fodt, l) })
}

func FuzzTexts(f *testing.F) {
	f.Add("<table><tr><td>通知<pre> <ol><li>甲</table>", byte(0))
	f.Add("项目,\"金额\n", byte(1))
	f.Add("# a *b* [c](d)\n\n| a |\n| - |\n| b |\n", byte(2))
	f.Add("通知\r\n", byte(3))
	l := tight(f)
	kinds := []formats.Format{formats.HTML, formats.Csv, formats.Md, formats.Txt}
	f.Fuzz(func(t *testing.T, text string, kind byte) { fuzzed(t, []byte(text), kinds[int(kind)%len(kinds)], l) })
}

func FuzzNumberFormat(f *testing.F) {
	f.Add(`[$￥-804]#,##0.00_);[Red](0.0%);"无"`, 1234.5)
	f.Add(`yyyy"年"m"月" [h]:mm:ss.0 AM/PM`, 46093.75)
	f.Fuzz(func(t *testing.T, code string, n float64) {
		if got := parseFormat(code).show(n, false); len(got) > 20*len(code)+1000 {
			t.Errorf("%q shows %v in %d bytes", code, n, len(got))
		}
	})
}

func FuzzRecall(f *testing.F) {
	f.Add("关于会议的通知", "通知")
	f.Add("ﬁ½㈱e\u0301", "fi")
	f.Fuzz(func(t *testing.T, source, result string) {
		ratio, missing := Recall(source, result)
		if ratio < 0 || ratio > 1 || (ratio == 1) != (missing == "") {
			t.Errorf("got %v, %q", ratio, missing)
		}
		if ratio, missing := Recall(source, source+"\n"+result); ratio != 1 {
			t.Errorf("%q is not in itself and %q: %q", source, result, missing)
		}
	})
}
