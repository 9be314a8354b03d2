package pages

import (
	"encoding/binary"
	"hash/crc32"
	"image"
	"io"

	"github.com/klauspost/compress/zlib"
)

// Of office pages most have few colours, and a picture of numbered colours is
// the same picture at a quarter of the bytes. image/png would do neither the
// search for them nor, for the others, leave out the trial of five filters
// for each row, which is where its time goes.

// The kinds of PNG that are written (PNG specification, section 11.2.1).
const (
	kindRGB      = 2
	kindNumbered = 3
)

// The filters of rows that are used (section 9.2).
const (
	filterNone = 0
	filterSub  = 1
)

// encodePNG writes an opaque picture.
func encodePNG(w io.Writer, m *image.RGBA) error {
	p := pngWriter{w: w}
	p.write([]byte("\x89PNG\r\n\x1a\n"))
	colours, few := paletteOf(m)
	if few {
		p.header(m.Rect, depthFor(len(colours.list)), kindNumbered)
		p.chunk("PLTE", colours.bytes())
	} else {
		p.header(m.Rect, 8, kindRGB)
	}
	data := chunks{p: &p}
	z, err := zlib.NewWriterLevel(&data, zlib.BestSpeed)
	if err != nil {
		return err
	}
	if few {
		numberedRows(z, m, colours)
	} else {
		rgbRows(z, m)
	}
	z.Close()
	data.flush()
	p.chunk("IEND", nil)
	return p.err
}

// rgbRows writes each pixel as its difference from the one to its left.
func rgbRows(z io.Writer, m *image.RGBA) {
	width, height := m.Rect.Dx(), m.Rect.Dy()
	out := make([]byte, 1+3*width)
	out[0] = filterSub
	for y := range height {
		row := m.Pix[y*m.Stride:][:4*width]
		var r, g, b byte
		for x := range width {
			p, q := row[4*x:4*x+3:4*x+3], out[1+3*x:4+3*x:4+3*x]
			q[0], q[1], q[2] = p[0]-r, p[1]-g, p[2]-b
			r, g, b = p[0], p[1], p[2]
		}
		z.Write(out)
	}
}

// numberedRows writes the number of each pixel's colour, packed to few bits.
func numberedRows(z io.Writer, m *image.RGBA, c *palette) {
	width, height := m.Rect.Dx(), m.Rect.Dy()
	depth := depthFor(len(c.list))
	out := make([]byte, 1+(width*depth+7)/8)
	out[0] = filterNone
	for y := range height {
		row := m.Pix[y*m.Stride:][:4*width]
		clear(out[1:])
		last, number := uint32(0), byte(0)
		for x := range width {
			if colour := binary.LittleEndian.Uint32(row[4*x:]) | opaque; colour != last {
				last, number = colour, c.number[c.slot(colour)]
			}
			bit := x * depth
			out[1+bit/8] |= number << (8 - depth - bit%8)
		}
		z.Write(out)
	}
}

// depthFor is the bits that number so many colours.
func depthFor(colours int) int {
	switch {
	case colours <= 2:
		return 1
	case colours <= 4:
		return 2
	case colours <= 16:
		return 4
	}
	return 8
}

// pngWriter writes chunks and keeps the first error.
type pngWriter struct {
	w   io.Writer
	err error
}

func (p *pngWriter) write(b []byte) {
	if p.err == nil {
		_, p.err = p.w.Write(b)
	}
}

func (p *pngWriter) header(r image.Rectangle, depth int, kind byte) {
	b := binary.BigEndian.AppendUint32(nil, uint32(r.Dx()))
	b = binary.BigEndian.AppendUint32(b, uint32(r.Dy()))
	p.chunk("IHDR", append(b, byte(depth), kind, 0, 0, 0))
}

func (p *pngWriter) chunk(name string, data []byte) {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, len(data)+12), uint32(len(data)))
	b = append(append(b, name...), data...)
	p.write(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

// chunks cuts what is written to it into IDAT chunks.
type chunks struct {
	p   *pngWriter
	buf []byte
}

func (c *chunks) Write(b []byte) (int, error) {
	c.buf = append(c.buf, b...)
	if len(c.buf) >= 64<<10 {
		c.flush()
	}
	return len(b), c.p.err
}

func (c *chunks) flush() {
	if len(c.buf) > 0 {
		c.p.chunk("IDAT", c.buf)
	}
	c.buf = c.buf[:0]
}
