package quality

import (
	"math"
	"slices"
)

// vector is the terms of a sentence, weighted by tf-idf, of length 1. Its ids
// rise.
type vector struct {
	ids     []int
	weights []float64
}

func vectorsOf(terms [][]string) []vector {
	ids, in := map[string]int{}, map[int]float64{}
	vectors := make([]vector, len(terms))
	for i, said := range terms {
		count := map[int]float64{}
		for _, term := range said {
			id, known := ids[term]
			if !known {
				id = len(ids)
				ids[term] = id
			}
			count[id]++
		}
		for id := range count {
			in[id]++
			vectors[i].ids = append(vectors[i].ids, id)
		}
		slices.Sort(vectors[i].ids)
		for _, id := range vectors[i].ids {
			vectors[i].weights = append(vectors[i].weights, 1+math.Log(count[id]))
		}
	}
	for _, v := range vectors {
		v.weigh(in, float64(len(terms)))
	}
	return vectors
}

// weigh makes what few sentences hold worth more.
func (v vector) weigh(in map[int]float64, sentences float64) {
	sum := 0.0
	for k, id := range v.ids {
		v.weights[k] *= math.Log((sentences + 1) / (in[id] + .5))
		sum += v.weights[k] * v.weights[k]
	}
	for k := range v.weights {
		v.weights[k] /= max(math.Sqrt(sum), 1e-9)
	}
}

func (v vector) cosine(w vector) float64 {
	sum := 0.0
	v.meet(w, func(a, b float64) { sum += a * b })
	return sum
}

// meet goes through the terms that both hold.
func (v vector) meet(w vector, each func(a, b float64)) {
	for i, j := 0, 0; i < len(v.ids) && j < len(w.ids); {
		switch {
		case v.ids[i] == w.ids[j]:
			each(v.weights[i], w.weights[j])
			i++
			j++
		case v.ids[i] < w.ids[j]:
			i++
		default:
			j++
		}
	}
}
