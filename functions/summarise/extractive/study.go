package extractive

import "xietong.dev/events"

// Reading is a transcript as the engine reads it, for those who train and
// measure the engine. The engine itself has no need of it.
type Reading struct {
	said    []sentence
	vectors []vector
	terms   int
}

// Read reads a transcript whole.
func Read(t events.Transcript) Reading {
	said := sentences(t)
	for i := range said {
		said[i].read(t)
	}
	vectors, terms := vectorsOf(said)
	return Reading{said, vectors, terms}
}

// Texts returns the sentences as they would be written into minutes.
func (r Reading) Texts() []string {
	var all []string
	for _, s := range r.said {
		all = append(all, s.text)
	}
	return all
}

// Compared returns the terms that each sentence is compared by.
func (r Reading) Compared() [][]string {
	var all [][]string
	for _, s := range r.said {
		all = append(all, termsOf(s.runs))
	}
	return all
}

// Tellers returns the places of the sentences that may be chosen.
func (r Reading) Tellers() []int { return tellers(r.said, r.vectors) }

// Abstract returns the places of the sentences that the engine would choose,
// with these weights, for so much room. A sentence takes up its size.
func (r Reading) Abstract(w Weights, sizes []int, room int) []int {
	return choose(prospects(r.said, w), r.Tellers(), sizes, room, len(r.said))
}

// Topics returns, for each segment, the number of its topic: as many as the
// engine finds, or exactly so many where count is above zero.
func (r Reading) Topics(segments, count int) []int {
	const whateverItCosts = -1e6
	found := topics(r.vectors, r.terms, mostTopics)
	if blocks := blocksOf(len(r.said)); count > 0 {
		found = cheapest(blocks, costs(blocks, r.vectors, r.terms), whateverItCosts, count)
	}
	of := make([]int, segments)
	for k, part := range found {
		for _, s := range r.said[part.from:part.to] {
			of[s.pieces[0].segment] = k
		}
	}
	return of
}

// Terms returns what is said, as Keys names it, and the features of each term.
func (r Reading) Terms(common map[string]float64) (keys []string, features [][]float64) {
	h := hear(r.said, common)
	for _, t := range h.all {
		keys = append(keys, t.key)
		features = append(features, t.features(h))
	}
	return keys, features
}

// Rows returns the places, in Terms, of two words in a row, and the features of
// each two. It needs how often each term is expected.
func (r Reading) Rows(common map[string]float64, rates []float64) (terms [][2]int, features [][]float64) {
	for _, row := range hear(r.said, common).rows {
		terms = append(terms, [2]int{int(row.first), int(row.second)})
		features = append(features, row.features(rates[row.first], rates[row.second]))
	}
	return terms, features
}

// Keys names the terms of a text in order, with an empty key where a row ends.
func Keys(text string, common map[string]float64) []string { return keysOf(runsOf(text), common) }

// Rate takes the features of a term, or of two words in a row, to how often
// minutes are expected to hold it.
func Rate(weights, features []float64) float64 { return rate(weights, features) }
