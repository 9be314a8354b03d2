package wer

import "testing"

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		said, heard string
		want        int
	}{
		{"", "", 0},
		{"The budget, please.", "the budget please", 0},
		{"the budget is ready", "the budget was ready", 1},
		{"the budget is ready", "budget ready now", 3},
		{"one two", "", 2},
		{"", "one two three", 3},
		{"don't stop", "do not stop", 2},
	} {
		if got := Errors(Words(c.said), Words(c.heard)); got != c.want {
			t.Errorf("%q heard as %q: %d errors, want %d", c.said, c.heard, got, c.want)
		}
	}
}
