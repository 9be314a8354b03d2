package pdf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"testing"

	"github.com/gen2brain/webp"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
)

// quarters is a picture of 80 by 40: red, green above; blue, white below.
func quarters() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 80, 40))
	for y := range 40 {
		for x := range 80 {
			m.Set(x, y, []color.RGBA{{200, 0, 0, 255}, {0, 150, 0, 255}, {0, 0, 200, 255}, {255, 255, 255, 255}}[y/20*2+x/40])
		}
	}
	return m
}

func encoded(t *testing.T, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	m := quarters()
	err := map[string]func() error{
		"jpeg": func() error { return jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}) },
		"png":  func() error { return png.Encode(&b, m) },
		"gif":  func() error { return gif.Encode(&b, m, nil) },
		"tiff": func() error { return tiff.Encode(&b, m, nil) },
		"bmp":  func() error { return bmp.Encode(&b, m) },
		"webp": func() error { return webp.Encode(&b, m, webp.Options{Quality: 95}) },
	}[format]()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// upright says how a JPEG's picture is to be turned, in Exif.
func upright(file []byte, orientation uint16) []byte {
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	exif = binary.BigEndian.AppendUint16(exif, orientation)
	exif = append(exif, 0, 0, 0, 0, 0, 0)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(segment, exif...), file[2:]...)
}

// corners are the colours of a PDF's page: above left and right, below left and
// right, as letters.
func corners(t *testing.T, file []byte, page int) (string, pages.Size) {
	t.Helper()
	var m *image.RGBA
	var size pages.Size
	err := reader.With(t.Context(), file, "", func(d *pages.Document) (err error) {
		if size, err = d.Size(page); err == nil {
			m, err = d.Render(page, 160)
		}
		return err
	})
	if err != nil {
		t.Error(err)
		return "", size
	}
	name := func(x, y int) string {
		p := m.RGBAAt(x, y)
		for letter, c := range map[string][3]int{"r": {200, 0, 0}, "g": {0, 150, 0}, "b": {0, 0, 200}, "w": {255, 255, 255}} {
			if near(int(p.R), c[0]) && near(int(p.G), c[1]) && near(int(p.B), c[2]) {
				return letter
			}
		}
		return fmt.Sprint(p)
	}
	right, low := m.Rect.Max.X-10, m.Rect.Max.Y-10
	return name(10, 10) + name(right, 10) + name(10, low) + name(right, low), size
}

func near(a, b int) bool { return a-b < 12 && b-a < 12 }

func TestPicturesOfEveryFormat(t *testing.T) {
	var files [][]byte
	formats := []string{"jpeg", "png", "gif", "tiff", "bmp", "webp"}
	for _, format := range formats {
		files = append(files, encoded(t, format))
	}
	out, err := Pictures(t.Context(), Limits{}, Paper{}, files...)
	if err != nil {
		t.Fatal(err)
	}
	for i, format := range formats {
		if got, size := corners(t, out, i+1); got != "rgbw" || math.Abs(size.Width-60) > 0.1 || math.Abs(size.Height-30) > 0.1 {
			t.Errorf("%s: %s, %v", format, got, size)
		}
	}
	if err := Validate(t.Context(), Limits{}, out); err != nil {
		t.Error(err)
	}
}

// As the camera was held: Exif's eight orientations.
func TestOrientations(t *testing.T) {
	want := []string{"rgbw", "grwb", "wbgr", "bwrg", "rbgw", "brwg", "wgbr", "gwrb"}
	var files [][]byte
	for i := range want {
		files = append(files, upright(encoded(t, "jpeg"), uint16(i+1)))
	}
	out, err := Pictures(t.Context(), Limits{}, Paper{}, files...)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		if got, size := corners(t, out, i+1); got != w || (size.Height > size.Width) != (i >= 4) {
			t.Errorf("orientation %d: %s, want %s; %v", i+1, got, w, size)
		}
	}
}

func TestPageSizes(t *testing.T) {
	jfif := func(unit byte, density uint16) []byte {
		file := encoded(t, "jpeg")
		head := append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01"), unit, byte(density>>8), byte(density), byte(density>>8), byte(density), 0, 0)
		return append(head, file[2:]...)
	}
	for _, c := range []struct {
		name  string
		file  []byte
		paper Paper
		want  pages.Size
	}{
		{"at 72 dpi", jfif(1, 72), Paper{}, pages.Size{Width: 80, Height: 40}},
		{"at 100 to a centimetre", jfif(2, 100), Paper{}, pages.Size{Width: 80 * 72 / 254.0, Height: 40 * 72 / 254.0}},
		{"at no unit", jfif(0, 1), Paper{}, pages.Size{Width: 60, Height: 30}},
		{"at an absurd one", jfif(1, 1), Paper{}, pages.Size{Width: 60, Height: 30}},
		{"larger than A4", jfif(1, 10), Paper{}, pages.Size{Width: 576, Height: 288}},
		{"on a paper", jfif(1, 72), Paper{200, 300}, pages.Size{Width: 200, Height: 300}},
	} {
		out, err := Pictures(t.Context(), Limits{}, c.paper, c.file)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if _, got := corners(t, out, 1); math.Abs(got.Width-c.want.Width) > 0.1 || math.Abs(got.Height-c.want.Height) > 0.1 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPicturesThatAreRefused(t *testing.T) {
	whole := encoded(t, "png")
	huge := bytes.Clone(whole)
	binary.BigEndian.PutUint32(huge[16:], 1<<30)
	for _, c := range []struct {
		name   string
		limits Limits
		paper  Paper
		files  [][]byte
		want   string
	}{
		{"none", Limits{}, Paper{}, nil, CodeUnreadable},
		{"too many", Limits{Pages: 1}, Paper{}, [][]byte{whole, whole}, CodeTooManyPages},
		{"a text", Limits{}, Paper{}, [][]byte{whole, []byte("Dear all,")}, CodePicture},
		{"a PDF", Limits{}, Paper{}, [][]byte{letter}, CodePicture},
		{"cut", Limits{}, Paper{}, [][]byte{whole[:len(whole)-20]}, CodePicture},
		{"a cut JPEG", Limits{}, Paper{}, [][]byte{encoded(t, "jpeg")[:400]}, CodePicture},
		{"a head that lies", Limits{}, Paper{}, [][]byte{huge}, CodePicture},
		{"pixels", Limits{Pixels: 80*40 - 1}, Paper{}, [][]byte{whole}, CodePictureTooLarge},
		{"bytes", Limits{FileBytes: 10}, Paper{}, [][]byte{whole}, CodeTooLarge},
		{"a large paper", Limits{}, Paper{1e9, 1e9}, [][]byte{whole}, CodePageTooLarge},
		{"no paper", Limits{}, Paper{math.NaN(), 1}, [][]byte{whole}, CodePageTooLarge},
	} {
		if _, err := Pictures(t.Context(), c.limits, c.paper, c.files...); fault.Code(err) != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func FuzzTags(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\x08\x00\x00\x00"))
	f.Add([]byte("\x89PNG pHYs"))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, format := range []string{"jpeg", "png"} {
			if got := tagsOf(format, file); got.orientation < 1 || got.orientation > 8 || got.perInch < 10 {
				t.Errorf("%+v", got)
			}
		}
	})
}
