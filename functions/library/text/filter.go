package text

import "strings"

// Filter holds the phrases of a book's text: every three neighbouring characters of
// scripts without spaces. It is a Bloom filter: what it denies is not there, and one
// in six of what it does not know passes all the same (measured). As grams of the
// index, the same triples take eight times the room of the pairs (measured), the
// filter a tenth of the text.
//
// A triple is two bits of one byte, so that the database reads one byte for it:
// byte Hash modulo the length, bits Mask. Books are indexed with it already: another
// choice is another filter.
type Filter []byte

// perByte is how many triples a byte takes.
const perByte = 2

// Probe is where a filter holds a triple.
type Probe struct {
	Hash int64 // below 1<<32
	Mask int
}

func probe(triple int32) Probe {
	mixed := uint32(triple) * 0x9e3779b1 // Knuth's multiplier, so that the bits do not follow from the byte
	first := mixed >> 29
	second := (first + 1 + (mixed>>26&7)%7) & 7 // another bit
	return Probe{int64(uint32(triple)), 1<<first | 1<<second}
}

func newFilter(triples []int32) Filter {
	f := make(Filter, (len(triples)+perByte-1)/perByte)
	for _, t := range triples {
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

// Probes returns what a text that holds the word has in its filter.
func (w Word) Probes() []Probe {
	var all []Probe
	for _, t := range distinct(phrases(w.pattern, nil)) {
		all = append(all, probe(t))
	}
	return all
}

// phrases appends three neighbouring characters each of a folded text.
func phrases(folded string, to []int32) []int32 {
	for run := range strings.SplitSeq(folded, " ") {
		if run == "" || classOf(run) != glyph {
			continue
		}
		var a, b rune
		for _, r := range run {
			if a != 0 {
				to = append(to, hash(string([]rune{a, b, r})))
			}
			a, b = b, r
		}
	}
	return to
}
