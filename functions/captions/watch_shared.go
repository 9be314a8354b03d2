package captions

// Hundreds may watch one meeting: they share what is read of it.

import (
	"context"
	"sync"
	"time"
)

// readings are what was read of sessions a moment ago, by session and line.
type readings struct {
	sync.Mutex
	of map[place]*reading
}

// place is behind which line of a session was read.
type place struct {
	session string
	after   int64
}

// reading is one answer of the database, which may be yet to come.
type reading struct {
	at   time.Time
	done chan struct{}
	said said
	err  error
}

// said is what was said in a session since a line, as it was at most half a turn ago.
// Nobody changes what it returns: others are told of it too.
func (c *Captions) said(ctx context.Context, s session, after int64) (said, error) {
	r := c.recent.reading(place{s.ID, after}, c.Now(), c.WatchEvery/2, func(r *reading) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience) // it is for all who wait
		defer cancel()
		r.said, r.err = readSaid(ctx, c.DB, s, after)
	})
	select {
	case <-r.done:
		return r.said, r.err
	case <-ctx.Done():
		return said{}, ctx.Err()
	}
}

// reading returns the one of a place that is no older than that, or begins another.
func (all *readings) reading(p place, now time.Time, old time.Duration, read func(*reading)) *reading {
	all.Lock()
	defer all.Unlock()
	if r := all.of[p]; r != nil && now.Sub(r.at) < old {
		return r
	}
	for p, r := range all.of {
		if now.Sub(r.at) >= old {
			delete(all.of, p)
		}
	}
	if all.of == nil {
		all.of = map[place]*reading{}
	}
	r := &reading{at: now, done: make(chan struct{})}
	all.of[p] = r
	go func() {
		defer close(r.done)
		read(r)
	}()
	return r
}
