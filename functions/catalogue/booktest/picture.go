package booktest

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
)

// JPEG is a picture of colours that run into each other, with some grain: it takes
// about as many bytes as a photograph.
func JPEG(width, height, seed int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, Picture(width, height, seed), &jpeg.Options{Quality: 85}); err != nil {
		panic(err) // memory takes everything
	}
	return b.Bytes()
}

// PNG is the same as a PNG.
func PNG(width, height, seed int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, Picture(width, height, seed)); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Picture is what [JPEG] and [PNG] show.
func Picture(width, height, seed int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	r := rand.New(rand.NewPCG(uint64(seed), 11))
	a, b := r.IntN(255), r.IntN(255)
	for y := range height {
		for x := range width {
			grain := int(r.Uint32() & 63)
			m.SetRGBA(x, y, color.RGBA{uint8((x*255/width + a + grain) / 2), uint8((y*255/height + b + grain) / 2), uint8(((x+y)*127/(width+height) + grain)), 255})
		}
	}
	return m
}

// HugePNG is a PNG that says it has so many pixels, and has hardly any bytes.
func HugePNG(width, height uint32) []byte {
	m := PNG(1, 1, 1)
	put := func(at int, v uint32) {
		m[at], m[at+1], m[at+2], m[at+3] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
	}
	put(16, width)
	put(20, height)
	put(29, checksum(m[12:29]))
	return m
}
