package reading

import (
	"fmt"

	"xietong.dev/events"
)

// Locator is a place in a book, as Readium writes it.
type Locator struct {
	Href      string    `json:"href"` // as the manifest has it
	Type      string    `json:"type"`
	Title     string    `json:"title,omitempty"`
	Locations Locations `json:"locations"`
	Text      *Context  `json:"text,omitempty"`
}

// Locations say where in a part, from 0 to 1, and where in the whole.
type Locations struct {
	Fragments        []string `json:"fragments,omitempty"`
	Progression      float64  `json:"progression"`
	Position         int      `json:"position,omitempty"` // from 1
	TotalProgression float64  `json:"totalProgression"`
}

// Context is the text at a place and around it.
type Context struct {
	Before    string `json:"before,omitempty"`
	Highlight string `json:"highlight,omitempty"`
	After     string `json:"after,omitempty"`
}

// Positions divide a book into pieces of like size, whatever the page it is shown on.
type Positions struct {
	Total     int       `json:"total"`
	Positions []Locator `json:"positions"`
}

// positionBytes is how much of a packed part makes a position: Readium's number.
const positionBytes = 1024

// maxPositions bounds the list; a book with more has larger positions.
const maxPositions = 50_000

// PositionsOf lists the positions of a book.
func PositionsOf(b *Book) Positions {
	counts, total := counted(b)
	p := Positions{Total: total, Positions: []Locator{}}
	for i, part := range b.Contents.Reading {
		for n := range counts[i] {
			l := at(b, part, float64(n)/float64(counts[i]))
			l.Locations.Position = len(p.Positions) + 1
			l.Locations.TotalProgression = float64(len(p.Positions)) / float64(total)
			p.Positions = append(p.Positions, l)
		}
	}
	return p
}

// counted returns how many positions each part has.
func counted(b *Book) (counts []int, total int) {
	sizes, whole := make([]int64, len(b.Contents.Reading)), int64(0)
	for i, part := range b.Contents.Reading {
		if how, _ := kindOf(b, part); b.Format != events.BookPDF && how == chapter {
			sizes[i] = part.Packed
			if made(b, part) {
				sizes[i] = int64(part.Letters)
			}
		}
		whole += sizes[i]
	}
	unit := max(positionBytes, whole/maxPositions)
	for _, size := range sizes {
		n := max(1, int((size+unit-1)/unit))
		counts, total = append(counts, n), total+n
	}
	return counts, total
}

// at is a place in a part.
func at(b *Book, part events.BookPart, progression float64) Locator {
	_, media := kindOf(b, part)
	l := Locator{Href: Escape(part.Href), Type: media, Title: part.Title, Locations: Locations{Progression: progression}}
	if b.Format == events.BookPDF {
		l.Href, l.Type = PDF, typePDF
		l.Locations.Fragments = []string{fmt.Sprintf("page=%d", pageOf(part.Href))}
	}
	return l
}
