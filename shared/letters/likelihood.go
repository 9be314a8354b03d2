package letters

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// The bits that a character of each class costs, roughly the logarithm of how
// often it comes in a text divided by how many characters are in the class.
const (
	costLetter      = -5.0
	costASCII       = -7.0
	costControl     = -20.0
	costFrequent    = -9.6  // some 1,100 characters, three quarters of a text
	costCommon      = -14.5 // the first levels of GB 2312 and Big5
	costRare        = -19.0
	costPunctuation = -7.5
	costWide        = -12.0 // full-width Latin
	costKana        = -7.5
	costHalfKana    = -16.0
	costHangul      = -8.0
	costOtherHangul = -15.0
	costAccent      = -10.0 // beside a Latin letter
	costLatin       = -15.0
	costOther       = -17.0
	costPrivate     = -25.0
	costNone        = -40.0
)

// likelihood is how likely a decoded text is, in bits; more is likelier. Wrong
// encodings make rare characters of common ones.
func likelihood(text string) float64 {
	sum, before := 0.0, ' '
	listed := classes()
	for i, r := range text {
		_, n := utf8.DecodeRuneInString(text[i:])
		after, _ := utf8.DecodeRuneInString(text[i+n:])
		switch cost, ok := listed[r]; {
		case ok:
			sum += cost
		case isAccent(r) && (isLetter(before) || isLetter(after)):
			sum += costAccent
		default:
			sum += costOf(r)
		}
		before = r
	}
	return sum
}

func isLetter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }
func isAccent(r rune) bool { return r >= 0xc0 && r < 0x180 && unicode.IsLetter(r) }

// costOf is what a character costs that is in no list.
func costOf(r rune) float64 {
	switch {
	case r == unicode.ReplacementChar, r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe, r >= 0xd800 && r <= 0xdfff:
		return costNone
	case isLetter(r), r == ' ', r >= '0' && r <= '9', r == '\n', r == '\r', r == '\t':
		return costLetter
	case r < ' ', r >= 0x7f && r < 0xa0:
		return costControl
	case r < 0x7f:
		return costASCII
	case unicode.Is(unicode.Co, r), !unicode.IsPrint(r):
		return costPrivate
	case r >= 0xff61 && r <= 0xff9f:
		return costHalfKana
	case r >= 0xff01 && r <= 0xff5e:
		return costWide
	case unicode.In(r, unicode.Hiragana, unicode.Katakana):
		return costKana
	case unicode.Is(unicode.Hangul, r):
		return costOtherHangul
	case unicode.Is(unicode.Han, r):
		return costRare
	case unicode.Is(unicode.Latin, r):
		return costLatin
	}
	return costOther
}

// classes holds what the characters cost that are listed somewhere.
var classes = sync.OnceValue(func() map[rune]float64 {
	m := map[rune]float64{}
	level(m, simplifiedchinese.GBK.NewDecoder().Bytes, 0xb0, 0xd7, 0xa1)
	level(m, traditionalchinese.Big5.NewDecoder().Bytes, 0xa4, 0xc6, 0x40)
	for _, list := range []struct {
		runes string
		cost  float64
	}{{frequent, costFrequent}, {frequentPunctuation, costPunctuation}, {frequentHangul, costHangul}} {
		for r := range strings.SplitSeq(list.runes, "") {
			c, _ := utf8.DecodeRuneInString(r)
			m[c] = list.cost
		}
	}
	return m
})

// level adds the characters of the rows in which a standard put the common ones.
func level(m map[rune]float64, decode func([]byte) ([]byte, error), from, to, cell int) {
	for lead := from; lead <= to; lead++ {
		for trail := cell; trail <= 0xfe; trail++ {
			text, err := decode([]byte{byte(lead), byte(trail)})
			if r, n := utf8.DecodeRune(text); err == nil && n == len(text) && unicode.Is(unicode.Han, r) {
				m[r] = costCommon
			}
		}
	}
}
