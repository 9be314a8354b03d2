package convert

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

func TestStretches(t *testing.T) {
	for _, c := range []struct {
		pages, most int
		want        [][2]int
	}{
		{0, 20, nil}, {1, 20, [][2]int{{1, 1}}}, {20, 20, [][2]int{{1, 20}}}, {41, 20, [][2]int{{1, 20}, {21, 40}, {41, 41}}},
	} {
		if diff := cmp.Diff(c.want, stretches(c.pages, c.most)); diff != "" {
			t.Errorf("%d by %d (-want +got)\n%s", c.pages, c.most, diff)
		}
	}
}

// Whatever changes the result changes the fingerprint, and nothing else does.
func TestFingerprint(t *testing.T) {
	opacity := 0.5
	base := wishes{To: []string{"pdf"}}
	seen := map[string]string{}
	for name, c := range map[string]struct {
		w                     wishes
		content, kind, engine string
	}{
		"base":      {base, "c", "docx", "e"},
		"content":   {base, "d", "docx", "e"},
		"format":    {base, "c", "wps", "e"},
		"engine":    {base, "c", "docx", "f"},
		"to":        {wishes{To: []string{"pdfa"}}, "c", "docx", "e"},
		"pages":     {wishes{To: []string{"pdf"}, Pages: "1"}, "c", "docx", "e"},
		"password":  {wishes{To: []string{"pdf"}, Password: "x"}, "c", "docx", "e"},
		"watermark": {wishes{To: []string{"pdf"}, Watermark: &events.Watermark{Lines: []string{"a"}}}, "c", "docx", "e"},
		"opacity":   {wishes{To: []string{"pdf"}, Watermark: &events.Watermark{Lines: []string{"a"}, Opacity: &opacity}}, "c", "docx", "e"},
		"picture":   {wishes{To: []string{"pdf"}, Picture: "png", Width: 100}, "c", "docx", "e"},
		"width":     {wishes{To: []string{"pdf"}, Picture: "png", Width: 200}, "c", "docx", "e"},
	} {
		print, err := c.w.fingerprint(c.content, c.kind, c.engine)
		again, _ := c.w.fingerprint(c.content, c.kind, c.engine)
		if err != nil || print != again {
			t.Errorf("%s: %s, then %s, %v", name, print, again, err)
		}
		if other, taken := seen[print]; taken {
			t.Errorf("%s is taken for %s", name, other)
		}
		seen[print] = name
	}
}
