package quality

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Worked out by hand. F1 in percent is 200·hits / (tokens of both).
func TestRouge(t *testing.T) {
	for name, c := range map[string]struct {
		summary, reference string
		want               Score
	}{
		"the same":               {"The pipe is old.", "the pipe is OLD", Score{100, 100, 100}},
		"nothing in common":      {"a b c", "d e f", Score{}},
		"empty":                  {"", "the pipe", Score{}},
		"Lin's example 2":        {"police kill the gunman", "police killed the gunman", Score{75, 100. / 3, 75}},        // police, the, gunman; the gunman; police the gunman
		"Lin's example 3":        {"the gunman kill police", "police killed the gunman", Score{75, 100. / 3, 50}},        // the gunman
		"a word counts once":     {"the the the the", "the pipe", Score{200. / 6, 0, 200. / 6}},                          // one hit of 4 and 2
		"no stemming":            {"pipes", "pipe", Score{}},                                                             //
		"characters":             {"更换新管道", "更换管道", Score{800. / 9, 400. / 7, 800. / 9}},                                 // 更 换 管 道 of 5 and 4; 更换, 管道 of 4 and 3
		"characters and letters": {"用GPU算", "用 gpu 计算", Score{600. / 7, 200. / 5, 600. / 7}},                             // 用 gpu 算 of 3 and 4; 用gpu of 2 and 3
		"in another order":       {"one two three four five", "five one two three four", Score{100, 600. / 8, 160. / 2}}, // 3 rows of 4; 4 of 5
		"marks do not count":     {"yes, we can!", "yes we can", Score{100, 100, 100}},                                   //
		"one token has no row":   {"pipe", "pipe", Score{100, 0, 100}},                                                   //
		"longer than reference":  {"the old pipe broke on sunday", "pipe broke", Score{400. / 8, 200. / 6, 400. / 8}},    // 2 of 6 and 2; 1 of 5 and 1
	} {
		got := Rouge(c.summary, c.reference)
		if d := cmp.Diff(c.want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })); d != "" {
			t.Errorf("%s (-want +got)\n%s", name, d)
		}
	}
}
