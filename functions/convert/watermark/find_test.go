package watermark

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
	"math"

	"xietong.dev/functions/convert/pdf"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages/pdftest"
)

// codesTried is how many codes each disturbance is tried with.
const codesTried = 20

type picture interface {
	image.Image
	SubImage(image.Rectangle) image.Image
}

func scaled(m image.Image, by float64) image.Image {
	if by == 1 {
		return m
	}
	out := image.NewRGBA(image.Rect(0, 0, int(float64(m.Bounds().Dx())*by), int(float64(m.Bounds().Dy())*by)))
	draw.CatmullRom.Scale(out, out.Rect, m, m.Bounds(), draw.Src, nil)
	return out
}

func turned(m image.Image, degrees float64) image.Image {
	if degrees == 0 {
		return m
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	out := image.NewRGBA(m.Bounds())
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	x, y := float64(out.Rect.Dx())/2, float64(out.Rect.Dy())/2
	draw.BiLinear.Transform(out, f64.Aff3{cos, -sin, x - cos*x + sin*y, sin, cos, y - sin*x - cos*y}, m, m.Bounds(), draw.Src, nil)
	return out
}

func compressed(t *testing.T, m image.Image, quality int) image.Image {
	if quality == 0 {
		return m
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	out, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// third cuts a third of the height out, anywhere.
func third(m image.Image, random *rand.Rand) image.Image {
	r := m.Bounds()
	top := r.Min.Y + random.IntN(r.Dy()*2/3)
	return m.(picture).SubImage(image.Rect(r.Min.X, top, r.Max.X, top+r.Dy()/3))
}

// Every code comes back from a page of dense Chinese text, however its picture
// was treated.
func TestCodesInPictures(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	disturbances := []struct {
		name    string
		dpi     int
		scale   float64
		degrees float64
		third   bool
		quality int
	}{
		{"a clean page at 100 dpi", 100, 1, 0, false, 0},
		{"JPEG", 100, 1, 0, false, 70},
		{"a third", 100, 1, 0, true, 0},
		{"scaled by 0.8, JPEG", 100, 0.8, 0, false, 70},
		{"scaled by 2, JPEG", 100, 2, 0, false, 70},
		{"a third, scaled by 0.8, JPEG", 100, 0.8, 0, true, 70},
		{"a third, scaled by 1.37, JPEG", 100, 1.37, 0, true, 70},
		{"a third, scaled by 2, JPEG", 100, 2, 0, true, 70},
		{"200 dpi, a third, scaled by 0.9, JPEG", 200, 0.9, 0, true, 70},
		{"turned by 1.3 degrees, JPEG", 100, 1, 1.3, false, 70},
	}
	recovered := make([]int, len(disturbances))
	for range codesTried {
		code := Code(random.Uint64())
		file := stamped(t, report, Mark{Lines: mark.Lines, Trace: &code})
		at := map[int]image.Image{100: drawn(t, file, 1, 100*595/72), 200: drawn(t, file, 2, 200*595/72)}
		for i, d := range disturbances {
			m := compressed(t, turned(scaled(at[d.dpi], d.scale), d.degrees), d.quality)
			if d.third {
				m = third(m, random)
			}
			switch got, err := FindInImage(m); {
			case err == nil && got != code:
				t.Errorf("%s: %x became %x", d.name, code, got)
			case err == nil:
				recovered[i]++
			}
		}
	}
	for i, d := range disturbances {
		t.Logf("%s: %d of %d", d.name, recovered[i], codesTried)
		if recovered[i] < codesTried*19/20 {
			t.Errorf("%s: %d of %d codes came back", d.name, recovered[i], codesTried)
		}
	}
}

func TestPicturesWithoutACode(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	noise := image.NewRGBA(image.Rect(0, 0, 300, 300))
	for i := range noise.Pix {
		noise.Pix[i] = byte(random.Uint32())
	}
	for name, m := range map[string]image.Image{
		"a page without a mark":   drawn(t, report, 1, 600),
		"a page with a text only": drawn(t, stamped(t, report, Mark{Lines: mark.Lines}), 1, 600),
		"a white page":            image.NewRGBA(image.Rect(0, 0, 200, 200)),
		"noise":                   noise,
		"a point":                 image.NewRGBA(image.Rect(0, 0, 1, 1)),
		"nothing":                 image.NewRGBA(image.Rectangle{}),
		"a line":                  image.NewRGBA(image.Rect(0, 0, 5000, 1)),
		"a picture away from 0,0": noise.SubImage(image.Rect(100, 100, 200, 200)),
	} {
		if code, err := FindInImage(m); !errors.Is(err, ErrNoCode) {
			t.Errorf("%s: got %x %v", name, code, err)
		}
	}
}

func TestCodesInFiles(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	for range codesTried {
		code := Code(random.Uint64())
		out := stamped(t, report, Mark{Lines: mark.Lines, Trace: &code})
		if got, err := Find(t.Context(), pdf.Limits{}, out); got != code || err != nil {
			t.Errorf("%x became %x %v", code, got, err)
		}
		// Without the entry in the file's information, the dots are left.
		bare, err := pdf.Change(t.Context(), pdf.Limits{}, out, func(d *pdf.Doc) error {
			info, err := d.DereferenceDict(*d.Info)
			if err == nil {
				info.Delete(infoKey)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Find(t.Context(), pdf.Limits{}, bare); got != code || err != nil {
			t.Errorf("without information: %x became %x %v", code, got, err)
		}
	}
}

func TestFilesWithoutACode(t *testing.T) {
	for _, c := range []struct {
		name string
		file []byte
		want string // a code of package pdf; empty for ErrNoCode
	}{
		{"a report", report, ""},
		{"a form of anything", pdftest.Build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
			pdftest.Stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", bytes.Repeat([]byte("re 1 re nan nan 1 1 re 1e999 5 5 5 re\n"), 1000))), ""},
		{"no PDF", []byte("Dear all,"), pdf.CodeUnreadable},
	} {
		_, err := Find(t.Context(), pdf.Limits{}, c.file)
		if fault.Code(err) != c.want || c.want == "" && !errors.Is(err, ErrNoCode) {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}
