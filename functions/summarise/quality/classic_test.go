package quality

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Four sentences: the second shares a term with each other, the fourth with none
// but the second, and the third repeats the second.
func TestClassic(t *testing.T) {
	var terms [][]string
	for _, said := range []string{"budget bus", "pipe budget village", "pipe budget village", "pipe sunday"} {
		terms = append(terms, strings.Fields(said))
	}
	got := map[string][]int{}
	for _, m := range Classic() {
		got[m.Name] = m.Choose(terms, []int{10, 10, 10, 10}, 20)
	}
	want := map[string][]int{
		"Lead": {0, 1}, "TextRank": {1, 2}, "LexRank": {1, 2},
		"LexRank, MMR": {0, 1}, "centroid, MMR": {0, 1},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestChooseKeepsToRoom(t *testing.T) {
	terms := [][]string{{"a", "b"}, {"c"}, {"d"}}
	for room, want := range map[int][]int{4: nil, 5: {1}, 9: {1}, 10: {0}, 15: {0, 1}, 99: {0, 1, 2}} {
		got := Method{"Lead", lead, 0}.Choose(terms, []int{10, 5, 5}, room)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("room %d (-want +got)\n%s", room, d)
		}
	}
}
