package broker

import (
	"context"
	"sync"
	"time"
)

// write is what must be committed together: events, and ends of deliveries.
type write struct {
	events  []accepted
	ends    []ending
	recount bool // only a wish that the unended deliveries be counted
	done    chan error
}

// maxGroup bounds how many writes one transaction carries.
const maxGroup = 256

// queue lets writes that come at the same time share a transaction: while one
// group is committed the next gathers, so that a sync to disk serves many when
// there are many, and nobody waits when there are few. Groups are committed one
// after the other, so the sequence numbers of events become visible in order.
type queue struct {
	commit  func([]*write)
	mu      sync.Mutex
	waiting []*write
	busy    bool
}

// do commits a write and waits for the result. A write whose caller gives up
// may be committed all the same.
func (q *queue) do(ctx context.Context, w *write) error {
	w.done = make(chan error, 1)
	q.mu.Lock()
	q.waiting = append(q.waiting, w)
	begin := !q.busy
	q.busy = true
	q.mu.Unlock()
	if begin {
		go q.drain()
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// linger is how long a group waits to become as large as the last one. Those
// whose writes have just ended often come with the next at once, and without
// this the first of them would get a sync to disk for itself.
const linger = 300 * time.Microsecond

// drain commits group after group until nobody waits.
func (q *queue) drain() {
	last := 0
	for {
		q.await(last)
		q.mu.Lock()
		n := min(len(q.waiting), maxGroup)
		group := q.waiting[:n:n]
		q.waiting = q.waiting[n:]
		if n == 0 {
			q.busy, q.waiting = false, nil
		}
		q.mu.Unlock()
		if n == 0 {
			return
		}
		q.commit(group)
		last = n
	}
}

// await waits until as many writes are here as the last group had, but not for
// long.
func (q *queue) await(n int) {
	for deadline := time.Now().Add(linger); n > 1 && time.Now().Before(deadline); time.Sleep(linger / 10) {
		q.mu.Lock()
		here := len(q.waiting)
		q.mu.Unlock()
		if here >= n {
			return
		}
	}
}
