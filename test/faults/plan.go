package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// fault is something that goes wrong.
type fault struct {
	name string
	per  int           // how often in ten minutes
	tail time.Duration // how long one takes, so that it ends within the run
	do   func(run, *rand.Rand) error
}

// choice is the faults that were named, or all where none is. A run that is too
// short for one that was named would prove nothing of it.
func choice(all []fault, named []string, length time.Duration) ([]fault, error) {
	if len(named) == 0 {
		return all, nil
	}
	var chosen []fault
	for _, name := range named {
		i := slices.IndexFunc(all, func(f fault) bool { return f.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no fault %q here", name)
		}
		if all[i].tail >= length {
			return nil, fmt.Errorf("%s takes %s: give --for more than that", name, all[i].tail)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// step is one fault at its time.
type step struct {
	at    time.Duration
	fault fault
	seed  uint64
}

// plan spreads faults over a run. It follows from the seed alone. Each fault
// comes at least once where the run is long enough for it, and as often as it
// says in ten minutes.
func plan(seed uint64, length time.Duration, faults []fault) []step {
	dice := rand.New(rand.NewPCG(seed, 1))
	var steps []step
	for _, f := range faults {
		room := length - f.tail
		if room <= 0 {
			continue
		}
		n := max(1, int(float64(f.per)*length.Minutes()/10+0.999))
		for i := range n {
			at := time.Duration((float64(i) + dice.Float64()) / float64(n) * float64(room))
			steps = append(steps, step{at, f, dice.Uint64()})
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	return steps
}
