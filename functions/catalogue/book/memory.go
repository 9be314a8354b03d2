package book

import (
	"context"
	"fmt"

	"xietong.dev/events"
)

// inMemory hands over texts that were read already, one for each part.
func (b *Book) inMemory(texts []string) {
	b.ready = true
	b.texts = func(ctx context.Context, give func(int, string) error) error {
		for i, text := range texts {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := give(i, text); err != nil {
				return err
			}
		}
		return nil
	}
}

// gather collects the parts of a book whose text is read in one go.
type gather struct {
	mark      string // what their hrefs begin with: #s for #s1
	mediaType string
	parts     []events.BookPart
	texts     []string
	toc       tree
}

// next is the href that the next part will have.
func (g *gather) next() string { return fmt.Sprintf("%s%d", g.mark, len(g.parts)+1) }

func (g *gather) part(title, text string) {
	if text == "" {
		return
	}
	g.parts = append(g.parts, events.BookPart{Href: g.next(), MediaType: g.mediaType, Title: title})
	g.texts = append(g.texts, text)
}

// into gives a book its parts.
func (g *gather) into(b *Book) error {
	if len(g.parts) == 0 {
		return emptyf("the book has no text")
	}
	if err := b.limits.checkParts(len(g.parts), "parts"); err != nil {
		return err
	}
	b.Contents.Reading, b.Contents.TOC = g.parts, g.toc.root
	b.inMemory(g.texts)
	return nil
}
