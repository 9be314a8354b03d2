package pdf

import (
	"bytes"
	"image"

	"xietong.dev/shared/fault"
)

// Decode returns a picture (jpeg, png, gif, tiff, bmp, webp) that is not too large.
func Decode(l Limits, file []byte) (image.Image, error) {
	f, _, err := l.measure(1, file)
	if err != nil {
		return nil, err
	}
	m, err := f.decode(bytes.NewReader(file))
	if err != nil {
		return nil, fault.Refusef(CodePicture, "the picture is broken: %w", err)
	}
	return m, nil
}
