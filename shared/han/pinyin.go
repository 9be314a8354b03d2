package han

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// polyphones are the characters that titles and names often have in another reading
// than their first. Nearly every character has a rare one, which nobody types.
const polyphones = "重长乐行曾单解仇朴查盖任都地传藏朝调率会还大觉校参降弹系便乘奇车血薄尉沈卡落折宿贾秘区洗冯召员缪万陆柏露角差厦六台盛殷燕莘种"

// What is spelt of one name: longer ones are found by their beginning, or by their
// characters.
const (
	maxSpelt   = 24 // characters
	maxLetters = 24 // of one word
)

// Pinyin returns the words that a name in Chinese is found by besides its
// characters: its syllables written as one from each of them on, and their
// initials. 红楼梦 gives hongloumeng, loumeng, meng, hlm and lm. A character that
// is often read otherwise gives the name's words in those readings, too. It is empty for a name
// without Chinese.
func Pinyin(name string) string {
	var words []string
	for _, run := range strings.FieldsFunc(norm.NFKC.String(name), func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
		for _, syllables := range readings([]rune(run)) {
			words = append(words, spelt(syllables)...)
		}
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}

// Syllable returns the first reading of a Chinese character, without its tone; it is
// empty for every other character.
func Syllable(r rune) string {
	if s := pinyin.SinglePinyin(r, pinyin.Args{Style: pinyin.Normal}); len(s) > 0 {
		return s[0]
	}
	return ""
}

// readings returns the syllables of a run of Han characters: by each one's first
// reading, and with one character in another.
func readings(run []rune) [][]string {
	var first []string
	type other struct {
		at       int
		syllable string
	}
	var others []other
	for _, r := range run[:min(len(run), maxSpelt)] {
		all := pinyin.SinglePinyin(r, pinyin.Args{Style: pinyin.Normal, Heteronym: true})
		if len(all) == 0 {
			continue
		}
		if strings.ContainsRune(polyphones, Simplify(r)) {
			for _, s := range all[1:] {
				others = append(others, other{len(first), typed(s)})
			}
		}
		first = append(first, typed(all[0]))
	}
	out := [][]string{first}
	for _, o := range others {
		changed := slices.Clone(first)
		changed[o.at] = o.syllable
		out = append(out, changed)
	}
	return out
}

// typed is a syllable as keyboards write it.
func typed(syllable string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'ü':
			return 'v'
		case r == 'ê':
			return 'e'
		case r < 'a' || r > 'z':
			return -1 // the tone of a few rare readings
		}
		return r
	}, syllable)
}

// spelt returns the words of some syllables. One of two letters is a word by
// itself, since short words are found whole alone.
func spelt(syllables []string) []string {
	var words []string
	for i, syllable := range syllables {
		whole, initials := strings.Join(syllables[i:], ""), ""
		for _, s := range syllables[i:] {
			initials += s[:min(1, len(s))]
		}
		words = append(words, whole[:min(len(whole), maxLetters)])
		if len(syllable) < 3 {
			words = append(words, syllable)
		}
		if len(initials) > 1 {
			words = append(words, initials)
		}
	}
	return words
}
