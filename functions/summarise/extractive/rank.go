package extractive

import (
	"cmp"
	"math"
	"slices"
)

// vector is what a sentence says, as weighted terms of length 1. Its ids rise.
type vector struct {
	ids     []int32
	weights []float64
}

// vectorsOf weighs each term of each sentence by how rare it is (tf-idf).
func vectorsOf(all []sentence) (vectors []vector, terms int) {
	ids := map[string]int32{}
	var in []int // sentences that hold a term
	vectors = make([]vector, len(all))
	for i, s := range all {
		vectors[i] = count(termsOf(s.runs), ids)
		for _, id := range vectors[i].ids {
			if int(id) >= len(in) {
				in = append(in, make([]int, int(id)+1-len(in))...)
			}
			in[id]++
		}
	}
	for _, v := range vectors {
		for i, id := range v.ids {
			v.weights[i] = (1 + math.Log(v.weights[i])) * math.Log(float64(len(all)+1)/(float64(in[id])+.5))
		}
		v.normalise()
	}
	return vectors, len(ids)
}

func count(terms []string, ids map[string]int32) vector {
	var v vector
	for _, term := range terms {
		id, known := ids[term]
		if !known {
			id = int32(len(ids))
			ids[term] = id
		}
		v.ids = append(v.ids, id)
	}
	slices.Sort(v.ids)
	n := 0
	for i, id := range v.ids {
		if i > 0 && id == v.ids[n-1] {
			v.weights[n-1]++
			continue
		}
		v.ids[n] = id
		v.weights = append(v.weights, 1)
		n++
	}
	v.ids = v.ids[:n]
	return v
}

func (v vector) normalise() {
	sum := 0.0
	for _, w := range v.weights {
		sum += w * w
	}
	if sum == 0 {
		return
	}
	for i := range v.weights {
		v.weights[i] /= math.Sqrt(sum)
	}
}

// cosine compares two sentences: 1 where they say the same.
func cosine(a, b vector) float64 {
	sum := 0.0
	for i, j := 0, 0; i < len(a.ids) && j < len(b.ids); {
		switch cmp.Compare(a.ids[i], b.ids[j]) {
		case 0:
			sum += a.weights[i] * b.weights[j]
			i++
			j++
		case -1:
			i++
		default:
			j++
		}
	}
	return sum
}

// scores says how much each sentence stands for the whole: by how often its
// terms are said, damped by how many they are, so that a long sentence wins
// over a short one but not by its length alone; by how little else it holds;
// less where it asks; and more at the beginning, where people say what it will
// be about. On meetings of QMSum (development and training) and
// VCSum (development) this does better than TextRank and LexRank, and needs no
// graph: go test -bench Quality measures it again.
func scores(all []sentence, vectors []vector, terms int) []float64 {
	const damping, density, asking, opening = .9, .3, .6, .3
	said := make([]float64, terms)
	for _, v := range vectors {
		for _, id := range v.ids {
			said[id]++
		}
	}
	score := make([]float64, len(all))
	for i, v := range vectors {
		for _, id := range v.ids {
			score[i] += math.Log(1 + said[id])
		}
		n := float64(len(v.ids))
		score[i] *= math.Pow(n+1, -damping) * math.Pow(n/float64(all[i].tokens()+1), density)
		score[i] *= 1 + opening*math.Exp(-20*float64(i)/float64(len(all)))
		if cuesOf[all[i].script].question.MatchString(all[i].text) {
			score[i] *= asking
		}
	}
	return score
}

func (s sentence) tokens() int {
	n := 0
	for _, r := range s.runs {
		n += len(r.tokens)
	}
	return n
}
