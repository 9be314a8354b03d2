package pages

import (
	"encoding/json"
	"fmt"
	"image"
	"io"
)

// Document is an open PDF. Pages are counted from 1.
type Document struct {
	hand  *hand
	file  *witness // nil where the worker has the file
	count int
}

// Size is that of a page as it is seen: cropped and turned. In points.
type Size struct{ Width, Height float64 }

// Font is one that a page writes with.
type Font struct {
	Name     string // as the document calls it; a subset's prefix ("BAAAAA+") is left out
	Embedded bool
}

// Metadata is what a PDF says about itself, as it says it.
type Metadata struct {
	Title, Author, Subject, Keywords, Creator, Producer, CreationDate, ModDate string
}

// Heading is a line of a PDF's outline, as the document has it.
type Heading struct {
	Title string
	Page  int // that it leads to; 0 for none
	Level int // from 0
}

// Picture is how large a picture is, in pixels.
type Picture struct{ Width, Height int }

// Count returns how many pages there are, 1 at least.
func (d *Document) Count() int { return d.count }

// Size returns the size of a page. Absurd ones are refused.
func (d *Document) Size(page int) (s Size, err error) {
	_, err = d.ask(request{Do: "size", Page: page}, &s)
	return s, err
}

// Text returns the text of a page, in the order in which it is drawn, its lines
// ended by \n. A page of pictures has none.
func (d *Document) Text(page int) (text string, err error) {
	_, err = d.ask(request{Do: "text", Page: page}, &text)
	return text, err
}

// Fonts returns the fonts that a page's own text is written in, in order of
// their names. What annotations show is not looked at.
func (d *Document) Fonts(page int) (all []Font, err error) {
	_, err = d.ask(request{Do: "fonts", Page: page}, &all)
	return all, err
}

// Blank reports whether nothing is to be seen on a page: all of it has one colour.
func (d *Document) Blank(page int) (blank bool, err error) {
	_, err = d.ask(request{Do: "blank", Page: page}, &blank)
	return blank, err
}

// Metadata returns what the document says about itself. Nothing of it is checked.
func (d *Document) Metadata() (m Metadata, err error) {
	_, err = d.ask(request{Do: "metadata"}, &m)
	return m, err
}

// Outline returns the lines of the outline, in their order, down to so many levels,
// and so many at most. Nothing of it is checked: one that comes back to itself ends
// with the last line that is wanted. What lies below a line that leads to the same
// page under the same title is left out: no reader misses it, and an outline whose
// lines lie within themselves ends there.
func (d *Document) Outline(levels, most int) (lines []Heading, err error) {
	_, err = d.ask(request{Do: "outline", Levels: levels, Most: most}, &lines)
	return lines, err
}

// Render draws a page on white, so many pixels wide, with its annotations.
func (d *Document) Render(page, width int) (*image.RGBA, error) {
	var size image.Point
	pixels, err := d.ask(request{Do: "render", Page: page, Width: width}, &size)
	if err != nil {
		return nil, err
	}
	m := &image.RGBA{Pix: pixels, Stride: 4 * size.X, Rect: image.Rectangle{Max: size}}
	if size.X != width || size.Y < 1 || len(pixels) != 4*size.X*size.Y {
		return nil, fmt.Errorf("draw page %d: %d bytes came for %s pixels", page, len(pixels), size)
	}
	return m, nil
}

// Draw writes a picture of a page, as Render draws it, in a format. Quality is 1 to
// 100, or 0 for the standard of 80; PNG is exact and takes no notice of it.
func (d *Document) Draw(w io.Writer, page, width int, format string, quality int) (p Picture, err error) {
	file, err := d.ask(request{Do: "draw", Page: page, Width: width, Format: format, Quality: quality}, &p)
	if err != nil {
		return p, err
	}
	_, err = w.Write(file)
	return p, err
}

// Unlocked writes the document as a PDF that needs no password. Everything else
// of it stays.
func (d *Document) Unlocked(w io.Writer) error {
	file, err := d.ask(request{Do: "unlocked"}, nil)
	if err != nil {
		return err
	}
	_, err = w.Write(file)
	return err
}

// ask has the worker do something.
func (d *Document) ask(what request, result any) (raw []byte, err error) {
	if err := d.hand.send(what, nil); err != nil {
		return nil, d.hand.lost(err)
	}
	return d.answer(result)
}

// answer waits for what the worker says, and meanwhile hands it the stretches of the
// file that it wants.
func (d *Document) answer(result any) (raw []byte, err error) {
	for {
		var r reply
		if raw, err = d.hand.receive(&r); err != nil {
			return nil, d.hand.lost(err)
		}
		switch {
		case r.Want != nil:
			if err := d.give(*r.Want); err != nil {
				return nil, err
			}
		case r.err() != nil:
			return nil, r.err()
		case result != nil:
			return raw, json.Unmarshal(r.Result, result)
		default:
			return raw, nil
		}
	}
}

// give sends a stretch of the file.
func (d *Document) give(s stretch) error {
	if d.file == nil || s.At < 0 || s.Size < 0 || s.Size > blockSize {
		return d.hand.lost(fmt.Errorf("the worker wants %d bytes at %d", s.Size, s.At))
	}
	b := make([]byte, s.Size)
	n, err := d.file.ReadAt(b, s.At)
	var r reply
	if n < len(b) {
		r = refusing(fmt.Errorf("%d of %d bytes at %d: %w", n, len(b), s.At, err))
	}
	if err := d.hand.send(r, b[:n]); err != nil {
		return d.hand.lost(err)
	}
	return nil
}
