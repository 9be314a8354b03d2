package text

import (
	"strings"
	"unicode/utf8"
)

// Filter holds every three neighbouring characters of scripts without spaces that a
// book's text has. It is a Bloom filter: what it denies is not there, and one in six of
// what it does not know passes all the same (measured). As grams of the index, threes
// take eight times the room of the pairs, as a filter a tenth of the text (measured).
// Of four characters and more a [XorFilter] knows better.
//
// A phrase is two bits of one byte, so that the database reads one byte for it:
// byte Hash modulo the length, bits Mask. Books are indexed with it already: another
// choice is another filter.
type Filter []byte

// threesPerByte is how many phrases a byte takes.
const threesPerByte = 2

// Probe is where a filter holds a phrase.
type Probe struct {
	Hash int64 // below 1<<32
	Mask int
}

func probe(phrase int32) Probe {
	mixed := uint32(phrase) * 0x9e3779b1 // Knuth's multiplier, so that the bits do not follow from the byte
	first := mixed >> 29
	second := (first + 1 + (mixed>>26&7)%7) & 7 // another bit
	return Probe{int64(uint32(phrase)), 1<<first | 1<<second}
}

func newFilter(phrases []int32) Filter {
	f := make(Filter, (len(phrases)+threesPerByte-1)/threesPerByte)
	for _, t := range phrases {
		p := probe(t)
		f[p.Hash%int64(len(f))] |= byte(p.Mask)
	}
	return f
}

// Passes reports whether a text may hold what is probed. Without a filter it may.
func (f Filter) Passes(all []Probe) bool {
	for _, p := range all {
		if len(f) > 0 && int(f[p.Hash%int64(len(f))])&p.Mask != p.Mask {
			return false
		}
	}
	return true
}

// Phrases returns what a text that holds the word has in its filter of phrases.
func (w Word) Phrases() (all []Probe) {
	for _, p := range distinct(phrases(w.pattern, nil)) {
		all = append(all, probe(p))
	}
	return all
}

// Prints returns what it has in its xor filter. A word at the end may be the beginning
// of a longer one.
func (w Word) Prints() (all []Print) {
	whole := w.pattern
	if end := strings.LastIndexByte(whole, ' ') + 1; classOf(whole[end:]) == word {
		whole = whole[:end]
	}
	for _, p := range distinct(wider(whole, nil)) {
		all = append(all, printOf(p))
	}
	return all
}

// phrases appends three neighbouring characters each of a folded text.
func phrases(folded string, to []int32) []int32 {
	for run := range strings.SplitSeq(folded, " ") {
		if run == "" || classOf(run) != glyph {
			continue
		}
		begins := [2]int{-1, -1} // of the two characters before
		for i, r := range run {
			if begins[0] >= 0 {
				to = append(to, hash(run[begins[0]:i+utf8.RuneLen(r)]))
			}
			begins = [2]int{begins[1], i}
		}
	}
	return to
}

// wider appends four neighbours each of a folded text, which are characters of scripts
// without spaces and words, and three that are parted by a space. Words alone are not
// taken: in texts of words there are too many.
func wider(folded string, to []int32) []int32 {
	var last neighbours
	at := 0
	for run := range strings.SplitSeq(folded, " ") {
		begin := at
		at += len(run) + 1
		switch {
		case run == "":
		case classOf(run) == word:
			to = last.join(folded, begin, begin+len(run), false, to)
		case classOf(run) == glyph:
			for i, r := range run {
				to = last.join(folded, begin+i, begin+i+utf8.RuneLen(r), true, to)
			}
		default:
			last = neighbours{}
		}
	}
	return to
}

// neighbours are the last three of a text, oldest first.
type neighbours [3]struct {
	there, glyph bool
	begin        int
}

// join appends the phrases that end with one more neighbour.
func (n *neighbours) join(folded string, begin, end int, isGlyph bool, to []int32) []int32 {
	if n[1].there && (n[1].glyph || n[2].glyph || isGlyph) {
		if three := folded[n[1].begin:end]; strings.Contains(three, " ") {
			to = append(to, hash(three))
		}
	}
	if n[0].there && (n[0].glyph || n[1].glyph || n[2].glyph || isGlyph) {
		to = append(to, hash(folded[n[0].begin:end]))
	}
	n[0], n[1] = n[1], n[2]
	n[2].there, n[2].glyph, n[2].begin = true, isGlyph, begin
	return to
}
