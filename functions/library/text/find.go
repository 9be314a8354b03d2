package text

import (
	"slices"
	"strings"
	"unicode/utf8"

	"xietong.dev/shared/booktext"
)

// Part is the text of one part of a book, ready to be looked into.
type Part struct {
	Href, Text string
	folded     string
}

// Prepare folds the text of a part, which takes most of the time of looking into it.
func Prepare(p booktext.Part) Part { return Part{p.Href, p.Text, Fold(p.Text)} }

// Size is how many bytes of memory a part takes.
func (p Part) Size() int { return len(p.Text) + len(p.folded) }

// Place is where a word stands in a book, with the text around it.
type Place struct {
	Href   string `json:"href"`   // of the part
	Offset int    `json:"offset"` // of the word, in characters of the part's text
	Length int    `json:"length"` // of the word, in characters of the part's text
	Text   string `json:"text"`   // around it, of one paragraph, as it is in the book
	Marks  []Mark `json:"marks"`  // every word of the query within Text, in order
}

// Mark is a stretch of a place's text, in characters.
type Mark struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// What a place shows, in characters.
const (
	shownBefore = 30
	shownAfter  = 70
)

// manyHits of one word in one part are looked at, and no more.
const manyHits = 200

// Finder looks for a query in one book. Give it the parts in the order of reading
// until it wants no more.
type Finder struct {
	Query  Query
	Places []Place // found so far
	limit  int     // of Places
	found  []bool  // of each word
}

// Find begins to look for a query; limit bounds the places that are kept. Words
// that are known to be in the book already, because its title holds them, are
// marked by known, which may be nil.
func Find(q Query, limit int, known []bool) *Finder {
	f := &Finder{Query: q, limit: limit, found: make([]bool, len(q.Words))}
	copy(f.found, known)
	return f
}

// Complete reports whether every word was found.
func (f *Finder) Complete() bool { return !slices.Contains(f.found, false) }

// Part looks at the next part and reports whether it wants another: it does until
// every word is found and there are places enough. A word that is found for the
// first time is shown even where there are.
func (f *Finder) Part(p Part) bool {
	var first, rest []hit
	for i, w := range f.Query.Words {
		hits := w.hits(p.folded, manyHits)
		if len(hits) == 0 {
			continue
		}
		if !f.found[i] {
			f.found[i] = true
			first, hits = append(first, hits[0]), hits[1:]
		}
		rest = append(rest, hits...)
	}
	if room := max(f.limit-len(f.Places), len(first)); room > 0 && len(first)+len(rest) > 0 {
		f.Places = append(f.Places, show(p, slices.Concat(first, rest), room)...)
	}
	return !f.Complete() || len(f.Places) < f.limit
}

// hit is a stretch of a folded text, in bytes; then of the text itself.
type hit struct{ start, end int }

// hits returns where the word stands, limit places at most. The spaces that part it
// from its neighbours are not of it.
func (w Word) hits(folded string, limit int) []hit {
	var all []hit
	lead := len(w.pattern) - len(strings.TrimPrefix(w.pattern, " "))
	size := len(strings.Trim(w.pattern, " "))
	for from := 0; len(all) < limit; {
		i := strings.Index(folded[from:], w.pattern)
		if i < 0 {
			break
		}
		start := from + i + lead
		all = append(all, hit{start, start + size})
		from = start + size
	}
	return all
}

// show returns the places of hits in a part, in the order of the text, for as many
// of the hits as there is room. Hits in the text of one place are marked there and
// make no other.
func show(p Part, hits []hit, room int) []Place {
	hits = unfold(p.Text, hits)
	var windows []window
	for _, h := range hits {
		if len(windows) < room && !slices.ContainsFunc(windows, func(w window) bool { return w.holds(h) }) {
			windows = append(windows, around(p.Text, h))
		}
	}
	slices.SortFunc(windows, func(a, b window) int { return a.start - b.start })
	slices.SortFunc(hits, func(a, b hit) int { return a.start - b.start })
	var places []Place
	for _, w := range windows {
		place := Place{Href: p.Href, Text: p.Text[w.start:w.end],
			Offset: utf8.RuneCountInString(p.Text[:w.hit.start]), Length: utf8.RuneCountInString(p.Text[w.hit.start:w.hit.end])}
		for _, h := range hits {
			if w.holds(h) {
				place.mark(p.Text, w.start, h)
			}
		}
		places = append(places, place)
	}
	return places
}

// mark adds a stretch of the part's text to what is marked. One that overlaps the
// mark before, as phrases may, makes that longer.
func (p *Place) mark(text string, from int, h hit) {
	m := Mark{Start: utf8.RuneCountInString(text[from:h.start]), End: utf8.RuneCountInString(text[from:h.end])}
	if n := len(p.Marks); n > 0 && m.Start < p.Marks[n-1].End {
		p.Marks[n-1].End = max(p.Marks[n-1].End, m.End)
		return
	}
	p.Marks = append(p.Marks, m)
}

// unfold turns hits in the folded form of a text into stretches of the text itself.
func unfold(text string, hits []hit) []hit {
	edges := make([]int, 0, 2*len(hits))
	for _, h := range hits {
		edges = append(edges, h.start, h.end)
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	at := make(map[int]int, len(edges))
	byteOf, k := 0, 0
	for p := range pieces(text) {
		size := p.size()
		for ; k < len(edges) && edges[k] < byteOf+size; k++ {
			at[edges[k]] = p.at + edges[k] - byteOf
		}
		if k == len(edges) {
			break
		}
		byteOf += size
	}
	out := make([]hit, len(hits))
	for i, h := range hits {
		start, end := at[h.start], at[h.end]
		if _, ended := at[h.end]; !ended {
			end = len(text)
		}
		out[i] = hit{start, max(start, end)}
	}
	return out
}

// window is the stretch of a text that is shown around a hit.
type window struct {
	start, end int
	hit        hit
}

func (w window) holds(h hit) bool { return h.start >= w.start && h.end <= w.end }

// around returns the window of a hit: of one paragraph, from and to whole
// characters.
func around(text string, h hit) window {
	w := window{h.start, h.end, h}
	for range shownBefore {
		r, n := utf8.DecodeLastRuneInString(text[:w.start])
		if n == 0 || classify(r) == line {
			break
		}
		w.start -= n
	}
	for range shownAfter {
		r, n := utf8.DecodeRuneInString(text[w.end:])
		if n == 0 || classify(r) == line {
			break
		}
		w.end += n
	}
	return w
}
