package extractive

import (
	"math"
	"strings"
)

// heard is what the sentences of a text hold, for saying what its minutes will
// hold.
type heard struct {
	all      []term
	rows     []pair
	terms    [][]int32 // of each sentence, as they are said
	rowsIn   [][]int32 // of each sentence
	speakers int
	total    int // terms said
}

// term is a word that has a meaning of its own, a pair of Chinese characters,
// or a word of every meeting.
type term struct {
	key      string
	count    int
	first    int // sentence that holds it
	parts    int // of the text, those that hold it
	last     int // of these parts
	speakers int
	wide     bool // it was first said in a sentence of Chinese or Japanese
}

// features of a term are 1, how often it is said, in how many parts of the text
// and by which share of the speakers, all as logarithms, how early it is said
// first, and how long it is.
func (t term) features(h heard) []float64 {
	const longest = 12
	return []float64{
		1,
		math.Log(float64(t.count)),
		math.Log(float64(t.parts)),
		math.Log(float64(t.speakers) / float64(h.speakers)),
		early(t.first, len(h.terms)),
		float64(min(len(t.key), longest)) / longest,
	}
}

// wideFeatures are 1, and how often a term of Chinese or Japanese and how many
// thousands of all are said, as logarithms.
func (t term) wideFeatures(h heard) []float64 {
	return []float64{1, math.Log(float64(t.count)), math.Log(float64(h.total) / 1000)}
}

// early falls from 1 to 0 in the first tenth of a text.
func early(sentence, of int) float64 { return math.Exp(-20 * float64(sentence) / float64(of)) }

// pair is two words in a row.
type pair struct {
	first, second int32
	count         int
}

// features of two words in a row are 1, how often each is expected in the
// minutes, and how often they are said so, as logarithms.
func (r pair) features(first, second float64) []float64 {
	return []float64{1, math.Log(first), math.Log(second), math.Log(float64(r.count))}
}

func (r pair) key(all []term) string { return all[r.first].key + " " + all[r.second].key }

// listener collects what sentences hold.
type listener struct {
	heard
	common   map[string]float64
	ids      map[string]int32
	rowIDs   map[[2]int32]int32
	speakers map[string]int32
	said     map[[2]int32]bool // which term by which speaker
}

func hear(all []sentence, common map[string]float64) heard {
	l := listener{common: common, ids: map[string]int32{}, rowIDs: map[[2]int32]int32{}, speakers: map[string]int32{}, said: map[[2]int32]bool{}}
	l.terms, l.rowsIn = make([][]int32, len(all)), make([][]int32, len(all))
	for i, s := range all {
		if _, known := l.speakers[s.speaker]; !known {
			l.speakers[s.speaker] = int32(len(l.speakers))
		}
		l.hear(i, s)
	}
	l.heard.speakers = len(l.speakers)
	return l.heard
}

func (l *listener) hear(i int, s sentence) {
	before := int32(-1)
	for _, key := range keysOf(s.runs, l.common) {
		if key == "" {
			before = -1
			continue
		}
		id := l.term(key, i, s)
		l.terms[i] = append(l.terms[i], id)
		if before >= 0 {
			l.rowsIn[i] = append(l.rowsIn[i], l.row(before, id))
		}
		before = id
	}
}

func (l *listener) term(key string, at int, s sentence) int32 {
	const parts = 20
	id, known := l.ids[key]
	if !known {
		id = int32(len(l.all))
		l.ids[key] = id
		l.all = append(l.all, term{key: key, first: at, last: -1, wide: s.script != "en"})
	}
	t := &l.all[id]
	t.count++
	l.total++
	if part := at * parts / len(l.terms); part != t.last {
		t.parts++
		t.last = part
	}
	if by := [2]int32{id, l.speakers[s.speaker]}; !l.said[by] {
		l.said[by] = true
		t.speakers++
	}
	return id
}

func (l *listener) row(first, second int32) int32 {
	id, known := l.rowIDs[[2]int32{first, second}]
	if !known {
		id = int32(len(l.rows))
		l.rowIDs[[2]int32{first, second}] = id
		l.rows = append(l.rows, pair{first: first, second: second})
	}
	l.rows[id].count++
	return id
}

// keysOf names the terms of a sentence in order. An empty key stands where the
// row ends: at a mark, and at a word that says nothing. Pairs of characters
// overlap, and so form no rows.
func keysOf(runs []run, common map[string]float64) []string {
	var keys []string
	for k, r := range runs {
		if r.wide {
			for _, pair := range termsOf(runs[k : k+1]) {
				keys = append(keys, pair, "")
			}
			continue
		}
		for _, token := range r.tokens {
			key := strings.ToLower(strings.ReplaceAll(token, "’", "'"))
			if _, is := common[key]; !is && fold(token) == "" {
				key = ""
			}
			keys = append(keys, key)
		}
		keys = append(keys, "")
	}
	return keys
}
