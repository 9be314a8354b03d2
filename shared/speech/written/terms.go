package written

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Terms are the names and words of a unit, for the correction of texts.
type Terms struct {
	forms map[rune][]form // by the first letter, in lower case; the longest first
}

// form is one way in which a term is heard.
type form struct {
	heard []rune // in lower case
	text  string // as it is written
	latin bool   // it counts as a whole word only
}

// Add makes a term known: as it is written, and what engines make of it. Where
// two terms are heard alike, the one that was added first counts.
func (t *Terms) Add(text string, heard ...string) {
	if t.forms == nil {
		t.forms = map[rune][]form{}
	}
	for _, h := range append([]string{text}, heard...) {
		if h = strings.ToLower(strings.TrimSpace(h)); h == "" {
			continue
		}
		f := form{heard: []rune(h), text: text, latin: isLatin(h)}
		t.forms[f.heard[0]] = append(t.forms[f.heard[0]], f)
	}
}

// Sorted puts the longest forms first, which must be done before [Terms.Edits].
func (t *Terms) Sorted() *Terms {
	for _, forms := range t.forms {
		slices.SortStableFunc(forms, func(a, b form) int { return len(b.heard) - len(a.heard) })
	}
	return t
}

// isLatin reports whether a form begins and ends like a word between spaces.
func isLatin(form string) bool {
	first, _ := utf8.DecodeRuneInString(form)
	last, _ := utf8.DecodeLastRuneInString(form)
	return spaced(first) && spaced(last)
}

func spaced(r rune) bool {
	return unicode.IsDigit(r) || unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// Edits returns what puts terms right in a text: the longest form at each place,
// whatever its case, and in scripts with spaces as a whole word. A text that has
// the term already is left as it is.
func (t *Terms) Edits(text string) []Edit {
	runes, starts := []rune(nil), []int(nil)
	for i, r := range text {
		runes, starts = append(runes, r), append(starts, i)
	}
	starts = append(starts, len(text))
	var edits []Edit
	for i := 0; i < len(runes); {
		f, found := t.find(runes, i)
		if !found {
			i++
			continue
		}
		end := i + len(f.heard)
		if text[starts[i]:starts[end]] != f.text {
			edits = append(edits, Edit{starts[i], starts[end], f.text})
		}
		i = end
	}
	return edits
}

func (t *Terms) find(runes []rune, i int) (form, bool) {
	for _, f := range t.forms[unicode.ToLower(runes[i])] {
		end := i + len(f.heard)
		if end > len(runes) || f.latin && (i > 0 && spaced(runes[i-1]) || end < len(runes) && spaced(runes[end])) {
			continue
		}
		same := true
		for k, r := range f.heard {
			same = same && unicode.ToLower(runes[i+k]) == r
		}
		if same {
			return f, true
		}
	}
	return form{}, false
}
