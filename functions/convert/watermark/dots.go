package watermark

import (
	"bytes"
	"fmt"
	"strconv"
)

// The measures of a square of dots, in points.
const (
	cellSide   = 8.0
	dotSide    = 2.2
	squareSide = cellSide * side // 128
)

// drawDots returns the dots of a code as the path of a PDF's content.
func drawDots(c Code) []byte {
	var b bytes.Buffer
	for i, second := range square(c) {
		x, y := dotAt(i, second)
		fmt.Fprintf(&b, "%s %s %s %s re\n", number(x), number(y), number(dotSide), number(dotSide))
	}
	b.WriteString("f\n")
	return b.Bytes()
}

// dotAt is the lower left corner of a cell's dot.
func dotAt(cell int, second bool) (x, y float64) {
	place := 0.25
	if second {
		place = 0.75
	}
	return (float64(cell%side)+place)*cellSide - dotSide/2, (float64(cell/side)+place)*cellSide - dotSide/2
}

// readDots reads a code from a content that drawDots made, also where another
// program has written it anew.
func readDots(content []byte) (Code, bool) {
	var soft [cells]float64
	found := 0
	fields := bytes.Fields(content)
	for i := 4; i < len(fields); i++ {
		if string(fields[i]) != "re" {
			continue
		}
		x, errX := strconv.ParseFloat(string(fields[i-4]), 64)
		y, errY := strconv.ParseFloat(string(fields[i-3]), 64)
		x, y = (x+dotSide/2)/cellSide, (y+dotSide/2)/cellSide
		if errX != nil || errY != nil || !(x >= 0 && y >= 0 && x < side && y < side) { // not a number neither
			continue
		}
		soft[int(y)*side+int(x)] = 2*(x-float64(int(x))) - 1
		found++
	}
	if found < cells/2 {
		return 0, false
	}
	return read(&soft)
}

// number writes a number as short as a hundredth of a unit allows.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	if s == "-0" {
		return "0"
	}
	return s
}
