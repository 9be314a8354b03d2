package library

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"xietong.dev/functions/library/text"
)

// Looks is how many texts one page may be looked for in, for each book that it
// shows. Grams say that a book may hold a phrase; its text says whether it does.
const Looks = 10

// look is what came of looking into one book.
type look struct {
	edition found
	places  []text.Place
	holds   bool
	err     error
}

// fewest is how many books are looked into at a time where fewer are missing.
const fewest = 8

// inTexts continues a page with the books whose texts hold the words.
func (s *Shelf) inTexts(ctx context.Context, a asked, page *Page) error {
	grams := a.words.Grams()
	if page.TooShort = len(grams) == 0; page.TooShort {
		return nil
	}
	for looks := 0; len(page.Hits) < a.Limit && looks < Looks*a.Limit; {
		want := max(a.Limit-len(page.Hits), fewest)
		candidates, err := s.candidates(ctx, a, grams, want)
		if err != nil {
			return err
		}
		seen := page.take(a, s.lookInto(ctx, a, candidates))
		if err := ctx.Err(); err != nil {
			return err
		}
		if seen == len(candidates) && seen < want {
			return nil
		}
		a.from = candidates[seen-1].behind()
		looks += seen
	}
	page.Next = a.from.String()
	return nil
}

// take adds what was found until the page is full, and returns how many of the
// looks it came to.
func (p *Page) take(a asked, looks []look) int {
	for i, l := range looks {
		switch {
		case l.err != nil:
			p.Unread = append(p.Unread, Unread{l.edition.Book, l.err})
		case l.holds:
			p.Hits = append(p.Hits, Hit{l.edition.Edition, l.places})
		}
		if len(p.Hits) == a.Limit {
			return i + 1
		}
	}
	return len(looks)
}

// lookInto looks into the texts of several books at once, and returns what came of
// it in their order.
func (s *Shelf) lookInto(ctx context.Context, a asked, candidates []candidate) []look {
	looks := make([]look, len(candidates))
	var all sync.WaitGroup
	busy := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, c := range candidates {
		if c.edition == nil {
			continue // withdrawn, or filtered
		}
		all.Go(func() {
			busy <- struct{}{}
			defer func() { <-busy }()
			looks[i] = s.lookIntoOne(ctx, a, *c.edition)
		})
	}
	all.Wait()
	return looks
}

func (s *Shelf) lookIntoOne(ctx context.Context, a asked, e found) look {
	l := look{edition: e}
	known := e.known(a.words)
	if e.Text == nil || a.Field == Any && !slices.Contains(known, false) {
		return l // the metadata showed it already
	}
	if a.Field == FullText {
		known = nil
	}
	f := text.Find(a.words, a.Places, known)
	l.err = s.Texts.Parts(ctx, *e.Text, f.Part)
	l.places, l.holds = f.Places, f.Complete()
	return l
}
