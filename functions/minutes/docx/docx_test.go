package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var day = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

// parts writes a document and reads its parts back; each must be well-formed.
func parts(t *testing.T, d Document) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	file, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range file.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for x := xml.NewDecoder(bytes.NewReader(text)); ; {
			if _, err := x.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v in %s", f.Name, err, text)
			}
		}
		all[f.Name] = string(text)
	}
	return all
}

func text(style Style, s string) Paragraph { return Paragraph{Style: style, Runs: []Run{Text(s)}} }

// holds wants each of the texts in a part.
func holds(t *testing.T, part string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(part, w) {
			t.Errorf("no %s in %s", w, part)
		}
	}
}

// TestStyles: headings are Word's own, with outline levels and numbers; fonts and
// measures are those of the standard.
func TestStyles(t *testing.T) {
	p := parts(t, Document{Look: Chinese, At: day})
	holds(t, p["word/styles.xml"],
		`<w:name w:val="heading 1">`, `<w:name w:val="heading 2">`, `<w:name w:val="heading 3">`, `<w:name w:val="Title">`, `<w:name w:val="List Bullet">`,
		`<w:outlineLvl w:val="0">`, `<w:outlineLvl w:val="1">`, `<w:outlineLvl w:val="2">`,
		`w:eastAsia="仿宋_GB2312"`, `w:eastAsia="方正小标宋简体"`, `w:eastAsia="黑体"`, `w:eastAsia="楷体_GB2312"`,
		`w:firstLineChars="200" w:firstLine="640"`, `w:line="579" w:lineRule="exact"`, `<w:sz w:val="44">`, `<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA">`)
	holds(t, p["word/numbering.xml"], `<w:numFmt w:val="chineseCountingThousand">`, `<w:lvlText w:val="%1、">`, `<w:lvlText w:val="（%2）">`, `<w:pStyle w:val="Heading1">`)
	holds(t, p["word/fontTable.xml"], `w:name="方正小标宋简体"><w:altName w:val="宋体">`, `w:name="仿宋_GB2312"><w:altName w:val="仿宋">`)
	// 37, 26, 35 and 28 mm on A4; 22 lines of 28.95 pt are 225 mm.
	holds(t, p["word/document.xml"], `<w:pgSz w:w="11906" w:h="16838">`, `w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"`, `w:linePitch="579"`)
	p = parts(t, Document{Look: English, At: day})
	holds(t, p["word/styles.xml"], `<w:name w:val="heading 1">`, `w:ascii="Times New Roman"`, `<w:lang w:val="en-GB"`)
	holds(t, p["word/document.xml"], `<w:pgSz w:w="11906" w:h="16838">`)
}

// Every style that a block names is one that both looks have.
func TestStylesAreThere(t *testing.T) {
	all := []Style{Body, Title, Masthead, Issue, Heading1, Heading2, Heading3, Bullet, Number, Fact, Attendance, Speech, Issuer, Date, Note, cell, heading, imprint, "TableEnd", "Footer", "Strong", "TimeMark"}
	for _, look := range []Look{Chinese, English} {
		var got []Style
		for _, s := range look.sheet().styles[1:] {
			got = append(got, s.id)
		}
		sorted := cmp.Transformer("sort", func(in []Style) map[Style]bool {
			out := map[Style]bool{}
			for _, s := range in {
				out[s] = true
			}
			return out
		})
		if diff := cmp.Diff(all, got, sorted); diff != "" {
			t.Errorf("look %d (-want +got)\n%s", look, diff)
		}
	}
}

func TestPageNumbers(t *testing.T) {
	dashed := parts(t, Document{Numbers: Dashed, At: day})
	holds(t, dashed["word/settings.xml"], "<w:evenAndOddHeaders>")
	holds(t, dashed["word/footer1.xml"], `<w:jc w:val="right">`, "— ", `w:instr=" PAGE "`)
	holds(t, dashed["word/footer2.xml"], `<w:jc w:val="left">`, `w:instr=" PAGE "`)
	counted := parts(t, Document{Numbers: Counted, At: day})
	holds(t, counted["word/footer1.xml"], `w:instr=" PAGE "`, `w:instr=" NUMPAGES "`)
	if strings.Contains(counted["word/settings.xml"], "evenAndOdd") {
		t.Error("pages that are counted through differ between odd and even")
	}
}

