package text

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"xietong.dev/shared/han"
)

// SortKey returns what a title is sorted by: the pinyin of Chinese, then the title
// itself.
func SortKey(title string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(title) {
		if s := han.Syllable(r); s != "" {
			b.WriteString(s + " ")
		} else if !hidden(r) {
			b.WriteRune(same(r))
		}
	}
	return strings.TrimLeftFunc(b.String(), func(r rune) bool { return classify(r) < word }) + "\x1f" + title
}
