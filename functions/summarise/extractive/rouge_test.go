package extractive

import (
	"strings"
	"unicode"
)

// ROUGE (Lin, 2004): F1 in percent, without stemming; a Chinese character is a
// token.

func rougeTokens(text string) (all []string) {
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' }) {
		if isWide([]rune(w)[0]) {
			all = append(all, strings.Split(w, "")...)
		} else {
			all = append(all, w)
		}
	}
	return
}

func f1(hit, a, b int) float64 {
	if hit == 0 {
		return 0
	}
	return 200 * float64(hit) / float64(a+b)
}

func rougeN(a, b []string, n int) float64 {
	count := map[string]int{}
	for i := 0; i+n <= len(b); i++ {
		count[strings.Join(b[i:i+n], " ")]++
	}
	hit := 0
	for i := 0; i+n <= len(a); i++ {
		g := strings.Join(a[i:i+n], " ")
		if count[g] > 0 {
			count[g]--
			hit++
		}
	}
	return f1(hit, len(a)-n+1, len(b)-n+1)
}

func rougeL(a, b []string) float64 {
	row := make([]int, len(b)+1)
	for _, x := range a {
		diag := 0
		for j, y := range b {
			up := row[j+1]
			if x == y {
				row[j+1] = diag + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diag = up
		}
	}
	return f1(row[len(b)], len(a), len(b))
}
