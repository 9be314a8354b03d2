package quality

import (
	"math"
	"slices"
)

// Method is a classical way to choose sentences. It sees the terms of each
// sentence, and says how much each stands for the whole.
type Method struct {
	Name    string
	Score   func(terms [][]string) []float64
	Novelty float64 // share of the choice that is about what is new (MMR); 0 is score alone
}

// Classic returns the methods that summarisers are compared with: the
// beginning; TextRank (Mihalcea and Tarau, 2004); LexRank with weights (Erkan
// and Radev, 2004) and nearness to the centroid (Radev, 2004), both also with
// maximal marginal relevance (Carbonell and Goldstein, 1998).
func Classic() []Method {
	return []Method{{"Lead", lead, 0}, {"TextRank", textRank, 0}, {"LexRank", lexRank, 0}, {"LexRank, MMR", lexRank, .5}, {"centroid, MMR", centroid, .5}}
}

// Choose picks sentences until the room is spent, in the order of the text. A
// sentence takes up its size.
func (m Method) Choose(terms [][]string, sizes []int, room int) []int {
	score, vectors := m.Score(terms), vectorsOf(terms)
	top := slices.Max(append(score, 1e-9))
	near := make([]float64, len(terms))
	var picked []int
	for {
		best, most := -1, math.Inf(-1)
		for i := range terms {
			worth := (1-m.Novelty)*score[i]/top - m.Novelty*near[i]
			if worth > most && sizes[i] <= room && !slices.Contains(picked, i) {
				best, most = i, worth
			}
		}
		if best < 0 {
			slices.Sort(picked)
			return picked
		}
		picked = append(picked, best)
		room -= sizes[best]
		for i, v := range vectors {
			near[i] = max(near[i], v.cosine(vectors[best]))
		}
	}
}

// lead is the beginning.
func lead(terms [][]string) []float64 {
	score := make([]float64, len(terms))
	for i := range score {
		score[i] = float64(len(terms) - i)
	}
	return score
}

// textRank links sentences by the terms they share, for their lengths.
func textRank(terms [][]string) []float64 {
	vectors := vectorsOf(terms)
	return central(len(terms), func(i, j int) float64 {
		common := 0
		vectors[i].meet(vectors[j], func(float64, float64) { common++ })
		if common == 0 {
			return 0
		}
		return float64(common) / (math.Log(float64(len(vectors[i].ids))+1) + math.Log(float64(len(vectors[j].ids))+1))
	})
}

// lexRank links sentences by the cosine of their terms.
func lexRank(terms [][]string) []float64 {
	vectors := vectorsOf(terms)
	return central(len(terms), func(i, j int) float64 { return vectors[i].cosine(vectors[j]) })
}

// central is PageRank with the usual damping, over sentences that are linked by
// how alike they are.
func central(n int, alike func(i, j int) float64) []float64 {
	const damping, rounds = .85, 30
	links, out := make([][]float64, n), make([]float64, n)
	for i := range links {
		links[i] = make([]float64, n)
		for j := range i {
			links[i][j] = alike(i, j)
			links[j][i] = links[i][j]
			out[i] += links[i][j]
			out[j] += links[i][j]
		}
	}
	rank := slices.Repeat([]float64{1}, n)
	for range rounds {
		next := slices.Repeat([]float64{1 - damping}, n)
		for j := range rank {
			for i, link := range links[j] {
				if link > 0 {
					next[i] += damping * rank[j] * link / out[j]
				}
			}
		}
		rank = next
	}
	return rank
}

// centroid is how near a sentence is to the sum of all.
func centroid(terms [][]string) []float64 {
	vectors := vectorsOf(terms)
	sum := map[int]float64{}
	for _, v := range vectors {
		for k, id := range v.ids {
			sum[id] += v.weights[k]
		}
	}
	score := make([]float64, len(terms))
	for i, v := range vectors {
		for k, id := range v.ids {
			score[i] += v.weights[k] * sum[id]
		}
	}
	return score
}
