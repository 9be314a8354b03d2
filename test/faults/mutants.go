package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// points are the places in shared/fn at which a function can end itself.
func points() []string { return []string{"before_commit", "after_put", "after_commit", "after_send"} }

// chances is how likely each point kills, by function. after_put is where an
// object was written and its row is not, and few functions write objects; after_send is
// where events are posted, and most functions reply with one instead.
func chances() map[string]string {
	const all = "before_commit:0.005,after_commit:0.004,"
	return map[string]string{
		"uploads": all + "after_send:0.1", "minutes": all + "after_send:0.06",
		"transcribe": all + "after_put:0.25,after_send:0.3", "summarise": all + "after_put:0.1,after_send:0.1", "captions": all,
	}
}

// spoil are the settings that have functions kill themselves, and keep a promise
// less where a mutant is named.
func (w *world) spoil(mutant string) (sets []string) {
	for word, chance := range chances() {
		sets = append(sets, word+".FAULTS_KILL="+chance, word+".FAULTS_LOG="+w.killed, word+".FAULTS_MUTANT="+mutant)
	}
	return sets
}

// calm ends that: functions that cannot write down that they die do not, and who
// fell asleep when nobody was there to wake it any more goes on. What was written
// is kept for the report.
func (w *world) calm() {
	w.wakeAll()
	if err := os.Rename(w.killed, w.killed+".read"); err != nil {
		w.couldNot(err)
	}
}

// suicides counts how often each point has killed.
func (w *world) suicides() map[string]int {
	counts := map[string]int{}
	text, err := os.ReadFile(w.killed + ".read")
	if err != nil {
		w.couldNot(err)
	}
	for _, point := range strings.Fields(string(text)) {
		counts["kill-"+point]++
	}
	return counts
}

// mutants are the promises that shared/fn can be made to break, each with the
// faults that bring it to light soonest.
func mutants() map[string][]string {
	quick := []string{"kill", "bad-network", "runtime-kill"}
	return map[string][]string{
		"effect-outside-transaction": quick, "answer-before-commit": quick, "random-object-names": quick, "no-data-hash": quick,
		"no-fence": {"pause", "bad-network"},
	}
}

// tryMutants runs every mutant, and fails where one is not caught. Only broken
// rules count: a run that comes to no end proves nothing.
func tryMutants(ctx context.Context, o options) error {
	var missed []error
	for _, mutant := range slices.Sorted(maps.Keys(mutants())) {
		o.mutant, o.only = mutant, mutants()[mutant]
		if slices.Contains(o.only, "pause") {
			o.rate = min(o.rate, 6) // others must get at the sleepers' work in time
		}
		v, err := harness(ctx, o)
		caught := "yes"
		if !v.Broken() || !errors.Is(err, errBroken) || errors.Is(err, errNotIdle) {
			caught = "no"
			missed = append(missed, fmt.Errorf("mutant %s was not caught: %w", mutant, errors.Join(err, errUnharmed)))
		}
		fmt.Printf("mutant=%s caught=%s lost=%d twice=%d orphans=%d poison=%d\n", mutant, caught, len(v.Lost), len(v.Twice), len(v.Orphans), v.Poison)
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(missed...)
}

var errUnharmed = errors.New("no rule was broken")
