// Package han is what searches in Chinese need besides the text itself.
//
//	in   characters and names
//	out  the character that a simplified and a traditional one are both searched as,
//	     and the pinyin that a name is found by
package han

import (
	_ "embed"
	"strings"
)

//go:embed han.txt
var lines string

// forms says for each character below U+10000 which one stands for it; 0 where it
// stands for itself.
var forms = readForms(lines)

func readForms(lines string) *[0x10000]uint16 {
	var table [0x10000]uint16
	for line := range strings.Lines(lines) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		alike := []rune(strings.TrimSpace(line))
		for _, r := range alike[1:] {
			table[r] = uint16(alike[0])
		}
	}
	return &table
}

// Simplify returns the character that stands for r in a search.
func Simplify(r rune) rune {
	if r >= 0 && r < 0x10000 && forms[r] != 0 {
		return rune(forms[r])
	}
	return r
}
