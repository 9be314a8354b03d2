// Package proxy puts bad networks between functions and what they work with: an
// object store that is slow, refuses, breaks off or hangs, and a database whose
// connections are cut around COMMIT.
//
//	in   requests of functions, to addresses that stay however the runtime moves
//	out  the same requests to the real store and database, except for those that
//	     the dice single out while trouble lasts
package proxy

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Chance is a fault and how likely it is, of 1, for one request in times of
// trouble.
type Chance struct {
	Fault string
	Share float64
}

// Dice decide what happens to a request, and count.
type Dice struct {
	mu      sync.Mutex
	rand    *rand.Rand
	chances []Chance // none in quiet times
	counts  map[string]int
}

// NewDice returns dice whose throws follow from the seed.
func NewDice(seed uint64) *Dice {
	return &Dice{rand: rand.New(rand.NewPCG(seed, 7)), counts: map[string]int{}}
}

// Trouble begins with these chances, and ends where there are none.
func (d *Dice) Trouble(chances ...Chance) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.chances = chances
}

// Roll returns the fault that befalls a request, one of those that can, or
// nothing.
func (d *Dice) Roll(able ...string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.chances) == 0 {
		return ""
	}
	at := d.rand.Float64()
	for _, c := range d.chances {
		if !slices.Contains(able, c.Fault) {
			continue
		}
		if at < c.Share {
			d.counts[c.Fault]++
			return c.Fault
		}
		at -= c.Share
	}
	return ""
}

// Between returns a length of time from one to another.
func (d *Dice) Between(least, most time.Duration) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return least + time.Duration(d.rand.Int64N(int64(most-least)))
}

// Counts returns how often each fault has happened.
func (d *Dice) Counts() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.counts)
}
