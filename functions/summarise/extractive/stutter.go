package extractive

import (
	"slices"
	"strings"
	"unicode"
)

// mostAgain is how many words, or characters of Chinese and Japanese, somebody
// says twice while looking for the rest.
const mostAgain = 4

// unstutter takes out what is said twice in a row: "so the the pipe", 我我觉得.
// Numbers stay, for "three three six" may be meant, and so do single characters
// that are no grammar: 看看, 常常 and 人人 are words.
func unstutter(text, script string) string {
	if script == "en" {
		return strings.Join(once(withoutFragments(strings.Fields(text)), 1, sameWord), " ")
	}
	var units []string
	for _, r := range text {
		units = append(units, string(r))
	}
	return strings.Join(once(once(units, 1, sameGrammar), 2, sameRune), "")
}

// once drops each row of units, at least so many, that stands there twice.
func once(units []string, least int, same func(a, b string) bool) []string {
	var kept []string
	for _, unit := range units {
		kept = append(kept, unit)
		for n := least; n <= mostAgain && 2*n <= len(kept); n++ {
			at := len(kept) - n
			if slices.EqualFunc(kept[at-n:at], kept[at:], same) {
				kept[at-1] = kept[len(kept)-1] // with the mark that follows it
				kept = kept[:at]
				break
			}
		}
	}
	return kept
}

// sameWord reports whether b says a again. A mark after a, but for a comma, ends
// what was said.
func sameWord(a, b string) bool {
	a, b = strings.TrimRight(a, ","), strings.TrimRight(b, ".,;:?!")
	return strings.EqualFold(a, b) && isPlain(a) && !spokenNumbers[strings.ToLower(a)]
}

func isPlain(word string) bool {
	return word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' })
}

// withoutFragments drops the beginning of a word that is then said whole: "th
// the". A fragment is small and has no vowel, so that no word is lost.
func withoutFragments(words []string) []string {
	var kept []string
	for i, w := range words {
		if i+1 < len(words) && len(w) <= 3 && w != words[i+1] && strings.HasPrefix(words[i+1], w) && isPlain(w) && !strings.ContainsAny(w, "aeiouyAEIOUY'’") && w == strings.ToLower(w) {
			continue
		}
		kept = append(kept, w)
	}
	return kept
}

// sameGrammar reports whether a character of grammar is said again.
func sameGrammar(a, b string) bool {
	return a == b && strings.Contains("我你他她它的了是在就那这不也都要有和跟把被给对为能会因所但如", a)
}

func sameRune(a, b string) bool {
	return a == b && !strings.Contains(numerals+"0123456789.百千万亿", a) && unicode.IsLetter([]rune(a)[0])
}
