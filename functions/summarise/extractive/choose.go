package extractive

import (
	"math"
	"slices"
)

// budget is how wide an abstract may be, for a text of that width: the whole of
// a few sentences, a third of a short text, about 120 words for an hour, and
// growing with the square root.
func budget(width int) int {
	const letters = 4.5 // in a word and the space beside it
	words := float64(width) / letters
	return int(letters * math.Max(50, math.Min(words/3, 60+.65*math.Sqrt(words))))
}

// tellers returns the sentences that say enough to be chosen, and all of them
// where none does.
func tellers(said []sentence, vectors []vector) []int {
	const terms, width = 5, 40
	var some, all []int
	for i, v := range vectors {
		all = append(all, i)
		if len(v.ids) >= terms && said[i].width >= width {
			some = append(some, i)
		}
	}
	if len(some) == 0 {
		return all
	}
	return some
}

// choose picks sentences by their score, each of which says something new
// (maximal marginal relevance), until the budget is spent. At least one is
// picked where there is any. The result is in the order of time.
func choose(all []sentence, vectors []vector, score []float64, among []int, budget, most int) []int {
	const novelty = .5
	top := 0.0
	for _, i := range among {
		top = max(top, score[i])
	}
	rest := slices.Clone(among)
	worth := make([]float64, len(all))
	likeness := make([]float64, len(all))
	for _, i := range rest {
		worth[i] = score[i] / max(top, 1e-9)
	}
	var picked []int
	for len(rest) > 0 && len(picked) < most {
		best := rest[0]
		for _, i := range rest {
			if worth[i]-novelty*likeness[i] > worth[best]-novelty*likeness[best] {
				best = i
			}
		}
		if all[best].width <= budget || len(picked) == 0 {
			picked = append(picked, best)
			budget -= all[best].width
		}
		rest = slices.DeleteFunc(rest, func(i int) bool {
			likeness[i] = max(likeness[i], cosine(vectors[i], vectors[best]))
			return i == best || all[i].width > budget
		})
	}
	slices.Sort(picked)
	return picked
}
