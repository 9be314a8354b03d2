package rules_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/score/rules"
)

func seeded() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func compiled(t testing.TB, s rules.Set) *rules.Program {
	t.Helper()
	p, err := rules.Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// CEL and plain Go decide alike, to the last reason: 150 rules on 10,000 inputs.
func TestDecideAgreesWithPlainGo(t *testing.T) {
	r := seeded()
	all := twins(r)
	agree(t, r, all, 10_000)
}

// With 150 rules nearly every input is blocked. With eight, each outcome and
// each limit is met.
func TestDecideAgreesWithPlainGoOnSmallSets(t *testing.T) {
	r := seeded()
	all := twins(r)
	outcomes, limits := map[rules.Outcome]int{}, map[string]int{}
	for range 100 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		o, l := agree(t, r, all[:8], 100)
		add(outcomes, o)
		add(limits, l)
	}
	if len(outcomes) != 5 || len(limits) != 4 {
		t.Errorf("met outcomes %v and limits %v, want all", outcomes, limits)
	}
}

func add[K comparable](to, from map[K]int) {
	for k, n := range from {
		to[k] += n
	}
}

// agree compares whole decisions, and counts what they were.
func agree(t *testing.T, r *rand.Rand, all []twin, inputs int) (map[rules.Outcome]int, map[string]int) {
	t.Helper()
	set := setOf(all)
	p := compiled(t, set)
	outcomes, limits := map[rules.Outcome]int{}, map[string]int{}
	for n := range inputs {
		in := randomInput(r)
		got := p.Decide(in)
		if diff := cmp.Diff(expect(set, all, in), got); diff != "" {
			t.Fatalf("input %d: %+v\n%s", n, in, diff)
		}
		outcomes[got.Outcome]++
		limits[got.Limited]++
	}
	return outcomes, limits
}

// A program that was loaded decides like the one that was stored.
func TestLoadDecidesAlike(t *testing.T) {
	r := seeded()
	set := setOf(twins(r))
	set.Rules[3].Off = true
	p := compiled(t, set)
	checked, err := p.Checked()
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := rules.Load(set, checked)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Bases(), loaded.Bases()); diff != "" || p.Cost() != loaded.Cost() || p.Hash() != loaded.Hash() {
		t.Errorf("cost %d and %d, hash %s and %s, bases:\n%s", p.Cost(), loaded.Cost(), p.Hash(), loaded.Hash(), diff)
	}
	for range 1000 {
		in := randomInput(r)
		if diff := cmp.Diff(p.Decide(in), loaded.Decide(in)); diff != "" {
			t.Fatal(diff)
		}
	}
	again, err := loaded.Checked()
	if err != nil || string(again) != string(checked) {
		t.Errorf("stored again it is different (%v)", err)
	}
}

// One program serves many at once. The race detector has the last word.
func TestDecideAtOnce(t *testing.T) {
	r := seeded()
	p := compiled(t, setOf(twins(r)))
	in := randomInput(r)
	want := p.Decide(in)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if diff := cmp.Diff(want, p.Decide(in)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	all.Wait()
}
