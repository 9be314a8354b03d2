package parts

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// Drawing is a picture with areas of plain colour, bars and a slope: what one
// seed draws, no other does.
func Drawing(width, height int, seed uint32) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			bar := (x*12/width + y*8/height + int(seed)) % 5
			m.SetNRGBA(x, y, color.NRGBA{R: uint8(40*bar + int(seed*37)%80), G: uint8(x * 200 / width), B: uint8(y * 200 / height), A: 255})
		}
	}
	return m
}

// PNG encodes a picture.
func PNG(m image.Image) []byte {
	var out bytes.Buffer
	png.Encode(&out, m) // into memory
	return out.Bytes()
}

// JPEG encodes a picture.
func JPEG(m image.Image) []byte {
	var out bytes.Buffer
	jpeg.Encode(&out, m, &jpeg.Options{Quality: 85}) // into memory
	return out.Bytes()
}

// TIFF encodes pages of uncompressed RGB. golang.org/x/image writes no file of
// several pages, and none that is wrong on purpose.
func TIFF(pages ...*image.NRGBA) []byte {
	out := []byte{'I', 'I', 42, 0, 0, 0, 0, 0}
	link := 4 // where the offset of the next page belongs
	for _, m := range pages {
		width, height := m.Bounds().Dx(), m.Bounds().Dy()
		strip := len(out)
		for i := 0; i < len(m.Pix); i += 4 {
			out = append(out, m.Pix[i:i+3]...)
		}
		out = append(out, make([]byte, len(out)%2)...)
		bits := len(out)
		out = append(out, 8, 0, 8, 0, 8, 0)
		binary.LittleEndian.PutUint32(out[link:], uint32(len(out)))
		out = append(out, Directory([]Tag{{256, 4, 1, width}, {257, 4, 1, height}, {258, 3, 3, bits}, {259, 3, 1, 1}, {262, 3, 1, 2}, {273, 4, 1, strip}, {277, 3, 1, 3}, {278, 4, 1, height}, {279, 4, 1, width * height * 3}}, 0)...)
		link = len(out) - 4
	}
	return out
}

// Tag is an entry of a TIFF directory.
type Tag struct{ Number, Kind, Count, Value int }

// Directory is a TIFF directory and the offset of the next.
func Directory(tags []Tag, next uint32) []byte {
	out := binary.LittleEndian.AppendUint16(nil, uint16(len(tags)))
	for _, t := range tags {
		out = binary.LittleEndian.AppendUint16(out, uint16(t.Number))
		out = binary.LittleEndian.AppendUint16(out, uint16(t.Kind))
		out = binary.LittleEndian.AppendUint32(out, uint32(t.Count))
		out = binary.LittleEndian.AppendUint32(out, uint32(t.Value))
	}
	return binary.LittleEndian.AppendUint32(out, next)
}
