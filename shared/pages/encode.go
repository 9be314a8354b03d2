package pages

import (
	"fmt"
	"image"
	"image/jpeg"
	"io"

	"github.com/gen2brain/webp"
)

// The formats of pictures.
const (
	PNG  = "png"
	JPEG = "jpeg"
	WebP = "webp"
)

// standardQuality is where text stays clean and photographs stay small.
const standardQuality = 80

// encode writes an opaque picture in a format; see [Document.Draw] for quality.
func encode(w io.Writer, m *image.RGBA, format string, quality int) error {
	if quality < 0 || quality > 100 {
		return fmt.Errorf("encode a picture: quality %d: want 0 to 100", quality)
	}
	if quality == 0 {
		quality = standardQuality
	}
	var err error
	switch format {
	case PNG:
		err = encodePNG(w, m)
	case JPEG:
		err = jpeg.Encode(w, m, &jpeg.Options{Quality: quality})
	case WebP:
		err = webp.Encode(w, m, webp.Options{Quality: quality, Method: webpMethod})
	default:
		err = fmt.Errorf("format %q: want %s, %s or %s", format, PNG, JPEG, WebP)
	}
	if err != nil {
		return fmt.Errorf("encode a picture: %w", err)
	}
	return nil
}

// webpMethod is how hard the encoder looks, of 0 to 6.
const webpMethod = 1
