package pages

import (
	"bytes"
	"fmt"
	"image"
	"math"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/requests"

	"xietong.dev/shared/fault"
)

// Render is [Document.Render].
func (d *opened) Render(page, width int) (*image.RGBA, error) {
	size, err := d.Size(page)
	if err != nil {
		return nil, err
	}
	height := max(1, int(math.Round(float64(width)*size.Height/size.Width)))
	if width < 1 || height > d.limits.Pixels/width {
		return nil, fault.Refusef(CodePageTooLarge, "a picture of page %d would be %d by %d pixels; 1 to %d are allowed", page, width, height, d.limits.Pixels)
	}
	picture, err := d.draw(page, width, height)
	if err != nil {
		return nil, d.failed(fmt.Sprintf("draw page %d", page), err)
	}
	return picture, nil
}

// Draw is [Document.Draw].
func (d *opened) Draw(page, width int, format string, quality int) (Picture, []byte, error) {
	m, err := d.Render(page, width)
	if err != nil {
		return Picture{}, nil, err
	}
	var b bytes.Buffer
	if err := encode(&b, m, format, quality); err != nil {
		return Picture{}, nil, err
	}
	return Picture{Width: m.Rect.Dx(), Height: m.Rect.Dy()}, b.Bytes(), nil
}

func (d *opened) draw(page, width, height int) (*image.RGBA, error) {
	at, err := d.at(page)
	if err != nil {
		return nil, err
	}
	// Without alpha, what is transparent lets the white through.
	made, err := d.instance.FPDFBitmap_Create(&requests.FPDFBitmap_Create{Width: width, Height: height})
	if err != nil {
		return nil, err
	}
	defer d.instance.FPDFBitmap_Destroy(&requests.FPDFBitmap_Destroy{Bitmap: made.Bitmap})
	if _, err := d.instance.FPDFBitmap_FillRect(&requests.FPDFBitmap_FillRect{Bitmap: made.Bitmap, Width: width, Height: height, Color: 0xffffffff}); err != nil {
		return nil, err
	}
	if _, err := d.instance.FPDF_RenderPageBitmap(&requests.FPDF_RenderPageBitmap{
		Bitmap: made.Bitmap, Page: at, SizeX: width, SizeY: height,
		Flags: enums.FPDF_RENDER_FLAG_ANNOT | enums.FPDF_RENDER_FLAG_REVERSE_BYTE_ORDER,
	}); err != nil {
		return nil, err
	}
	drawn, err := d.instance.FPDFBitmap_GetBuffer(&requests.FPDFBitmap_GetBuffer{Bitmap: made.Bitmap})
	if err != nil {
		return nil, err
	}
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	if len(drawn.Buffer) != len(picture.Pix) {
		return nil, fmt.Errorf("got %d bytes for %d pixels", len(drawn.Buffer), width*height)
	}
	// The buffer is PDFium's memory, and gone with the bitmap.
	copy(picture.Pix, drawn.Buffer)
	for i := 3; i < len(picture.Pix); i += 4 {
		picture.Pix[i] = 0xff
	}
	return picture, nil
}

// blankWidth is wide enough for a single full stop to darken a pixel.
const blankWidth = 300

// Blank is [Document.Blank].
func (d *opened) Blank(page int) (bool, error) {
	picture, err := d.Render(page, blankWidth)
	if err != nil {
		return false, err
	}
	return uniform(picture), nil
}

func uniform(m *image.RGBA) bool {
	for i := 4; i < len(m.Pix); i++ {
		if m.Pix[i] != m.Pix[i-4] {
			return false
		}
	}
	return true
}
