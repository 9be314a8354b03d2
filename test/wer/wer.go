// Package wer measures how far a transcript is from what was said.
package wer

import (
	"strings"
	"unicode"
)

// Words splits a text as a scorer does: lower case, without punctuation but for
// the apostrophe inside a word.
func Words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
}

// Errors is the least number of words substituted, deleted and inserted that
// turns what was said into what was heard (Levenshtein distance over words).
// The word error rate is Errors divided by the number of words said.
func Errors(said, heard []string) int {
	previous := make([]int, len(heard)+1)
	for j := range previous {
		previous[j] = j
	}
	for i, word := range said {
		current := make([]int, len(heard)+1)
		current[0] = i + 1
		for j, other := range heard {
			change := previous[j]
			if word != other {
				change++
			}
			current[j+1] = min(change, previous[j+1]+1, current[j]+1)
		}
		previous = current
	}
	return previous[len(heard)]
}
