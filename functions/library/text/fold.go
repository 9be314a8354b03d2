package text

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// class is what a character is to a search.
type class int

const (
	space class = iota
	line        // ends a paragraph: nothing is found across it
	sign        // punctuation and the like
	word        // letters and digits of scripts that part their words by spaces
	glyph       // of a script that does not
)

// glyphs are the scripts without spaces between words.
var glyphs = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Yi,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

func classify(r rune) class {
	switch {
	case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
		return line
	case r < 0x80:
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return word
		}
		if r <= ' ' || r == 0x7f {
			return space
		}
		return sign
	case r >= 0x4e00 && r <= 0x9fff || r == 'ー' || unicode.In(r, glyphs...):
		return glyph
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return word
	case unicode.IsSpace(r), unicode.IsControl(r):
		return space
	}
	return sign
}

// hidden reports whether r is not seen: it neither parts words nor belongs to one.
// Typesetters leave soft hyphens within words.
func hidden(r rune) bool {
	return r == 0xad || r >= 0x200b && r <= 0x200f || r >= 0x2060 && r <= 0x2064 || r == 0xfeff ||
		r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef
}

// same maps one character of the form NFKC to the one it is searched as.
func same(r rune) rune {
	switch {
	case r < 0x80:
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	case wide(r):
		return same(r - 0xfee0)
	case r >= 0x3400:
		return simplify(r)
	case r == '‘' || r == '’':
		return '\''
	case r == '“' || r == '”':
		return '"'
	}
	return unicode.ToLower(unicode.ToUpper(r)) // both forms of sigma become one
}

// Alike maps a character to the one that it is searched as, where the two are one
// character long: 讀 and 读, Ａ and a.
func Alike(r rune) rune { return same(r) }

// wide reports whether r is a wide form of a character of ASCII.
func wide(r rune) bool { return r >= 0xff01 && r <= 0xff5e }

// plain reports whether r has a form NFKC that [same] knows, whatever plain
// character follows. It is what most of a Chinese or English text consists of.
func plain(r rune) bool {
	return r < 0x80 || r >= 0x4e00 && r <= 0x9fff || wide(r) || r == '、' || r == '。' || r == '“' || r == '”'
}

// runes yields the characters of s as they are searched, each with the byte of s
// that it comes from.
func runes(s string) iter.Seq2[rune, int] {
	return func(yield func(rune, int) bool) {
		for i := 0; i < len(s); {
			r, n := utf8.DecodeRuneInString(s[i:])
			if plain(r) && standsAlone(s[i+n:]) {
				if !yield(same(r), i) {
					return
				}
				i += n
				continue
			}
			end := i + max(n, norm.NFKC.NextBoundaryInString(s[i:], true))
			for _, r := range norm.NFKC.String(s[i:end]) {
				if !hidden(r) && !yield(same(r), i) {
					return
				}
			}
			i = end
		}
	}
}

// standsAlone reports whether what follows cannot join the character before it.
func standsAlone(next string) bool {
	if next == "" || next[0] < 0x80 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(next)
	return plain(r)
}

// spread yields the folded characters of s with one space wherever the class
// changes, before the first and after the last, and a line feed between
// paragraphs. So a word of letters stands between spaces wherever it is, and
// AI时代 and AI 时代 are the same.
func spread(s string) iter.Seq2[rune, int] {
	return func(yield func(rune, int) bool) {
		last := space
		if !yield(' ', 0) {
			return
		}
		for r, at := range runes(s) {
			c := classify(r)
			if c == word && (last == glyph || last == word) && unicode.IsMark(r) {
				c = last
			}
			switch {
			case c == line && last == line, c == space && (last == space || last == line):
				continue
			case c == line:
				if last != space && !yield(' ', at) || !yield('\n', at) || !yield(' ', at) {
					return
				}
			case c == space:
				if !yield(' ', at) {
					return
				}
			default:
				if c != last && last != space && last != line && !yield(' ', at) || !yield(r, at) {
					return
				}
			}
			last = c
		}
		if last != space && last != line {
			yield(' ', len(s))
		}
	}
}

// Fold returns the form of s in which texts and queries are compared: NFKC, lower
// case, one form of each Han character, quotes straight, nothing hidden, and one
// space around each run of letters, of signs, and of characters that need no
// spaces.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for r := range spread(s) {
		b.WriteRune(r)
	}
	return b.String()
}
