package main

import (
	"io"
	"strings"

	"xietong.dev/functions/summarise/extractive"
	"xietong.dev/functions/summarise/quality"
)

// setting finds how the weights are best used, by learning from one half of the
// examples and trying on the other, in turn. It goes through the settings one
// at a time, twice.
func setting(all []example, log io.Writer) extractive.Weights {
	var halves [2][]example
	for i, e := range all {
		halves[i%2] = append(halves[i%2], e)
	}
	var learnt [2]extractive.Weights
	for i := range learnt {
		learn(&learnt[i], halves[1-i])
	}
	try := func(w extractive.Weights) float64 {
		sum := 0.0
		for i, half := range halves {
			w.Common, w.CommonPair, w.Term, w.Pair = learnt[i].Common, learnt[i].CommonPair, learnt[i].Term, learnt[i].Pair
			for _, e := range half {
				sum += e.goal(w) / float64(len(all))
			}
		}
		progress(log, w, sum)
		return sum
	}
	w := extractive.Weights{Subject: 4, InRow: 1, Damping: .9, Opening: .4}
	best := try(w)
	for range 2 {
		for _, s := range []struct {
			of     *float64
			values []float64
		}{
			{&w.Subject, []float64{3, 4, 5}},
			{&w.InRow, []float64{.5, 1, 2}},
			{&w.Damping, []float64{.8, .9, 1}},
			{&w.Opening, []float64{.2, .4, .6}},
		} {
			kept := *s.of
			for _, v := range s.values {
				if *s.of = v; v == kept {
					continue
				}
				if got := try(w); got > best {
					best, kept = got, v
				}
			}
			*s.of = kept
		}
	}
	return w
}

// goal is ROUGE of all words and of those alone that have a meaning of their
// own. By the first alone, sentences full of "of the" would win.
func (e example) goal(w extractive.Weights) float64 {
	text := e.summary(w)
	return quality.Rouge(text, e.minutes).Sum() + quality.Rouge(subjects(text), subjects(e.minutes)).Sum()
}

func subjects(text string) string { return strings.Join(extractive.Keys(text, nil), " ") }