// TestHostileText: whatever a text holds, it is text.
func TestHostileText(t *testing.T) {
	const nasty = "<w:p>&amp;]]>\x00\x07\x1b\x7f\u0085\uFFFE\xff\u202e㐂𠮷👩🏽‍💻 a\nb"
	p := parts(t, Document{Title: nasty, Keywords: []string{nasty}, At: day, Body: []Block{text(Body, nasty),
		Paragraph{Style: Fact, Runs: []Run{{Text: "＿＿", Manner: Blank, Label: nasty}}}, Table{Shares: []int{1}, Heading: []string{nasty}, Rows: [][]Cell{{{Runs: []Run{Text(nasty)}}}}}}})
	const want = "&lt;w:p&gt;&amp;amp;]]&gt;㐂𠮷👩🏽‍💻 a b"
	holds(t, p["word/document.xml"], want)
	holds(t, p["docProps/core.xml"], "<dc:title>"+want+"</dc:title>")
	if n := strings.Count(p["word/document.xml"], want); n != 4 {
		t.Errorf("%d texts, want 4: paragraph, label, heading, cell", n)
	}
}

func TestStretches(t *testing.T) {
	for in, want := range map[string][]stretch{
		"":              nil,
		"预算 2026":       {{"预算 2026", false}},
		"محمد علي":      {{"محمد علي", true}},
		"a محمد، علي。b": {{"a ", false}, {"محمد، علي", true}, {"。b", false}},
		"שלום 12":       {{"שלום", true}, {" 12", false}},
	} {
		if diff := cmp.Diff(want, stretches(in), cmp.AllowUnexported(stretch{})); diff != "" {
			t.Errorf("%q (-want +got)\n%s", in, diff)
		}
	}
}

// TestTable: the heading row is repeated, and a row stays whole unless it is long.
func TestTable(t *testing.T) {
	long := strings.Repeat("长", longCell+1)
	p := parts(t, Document{At: day, Body: []Block{Table{Shares: []int{3, 1}, Heading: []string{"事项", "负责人"},
		Rows: [][]Cell{{{Runs: []Run{Text("a")}}, {Runs: []Run{Text("b")}}}, {{Runs: []Run{Text(long)}, Span: 2}}}}}})
	rows := regexp.MustCompile(`<w:trPr>(.*?)</w:trPr>`).FindAllStringSubmatch(p["word/document.xml"], -1)
	var got []string
	for _, r := range rows {
		got = append(got, r[1])
	}
	want := []string{"<w:cantSplit></w:cantSplit><w:tblHeader></w:tblHeader>", "<w:cantSplit></w:cantSplit>", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	holds(t, p["word/document.xml"], `<w:gridSpan w:val="2">`, `<w:gridCol w:w="6633">`, `<w:gridCol w:w="2211">`)
}

// TestBlank: what a clerk fills in is a control that knows what for.
func TestBlank(t *testing.T) {
	p := parts(t, Document{At: day, Body: []Block{Paragraph{Style: Fact, Runs: []Run{{Text: "＿＿", Manner: Blank, Label: "主持人"}}}}})
	holds(t, p["word/document.xml"], `<w:sdt><w:sdtPr><w:alias w:val="主持人">`, "<w:showingPlcHdr>")
}

// TestSame: the same document is the same file, and no machine stands in it.
func TestSame(t *testing.T) {
	d := Document{Title: "例会", At: day, Body: []Block{text(Heading1, "决定"), Imprint{Copies: []Run{Text("各处室")}, Issuer: []Run{Text("办公室")}, Date: []Run{Text("3月4日")}}}}
	var a, b bytes.Buffer
	if d.Write(&a) != nil || d.Write(&b) != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two files of the same document differ")
	}
	holds(t, parts(t, d)["docProps/core.xml"], "<dc:creator></dc:creator>", "<cp:lastModifiedBy></cp:lastModifiedBy>", "2026-03-04T10:00:00Z", "<dc:language>zh-CN</dc:language>")
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteFails(t *testing.T) {
	if err := (Document{At: day}).Write(broken{}); err != io.ErrClosedPipe {
		t.Errorf("%v", err)
	}
}

// BenchmarkWrite writes what a day's transcript comes to.
func BenchmarkWrite(b *testing.B) {
	d := Document{At: day}
	for range 20_000 {
		d.Body = append(d.Body, text(Speech, "我们先看一下上个季度的情况，预算执行总体正常。"))
	}
	for b.Loop() {
		d.Write(io.Discard)
	}
}
