package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
	"xietong.dev/test/faults/evidence"
)

// source is what the senders call themselves.
const source = "/test/faults"

// load sends work at a bounded rate, and remembers what it was promised.
type load struct {
	world  *world
	seed   uint64
	speech []byte // a short recording

	mu       sync.Mutex
	promised evidence.Promises
	mended   []mended
	stories  int
	failed   []error // what should have been taken and was not
	cut      []error // stories that the end of the run cut off: nothing is expected of them
}

// mended is an event whose object is missing until the first drain.
type mended struct{ recording, event, key string }

// senders is how many stories are sent at the same time.
const senders = 48

// maxBacklog keeps the senders from running far ahead of the functions.
const maxBacklog = 3000

// run sends stories until ctx ends; what has begun then gets some grace to be
// sent whole.
func (l *load) run(ctx context.Context, rate float64, grace time.Duration) {
	telling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	defer cancel()
	defer stop()
	var all sync.WaitGroup
	defer all.Wait()
	free := make(chan struct{}, senders)
	tick := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer tick.Stop()
	for i := uint64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if l.world.backlog.Load() > maxBacklog {
			continue
		}
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return
		}
		dice := rand.New(rand.NewPCG(l.seed, 1000+i))
		all.Go(func() {
			l.tell(telling, dice, choose(dice))
			<-free
		})
		i++
	}
}

// tell tells one story.
func (l *load) tell(ctx context.Context, dice *rand.Rand, story func(*sender) error) {
	s := &sender{Context: ctx, load: l, dice: dice}
	err := story(s)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stories++
	switch {
	case err == nil:
	case ctx.Err() == nil:
		l.failed = append(l.failed, err)
	default:
		l.cut = append(l.cut, err)
	}
}

// promises returns what was promised so far.
func (l *load) promises() evidence.Promises {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.promised
	p.Poison, p.Endings, p.Tried = slices.Clone(p.Poison), slices.Clone(p.Endings), maps.Clone(p.Tried)
	return p
}

// sender tells one story.
type sender struct {
	context.Context
	*load
	dice *rand.Rand
}

// id returns a fresh id.
func (s *sender) id() string {
	var b [16]byte
	for i := range b {
		b[i] = byte(s.dice.UintN(256))
	}
	return hex.EncodeToString(b[:])
}

// event is an event of the senders' own. Its time is that of the story, plus
// its place in it.
func (s *sender) event(data events.Data, began time.Time, place int) (events.Event, error) {
	e, err := events.New(data)
	e.SetID(s.id())
	e.SetSource(source)
	e.SetTime(began.Add(time.Duration(place) * time.Millisecond).UTC().Truncate(time.Microsecond))
	return e, err
}

// send sends an event until it is accepted; some of them several times at once.
func (s *sender) send(e events.Event) error {
	copies := 1
	if s.dice.Float64() < 0.15 {
		copies += 1 + s.dice.IntN(3)
		s.world.count("duplicates", copies-1)
	}
	failures := make(chan error, copies)
	for range copies {
		go func() { failures <- s.sendOne(e) }()
	}
	var first error
	for range copies {
		if err := <-failures; err != nil {
			first = err
		}
	}
	return first
}

func (s *sender) sendOne(e events.Event) error {
	return s.until("event "+e.Type(), func(ctx context.Context) (bool, error) {
		r, _, err := s.world.now(ctx)
		if err != nil {
			return false, nil
		}
		status, err := r.Send(ctx, e)
		switch {
		case err != nil || status/100 == 5:
			return false, nil
		case status != http.StatusAccepted:
			return false, fmt.Errorf("event %s was answered %d", e.ID(), status)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.promised.Receipts = append(s.promised.Receipts, evidence.Receipt{Source: e.Source(), ID: e.ID(), Type: e.Type()})
		return true, nil
	})
}

// upload puts an object into the recordings bucket until the store takes it.
func (s *sender) upload(key string, body []byte, metadata map[string]string) error {
	s.mu.Lock()
	s.promised.Tried[key] = true
	s.mu.Unlock()
	return s.until("upload "+key, func(ctx context.Context) (bool, error) {
		info, err := s.put(ctx, "recordings", key, body, metadata)
		if err != nil {
			return false, nil
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.promised.Puts = append(s.promised.Puts, evidence.Put{Key: key, ETag: info.ETag, Size: int64(len(body))})
		return true, nil
	})
}

func (s *sender) put(ctx context.Context, bucket, key string, body []byte, metadata map[string]string) (blob.Info, error) {
	r, _, err := s.world.now(ctx)
	if err != nil {
		return blob.Info{}, err
	}
	return r.Blob.Put(ctx, bucket, key, bytes.NewReader(body), blob.Put{Size: int64(len(body)), Metadata: metadata})
}

// attemptLimit bounds one attempt of a sender.
const attemptLimit = 15 * time.Second

// until tries again until something is done, cannot be done, or time is up.
func (s *sender) until(what string, try func(context.Context) (bool, error)) error {
	for {
		limit, cancel := context.WithTimeout(s, attemptLimit)
		done, err := try(limit)
		cancel()
		if done || err != nil {
			return err
		}
		if err := wait(s, between(s.dice, 50*time.Millisecond, 300*time.Millisecond)); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
}

// ends notes how a recording must end.
func (s *sender) ends(e evidence.Ending) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.promised.Endings = append(s.promised.Endings, e)
}

// deadly notes what must become a dead letter.
func (s *sender) deadly(all ...evidence.Poison) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.promised.Poison = append(s.promised.Poison, all...)
}

// expectMended says that what was missing will be there: no poison any more.
func (l *load) expectMended() []mended {
	l.mu.Lock()
	defer l.mu.Unlock()
	recordings, ids := map[string]bool{}, map[string]bool{}
	for _, m := range l.mended {
		recordings[m.recording], ids[m.event] = true, true
	}
	l.promised.Poison = slices.DeleteFunc(l.promised.Poison, func(p evidence.Poison) bool { return p.Source == source && ids[p.ID] })
	for i, e := range l.promised.Endings {
		if recordings[e.Recording] {
			l.promised.Endings[i] = evidence.Ending{Recording: e.Recording, State: "summarised"}
		}
	}
	return l.mended
}

// restore puts an event together from its row.
func restore(attributes string, data []byte) (events.Event, error) {
	var all map[string]string
	if err := json.Unmarshal([]byte(attributes), &all); err != nil {
		return events.Event{}, err
	}
	return ce.New(all, data)
}
