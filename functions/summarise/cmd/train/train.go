package main

import (
	"fmt"
	"io"
	"os"

	"xietong.dev/functions/summarise/extractive"
	"xietong.dev/functions/summarise/quality"
)

// room is how many words a summary has that is tried, as those of people have.
const room = 110

// example is a meeting that has been read, and its minutes.
type example struct {
	kind    string
	minutes string
	words   []string // that are said
	reading extractive.Reading
	texts   []string
	sizes   []int
}

func run(data, out string, log io.Writer) error {
	meetings, err := quality.Load(data, "qmsum-train")
	if err != nil {
		return err
	}
	var all []example
	for _, m := range meetings {
		all = append(all, newExample(m))
	}
	w := setting(all, log)
	learn(&w, all)
	source, err := source(w, len(all))
	if err != nil {
		return err
	}
	return os.WriteFile(out, source, 0o644)
}

func newExample(m quality.Meeting) example {
	e := example{kind: kindOf(m.ID), minutes: m.Summary, reading: extractive.Read(m.Transcript())}
	e.texts = e.reading.Texts()
	for _, text := range e.texts {
		tokens := quality.Tokens(text)
		e.words = append(e.words, tokens...)
		e.sizes = append(e.sizes, len(tokens))
	}
	return e
}

// kindOf tells the three kinds of meeting in QMSum by their names: committees
// of parliaments (education_…, covid_…), academic ones (ICSI: B…), and those
// of a product team (AMI: ES…, IS…, TS…).
func kindOf(id string) string {
	switch {
	case id[0] >= 'a':
		return "committee"
	case id[0] == 'B':
		return "academic"
	}
	return "product"
}

// learn fits what the minutes hold to examples.
func learn(w *extractive.Weights, all []example) {
	w.Common = common(all, .8, .02, func(words []string) []string { return words })
	w.CommonPair = common(all, .5, .01, twos)
	w.Term = fit(termsOf(all, w.Common))
	w.Pair = fit(pairsOf(all, *w))
}

// common are the words, or two in a row, that are said in at least such a share
// of the meetings of each kind, so that none tells what a meeting is about; and
// how often minutes hold them, plus atLeast, since no word is impossible.
func common(all []example, share, atLeast float64, of func(words []string) []string) map[string]float64 {
	meetings, in, written := map[string]float64{}, map[string]map[string]float64{}, map[string]float64{}
	for _, e := range all {
		meetings[e.kind]++
		for word := range setOf(of(e.words)) {
			if in[word] == nil {
				in[word] = map[string]float64{}
			}
			in[word][e.kind]++
		}
		for _, word := range of(quality.Tokens(e.minutes)) {
			written[word] += 1 / float64(len(all))
		}
	}
	rates := map[string]float64{}
	for word, kinds := range in {
		if isEverywhere(kinds, meetings, share) {
			rates[word] = round(written[word] + atLeast)
		}
	}
	return rates
}

func isEverywhere(in, meetings map[string]float64, share float64) bool {
	for kind, n := range meetings {
		if in[kind] < share*n {
			return false
		}
	}
	return true
}

// twos returns each word with the next.
func twos(words []string) (rows []string) {
	for i := 1; i < len(words); i++ {
		rows = append(rows, words[i-1]+" "+words[i])
	}
	return rows
}

func setOf(words []string) map[string]bool {
	set := map[string]bool{}
	for _, w := range words {
		set[w] = true
	}
	return set
}

// sample is what is known of something that is said, and how often the minutes
// hold it.
type sample struct {
	features []float64
	count    float64
}

// termsOf returns the terms of all examples, without the common words.
func termsOf(all []example, common map[string]float64) []sample {
	var samples []sample
	for _, e := range all {
		written := map[string]float64{}
		for _, key := range extractive.Keys(e.minutes, common) {
			written[key]++
		}
		keys, features := e.reading.Terms(common)
		for i, key := range keys {
			if _, is := common[key]; !is {
				samples = append(samples, sample{features[i], written[key]})
			}
		}
	}
	return samples
}

// pairsOf returns two words in a row, of all examples, without the common ones.
func pairsOf(all []example, w extractive.Weights) []sample {
	var samples []sample
	for _, e := range all {
		written := map[[2]string]float64{}
		before := ""
		for _, key := range extractive.Keys(e.minutes, w.Common) {
			written[[2]string{before, key}]++
			before = key
		}
		keys, features := e.reading.Terms(w.Common)
		rates := make([]float64, len(keys))
		for i, key := range keys {
			rate, common := w.Common[key]
			if !common {
				rate = extractive.Rate(w.Term, features[i])
			}
			rates[i] = rate
		}
		rows, features := e.reading.Rows(w.Common, rates)
		for i, row := range rows {
			if _, is := w.CommonPair[keys[row[0]]+" "+keys[row[1]]]; is {
				continue
			}
			samples = append(samples, sample{features[i], written[[2]string{keys[row[0]], keys[row[1]]}]})
		}
	}
	return samples
}

// summary is what the engine would write with these weights.
func (e example) summary(w extractive.Weights) string {
	text := ""
	for _, i := range e.reading.Abstract(w, e.sizes, room) {
		text += e.texts[i] + "\n"
	}
	return text
}

func progress(log io.Writer, w extractive.Weights, goal float64) {
	fmt.Fprintf(log, "subject %g, in a row %g, damping %g, opening %g: %.3f\n", w.Subject, w.InRow, w.Damping, w.Opening, goal)
}
