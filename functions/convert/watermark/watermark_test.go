package watermark

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/convert/pdf"
	"xietong.dev/shared/child"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
	"xietong.dev/shared/pages/pdftest"
)

const (
	fontPath   = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
	fontFamily = "Noto Sans CJK SC"
)

// What all tests share.
var (
	stamper Stamper
	reader  *pages.Reader
	report  []byte // two pages by LibreOffice
)

func TestMain(m *testing.M) {
	child.Serve(pages.Worker)
	dir, err := os.MkdirTemp("", "watermark-test-")
	if err == nil {
		stamper.Face, err = OpenFace(fontPath, fontFamily)
	}
	if err == nil {
		reader, err = pages.Open(context.Background(), pages.Config{Cache: filepath.Join(dir, "cache")})
	}
	var made map[string][]byte
	if err == nil {
		made, err = pdftest.Office(context.Background(), map[string]string{"report.html": pdftest.Report(2)})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	report = made["report.html"]
	code := m.Run()
	reader.Close()
	os.RemoveAll(dir)
	os.Exit(code)
}

func trace(c Code) *Code { return &c }

// mark is what a viewer sees.
var mark = Mark{Lines: []string{"王伟 市政府办公室", "2026-03-05 14:22 京政办〔2026〕15号"}, Trace: trace(0x0123456789abcdef)}

func stamped(t testing.TB, file []byte, m Mark) []byte {
	t.Helper()
	out, err := stamper.Stamp(t.Context(), file, m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func drawn(t testing.TB, file []byte, page, width int) *image.RGBA {
	t.Helper()
	var m *image.RGBA
	err := reader.With(t.Context(), file, "", func(d *pages.Document) (err error) {
		m, err = d.Render(page, width)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func texts(t *testing.T, file []byte) (all []string) {
	t.Helper()
	err := reader.With(t.Context(), file, "", func(d *pages.Document) error {
		for page := 1; page <= d.Count(); page++ {
			text, err := d.Text(page)
			if err != nil {
				return err
			}
			all = append(all, text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheTextOfADocumentStaysAsItIs(t *testing.T) {
	out := stamped(t, report, mark)
	if diff := cmp.Diff(texts(t, report), texts(t, out)); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
	if bytes.Contains(out, []byte("王伟")) {
		t.Error("the name stands in the file")
	}
	if grown := len(out) - len(report); grown > 40<<10 {
		t.Errorf("the file has grown by %d bytes", grown)
	}
}

// Whatever a page's boxes and content do, the mark looks as on a plain page.
func TestEveryPageShowsTheSame(t *testing.T) {
	plain := drawn(t, stamped(t, pdftest.Page("/MediaBox[0 0 400 300]", ""), mark), 1, 400)
	if few := darkened(plain); few < 2000 {
		t.Fatalf("%d pixels are darkened", few)
	}
	for _, c := range []struct{ name, entries, content string }{
		{"turned by 90", "/MediaBox[0 0 300 400]/Rotate 90", ""},
		{"turned by 180", "/MediaBox[0 0 400 300]/Rotate 180", ""},
		{"turned by 270", "/MediaBox[0 0 300 400]/Rotate 270", ""},
		{"turned back by 90", "/MediaBox[0 0 300 400]/Rotate -90", ""},
		{"away from the origin", "/MediaBox[-100 50 300 350]", ""},
		{"upside down", "/MediaBox[400 300 0 0]", ""},
		{"cropped", "/MediaBox[0 0 1000 1000]/CropBox[100 200 500 500]", ""},
		{"cropped and turned", "/MediaBox[0 0 1000 1000]/CropBox[100 200 400 600]/Rotate 270", ""},
		{"cropped beyond its edge", "/MediaBox[0 0 400 300]/CropBox[-50 -50 900 900]", ""},
		{"inherited resources", "/MediaBox[0 0 400 300]/Resources<</XObject<</Fm0 9 0 R>>>>", ""},
		{"a clip left behind", "/MediaBox[0 0 400 300]", "q 0 0 1 1 re W n"},
		{"a clip after a Q too many", "/MediaBox[0 0 400 300]", "Q 0 0 1 1 re W n"},
		{"many Q, then a clip", "/MediaBox[0 0 400 300]", "Q Q q Q Q Q 0 0 1 1 re W n q q"},
		{"a moved origin", "/MediaBox[0 0 400 300]", "0.001 0 0 0.001 0 0 cm"},
		{"a Q in a text", "/MediaBox[0 0 400 300]", "BT (q q \\) q (Q) q) Tj <71> Tj ET q 0 0 1 1 re W n % Q Q"},
		{"a Q in a picture", "/MediaBox[0 0 400 300]", "q 0 0 1 1 re W n q 1 0 0 1 -9 -9 cm BI /W 1 /H 3 /BPC 8 /CS /G ID Q Q EI"},
	} {
		got := drawn(t, stamped(t, pdftest.Page(c.entries, c.content), mark), 1, 400)
		if n := different(plain, got); n > 0 {
			t.Errorf("%s: %d pixels differ", c.name, n)
		}
	}
}

func darkened(m *image.RGBA) (n int) {
	for i := 0; i < len(m.Pix); i += 4 {
		if m.Pix[i] < 255 {
			n++
		}
	}
	return n
}

func different(a, b *image.RGBA) (n int) {
	if a.Rect != b.Rect {
		return max(len(a.Pix), len(b.Pix))
	}
	for i := 0; i < len(a.Pix); i += 4 {
		if d := int(a.Pix[i]) - int(b.Pix[i]); d < -8 || d > 8 {
			n++
		}
	}
	return n
}

// Pages of several sizes, a page used twice, and resources that pages share.
func TestMixedPages(t *testing.T) {
	file := pdftest.Build("<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R 4 0 R 3 0 R]/Count 3/Resources 6 0 R/MediaBox[0 0 400 300]>>",
		"<</Type/Page/Parent 2 0 R/Contents[5 0 R 5 0 R]>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 842 595]/Contents 5 0 R>>",
		pdftest.Stream("", []byte("/F Do")), "<</XObject<</F 7 0 R>>>>",
		pdftest.Stream("/Type/XObject/Subtype/Form/BBox[0 0 50 50]", []byte("1 0 0 rg 0 0 9 9 re f")))
	out := stamped(t, file, mark)
	for page, size := range []image.Point{{400, 300}, {842, 595}, {400, 300}} {
		m := drawn(t, out, page+1, size.X)
		if m.Rect.Max != size || m.RGBAAt(4, size.Y-4).G > 60 || darkened(m) < 2000 {
			t.Errorf("page %d: %v, red %v, %d darkened", page+1, m.Rect, m.RGBAAt(4, size.Y-4), darkened(m))
		}
	}
}

func TestMarksOfOneKind(t *testing.T) {
	page := pdftest.Page("/MediaBox[0 0 400 300]", "")
	text := drawn(t, stamped(t, page, Mark{Lines: mark.Lines}), 1, 400)
	dots := drawn(t, stamped(t, page, Mark{Trace: mark.Trace}), 1, 400)
	if darkened(text) < 2000 || darkened(dots) < 2000 || different(text, dots) < 2000 {
		t.Errorf("text %d, dots %d", darkened(text), darkened(dots))
	}
	if _, err := Find(t.Context(), pdf.Limits{}, stamped(t, page, Mark{Lines: mark.Lines})); !errors.Is(err, ErrNoCode) {
		t.Errorf("got %v", err)
	}
}

func TestMarksThatCannotBeDrawn(t *testing.T) {
	page := pdftest.Page("/MediaBox[0 0 400 300]", "")
	lines := []string{"王伟"}
	for name, m := range map[string]Mark{
		"nothing":        {},
		"an empty line":  {Lines: []string{"a", " "}},
		"a long line":    {Lines: []string{strings.Repeat("王", 101)}},
		"not UTF-8":      {Lines: []string{"\xff"}},
		"many lines":     {Lines: strings.Split("abcdefghi", "")},
		"too small":      {Lines: lines, Look: Look{Size: 1}},
		"too large":      {Lines: lines, Look: Look{Size: 1000}},
		"too dense":      {Lines: lines, Look: Look{Gap: 1}},
		"too strong":     {Lines: lines, Look: Look{Opacity: 2}},
		"turned too far": {Lines: lines, Look: Look{Angle: 1e9}},
	} {
		if _, err := stamper.Stamp(t.Context(), page, m); fault.Code(err) != CodeMark {
			t.Errorf("%s: got %v", name, err)
		}
	}
	ok := Mark{Lines: []string{strings.Repeat("王", 100)}}
	stamped(t, page, ok)
}

func TestPagesThatCannotBeMarked(t *testing.T) {
	small := Mark{Lines: []string{"王"}, Look: Look{Size: 4, Gap: 8}}
	for _, c := range []struct {
		name string
		file []byte
		mark Mark
		want string
	}{
		{"a huge page", pdftest.Page("/MediaBox[0 0 1000000000 1000000000]", ""), mark, pdf.CodePageTooLarge},
		{"a large page, a small text", pdftest.Page("/MediaBox[0 0 14000 14000]", ""), small, CodeMark},
		{"no PDF", []byte("Dear all,"), mark, pdf.CodeUnreadable},
		{"nothing", nil, mark, pdf.CodeUnreadable},
		{"cut", report[:len(report)/2], mark, pdf.CodeUnreadable},
	} {
		if _, err := stamper.Stamp(t.Context(), c.file, c.mark); fault.Code(err) != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func TestFonts(t *testing.T) {
	for _, c := range []struct{ path, family string }{{"/no/font", ""}, {fontPath, "Comic Sans"}, {"/etc/passwd", ""}} {
		if _, err := OpenFace(c.path, c.family); err == nil {
			t.Errorf("%+v was opened", c)
		}
	}
	// A TrueType font has quadratic curves, and lacks Chinese.
	face, err := OpenFace("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf", "")
	if err != nil {
		t.Fatal(err)
	}
	defer face.Close()
	s := Stamper{Face: face}
	out, err := s.Stamp(t.Context(), pdftest.Page("/MediaBox[0 0 400 300]", ""), Mark{Lines: []string{"Wang 王伟 2026"}})
	if err != nil || darkened(drawn(t, out, 1, 400)) < 1000 {
		t.Errorf("%v", err)
	}
}

// What a hundred pages of Chinese text cost.
func BenchmarkHundredPages(b *testing.B) {
	made, err := pdftest.Office(b.Context(), map[string]string{"report.html": pdftest.Report(100)})
	if err != nil {
		b.Fatal(err)
	}
	file := made["report.html"]
	var out []byte
	for b.Loop() {
		out = stamped(b, file, mark)
	}
	b.ReportMetric(float64(len(out)-len(file)), "bytes-more")
}
