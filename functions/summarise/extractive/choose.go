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

// tellers returns the sentences that say enough to be chosen and are not too
// long to be read, and all of them where none is.
func tellers(said []sentence, vectors []vector) []int {
	const terms, narrowest, widest = 3, 40, 320
	var some, all []int
	for i, v := range vectors {
		all = append(all, i)
		if len(v.ids) >= terms && said[i].width >= narrowest && said[i].width <= widest {
			some = append(some, i)
		}
	}
	if len(some) == 0 {
		return all
	}
	return some
}

// choose picks sentences, each time the one that adds most to those before,
// until the room is spent. At least one is picked where there is any. The
// result is in the order of time.
func choose(p *prospect, among, sizes []int, room, most int) []int {
	rest := slices.Clone(among)
	could := make([]float64, len(p.holds)) // at most: gains never rise
	for i := range could {
		could[i] = math.Inf(1)
	}
	var picked []int
	for len(rest) > 0 && len(picked) < most {
		best := rest[0]
		could[best] = p.gain(best)
		for _, i := range rest[1:] {
			if could[i] > could[best] {
				could[i] = p.gain(i)
			}
			if could[i] > could[best] {
				best = i
			}
		}
		if sizes[best] <= room || len(picked) == 0 {
			picked = append(picked, best)
			p.take(best)
			room -= sizes[best]
		}
		rest = slices.DeleteFunc(rest, func(i int) bool { return i == best || sizes[i] > room })
	}
	slices.Sort(picked)
	return picked
}

// widths of sentences are their sizes where room is meant on paper.
func widths(all []sentence) []int {
	sizes := make([]int, len(all))
	for i, s := range all {
		sizes[i] = s.width
	}
	return sizes
}
