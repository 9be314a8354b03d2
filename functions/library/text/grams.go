package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/shared/booktext"
)

// A book is found by grams: numbers that stand for
//
//	two neighbouring characters   of scripts without spaces
//	two neighbours                where such a script and a word meet: 3月
//	the beginnings of a word      its first 3, 5 and 8 letters
//	a word                        of fewer than 3 letters, or of digits alone
//	a character                   of scripts without spaces, of titles alone: they are short
//
// A book that holds a query holds all of the query's grams. The opposite is not
// so: a gram says nothing of places. A [Filter] and a [XorFilter] know most of what holds
// the grams of a phrase and not the phrase; what passes them is looked at again.

// Keys is what the text of a book is found by.
type Keys struct {
	Grams   []int32 // in order, without doubles
	Phrases Filter
	Fours   XorFilter
}

// beginnings are the lengths at which the beginnings of words are indexed, longest
// first. Books are indexed with them already: another choice is another index.
var beginnings = []int{8, 5, 3}

// manyGrams is when doubles are dropped, so that a long text costs no more memory
// than it has grams.
const manyGrams = 1 << 20

// Index returns the keys of a book's text.
func Index(parts []booktext.Part) Keys {
	var grams, threes, fours []int32
	for _, part := range parts {
		folded := Fold(part.Text)
		grams = few(each(folded, grams, textRun))
		threes = few(phrases(folded, threes))
		fours = few(wider(folded, fours))
	}
	return Keys{slices.Clip(distinct(grams)), newFilter(distinct(threes)), newXorFilter(distinct(fours))}
}

// few drops doubles where there are many grams.
func few(grams []int32) []int32 {
	if len(grams) > manyGrams {
		return distinct(grams)
	}
	return grams
}

// Lines returns the grams of lines that describe a book, in order and without
// doubles.
func Lines(lines ...string) []int32 {
	var all []int32
	for _, s := range lines {
		all = each(Fold(s), all, lineRun)
	}
	return slices.Clip(distinct(all))
}

// Grams returns the grams of a text that holds every word. There are none where the
// query is too short to be looked up.
func (q Query) Grams() []int32 { return q.grams(queryRun) }

// LineGrams returns the grams of lines that hold every word.
func (q Query) LineGrams() []int32 { return q.grams(lineQueryRun) }

func (q Query) grams(of func([]int32, string, class) []int32) []int32 {
	var all []int32
	for _, w := range q.Words {
		all = each(w.pattern, all, of)
	}
	return distinct(all)
}

// each appends the grams of every run of a folded text, as of makes them, and those
// of where two runs touch.
func each(folded string, to []int32, of func([]int32, string, class) []int32) []int32 {
	before, last := space, rune(0)
	for run := range strings.SplitSeq(folded, " ") {
		if run == "" {
			continue
		}
		first, _ := utf8.DecodeRuneInString(run)
		c := classify(first)
		if c == word && before == glyph || c == glyph && before == word {
			to = append(to, pair(last, first))
		}
		to = of(to, run, c)
		before = c
		last, _ = utf8.DecodeLastRuneInString(run)
	}
	return to
}

// textRun appends the grams of a run of a text.
func textRun(to []int32, run string, c class) []int32 {
	switch {
	case c == glyph:
		return pairs(to, run)
	case c == word && short(run):
		return append(to, hash(run))
	case c == word:
		for _, n := range beginnings {
			if begin, ok := cut(run, n); ok {
				to = append(to, hash(begin))
			}
		}
	}
	return to
}

// lineRun appends the grams of a run of a line.
func lineRun(to []int32, run string, c class) []int32 {
	if c == glyph {
		to = singles(to, run)
	}
	return textRun(to, run, c)
}

// queryRun leaves out what other grams imply.
func queryRun(to []int32, run string, c class) []int32 {
	if c != word || short(run) {
		return textRun(to, run, c)
	}
	for _, n := range beginnings {
		if begin, ok := cut(run, n); ok {
			return append(to, hash(begin))
		}
	}
	return to
}

func lineQueryRun(to []int32, run string, c class) []int32 {
	if c == glyph && utf8.RuneCountInString(run) == 1 {
		return singles(to, run)
	}
	return queryRun(to, run, c)
}

// short reports whether a word is found whole alone: AI is not the beginning of
// air, nor 20 of 2026.
func short(run string) bool {
	return utf8.RuneCountInString(run) < 3 || strings.IndexFunc(run, func(r rune) bool { return !unicode.IsNumber(r) }) < 0
}

// cut returns the first n letters of a word, if it has so many.
func cut(run string, n int) (string, bool) {
	for i := range run {
		if n == 0 {
			return run[:i], true
		}
		n--
	}
	return run, n == 0
}

func singles(to []int32, run string) []int32 {
	for _, r := range run {
		to = append(to, pair(0, r))
	}
	return to
}

func pairs(to []int32, run string) []int32 {
	last := rune(0)
	for _, r := range run {
		if last != 0 {
			to = append(to, pair(last, r))
		}
		last = r
	}
	return to
}

// pair is the gram of two characters: both of them, where they are below U+10000,
// so that two Han characters are never taken for two others.
func pair(a, b rune) int32 { return int32(uint32(a)<<16 ^ uint32(b)) }

// hash is FNV-1a, of 32 bits. What it confuses is looked at again.
func hash(s string) int32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return int32(h)
}

// Tag is the key of a property that books are listed by, such as language and zh.
func Tag(kind, value string) int32 { return hash(kind + ":" + strings.TrimSpace(Fold(value))) }

func distinct(all []int32) []int32 {
	slices.Sort(all)
	return slices.Compact(all)
}
