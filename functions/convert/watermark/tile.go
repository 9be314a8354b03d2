package watermark

import (
	"bytes"
	"fmt"
	"math"
)

// tile is the text once, drawn around the origin, and the room it takes.
type tile struct {
	content       []byte
	width, height float64 // of the upright box around the turned text
}

// leading is from one line to the next, in ems; middle is where the middle of a
// Chinese character is above its base line.
const leading, middle = 1.35, 0.38

func newTile(face *Face, m Mark) (tile, error) {
	l := m.Look.withDefaults()
	var lines []outline
	widest := 0.0
	for _, text := range m.Lines {
		o, err := face.outline(text)
		if err != nil {
			return tile{}, err
		}
		lines = append(lines, o)
		widest = max(widest, o.width*l.Size)
	}
	if len(lines) == 0 {
		return tile{}, nil
	}
	sin, cos := math.Sincos(l.Angle * math.Pi / 180)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%.3f %.3f %.3f rg\n", float64(l.Colour.R)/255, float64(l.Colour.G)/255, float64(l.Colour.B)/255)
	fmt.Fprintf(&b, "%.5f %.5f %.5f %.5f 0 0 cm\n", cos, sin, -sin, cos)
	for i, o := range lines {
		above := float64(len(lines)-1)/2 - float64(i)
		o.write(&b, l.Size, -o.width*l.Size/2, (above*leading-middle)*l.Size)
	}
	b.WriteString("f\n")
	tall := float64(len(lines)) * leading * l.Size
	return tile{
		content: b.Bytes(),
		width:   math.Abs(widest*cos) + math.Abs(tall*sin),
		height:  math.Abs(widest*sin) + math.Abs(tall*cos),
	}, nil
}

// places are where the middles of tiles stand on a page, every other row shifted
// by half. The first row and column are cut by the page's edge, so that no strip
// of it stays free.
func places(width, height, stepX, stepY float64) []point {
	var all []point
	for row := 0; ; row++ {
		y := float64(row) * stepY
		if y > height+stepY/2 {
			return all
		}
		x := 0.0
		if row%2 == 1 {
			x = stepX / 2
		}
		for ; x <= width+stepX/2; x += stepX {
			all = append(all, point{x, y})
		}
	}
}
