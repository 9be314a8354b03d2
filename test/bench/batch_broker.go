package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
)

// trial is a broker that delivers everything twice, to processes that die.
type trial struct {
	*cataloguing
	*bench
	rows, lists, sent int

	mu         sync.Mutex
	wake       *sync.Cond
	told       map[string]events.Event // all that was sent, by id
	queue      []events.Event
	busy       int
	deliveries int
	kills      int
	restarts   int
	wrong      int
}

// fault prints what is wrong.
func (t *trial) fault(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.wrong++; t.wrong <= 50 {
		fmt.Printf(format+"\n", args...)
	}
}

// broker takes what the catalogue sends.
func (t *trial) broker() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = t.take(r.Header, body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
}

// take keeps an event, and queues what the catalogue sends to itself. The same event
// comes again, and must be the same then.
func (t *trial) take(h http.Header, body []byte) error {
	e, err := ce.Read(t.ctx, h, body)
	if err != nil {
		return err
	}
	t.mu.Lock()
	before, known := t.told[e.ID()]
	t.told[e.ID()] = e
	t.mu.Unlock()
	switch {
	case known && !bytes.Equal(before.Data(), e.Data()):
		t.fault("event %s was %s, and is %s", e.ID(), before.Data(), e.Data())
	case known:
	default:
		switch e.Type() {
		case events.BookUploaded{}.EventType(), events.BatchRowsRequested{}.EventType(), events.BookCoverRequested{}.EventType():
			t.enqueue(e, e)
		}
	}
	return nil
}

func (t *trial) enqueue(all ...events.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.queue = append(t.queue, all...)
	t.wake.Broadcast()
}

// run delivers events, and all that they lead to, until nothing is left to be done.
func (t *trial) run(first events.Event) {
	t.enqueue(first, first)
	var all sync.WaitGroup
	for range len(t.addresses) * t.slots {
		all.Go(func() {
			for {
				e, more := t.next()
				if !more {
					return
				}
				done := t.attempt(e)
				if !done {
					time.Sleep(200 * time.Millisecond)
					t.enqueue(e)
				}
				t.mu.Lock()
				t.busy--
				t.wake.Broadcast()
				t.mu.Unlock()
			}
		})
	}
	all.Wait()
}

// next waits for an event, and is false once there will be none. What is sent twice
// comes at any two moments.
func (t *trial) next() (events.Event, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.queue) == 0 && t.busy > 0 && t.ctx.Err() == nil {
		t.wake.Wait()
	}
	if len(t.queue) == 0 || t.ctx.Err() != nil {
		return events.Event{}, false
	}
	at := rand.IntN(len(t.queue))
	e := t.queue[at]
	last := len(t.queue) - 1
	t.queue[at], t.queue = t.queue[last], t.queue[:last]
	t.busy++
	return e, true
}

// attempt delivers an event once, and reports whether it came to its end.
func (t *trial) attempt(e events.Event) bool {
	t.mu.Lock()
	address := t.addresses[rand.IntN(len(t.addresses))]
	t.deliveries++
	t.mu.Unlock()
	req, err := ce.NewRequest(t.ctx, address, e)
	if err != nil {
		t.fault("%s: %v", e.ID(), err)
		return true
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	switch {
	case err != nil, res.StatusCode >= 500, res.StatusCode == http.StatusTooManyRequests:
		return false
	case res.StatusCode == http.StatusOK:
		return t.take(res.Header, body) == nil
	}
	return true
}

// storm kills the processes in turn, and after every tenth kill restarts PostgreSQL,
// until it is told to stop.
func (t *trial) storm(every time.Duration) (calm func()) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for n := 1; ; n++ {
			select {
			case <-stop:
				return
			case <-time.After(every/2 + rand.N(every)):
			}
			t.kill(n % len(t.processes))
			if n%10 == 0 {
				t.restartDatabase()
			}
		}
	}()
	return func() { close(stop); <-stopped }
}

// kill ends a process at once, and starts another in its place.
func (t *trial) kill(at int) {
	old := t.processes[at]
	if old.Process.Kill() == nil {
		t.kills++
	}
	old.Wait()
	cmd := exec.Command(old.Path)
	cmd.Env = old.Env
	if err := cmd.Start(); err != nil {
		t.fault("start a process again: %v", err)
		return
	}
	t.processes[at] = cmd
}

// restartDatabase has PostgreSQL drop everything at once; the runtime starts it again.
func (t *trial) restartDatabase() {
	pids, err := t.Processes("postgres")
	if err != nil || len(pids) == 0 {
		return // it is not back yet
	}
	if syscall.Kill(pids[0], syscall.SIGQUIT) == nil {
		t.restarts++
	}
}
