package text

import (
	_ "embed"
	"strings"
)

//go:embed han.txt
var hanLines string

// han says for each character below U+10000 which one stands for it; 0 where it
// stands for itself.
var han = readHan(hanLines)

func readHan(lines string) *[0x10000]uint16 {
	var table [0x10000]uint16
	for line := range strings.Lines(lines) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		forms := []rune(strings.TrimSpace(line))
		for _, r := range forms[1:] {
			table[r] = uint16(forms[0])
		}
	}
	return &table
}

// simplify returns the character that stands for r in a search.
func simplify(r rune) rune {
	if r < 0x10000 && han[r] != 0 {
		return rune(han[r])
	}
	return r
}
