package quality

import (
	"strings"
	"unicode"
)

// Tokens cuts a text into what ROUGE counts: words in small letters, without
// stemming, and single characters of Chinese.
func Tokens(text string) []string {
	var all []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			all = append(all, word.String())
			word.Reset()
		}
	}
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.Is(unicode.Han, r):
			flush()
			all = append(all, string(r))
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '\'':
			word.WriteRune(r)
		default:
			flush()
		}
	}
	flush()
	return all
}

// Score is ROUGE-1, ROUGE-2 and ROUGE-L (Lin, 2004), each as F1 in percent.
type Score [3]float64

// Rouge scores a summary by what a person wrote.
func Rouge(summary, reference string) Score {
	got, want := Tokens(summary), Tokens(reference)
	return Score{shared(got, want, 1), shared(got, want, 2), subsequence(got, want)}
}

// Sum adds the three.
func (s Score) Sum() float64 { return s[0] + s[1] + s[2] }

// Plus adds a share of another score, for means.
func (s Score) Plus(share float64, other Score) Score {
	for i := range s {
		s[i] += share * other[i]
	}
	return s
}

// shared is F1 of the rows of n tokens that both hold.
func shared(a, b []string, n int) float64 {
	left := map[string]int{}
	for i := 0; i+n <= len(b); i++ {
		left[strings.Join(b[i:i+n], " ")]++
	}
	hits := 0
	for i := 0; i+n <= len(a); i++ {
		row := strings.Join(a[i:i+n], " ")
		if left[row] > 0 {
			left[row]--
			hits++
		}
	}
	return f1(hits, len(a)-n+1, len(b)-n+1)
}

// subsequence is F1 of the longest common subsequence.
func subsequence(a, b []string) float64 {
	longest := make([]int, len(b)+1)
	for _, x := range a {
		before := 0
		for j, y := range b {
			above := longest[j+1]
			switch {
			case x == y:
				longest[j+1] = before + 1
			case longest[j] > above:
				longest[j+1] = longest[j]
			}
			before = above
		}
	}
	return f1(longest[len(b)], len(a), len(b))
}

func f1(hits, a, b int) float64 {
	if hits == 0 {
		return 0
	}
	return 200 * float64(hits) / float64(a+b)
}
