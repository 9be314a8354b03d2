package extractive

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// run is an unbroken row of tokens of one kind, so that what stands side by
// side in it may form a term. A token is a Han character, a word in katakana,
// or a word in letters; everything else breaks the row.
type run struct {
	wide   bool // Han and katakana
	tokens []string
}

// runsOf reads a text. NFKC makes full-width letters and half-width katakana
// the same as the others.
func runsOf(text string) []run {
	text = norm.NFKC.String(text)
	var all []run
	open := false
	add := func(wide bool, token string) {
		if !open || all[len(all)-1].wide != wide {
			all = append(all, run{wide: wide})
		}
		open = true
		r := &all[len(all)-1]
		r.tokens = append(r.tokens, token)
	}
	for i := 0; i < len(text); {
		kind, n := kindOf(text[i:]), 0
		for _, r := range text[i:] {
			if n > 0 && (kind == han || kindOfRune(r, kind) != kind) {
				break
			}
			n += len(string(r))
		}
		switch kind {
		case han, katakana:
			add(true, text[i:i+n])
		case word:
			add(false, strings.Trim(text[i:i+n], "'-’"))
		case mark:
			open = false
		}
		i += n
	}
	return all
}

// The kinds of character.
const (
	han = iota
	katakana
	hiragana // grammar, mostly: it separates terms as a mark does
	word
	space
	mark
)

func kindOf(text string) int {
	for _, r := range text {
		return kindOfRune(r, mark)
	}
	return mark
}

// kindOfRune depends on the kind before: an apostrophe within a word is part
// of it.
func kindOfRune(r rune, before int) int {
	switch {
	case unicode.Is(unicode.Han, r) || r == '々':
		return han
	case r >= 0x30a1 && r <= 0x30fe && r != '・':
		return katakana
	case isKana(r):
		return hiragana
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
		return word
	case before == word && (r == '\'' || r == '’' || r == '-'):
		return word
	case unicode.IsSpace(r):
		return space
	}
	return mark
}

// termsOf returns what a sentence is compared by: pairs of Han characters,
// words in katakana, and folded words that are not on the list of stop words.
// Pairs serve as well as a dictionary's words do, and cost nothing to load.
func termsOf(runs []run) []string {
	var all []string
	for _, r := range runs {
		for i, token := range r.tokens {
			switch {
			case !r.wide:
				if w := fold(token); w != "" {
					all = append(all, w)
				}
			case kindOf(token) == katakana:
				all = append(all, token)
			case i+1 < len(r.tokens) && kindOf(r.tokens[i+1]) == han:
				if pair := token + r.tokens[i+1]; !emptyPair(pair) {
					all = append(all, pair)
				}
			}
		}
	}
	return all
}

// fold takes a word to the form that its plural and its tenses share, and a
// stop word to "".
func fold(token string) string {
	w := strings.ToLower(strings.ReplaceAll(token, "’", "'"))
	w = strings.TrimSuffix(w, "'s")
	if stopWords[w] {
		return ""
	}
	w = stem(w)
	if stopWords[w] {
		return ""
	}
	return w
}

// stem is light on purpose: cutting too much makes one term of two.
func stem(w string) string {
	switch {
	case len(w) > 5 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is"):
		return w[:len(w)-1]
	case len(w) > 6 && strings.HasSuffix(w, "ing"):
		return w[:len(w)-3]
	case len(w) > 5 && strings.HasSuffix(w, "ed"):
		return w[:len(w)-2]
	}
	return w
}
