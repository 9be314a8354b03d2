package cover

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"xietong.dev/functions/catalogue/booktest"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

func standard(t testing.TB) (l Limits) {
	t.Helper()
	if err := conf.Read(func(string) string { return "" }, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func gifOf(t *testing.T, m image.Image) []byte {
	var b bytes.Buffer
	if err := gif.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSizes(t *testing.T) {
	webp, err := os.ReadFile("testdata/red.webp")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in               []byte
		cover, thumbnail [2]int
	}{
		"a JPEG":            {booktest.JPEG(1200, 1600, 1), [2]int{1200, 1600}, [2]int{240, 320}},
		"a large one":       {booktest.JPEG(3000, 2000, 1), [2]int{1600, 1067}, [2]int{320, 213}},
		"a small one":       {booktest.JPEG(30, 40, 1), [2]int{30, 40}, [2]int{30, 40}},
		"a PNG":             {booktest.PNG(400, 300, 1), [2]int{400, 300}, [2]int{320, 240}},
		"a GIF":             {gifOf(t, booktest.Picture(700, 900, 1)), [2]int{700, 900}, [2]int{249, 320}},
		"a WebP":            {webp, [2]int{48, 64}, [2]int{48, 64}},
		"a line":            {booktest.PNG(5000, 1, 1), [2]int{1600, 1}, [2]int{320, 1}},
		"a pixel":           {booktest.PNG(1, 1, 1), [2]int{1, 1}, [2]int{1, 1}},
		"a line and a half": {booktest.PNG(3, 2000, 1), [2]int{2, 1600}, [2]int{1, 320}},
	} {
		cover, thumbnail, err := Make(t.Context(), bytes.NewReader(c.in), standard(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, p := range []struct {
			Picture
			want [2]int
		}{{cover, c.cover}, {thumbnail, c.thumbnail}} {
			got, err := jpeg.DecodeConfig(bytes.NewReader(p.JPEG))
			if err != nil || p.Width != got.Width || p.Height != got.Height || p.want != [2]int{got.Width, got.Height} {
				t.Errorf("%s: got %d by %d, %v, want %v", name, got.Width, got.Height, err, p.want)
			}
		}
	}
}

func TestWhatIsTransparentIsWhite(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 800, 800)) // nothing but black that is not there
	for i := range 400 * 800 {
		m.Set(i%400, i/400, color.NRGBA{200, 0, 0, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	cover, thumbnail, err := Make(t.Context(), &b, standard(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Picture{cover, thumbnail} {
		got, err := jpeg.Decode(bytes.NewReader(p.JPEG))
		if err != nil {
			t.Fatal(err)
		}
		red, _, _, _ := got.At(p.Width/4, p.Height/2).RGBA()
		_, green, _, _ := got.At(p.Width*3/4, p.Height/2).RGBA()
		if red>>8 < 190 || red>>8 > 210 || green>>8 < 250 {
			t.Errorf("%d pixels: red %d, and where nothing is green %d", p.Width, red>>8, green>>8)
		}
	}
}

func TestRefusals(t *testing.T) {
	small := Limits{Bytes: 5000, Pixels: 100 * 100}
	deep := image.NewNRGBA64(image.Rect(0, 0, 90, 90))
	var sixteen bytes.Buffer
	if err := png.Encode(&sixteen, deep); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in     []byte
		limits Limits
		code   string
	}{
		"60,000 by 60,000":          {booktest.HugePNG(60_000, 60_000), standard(t), CodeTooLarge},
		"2³¹ by 2³¹":                {booktest.HugePNG(1<<31-1, 1<<31-1), standard(t), CodeUnreadable},
		"just under the limit":      {booktest.PNG(100, 1, 1), small, ""},
		"pixels":                    {booktest.HugePNG(101, 100), small, CodeTooLarge},
		"pixels of 16 bits":         {sixteen.Bytes(), small, CodeTooLarge},
		"bytes":                     {booktest.JPEG(99, 100, 1), Limits{Bytes: 1000, Pixels: 100 * 100}, CodeTooLarge},
		"as many pixels as allowed": {booktest.HugePNG(100, 100), small, CodeUnreadable},
		"nothing":                   {nil, small, CodeUnsupported},
		"a text":                    {[]byte(strings.Repeat("通知", 100)), small, CodeUnsupported},
		"an SVG":                    {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), small, CodeUnsupported},
		"half a JPEG":               {booktest.JPEG(60, 80, 1)[:700], small, CodeUnreadable},
		"a JPEG's beginning":        {booktest.JPEG(60, 80, 1)[:20], small, CodeUnreadable},
	} {
		_, _, err := Make(t.Context(), bytes.NewReader(c.in), c.limits)
		if fault.Code(err) != c.code || err != nil && c.code == "" {
			t.Errorf("%s: got %q (%v), want %q", name, fault.Code(err), err, c.code)
		}
	}
}

func TestFailuresAreNoRefusals(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Make(ended, bytes.NewReader(booktest.JPEG(60, 80, 1)), standard(t)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	away := errors.New("connection reset")
	if _, _, err := Make(t.Context(), iotest.ErrReader(away), standard(t)); !errors.Is(err, away) || fault.IsInvalid(err) {
		t.Error(err)
	}
	if _, _, err := Of(t.Context(), image.NewRGBA(image.Rectangle{})); fault.Code(err) != CodeUnreadable {
		t.Error(err)
	}
}

// BenchmarkMake says how many covers of 1.9 megapixels a core makes in a second of
// its own time.
func BenchmarkMake(b *testing.B) {
	in := booktest.JPEG(1200, 1600, 1)
	limits := standard(b)
	b.ReportAllocs()
	from := spent(b)
	for b.Loop() {
		if _, _, err := Make(b.Context(), bytes.NewReader(in), limits); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/(spent(b)-from), "covers/cpu-s")
}

// spent is the processor's time of this program, in seconds.
func spent(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
