package pages

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"github.com/gen2brain/webp"
)

// picture has so many colours, and an odd width.
func picture(colours int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 37, 29))
	random := rand.New(rand.NewPCG(uint64(colours), 0))
	for i := 0; i < len(m.Pix); i += 4 {
		n := i / 4
		if n >= colours {
			n = random.IntN(colours)
		}
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = byte(n), byte(n>>8), byte(n*7), 255
	}
	return m
}

func TestPNGIsExact(t *testing.T) {
	for _, c := range []struct {
		colours int
		want    color.Model
	}{
		{1, nil}, {2, nil}, {3, nil}, {4, nil}, {5, nil}, {16, nil}, {17, nil}, {256, nil}, {257, color.RGBAModel}, {1000, color.RGBAModel},
	} {
		m := picture(c.colours)
		var b bytes.Buffer
		if err := encode(&b, m, PNG, 0); err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(&b)
		if err != nil {
			t.Errorf("%d colours: %v", c.colours, err)
			continue
		}
		if p, ok := got.(*image.Paletted); ok != (c.want == nil) || ok && len(p.Palette) != c.colours {
			t.Errorf("%d colours: written as %T", c.colours, got)
		}
		for y := range 29 {
			for x := range 37 {
				if want := m.RGBAAt(x, y); color.RGBAModel.Convert(got.At(x, y)) != want {
					t.Fatalf("%d colours: %v at %d,%d, want %v", c.colours, got.At(x, y), x, y, want)
				}
			}
		}
	}
}

// A page in each format is about the same page.
func TestFormats(t *testing.T) {
	var page *image.RGBA
	with(t, made["letter.fodt"], func(d *Document) {
		var err error
		if page, err = d.Render(1, 400); err != nil {
			t.Error(err)
		}
	})
	for format, decode := range map[string]func(*bytes.Buffer) (image.Image, error){
		PNG:  func(b *bytes.Buffer) (image.Image, error) { return png.Decode(b) },
		JPEG: func(b *bytes.Buffer) (image.Image, error) { return jpeg.Decode(b) },
		WebP: func(b *bytes.Buffer) (image.Image, error) {
			// Decode would give the luma of video, 16 to 235, for that of a picture.
			all, err := webp.DecodeAll(b)
			if err != nil {
				return nil, err
			}
			return all.Image[0], nil
		},
	} {
		var b bytes.Buffer
		if err := encode(&b, page, format, 90); err != nil {
			t.Fatal(err)
		}
		got, err := decode(&b)
		if err != nil || got.Bounds() != page.Rect {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if far := difference(page, got); far > 2 {
			t.Errorf("%s: differs by %.2f of 255", format, far)
		}
	}
}

// difference is that of the mean grey.
func difference(a, b image.Image) float64 {
	sum, r := 0.0, a.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p, q := color.GrayModel.Convert(a.At(x, y)).(color.Gray), color.GrayModel.Convert(b.At(x, y)).(color.Gray)
			sum += max(float64(p.Y)-float64(q.Y), float64(q.Y)-float64(p.Y))
		}
	}
	return sum / float64(r.Dx()*r.Dy())
}

func TestWhatCannotBeEncoded(t *testing.T) {
	for _, c := range []struct {
		format  string
		quality int
	}{{"bmp", 0}, {"", 0}, {JPEG, -1}, {WebP, 101}} {
		if err := encode(new(bytes.Buffer), picture(3), c.format, c.quality); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}
