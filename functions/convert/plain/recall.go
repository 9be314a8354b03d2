package plain

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxMissing is how many characters of what is missing are told.
const maxMissing = 60

// Characters counts the characters of a text that must survive a conversion:
// letters and digits of any script. White space, punctuation and hyphens at the end
// of lines do not count; ligatures, full-width and other compatible forms, and
// capital letters count as the plain ones they stand for.
func Characters(text string) map[rune]int {
	counts := map[rune]int{}
	each := func(r rune) { counts[r]++ }
	counted(text, each)
	return counts
}

// counted calls visit for each character that counts.
func counted(text string, visit func(rune)) {
	var segments norm.Iter
	segments.InitString(norm.NFKC, text)
	for !segments.Done() {
		for _, r := range string(segments.Next()) {
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				visit(unicode.ToLower(r))
			}
		}
	}
}

// Recall is the share of a source's characters that are in a result, each as often
// as in the source: 1 where all are, and where the source has none. Missing is the
// beginning of what is not there, in the order of the source, with … where the
// result has what stands between.
func Recall(source, result string) (ratio float64, missing string) {
	left := Characters(source)
	total := 0
	for _, n := range left {
		total += n
	}
	if total == 0 {
		return 1, ""
	}
	lack := 0
	for r, n := range Characters(result) {
		left[r] -= n
	}
	for _, n := range left {
		lack += max(0, n)
	}
	return 1 - float64(lack)/float64(total), sample(source, left)
}

// sample writes the first characters that a result lacks.
func sample(source string, lack map[rune]int) string {
	var b strings.Builder
	written, gap := 0, false
	counted(source, func(r rune) {
		if lack[r] <= 0 || written == maxMissing {
			gap = true
			return
		}
		if gap && written > 0 {
			b.WriteString("…")
		}
		lack[r]--
		written++
		gap = false
		b.WriteRune(r)
	})
	return b.String()
}
