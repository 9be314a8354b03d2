package minutes

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"xietong.dev/shared/han"
)

// Minutes are found by words that all stand in them: in the title, the names of those
// who speak, the summary, or the transcript, each wherever its characters stand one
// after the other. No dictionary parts Chinese. Titles and names are found by their
// pinyin too.
//
// So that not every transcript is looked through, each has grams: numbers that stand
// for every two neighbouring characters, every three of ASCII's letters and digits, and
// every single one of scripts that need no spaces. Minutes that hold a word hold all
// of its grams; those that do are looked through.

// alike is a text as it is searched: full-width and half-width, upper and lower case,
// simplified and traditional characters are one.
func alike(s string) string {
	return strings.Map(han.Simplify, fold(s))
}

// wordsOf are the words that a query asks for.
func wordsOf(query string) []string { return strings.Fields(alike(query)) }

// grams are those of lines as they are searched, in order and without doubles.
func grams(lines string) []int32 {
	var all []int32
	before := [2]rune{' ', ' '} // the last two characters
	for _, r := range lines {
		if unicode.IsSpace(r) {
			r = ' '
		}
		if r != ' ' && r >= 0x2e80 {
			all = append(all, gram(0, 0, r))
		}
		if r != ' ' && before[1] != ' ' {
			all = append(all, gram(0, before[1], r))
		}
		if ascii(before[0]) && ascii(before[1]) && ascii(r) {
			all = append(all, gram(before[0], before[1], r))
		}
		before = [2]rune{before[1], r}
		if len(all) > manyGrams {
			all = distinct(all)
		}
	}
	return distinct(all)
}

// manyGrams is when doubles are dropped, so that a long text costs no more memory than
// it has grams.
const manyGrams = 1 << 20

func distinct(all []int32) []int32 {
	slices.Sort(all)
	return slices.Compact(all)
}

func ascii(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }

// gram is a number for up to three characters (FNV-1a). Minutes are indexed with it
// already: another choice is another index.
func gram(a, b, c rune) int32 {
	h := uint32(2166136261)
	for _, r := range [3]rune{a, b, c} {
		for range 3 {
			h = (h ^ uint32(r&0xff)) * 16777619
			r >>= 8
		}
	}
	return int32(h)
}

// asked are the grams that minutes with every word hold: of a word, the longest that
// there are, which are the rarest.
func asked(words []string) []int32 {
	var all []int32
	for _, w := range words {
		if utf8.RuneCountInString(w) == 1 {
			all = append(all, grams(w)...)
			continue
		}
		run := []rune(w)
		for i := 1; i < len(run); i++ {
			three := i > 1 && ascii(run[i-2]) && ascii(run[i-1]) && ascii(run[i])
			if three {
				all = append(all, gram(run[i-2], run[i-1], run[i]))
			}
			if next := i+1 < len(run) && ascii(run[i-1]) && ascii(run[i]) && ascii(run[i+1]); !three && !next {
				all = append(all, gram(0, run[i-1], run[i]))
			}
		}
	}
	return distinct(all)
}

// Mark is a stretch of a text, in characters.
type Mark struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// marks are where words stand in a text, in order; those that overlap are one. They are
// none where none of them does.
func marks(text string, words []string) []Mark {
	var form strings.Builder
	var from []int // the character that each byte of the form comes from
	n := 0
	for _, r := range text {
		as := alike(string(r))
		form.WriteString(as)
		for range len(as) {
			from = append(from, n)
		}
		n++
	}
	var all []Mark
	for _, w := range words {
		for at := 0; ; {
			i := strings.Index(form.String()[at:], w)
			if i < 0 {
				break
			}
			all = append(all, Mark{from[at+i], from[at+i+len(w)-1] + 1})
			at += i + len(w)
		}
	}
	return joinedMarks(all)
}

func joinedMarks(all []Mark) []Mark {
	slices.SortFunc(all, func(a, b Mark) int { return a.Start - b.Start })
	var out []Mark
	for _, m := range all {
		if last := len(out) - 1; last >= 0 && m.Start < out[last].End {
			out[last].End = max(out[last].End, m.End)
			continue
		}
		out = append(out, m)
	}
	return out
}

// holds reports whether any of the words stands in a text.
func holds(text string, words []string) bool {
	form := alike(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(form, w) })
}

// spelt is a name as it is searched: itself, and its pinyin.
func spelt(name string) string { return alike(name) + " " + han.Pinyin(norm.NFKC.String(name)) }
