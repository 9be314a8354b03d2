package pdf

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"

	"xietong.dev/shared/fault"
)

// Paper is the size of a page in points. Zero gives each picture a page of its
// own size, by its resolution, but no larger than A4.
type Paper struct{ Width, Height float64 }

// a4 is 210 by 297 mm.
var a4 = Paper{595.28, 841.89}

// format is a kind of picture: how it begins, and what reads it. Nothing is left
// to image.Decode, which knows what any package has registered.
type format struct {
	name, begins string
	config       func(io.Reader) (image.Config, error)
	decode       func(io.Reader) (image.Image, error)
}

var formats = []format{
	{"jpeg", "\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
	{"png", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"gif", "GIF8", gif.DecodeConfig, gif.Decode}, // the first of moving ones
	{"tiff", "II*\x00", tiff.DecodeConfig, tiff.Decode},
	{"tiff", "MM\x00*", tiff.DecodeConfig, tiff.Decode},
	{"bmp", "BM", bmp.DecodeConfig, bmp.Decode},
	{"webp", "RIFF", webp.DecodeConfig, webp.Decode},
}

// Pictures makes a PDF of pictures (jpeg, png, gif, tiff, bmp, webp), one to a
// page, upright as the camera was held. A JPEG is taken over as it is.
func Pictures(ctx context.Context, l Limits, paper Paper, files ...[]byte) ([]byte, error) {
	if err := l.pages(len(files)); err != nil {
		return nil, err
	}
	if !(paper.Width >= 0 && paper.Height >= 0 && paper.Width <= 14_400 && paper.Height <= 14_400) {
		return nil, fault.Refusef(CodePageTooLarge, "a paper of %g by %g points: up to 14400 are allowed", paper.Width, paper.Height)
	}
	var doc *model.Context
	err := guarded(ctx, "make", func() (err error) {
		doc, err = pdfcpu.CreateContextWithXRefTable(l.configuration(model.IMPORTIMAGES), types.PaperSize["A4"])
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, file := range files {
		if err := l.addPicture(ctx, doc, paper, i+1, file); err != nil {
			return nil, err
		}
	}
	return l.write(ctx, doc)
}

func (l Limits) addPicture(ctx context.Context, doc *model.Context, paper Paper, number int, file []byte) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("make a PDF of pictures: %w", err)
	}
	f, config, err := l.measure(number, file)
	if err != nil {
		return err
	}
	sd, err := pictureStream(f, config, file)
	if err != nil {
		return fault.Refusef(CodePicture, "picture %d is broken: %w", number, err)
	}
	tags := tagsOf(f.name, file)
	return guarded(ctx, "add a picture to", func() error {
		return addPage(doc, sd, place(config.Width, config.Height, tags, paper))
	})
}

// measure finds a picture's format and refuses what is too large to decode.
func (l Limits) measure(number int, file []byte) (format, image.Config, error) {
	if most := l.withDefaults().FileBytes; int64(len(file)) > most {
		return format{}, image.Config{}, fault.Refusef(CodeTooLarge, "picture %d has %d bytes; %d are allowed", number, len(file), most)
	}
	for _, f := range formats {
		if !bytes.HasPrefix(file, []byte(f.begins)) {
			continue
		}
		c, err := f.config(bytes.NewReader(file))
		if err != nil || c.Width < 1 || c.Height < 1 {
			return f, c, fault.Refusef(CodePicture, "picture %d is a broken %s: %v", number, f.name, err)
		}
		if most := l.withDefaults().Pixels; c.Width > most/c.Height {
			return f, c, fault.Refusef(CodePictureTooLarge, "picture %d has %d by %d pixels; %d are allowed", number, c.Width, c.Height, most)
		}
		return f, c, nil
	}
	return format{}, image.Config{}, fault.Refusef(CodePicture, "picture %d is none of jpeg, png, gif, tiff, bmp, webp", number)
}

// pictureStream is a picture as an object of a PDF.
func pictureStream(f format, c image.Config, file []byte) (*types.StreamDict, error) {
	m, err := f.decode(bytes.NewReader(file)) // of a JPEG too: what is broken is refused now
	if err != nil {
		return nil, err
	}
	if b := m.Bounds(); b.Dx() != c.Width || b.Dy() != c.Height {
		return nil, fmt.Errorf("it is %v, and said to be %d by %d", b, c.Width, c.Height)
	}
	dict := types.Dict{
		"Type": types.Name("XObject"), "Subtype": types.Name("Image"), "BitsPerComponent": types.Integer(8),
		"Width": types.Integer(c.Width), "Height": types.Integer(c.Height), "ColorSpace": types.Name("DeviceRGB"),
	}
	if f.name == "jpeg" && c.ColorModel != color.CMYKModel {
		if c.ColorModel == color.GrayModel {
			dict["ColorSpace"] = types.Name("DeviceGray")
		}
		dict["Filter"] = types.Name("DCTDecode")
		size := int64(len(file))
		dict["Length"] = types.Integer(size)
		return &types.StreamDict{Dict: dict, Raw: file, StreamLength: &size, FilterPipeline: []types.PDFFilter{{Name: "DCTDecode"}}}, nil
	}
	dict["Filter"] = types.Name("FlateDecode")
	sd := &types.StreamDict{Dict: dict, Content: rgb(m), FilterPipeline: []types.PDFFilter{{Name: "FlateDecode"}}}
	return sd, sd.Encode()
}

// rgb are the pixels of a picture on white.
func rgb(m image.Image) []byte {
	b := m.Bounds()
	switch ycc := m.(type) {
	case *image.YCbCr:
		m = videoRange{&image.NYCbCrA{YCbCr: *ycc}}
	case *image.NYCbCrA:
		m = videoRange{ycc}
	}
	row := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	out := make([]byte, 0, 3*b.Dx()*b.Dy())
	for y := range b.Dy() {
		draw.Draw(row, row.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(row, row.Rect, m, image.Pt(b.Min.X, b.Min.Y+y), draw.Over)
		for x := range b.Dx() {
			out = append(out, row.Pix[4*x:4*x+3]...)
		}
	}
	return out
}

// videoRange shows WebP's colours as they are meant: its luma runs from 16 to
// 235, which the decoder hands on as if it ran from 0 to 255. No other format
// comes as luma and chroma but JPEG, which is taken over as it is. Without A it
// is opaque.
type videoRange struct{ ycc *image.NYCbCrA }

func (v videoRange) ColorModel() color.Model { return color.NRGBAModel }
func (v videoRange) Bounds() image.Rectangle { return v.ycc.Rect }

func (v videoRange) At(x, y int) color.Color {
	c := v.ycc.YCbCrAt(x, y)
	luma := (int(c.Y) - 16) * 255 / 219
	chroma := func(v uint8) uint8 { return byteOf(128 + (int(v)-128)*255/224) }
	r, g, b := color.YCbCrToRGB(byteOf(luma), chroma(c.Cb), chroma(c.Cr))
	alpha := uint8(255)
	if len(v.ycc.A) > 0 {
		alpha = v.ycc.A[v.ycc.AOffset(x, y)]
	}
	return color.NRGBA{r, g, b, alpha}
}

func byteOf(v int) uint8 { return uint8(max(0, min(255, v))) }
