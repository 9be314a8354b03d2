package pages

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/pages/pdftest"
)

// outlined is a PDF of three pages with an outline. Objects of it follow, from 6 on;
// the outline itself is 6.
func outlined(objects ...string) []byte {
	return pdftest.Build(append([]string{"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>", "<</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]/Count 3>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"}, objects...)...)
}

// outlineOf is an outline's lines, as many as wanted.
func outlineOf(t *testing.T, file []byte, levels, most int) (lines []string) {
	t.Helper()
	err := reader.With(t.Context(), file, "", func(d *Document) error {
		all, err := d.Outline(levels, most)
		for _, h := range all {
			lines = append(lines, fmt.Sprintf("%s%s %d", strings.Repeat("  ", h.Level), h.Title, h.Page))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestOutline(t *testing.T) {
	const utf16 = "<feff7b2c4e007ae0>" // 第一章
	tree := outlined("<</Type/Outlines/First 7 0 R/Last 9 0 R>>",
		"<</Title "+utf16+"/Parent 6 0 R/Next 9 0 R/First 8 0 R/Last 8 0 R/Dest[3 0 R/Fit]>>",
		"<</Title(1.1)/Parent 7 0 R/A<</S/GoTo/D[4 0 R/XYZ 0 0 0]>>>>",
		"<</Title(out)/Parent 6 0 R/Prev 7 0 R/A<</S/URI/URI(http://example.com)>>>>")
	for _, c := range []struct {
		what   string
		file   []byte
		levels int
		most   int
		want   []string
	}{
		{"a tree", tree, 16, 100, []string{"第一章 1", "  1.1 2", "out 0"}},
		{"its first level", tree, 1, 100, []string{"第一章 1", "out 0"}},
		{"its first line", tree, 16, 1, []string{"第一章 1"}},
		{"none", outlined("<</Type/Outlines>>"), 16, 100, nil},
		{"no object", outlined(), 16, 100, nil},
		{"siblings that come back", outlined("<</Type/Outlines/First 7 0 R>>", "<</Title(a)/Next 8 0 R/Dest[3 0 R/Fit]>>", "<</Title(b)/Next 7 0 R/Dest[4 0 R/Fit]>>"), 16, 5,
			[]string{"a 1", "b 2", "a 1", "b 2", "a 1"}},
		{"a line within itself", outlined("<</Type/Outlines/First 7 0 R>>", "<</Title(a)/First 7 0 R/Dest[3 0 R/Fit]>>"), 16, 100, []string{"a 1"}},
		{"lines within each other", outlined("<</Type/Outlines/First 7 0 R>>", "<</Title(a)/First 8 0 R/Dest[3 0 R/Fit]>>", "<</Title(b)/First 7 0 R/Dest[4 0 R/Fit]>>"), 16, 100,
			[]string{"a 1", "  b 2"}},
		{"a line after itself", outlined("<</Type/Outlines/First 7 0 R>>", "<</Title(a)/Next 7 0 R/Dest[3 0 R/Fit]>>"), 16, 100, []string{"a 1"}},
		{"no title, and a page that is not there", outlined("<</Type/Outlines/First 7 0 R>>", "<</Next 8 0 R/Dest[3 0 R/Fit]>>", "<</Title(b)/Dest[99 0 R/Fit]>>"), 16, 100, []string{" 1", "b 0"}},
	} {
		if diff := cmp.Diff(c.want, outlineOf(t, c.file, c.levels, c.most)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.what, diff)
		}
	}
}

// LibreOffice makes an outline of the headings of a text.
func TestOutlineByLibreOffice(t *testing.T) {
	var want []string
	for i := range 5 {
		want = append(want, fmt.Sprintf("第%d章 数字政府建设 %d", i+1, i+1))
	}
	if diff := cmp.Diff(want, outlineOf(t, made["report.html"], 16, 100)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
