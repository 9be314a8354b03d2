package plain

import (
	"bytes"
	"strings"
)

// page is what readers write on: a text or a Markdown document.
type page interface {
	// para writes a paragraph, heading or list item.
	para(p *para) error
	// row writes a row of the table that is open, or opens one.
	row(cells []para) error
	// endTable ends a table, so that another may follow.
	endTable() error
	// section begins a sheet or a slide.
	section(name string) error
	// verbatim writes what is in the form of the page already.
	verbatim(text []byte) error
}

// style is how a piece of text looks, and where it leads.
type style struct {
	bold, italic bool
	link         string
}

// span is where a style begins. It lasts until the next.
type span struct {
	from int
	style
}

// para is a paragraph.
type para struct {
	level   int // of a heading, 1 to 6, or 0
	depth   int // of a list item, from 1, or 0
	ordered bool
	text    []byte
	spans   []span
}

const (
	// spanBytes is what a further span counts, for it takes memory too.
	spanBytes = 32
	// maxCells is how many columns a spreadsheet has.
	maxCells = 16_384
)

func (p *para) add(text string, s style) {
	if n := len(p.spans); n == 0 || p.spans[n-1].style != s {
		p.spans = append(p.spans, span{len(p.text), s})
	}
	p.text = append(p.text, text...)
}

// blank reports whether there is nothing to see.
func (p *para) blank() bool { return len(bytes.TrimSpace(p.text)) == 0 }

// collapse makes one space of any white space, and none after another.
func collapse(text string, spaced bool) string {
	var b strings.Builder
	for _, r := range text {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' {
			if !spaced {
				b.WriteByte(' ')
			}
			spaced = true
			continue
		}
		spaced = false
		b.WriteRune(r)
	}
	return b.String()
}
