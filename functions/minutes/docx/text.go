package docx

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable leaves out what XML 1.0 cannot hold, other control characters, and what
// turns the direction of the text around it: a name shall not rearrange its sentence.
// Line ends and tabs become spaces.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), r == utf8.RuneError, r&0xFFFE == 0xFFFE, r == '\uFEFF':
			return -1
		case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}

// stretch is a part of a text that is written in one direction.
type stretch struct {
	text string
	rtl  bool
}

// stretches cuts a text where its direction changes, because Word wants to be told
// what is written from right to left. Neutral characters between two such words go
// with them.
func stretches(s string) (all []stretch) {
	neutral := 0 // where the neutral end of the current stretch begins
	from, rtl := 0, false
	cut := func(to int) {
		if to > from {
			all = append(all, stretch{s[from:to], rtl})
		}
		from = to
	}
	for i, r := range s {
		right := unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
		switch {
		case right && !rtl:
			cut(i)
			rtl = true
		case !right && rtl && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			cut(neutral)
			rtl = false
		}
		if right || !rtl {
			neutral = i + utf8.RuneLen(r)
		}
	}
	if rtl {
		cut(neutral)
		rtl = false
	}
	cut(len(s))
	return all
}
