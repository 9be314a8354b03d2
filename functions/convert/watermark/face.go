package watermark

import (
	"bytes"
	"fmt"
	"os"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Face gives the outlines of a font's glyphs. It is safe for use by many.
type Face struct {
	file *os.File
	font *sfnt.Font
	em   float64
}

// OpenFace opens a font file (TrueType, OpenType, or a collection of them). Of a
// collection it takes the font of the family, such as "Noto Sans CJK SC"; an
// empty family takes the first.
func OpenFace(path, family string) (*Face, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the watermark's font: %w", err)
	}
	found, err := pick(file, family)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open the watermark's font %s: %w", path, err)
	}
	return &Face{file, found, float64(found.UnitsPerEm())}, nil
}

// Close closes the font's file.
func (f *Face) Close() error { return f.file.Close() }

func pick(file *os.File, family string) (*sfnt.Font, error) {
	all, err := sfnt.ParseCollectionReaderAt(file)
	if err != nil {
		return nil, err
	}
	for i := range all.NumFonts() {
		f, err := all.Font(i)
		if err != nil {
			return nil, err
		}
		name, err := f.Name(nil, sfnt.NameIDFamily)
		if family == "" || err == nil && name == family {
			return f, nil
		}
	}
	return nil, fmt.Errorf("it has no family %q", family)
}

// outline is a line of text as the path of a PDF's content, from the origin to
// the right, and its width. Both in ems.
type outline struct {
	path  []segment
	width float64
}

type segment struct {
	op   sfnt.SegmentOp
	args [3]point
}

type point struct{ x, y float64 }

// outline draws a line of text. A character that the font lacks becomes its box
// for such.
func (f *Face) outline(text string) (outline, error) {
	var o outline
	var buf sfnt.Buffer
	// At this size the font's own units come out, unrounded.
	em := fixed.I(int(f.em))
	for _, r := range text {
		glyph, err := f.font.GlyphIndex(&buf, r)
		if err != nil {
			return outline{}, fmt.Errorf("find %q in the font: %w", r, err)
		}
		segments, err := f.font.LoadGlyph(&buf, glyph, em, nil)
		if err != nil {
			return outline{}, fmt.Errorf("draw %q: %w", r, err)
		}
		for _, s := range segments {
			o.path = append(o.path, f.segment(s, o.width))
		}
		advance, err := f.font.GlyphAdvance(&buf, glyph, em, font.HintingNone)
		if err != nil {
			return outline{}, fmt.Errorf("measure %q: %w", r, err)
		}
		o.width += float64(advance) / 64 / f.em
	}
	return o, nil
}

// segment turns the y axis upwards and makes a quadratic curve cubic, which is
// all that a PDF knows.
func (f *Face) segment(s sfnt.Segment, shift float64) segment {
	out := segment{op: s.Op}
	for i, a := range s.Args {
		out.args[i] = point{float64(a.X)/64/f.em + shift, -float64(a.Y) / 64 / f.em}
	}
	return out
}

// write draws the outline scaled and moved.
func (o outline) write(b *bytes.Buffer, size, x, y float64) {
	at := func(p point) string { return number(p.x*size+x) + " " + number(p.y*size+y) + " " }
	open := false
	var last point
	for _, s := range o.path {
		switch s.op {
		case sfnt.SegmentOpMoveTo:
			if open {
				b.WriteString("h\n")
			}
			open = true
			b.WriteString(at(s.args[0]) + "m\n")
			last = s.args[0]
		case sfnt.SegmentOpLineTo:
			b.WriteString(at(s.args[0]) + "l\n")
			last = s.args[0]
		case sfnt.SegmentOpQuadTo:
			one, two := between(last, s.args[0]), between(s.args[1], s.args[0])
			b.WriteString(at(one) + at(two) + at(s.args[1]) + "c\n")
			last = s.args[1]
		case sfnt.SegmentOpCubeTo:
			b.WriteString(at(s.args[0]) + at(s.args[1]) + at(s.args[2]) + "c\n")
			last = s.args[2]
		}
	}
	if open {
		b.WriteString("h\n")
	}
}

// between is two thirds of the way from an end of a quadratic curve to its control.
func between(end, control point) point {
	return point{end.x + 2*(control.x-end.x)/3, end.y + 2*(control.y-end.y)/3}
}
