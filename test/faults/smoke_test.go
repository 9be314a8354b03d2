package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// Before a long run is trusted, a short one must pass, and one in which the
// functions break a promise must not.
func TestAShortRunIsGreenAndAMutantIsNot(t *testing.T) {
	for _, c := range []struct {
		o      options
		broken bool
	}{
		{options{length: 15 * time.Second, seed: 1, only: []string{"kill", "term", "database-restart", "bad-network", "clock-jump"}}, false},
		{options{length: 8 * time.Second, seed: 1, only: []string{"kill"}, mutant: "answer-before-commit"}, true},
	} {
		c.o.rate, c.o.drain, c.o.lines = 15, 2*time.Minute, 20
		v, err := harness(t.Context(), c.o)
		if v.Broken() != c.broken || errors.Is(err, errBroken) != c.broken || !c.broken && err != nil {
			t.Errorf("mutant %q: %+v, %v", c.o.mutant, v, err)
		}
		if v.Poison == 0 && !c.broken {
			t.Error("nobody sent poison")
		}
	}
}

func TestARunThatIsTooMildSaysInWhat(t *testing.T) {
	counts := map[string]int{}
	for _, name := range wanted() {
		counts[name] = enough
	}
	if few := tooFew(counts, enoughEvents); len(few) > 0 {
		t.Errorf("got %v", few)
	}
	counts["clock-jump"]--
	if few := strings.Join(tooFew(counts, enoughEvents-1), " "); few != "clock-jump=19 accepted=19999" {
		t.Errorf("got %s", few)
	}
}

// In the twenty minutes that count, every fault is planned more often than it
// must come.
func TestThePlanOfALongRunIsEnough(t *testing.T) {
	planned := map[string]int{}
	for _, s := range plan(1, longEnough, (&world{scratch: "/", clock: "/"}).faults()) {
		planned[s.fault.name]++
	}
	for name, n := range planned {
		if n <= enough {
			t.Errorf("%s is planned %d times, want more than %d", name, n, enough)
		}
	}
}
