package extractive

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// With a rate of ln 2, half of all minutes do not hold a word, and half of ln 2
// hold it once.
func TestGain(t *testing.T) {
	once := newItem(2, math.Ln2)
	for already, want := range []float64{2 * .5, 2 * (.5 - .5*math.Ln2), 2 * (.5 - .5*math.Ln2 - .25*math.Ln2*math.Ln2)} {
		if got := once.gain(already); math.Abs(got-want) > 1e-12 {
			t.Errorf("gain(%d) = %v, want %v", already, got, want)
		}
	}
	if got := newItem(1, highestRate).gain(1000); got != 0 {
		t.Errorf("gain(1000) = %v, want 0", got)
	}
}

// What was said is not said again, and the order is that of time.
func TestChoose(t *testing.T) {
	p := func() *prospect {
		return &prospect{
			items:   []item{newItem(1, .9), newItem(1, .5), newItem(1, .1)},
			holds:   [][]int32{{2}, {0}, {0, 1}, {1}, {0}},
			factor:  []float64{1, 1, 1, 1, 1},
			already: make([]int, 3),
		}
	}
	sizes := []int{10, 10, 20, 10, 10}
	for _, c := range []struct {
		among      []int
		room, most int
		want       []int
	}{
		{[]int{0, 1, 2, 3, 4}, 50, 9, []int{0, 1, 2, 3}}, // a third time of item 0 is worth less than the rest
		{[]int{0, 1, 2, 3, 4}, 30, 9, []int{1, 2}},
		{[]int{0, 1, 2, 3, 4}, 50, 1, []int{2}},
		{[]int{0, 3}, 20, 9, []int{0, 3}},
		{[]int{2}, 5, 9, []int{2}}, // at least one
		{nil, 5, 9, nil},
	} {
		if d := cmp.Diff(c.want, choose(p(), c.among, sizes, c.room, c.most)); d != "" {
			t.Errorf("choose(%v, room %d, most %d) (-want +got)\n%s", c.among, c.room, c.most, d)
		}
	}
}

// Leaving out what cannot win any more changes nothing.
func TestChooseIsGreedy(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3))
		anyProspect := func(r *rand.Rand) *prospect {
			p := &prospect{already: make([]int, 30)}
			for range 30 {
				p.items = append(p.items, newItem(1+r.Float64(), 3*r.Float64()))
			}
			for range 40 {
				var holds []int32
				for range 1 + r.IntN(8) {
					holds = append(holds, int32(r.IntN(30)))
				}
				p.holds, p.factor = append(p.holds, holds), append(p.factor, r.Float64())
			}
			return p
		}
		among, sizes := make([]int, 40), slices.Repeat([]int{1}, 40)
		for i := range among {
			among[i] = i
		}
		p := anyProspect(r)
		got := choose(p, among, sizes, 10, 40)
		clear(p.already)
		var want []int
		for range 10 {
			rest := slices.DeleteFunc(slices.Clone(among), func(i int) bool { return slices.Contains(want, i) })
			best := p.best(rest)
			p.take(best)
			want = append(want, best)
		}
		slices.Sort(want)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("seed %d (-want +got)\n%s", seed, d)
		}
	}
}
