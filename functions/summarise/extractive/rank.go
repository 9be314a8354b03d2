package extractive

import "math"

// Weights are what was learnt of minutes that people wrote, and how it is used.
// Learnt, in weights.go, are the engine's own; cmd/train makes them.
type Weights struct {
	Term       []float64          // of a term's features: the logarithm of how often minutes hold it
	Pair       []float64          // of the features of two words in a row: the same
	Common     map[string]float64 // words of every meeting: how often minutes of 110 words hold each
	CommonPair map[string]float64 // two words of every meeting in a row, with a space between: the same
	Subject    float64            // what a term is worth beside a common word
	InRow      float64            // what two words in a row are worth
	Damping    float64            // the power of its length by which a sentence is worth less
	Opening    float64            // by how much more the beginning of a meeting is worth
}

// Chinese and Japanese minutes to learn from are not to be had, so what stands
// for Term and Damping there is set by hand. The beginning is worth no more than
// the rest: talks and interviews have no agenda.
var wideTerm = []float64{-2.5, 1.4, -.5}

const wideDamping = .85

// item is a term, a common word, or two words in a row.
type item struct {
	worth float64
	rate  float64 // how often the minutes are expected to hold it
	none  float64 // the probability that they do not hold it
}

func newItem(worth, rate float64) item { return item{worth, rate, math.Exp(-rate)} }

// gain is what an item adds to a choice that holds it so many times already:
// its worth, where the minutes hold it more often than that. How often they do
// is taken to follow a Poisson distribution.
func (t item) gain(already int) float64 {
	const never = 30 // the highest rate leaves one in a million
	if already >= never {
		return 0
	}
	p, upTo := t.none, 0.0
	for k := range already + 1 {
		upTo += p
		p *= t.rate / float64(k+1)
	}
	return t.worth * (1 - upTo)
}

// prospect is what each sentence of a text would add to its minutes: the words
// that people would write, beyond those of the sentences that were taken.
type prospect struct {
	items   []item
	holds   [][]int32 // the items of each sentence
	factor  []float64 // of each sentence, whatever it holds
	already []int     // how often each item was taken
}

// prospects weighs the sentences of one text against each other.
func prospects(all []sentence, w Weights) *prospect {
	h := hear(all, w.Common)
	p := &prospect{holds: h.terms, factor: make([]float64, len(all))}
	for _, t := range h.all {
		p.items = append(p.items, w.item(t, h))
	}
	words := int32(len(p.items))
	for _, r := range h.rows {
		p.items = append(p.items, w.itemInRow(r, h, p.items))
	}
	for i, s := range all {
		for _, id := range h.rowsIn[i] {
			p.holds[i] = append(p.holds[i], words+id)
		}
		p.factor[i] = s.readable * w.share(s, early(i, len(all)))
	}
	p.already = make([]int, len(p.items))
	return p
}

func (w Weights) item(t term, h heard) item {
	if rating, common := w.Common[t.key]; common {
		return newItem(1, rating)
	}
	if t.wide {
		return newItem(w.Subject, rate(wideTerm, t.wideFeatures(h)))
	}
	return newItem(w.Subject, rate(w.Term, t.features(h)))
}

func (w Weights) itemInRow(r pair, h heard, terms []item) item {
	if rating, common := w.CommonPair[r.key(h.all)]; common {
		return newItem(w.InRow, rating)
	}
	return newItem(w.InRow, rate(w.Pair, r.features(terms[r.first].rate, terms[r.second].rate)))
}

// share is what a sentence's length and place leave of its gain.
func (w Weights) share(s sentence, early float64) float64 {
	length := float64(s.tokens() + 1)
	if s.script != "en" {
		return math.Pow(length, -wideDamping)
	}
	return math.Pow(length, -w.Damping) * (1 + w.Opening*early)
}

// highestRate bounds what is expected, whatever the features.
const highestRate = 12

// rate takes features to how often something is expected.
func rate(weights, features []float64) float64 {
	sum := 0.0
	for i, x := range features {
		sum += weights[i] * x
	}
	return min(math.Exp(sum), highestRate)
}

// gain is what a sentence adds. It never rises while others are taken.
func (p *prospect) gain(sentence int) float64 {
	sum := 0.0
	for _, id := range p.holds[sentence] {
		sum += p.items[id].gain(p.already[id])
		p.already[id]++
	}
	for _, id := range p.holds[sentence] {
		p.already[id]--
	}
	return sum * p.factor[sentence]
}

// best is the sentence among some that says most.
func (p *prospect) best(among []int) int {
	best := among[0]
	for _, i := range among {
		if p.gain(i) > p.gain(best) {
			best = i
		}
	}
	return best
}

func (p *prospect) take(sentence int) {
	for _, id := range p.holds[sentence] {
		p.already[id]++
	}
}

// tokens is the length of a sentence in words, or characters of Chinese.
func (s sentence) tokens() int {
	n := 0
	for _, r := range s.runs {
		n += len(r.tokens)
	}
	return n
}
