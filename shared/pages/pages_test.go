package pages

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/child"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages/pdftest"
)

// What all tests share: a warm Reader, and PDFs that LibreOffice made.
var (
	reader *Reader
	made   map[string][]byte
)

func TestMain(m *testing.M) {
	child.Serve(Worker)
	dir, err := os.MkdirTemp("", "pages-test-")
	if err == nil {
		reader, err = Open(context.Background(), Config{Cache: filepath.Join(dir, "cache"), Fonts: "/usr/share/fonts", Instances: 2})
	}
	if err == nil {
		made, err = pdftest.Office(context.Background(), map[string]string{
			"letter.fodt": pdftest.Letter("通知", "王伟", "关于召开会议的通知", "各处室：定于2026年3月5日召开会议。Agenda attached."),
			"report.html": pdftest.Report(5),
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	reader.Close()
	os.RemoveAll(dir)
	os.Exit(code)
}

// with opens a PDF that must open.
func with(t *testing.T, file []byte, use func(*Document)) {
	t.Helper()
	err := reader.With(t.Context(), file, "", func(d *Document) error { use(d); return nil })
	if err != nil {
		t.Error(err)
	}
}

// look does all that can be done with a PDF, and returns the first error.
func look(ctx context.Context, r *Reader, file []byte) error {
	return r.With(ctx, file, "", func(d *Document) error {
		if _, err := d.Metadata(); err != nil {
			return err
		}
		for page := 1; page <= min(d.Count(), 20); page++ {
			_, textErr := d.Text(page)
			_, fontErr := d.Fonts(page)
			_, drawErr := d.Render(page, 200)
			for _, err := range []error{textErr, fontErr, drawErr} {
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func TestALetter(t *testing.T) {
	with(t, made["letter.fodt"], func(d *Document) {
		text, err := d.Text(1)
		if want := "关于召开会议的通知\n各处室：定于 2026 年 3 月 5 日召开会议。Agenda attached."; err != nil || text != want {
			t.Errorf("text %q %v, want %q", text, err, want)
		}
		size, err := d.Size(1)
		if err != nil || int(size.Width) != 595 && int(size.Width) != 612 {
			t.Errorf("size %v %v", size, err)
		}
		m, err := d.Metadata()
		m.CreationDate = ""
		if diff := cmp.Diff(Metadata{Title: "通知", Author: "王伟", Creator: "Writer", Producer: "LibreOffice 7.4"}, m); diff != "" || err != nil {
			t.Errorf("metadata %v (-want +got)\n%s", err, diff)
		}
		fonts, err := d.Fonts(1)
		if err != nil || len(fonts) < 2 {
			t.Errorf("fonts %v %v", fonts, err)
		}
		for _, f := range fonts {
			if !f.Embedded || strings.Contains(f.Name, "+") {
				t.Errorf("font %+v", f)
			}
		}
		if blank, err := d.Blank(1); blank || err != nil {
			t.Errorf("blank %v %v", blank, err)
		}
	})
}

func TestEveryPageOfAReport(t *testing.T) {
	with(t, made["report.html"], func(d *Document) {
		var chapters []string
		for page := 1; page <= d.Count(); page++ {
			text, err := d.Text(page)
			if err != nil {
				t.Error(err)
			}
			title, _, _ := strings.Cut(text, "\n")
			chapters = append(chapters, title)
		}
		var want []string
		for i := range 5 {
			want = append(want, fmt.Sprintf("第 %d 章 数字政府建设", i+1))
		}
		if diff := cmp.Diff(want, chapters); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		for _, page := range []int{-1, 0, d.Count() + 1} {
			if _, err := d.Text(page); err == nil {
				t.Errorf("page %d was found", page)
			}
		}
	})
}

func TestBlankPages(t *testing.T) {
	for _, c := range []struct {
		content string
		want    bool
	}{
		{"", true},
		{"1 1 1 rg 10 10 100 100 re f", true},
		{"0.5 g 0 0 595 842 re f", true},
		{"0 g 300 400 1.2 1.2 re f", false}, // a full stop
		{"0.9 g 10 10 200 0.5 re f", false}, // a faint line
	} {
		with(t, pdftest.Page("/MediaBox[0 0 595 842]", c.content), func(d *Document) {
			if got, err := d.Blank(1); got != c.want || err != nil {
				t.Errorf("%q: %v %v", c.content, got, err)
			}
		})
	}
}

// The left half of this page is red, the right half white.
func TestAPageIsDrawnAsItIsSeen(t *testing.T) {
	red, white := color.RGBA{255, 0, 0, 255}, color.RGBA{255, 255, 255, 255}
	for _, c := range []struct {
		name, entries string
		size          Size
		left, right   color.RGBA
	}{
		{"plain", "/MediaBox[0 0 200 100]", Size{200, 100}, red, white},
		{"turned over", "/MediaBox[0 0 200 100]/Rotate 180", Size{200, 100}, white, red},
		{"turned", "/MediaBox[0 0 200 100]/Rotate 90", Size{100, 200}, red, red},
		{"cropped", "/MediaBox[0 0 200 100]/CropBox[50 0 150 100]", Size{100, 100}, red, white},
		{"away from the origin", "/MediaBox[50 0 150 100]", Size{100, 100}, red, white},
	} {
		with(t, pdftest.Page(c.entries, "1 0 0 rg 0 0 100 100 re f"), func(d *Document) {
			if size, err := d.Size(1); size != c.size || err != nil {
				t.Errorf("%s: size %v %v", c.name, size, err)
			}
			m, err := d.Render(1, 40)
			if err != nil {
				t.Error(err)
				return
			}
			if want := int(40 * c.size.Height / c.size.Width); m.Rect != image.Rect(0, 0, 40, want) {
				t.Errorf("%s: %v", c.name, m.Rect)
			}
			if left, right := m.RGBAAt(2, 2), m.RGBAAt(37, 2); left != c.left || right != c.right {
				t.Errorf("%s: %v and %v", c.name, left, right)
			}
		})
	}
}

// What is transparent shows white, not black.
func TestTransparency(t *testing.T) {
	page := pdftest.Page("/MediaBox[0 0 100 100]/Group<</S/Transparency/CS/DeviceRGB>>/Resources<</ExtGState<</G<</ca 0.5>>>>>>", "/G gs 0 g 0 0 50 100 re f")
	with(t, page, func(d *Document) {
		m, err := d.Render(1, 100)
		if err != nil {
			t.Error(err)
			return
		}
		if half, none := m.RGBAAt(20, 50), m.RGBAAt(80, 50); half.R < 126 || half.R > 129 || none != (color.RGBA{255, 255, 255, 255}) {
			t.Errorf("got %v and %v", half, none)
		}
	})
}

// Many Chinese PDFs name 宋体 and trust the reader to have it.
func TestAFontThatIsNotEmbedded(t *testing.T) {
	file := pdftest.Build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
		pdftest.Stream("", []byte("BT /F 20 Tf 20 40 Td <4E2D6587> Tj ET")),
		"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
		"<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor<</Type/FontDescriptor/FontName/SimSun/Flags 4>>>>")
	with(t, file, func(d *Document) {
		fonts, err := d.Fonts(1)
		if diff := cmp.Diff([]Font{{Name: "SimSun"}}, fonts); diff != "" || err != nil {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
		if text, err := d.Text(1); text != "中文" || err != nil {
			t.Errorf("%q %v", text, err)
		}
		if blank, err := d.Blank(1); blank || err != nil {
			t.Errorf("blank %v %v: no font of the directory was used", blank, err)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	var wait sync.WaitGroup
	for range 12 {
		wait.Go(func() {
			if err := look(t.Context(), reader, made["letter.fodt"]); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func TestWhoWaitsMayLeave(t *testing.T) {
	r, err := Open(t.Context(), Config{Instances: 1, Cache: reader.config.Cache})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	err = r.With(t.Context(), made["letter.fodt"], "", func(*Document) error {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := look(ctx, r, made["letter.fodt"]); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		return errors.New("mine")
	})
	if err == nil || err.Error() != "mine" {
		t.Errorf("got %v", err)
	}
	if err := look(t.Context(), r, made["letter.fodt"]); err != nil {
		t.Error(err)
	}
}

func TestAClosedReader(t *testing.T) {
	r, err := Open(t.Context(), Config{Cache: reader.config.Cache})
	if err != nil {
		t.Fatal(err)
	}
	if err := look(t.Context(), r, made["letter.fodt"]); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := look(t.Context(), r, made["letter.fodt"]); err == nil || fault.IsInvalid(err) {
		t.Errorf("got %v", err)
	}
}

// The cache in an image may not be written, may be broken, may be missing.
func TestCaches(t *testing.T) {
	if err := reader.Warm(); err != nil {
		t.Fatal(err)
	}
	fixed := filepath.Join(t.TempDir(), "fixed")
	if err := os.CopyFS(fixed, os.DirFS(reader.config.Cache)); err != nil {
		t.Fatal(err)
	}
	code, _ := filepath.Glob(filepath.Join(fixed, "*/*"))
	if len(code) == 0 {
		t.Fatal("nothing was kept")
	}
	broken := filepath.Join(t.TempDir(), "broken")
	os.CopyFS(broken, os.DirFS(fixed))
	for _, name := range code {
		name = filepath.Join(broken, strings.TrimPrefix(name, fixed))
		if err := os.Truncate(name, 1000); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{fixed, broken, "/proc/nothing", ""} {
		r, err := Open(t.Context(), Config{Cache: dir})
		if err != nil {
			t.Fatal(err)
		}
		if err := look(t.Context(), r, made["letter.fodt"]); err != nil {
			t.Errorf("%q: %v", dir, err)
		}
		r.Close()
	}
}

func TestImpossibleConfigurations(t *testing.T) {
	for _, c := range []Config{{Instances: -1}, {MemoryBytes: 1 << 20}, {MemoryBytes: 5 << 30}} {
		if _, err := Open(t.Context(), c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

// Every limit, crossed and just kept.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits Limits
		want   string
	}{
		{"bytes", Limits{FileBytes: int64(len(made["report.html"]) - 1)}, CodeTooLarge},
		{"bytes kept", Limits{FileBytes: int64(len(made["report.html"]))}, ""},
		{"pages", Limits{Pages: 4}, CodeTooManyPages},
		{"pages kept", Limits{Pages: 5}, ""},
		{"side", Limits{Side: 700}, CodePageTooLarge},
		{"side kept", Limits{Side: 842}, ""},
		{"pixels", Limits{Pixels: 200*200 - 1}, CodePageTooLarge},
		{"pixels kept", Limits{Pixels: 200 * 300}, ""},
		{"characters", Limits{Chars: 100}, CodeTooLarge},
		{"objects", Limits{Objects: 3}, CodeTooLarge},
	} {
		r, err := Open(t.Context(), Config{Cache: reader.config.Cache, Limits: c.limits})
		if err != nil {
			t.Fatal(err)
		}
		if err := look(t.Context(), r, made["report.html"]); fault.Code(err) != c.want {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
		r.Close()
	}
}
