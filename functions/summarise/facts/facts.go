// Package facts reads what a sentence says that can be checked: numbers, days, names,
// and what is denied. What a language model wrote may stand in minutes only where its facts stand
// in what was said.
//
//	in   a sentence in Chinese, English or Japanese, and the text it rests on
//	out  the first fact of the sentence that the text does not hold
//
// Numbers are compared by what they come to: 12万, 十二万, 120,000 and "one hundred and
// twenty thousand" are the same. Where it is not sure whether a word is a name, it is
// one: a true sentence that is dropped costs less than an invented one that is kept.
package facts

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Missing returns the first number, day or name of a sentence that neither the source
// nor one of the known names holds, and "" where all are held.
func Missing(sentence, source string, known []string) string {
	if n := missing(figuresOf(sentence), figuresOf(source)); n != "" {
		return n
	}
	return missingName(Plain(sentence), Plain(source)+"\n"+Plain(strings.Join(known, "\n")))
}

// Differ returns a number or day that one of two sentences holds and the other does
// not, whatever their languages, and "" where there is none.
func Differ(a, b string) string {
	in, out := figuresOf(a), figuresOf(b)
	if n := missing(in, out); n != "" {
		return n
	}
	return missing(out, in)
}

// Plain writes full-width letters and digits as plain ones, and all in one form.
func Plain(text string) string { return norm.NFKC.String(text) }

// figure is a number or a day in one spelling for all languages: "120000", "8%", "1/3",
// "weekday 5", "tomorrow". A weak one may be a mere word ("one of us", 一致): it is not
// asked for, but it answers.
type figure struct {
	value string
	weak  bool
}

func figuresOf(text string) []figure {
	text = strings.ToLower(Plain(text))
	days, rest := daysOf(text)
	return append(days, numbersOf(rest)...)
}

// missing returns a strong figure of the first that the second does not hold.
func missing(wanted, held []figure) string {
	for _, w := range wanted {
		if !w.weak && !slices.ContainsFunc(held, func(h figure) bool { return h.value == w.value }) {
			return w.value
		}
	}
	return ""
}
