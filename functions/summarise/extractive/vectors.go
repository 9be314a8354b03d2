package extractive

import "slices"

// vector is the terms of a sentence, each once. Its ids rise.
type vector struct{ ids []int32 }

// vectorsOf numbers the terms of all sentences.
func vectorsOf(all []sentence) (vectors []vector, terms int) {
	ids := map[string]int32{}
	vectors = make([]vector, len(all))
	for i, s := range all {
		for _, term := range termsOf(s.runs) {
			id, known := ids[term]
			if !known {
				id = int32(len(ids))
				ids[term] = id
			}
			vectors[i].ids = append(vectors[i].ids, id)
		}
		slices.Sort(vectors[i].ids)
		vectors[i].ids = slices.Compact(vectors[i].ids)
	}
	return vectors, len(ids)
}
