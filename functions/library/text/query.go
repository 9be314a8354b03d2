package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/shared/fault"
)

// The most that one query may ask for.
const (
	MaxQuery = 200 // characters
	MaxWords = 16
)

// Query is what a reader looks for: every one of its words.
type Query struct {
	Words []Word
}

// Word is one word, or a phrase. A phrase is a word that was written within quotes
// and may hold spaces.
type Word struct {
	pattern string
}

// quotes are the characters that open a phrase, each with what closes it.
var quotes = map[rune]rune{'"': '"', '“': '”', '„': '“', '＂': '＂', '「': '」', '『': '』'}

// Parse reads a query as a reader types it. Words are parted by spaces, phrases
// stand in quotes, and a quote that is not closed lasts to the end. Punctuation
// around a word does not count, so 《红楼梦》 is looked for as 红楼梦 (but C++ stays).
// An ISBN in any spelling becomes its 13 digits.
func Parse(s string) (Query, error) {
	if n := utf8.RuneCountInString(s); n > MaxQuery {
		return Query{}, fault.Refusef("query_too_long", "the query has %d characters: %d at most", n, MaxQuery)
	}
	var q Query
	seen := map[string]bool{}
	for _, written := range split(s) {
		w := Word{pattern: pattern(written)}
		if w.pattern == "" || seen[w.pattern] {
			continue
		}
		seen[w.pattern] = true
		q.Words = append(q.Words, w)
	}
	if len(q.Words) > MaxWords {
		return Query{}, fault.Refusef("query_too_long", "the query has %d words: %d at most", len(q.Words), MaxWords)
	}
	return q, nil
}

// split parts a query into words and phrases.
func split(s string) []string {
	var all []string
	var now strings.Builder
	var closing rune
	end := func() {
		all = append(all, now.String())
		now.Reset()
	}
	for _, r := range s {
		switch {
		case closing != 0 && r == closing:
			closing = 0
			end()
		case closing != 0:
			now.WriteRune(r)
		case quotes[r] != 0:
			closing = quotes[r]
			end()
		case unicode.IsSpace(r):
			end()
		default:
			now.WriteRune(r)
		}
	}
	end()
	return all
}

// pattern returns what stands in the folded text of a book that holds the word; ""
// where there is nothing to look for. A word of letters begins where one begins in
// the text; a short one, and a number, ends there too.
func pattern(written string) string {
	if isbn, ok := ISBN(written); ok {
		written = isbn
	}
	runs := strings.Fields(Fold(strings.NewReplacer("\n", " ", "\r", " ").Replace(written)))
	for len(runs) > 0 && classOf(runs[0]) == sign {
		runs = runs[1:]
	}
	for n := len(runs) - 1; n > 0 && classOf(runs[n]) == sign; n-- {
		if runs[n] = strings.TrimRightFunc(runs[n], notOfNames); runs[n] != "" && classOf(runs[n-1]) == word {
			break
		}
		runs = runs[:n]
	}
	if len(runs) == 0 {
		return ""
	}
	p := strings.Join(runs, " ")
	if classOf(runs[0]) == word {
		p = " " + p
	}
	if last := runs[len(runs)-1]; classOf(last) == word && short(last) {
		p += " "
	}
	return p
}

// notOfNames reports whether a sign is none that names end with, as C++ and C# do.
func notOfNames(r rune) bool { return r != '+' && r != '#' }

func classOf(run string) class {
	r, _ := utf8.DecodeRuneInString(run)
	return classify(r)
}

// In reports whether a folded line or text holds the word.
func (w Word) In(folded string) bool { return strings.Contains(folded, w.pattern) }

// Pattern is what stands in a folded line that holds the word.
func (w Word) Pattern() string { return w.pattern }

// ISBN returns the 13 digits of an ISBN in any spelling, and whether s is one.
func ISBN(s string) (string, bool) {
	var digits []byte
	for _, r := range strings.ToUpper(s) {
		switch {
		case r >= '0' && r <= '9', r == 'X' && len(digits) == 9:
			digits = append(digits, byte(r))
		case r == '-' || r == ' ' || r == '‐' || r == '‑' || r == '–':
		default:
			return "", false
		}
	}
	switch {
	case len(digits) == 13 && (string(digits[:3]) == "978" || string(digits[:3]) == "979") && digits[12] == check13(digits[:12]):
		return string(digits), true
	case len(digits) == 10 && digits[9] == check10(digits[:9]):
		digits = append([]byte("978"), digits[:9]...)
		return string(append(digits, check13(digits))), true
	}
	return "", false
}

// check13 is the last digit of an ISBN-13 (ISO 2108), check10 that of an ISBN-10.
func check13(digits []byte) byte {
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (1 + i%2*2)
	}
	return byte('0' + (10-sum%10)%10)
}

func check10(digits []byte) byte {
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (10 - i)
	}
	return "0123456789X"[(11-sum%11)%11]
}
