package extractive

import (
	"math"
	"slices"
)

// stretch is a row of sentences, from the first up to but not including the last.
type stretch struct{ from, to int }

// Blocks of sentences are what topics are made of, so that the work does not
// grow with the square of the text.
const mostBlocks = 300

// mostTopics are written of one meeting.
const mostTopics = 12

// leastShare of the sentences make a topic.
const leastShare = .06

// topics cuts the sentences where the words change (Utiyama and Isahara, 2001):
// of all ways to cut, the one that makes the text most probable when each topic
// draws from its own words, and each cut costs something.
func topics(vectors []vector, terms, most int) []stretch {
	blocks := blocksOf(len(vectors))
	if len(blocks) == 0 {
		return nil
	}
	cost := costs(blocks, vectors, terms)
	return cheapest(blocks, cost, penalty(vectors), most)
}

// penalty is what a topic costs. The gain of a true cut grows with the text;
// with this price, meetings of the development splits of QMSum and VCSum get
// about as many topics as people gave them.
func penalty(vectors []vector) float64 {
	words := 0
	for _, v := range vectors {
		words += len(v.ids)
	}
	return 1.4 * math.Sqrt(float64(words))
}

func blocksOf(n int) []stretch {
	count := min(n, mostBlocks)
	blocks := make([]stretch, count)
	for i := range blocks {
		blocks[i] = stretch{i * n / count, (i + 1) * n / count}
	}
	return blocks
}

// costs returns, for each first and last block, how improbable (as -log p) the
// words between are, when they draw from their own frequencies.
func costs(blocks []stretch, vectors []vector, terms int) [][]float64 {
	cost := make([][]float64, len(blocks))
	seen := make([]float64, terms)
	for i := range blocks {
		clear(seen)
		n, known := 0.0, 0.0 // known is the sum of f·log(f+1) over the words
		for _, b := range blocks[i:] {
			for _, v := range vectors[b.from:b.to] {
				for _, id := range v.ids {
					f := seen[id]
					known += (f+1)*math.Log(f+2) - f*math.Log(f+1)
					seen[id]++
					n++
				}
			}
			cost[i] = append(cost[i], n*math.Log(n+float64(terms))-known)
		}
	}
	return cost
}

// cheapest returns the cheapest way to cut, into at most so many topics.
func cheapest(blocks []stretch, cost [][]float64, penalty float64, most int) []stretch {
	n := len(blocks)
	least := int(leastShare * float64(blocks[n-1].to))
	type way struct {
		cost float64
		from int
	}
	best := make([][]way, most+1) // best[k][j]: the first j blocks in k topics
	for k := range best {
		best[k] = make([]way, n+1)
		for j := range best[k] {
			best[k][j].cost = math.Inf(1)
		}
	}
	best[0][0].cost = 0
	for k := 1; k <= most; k++ {
		for j := k; j <= n; j++ {
			for i := k - 1; i < j; i++ {
				if blocks[j-1].to-blocks[i].from < least {
					break
				}
				if c := best[k-1][i].cost + cost[i][j-1-i] + penalty; c < best[k][j].cost {
					best[k][j] = way{c, i}
				}
			}
		}
	}
	k := 1
	for try := range best {
		if best[try][n].cost < best[k][n].cost {
			k = try
		}
	}
	var found []stretch
	for j := n; k > 0; k-- {
		i := best[k][j].from
		found = append(found, stretch{blocks[i].from, blocks[j-1].to})
		j = i
	}
	slices.Reverse(found)
	return found
}
