package text

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// slowly is Fold, by the character.
func slowly(s string) string {
	var b strings.Builder
	sp := spread{yield: func(p piece) bool { b.WriteRune(p.r); return true }}
	sp.write(0, ' ')
	for _, r := range norm.NFKC.String(s) {
		if !hidden(r) {
			sp.put(same(r), 0)
		}
	}
	if sp.last != space && sp.last != line {
		sp.write(0, ' ')
	}
	return b.String()
}

// Whatever stands beside whatever, folding by the piece changes nothing, and leads back
// to where each piece comes from.
func TestFoldByPieces(t *testing.T) {
	some := []rune("数据數據aAée2９.。，“”'’ \u3000\t\n\r\u2028\u00ad\u200b\u0301\u3099かがｶﾞ\u1100\u1161가㈱㍿ﬁ²\u0300\ufffd𠮷\U000e0100C+ßΣς\u0e33ขé")
	r := rand.New(rand.NewPCG(1, 1))
	for range 50_000 {
		all := make([]rune, r.IntN(12))
		for i := range all {
			all[i] = some[r.IntN(len(some))]
		}
		s := string(all)
		if got, want := Fold(s), slowly(s); got != want {
			t.Fatalf("%q is folded to %q, want %q", s, got, want)
		}
		for p := range pieces(s) {
			if !strings.HasPrefix(s[p.at:], p.same) || p.at < len(s) && !utf8.RuneStart(s[p.at]) {
				t.Fatalf("%q: %+v does not come from there", s, p)
			}
		}
	}
}
