package pages

import (
	"encoding/binary"
	"image"
)

// opaque is the alpha of a pixel as a little-endian number, RGBA in memory.
const opaque = 0xff << 24

// palette numbers up to 256 colours. It is a table of open addresses, because
// every change of colour in a picture asks it.
type palette struct {
	colour [1024]uint32 // 0 where a slot is free: colours are opaque
	number [1024]byte
	list   []uint32
}

// slot is where a colour stands, or is to stand.
func (p *palette) slot(colour uint32) int {
	i := int(colour * 0x9e3779b1 >> 22)
	for p.colour[i] != 0 && p.colour[i] != colour {
		i = (i + 1) % len(p.colour)
	}
	return i
}

// paletteOf returns the colours of a picture, and whether they are 256 at most.
func paletteOf(m *image.RGBA) (*palette, bool) {
	p := new(palette)
	width, height := m.Rect.Dx(), m.Rect.Dy()
	for y := range height {
		row := m.Pix[y*m.Stride:][:4*width]
		last := uint32(0)
		for x := 0; x < len(row); x += 4 {
			colour := binary.LittleEndian.Uint32(row[x:]) | opaque
			if colour == last {
				continue
			}
			last = colour
			i := p.slot(colour)
			if p.colour[i] != 0 {
				continue
			}
			if len(p.list) == 256 {
				return nil, false
			}
			p.colour[i], p.number[i] = colour, byte(len(p.list))
			p.list = append(p.list, colour)
		}
	}
	return p, true
}

// bytes are the colours as a PLTE chunk has them.
func (p *palette) bytes() []byte {
	b := make([]byte, 0, 3*len(p.list))
	for _, c := range p.list {
		b = append(b, byte(c), byte(c>>8), byte(c>>16))
	}
	return b
}
