package library

import (
	"sync"
	"time"
)

// Counts keeps what the books of long lists were counted by, for a moment: to count
// them reads every one, and many readers look at the same lists. Of a short list each
// book tells, and it is counted anew. The zero value keeps nothing.
type Counts struct {
	For time.Duration
	Now func() time.Time

	mu   sync.Mutex
	kept map[listing]*counted
}

// What is kept: of lists with so many books, and of so many lists.
const (
	longList  = 200
	manyLists = 1000
)

// listing is what the counts of a list follow from.
type listing struct {
	words  string
	field  Field
	filter Filter
	values int
}

// counted is a list that is being counted, or was until its time.
type counted struct {
	mu     sync.Mutex // whoever counts has it
	facets Facets
	until  time.Time
}

// of returns the counts of a list. Whoever asks while they are counted waits for them.
func (c *Counts) of(l listing, count func() (Facets, error)) (Facets, error) {
	if c.For <= 0 {
		return count()
	}
	one := c.entry(l)
	one.mu.Lock()
	defer one.mu.Unlock()
	now := c.Now()
	if now.Before(one.until) {
		return one.facets, nil
	}
	facets, err := count()
	if err != nil || facets.Counted < longList {
		c.forget(l, one)
		return facets, err
	}
	one.facets, one.until = facets, now.Add(c.For)
	return facets, nil
}

// entry is where the counts of a list are kept. Where there are too many all are
// forgotten: they are counted again soon anyway.
func (c *Counts) entry(l listing) *counted {
	c.mu.Lock()
	defer c.mu.Unlock()
	if one := c.kept[l]; one != nil {
		return one
	}
	if c.kept == nil || len(c.kept) >= manyLists {
		c.kept = map[listing]*counted{}
	}
	one := &counted{}
	c.kept[l] = one
	return one
}

func (c *Counts) forget(l listing, one *counted) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept[l] == one {
		delete(c.kept, l)
	}
}
