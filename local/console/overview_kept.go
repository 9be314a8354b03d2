package console

// What is read for the pages of figures: by one of them at a time, and not again for
// whoever asks a moment later.

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"xietong.dev/local/broker"
)

// How long an answer is kept: ten times as long as it took, so that pages which
// refresh themselves take a tenth of the machine at most.
const (
	keepLeast = 2 * time.Second
	keepTimes = 10
	askLimit  = 10 * time.Second
)

// kept holds answers by what was asked, and lets nobody ask while another does.
type kept[K comparable, T any] struct {
	mu      sync.Mutex
	answers map[K]answer[T]
}

type answer[T any] struct {
	value T
	until time.Time
}

// get returns the answer that is kept, or asks. Whoever gives up waiting does not end
// the asking for those behind.
func (k *kept[K, T]) get(ctx context.Context, now func() time.Time, key K, ask func(context.Context) (T, error)) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	began := now()
	if a, has := k.answers[key]; has && began.Before(a.until) {
		return a.value, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askLimit)
	defer cancel()
	value, err := ask(ctx)
	if err != nil {
		return value, err
	}
	if k.answers == nil {
		k.answers = map[K]answer[T]{}
	}
	ended := now()
	k.answers[key] = answer[T]{value, ended.Add(max(keepLeast, keepTimes*ended.Sub(began)))}
	return value, nil
}

// reach is how far back figures go, and in which steps.
type reach struct {
	Word string // of the address and of the message table
	Back time.Duration
	Step time.Duration
}

var reaches = []reach{
	{"15m", 15 * time.Minute, time.Minute},
	{"1h", time.Hour, time.Minute},
	{"6h", 6 * time.Hour, 5 * time.Minute},
	{"24h", 24 * time.Hour, 15 * time.Minute},
	{"7d", 7 * 24 * time.Hour, time.Hour},
}

var hour = reaches[1]

// watch is what the pages of figures have in common.
type watch struct {
	*desk
	measures  kept[string, broker.Measured]
	standings kept[struct{}, []broker.TriggerStanding]
	checks    kept[struct{}, []checked]
	ready     kept[struct{}, map[string]bool]

	mu      sync.Mutex
	crashes map[string]crash
}

// measured returns what became of deliveries.
func (w *watch) measured(ctx context.Context, r reach) (broker.Measured, error) {
	return w.measures.get(ctx, w.Now, r.Word, func(ctx context.Context) (broker.Measured, error) {
		now := w.Now()
		return w.Broker().Measure(ctx, now.Add(-r.Back), now, r.Step)
	})
}

// standing returns how deliveries stand.
func (w *watch) standing(ctx context.Context) ([]broker.TriggerStanding, error) {
	return w.standings.get(ctx, w.Now, struct{}{}, func(ctx context.Context) ([]broker.TriggerStanding, error) {
		return w.Broker().TriggerStandings(ctx, w.Now())
	})
}

// answering returns what functions of a cluster said that were asked whether they are ready.
func (w *watch) answering(ctx context.Context) map[string]bool {
	said, _ := w.ready.get(ctx, w.Now, struct{}{}, func(ctx context.Context) (map[string]bool, error) { return w.Cluster.Health(ctx), nil })
	return said
}

// checked is what came of a check.
type checked struct {
	Name string
	Fine bool
	Took time.Duration
}

const checkLimit = 3 * time.Second

// checkedNow asks everything that functions work with, all at once and each for a
// limited time.
func (w *watch) checkedNow(ctx context.Context) []checked {
	all, _ := w.checks.get(ctx, w.Now, struct{}{}, func(ctx context.Context) ([]checked, error) {
		ctx, cancel := context.WithTimeout(ctx, checkLimit)
		defer cancel()
		all := make([]checked, len(w.Checks))
		var asking sync.WaitGroup
		for i, c := range w.Checks {
			asking.Go(func() {
				began := w.Now()
				err := c.Ask(ctx)
				all[i] = checked{Name: c.Name, Fine: err == nil, Took: w.Now().Sub(began)}
				if err != nil {
					w.Log.Warn("a check failed", slog.String("check", c.Name), slog.Any("error", err))
				}
			})
		}
		asking.Wait()
		return all, nil
	})
	return all
}

// crash is when somebody who looked found that a function had crashed again.
type crash struct {
	count int
	seen  time.Time
}

// crashedLately notes how often functions have crashed, and returns those that did
// since lately: the supervisor only counts, so a crash is as old as the first look at it.
func (w *watch) crashedLately(states []State, now time.Time) map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	fresh := map[string]bool{}
	for _, s := range states {
		known := w.crashes[s.Word]
		if s.Crashes > known.count {
			known = crash{s.Crashes, now}
			w.crashes[s.Word] = known
		}
		fresh[s.Word] = known.count > 0 && now.Sub(known.seen) < crashLately
	}
	return fresh
}

const crashLately = 10 * time.Minute

// forget has everything asked for again, after a change.
func (k *kept[K, T]) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.answers)
}
