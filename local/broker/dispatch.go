package broker

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"xietong.dev/shared/manifest"
)

// lane is one Trigger with what passes it and where that goes.
type lane struct {
	manifest.Trigger
	passes  test
	service *service
	sinks   []*lane // of its dead letters
	takes   test    // of a sink: which dead letters it takes
	due     bool    // there may be ready deliveries; guarded by the service's lock
	served  int     // the round in which it last had deliveries; only Run touches it
}

// service holds the slots that the lanes of one Service share.
type service struct {
	Subscriber
	mu   sync.Mutex
	free int
}

// addLanes makes the lanes of the Triggers: one for each, and one for what it gives up
// for each that is told of that, by its own dead letter sink or by a Trigger on the
// broker of dead letters. So a letter has a way of its own to each of them, also where
// the event has died at another Trigger too.
func (b *Broker) addLanes(triggers []manifest.Trigger) error {
	var told []manifest.Trigger
	for _, t := range triggers {
		if t.Broker == manifest.DeadLetters {
			told = append(told, t)
		}
	}
	for _, t := range triggers {
		if t.Broker == manifest.DeadLetters {
			continue
		}
		if err := b.addLane(t, told); err != nil {
			return fmt.Errorf("trigger %s: %w", t.Name, err)
		}
	}
	return nil
}

// addLane makes the lane of a Trigger, and those of its dead letters.
func (b *Broker) addLane(t manifest.Trigger, told []manifest.Trigger) error {
	main, err := b.lane(t)
	if err != nil {
		return err
	}
	if sink := t.Delivery.DeadLetterSink; sink != "" {
		own := manifest.Trigger{Name: t.Name + ".dead", Broker: t.Broker, Service: sink, Delivery: t.Delivery}
		own.Delivery.DeadLetterSink = ""
		if err := b.addSink(main, own); err != nil {
			return err
		}
	}
	for _, d := range told {
		d.Name = t.Name + "." + d.Name
		if err := b.addSink(main, d); err != nil {
			return err
		}
	}
	return nil
}

// addSink makes a lane of what another gives up, and of nothing else.
func (b *Broker) addSink(main *lane, t manifest.Trigger) error {
	sink, err := b.lane(t)
	if err == nil {
		sink.takes, sink.passes = sink.passes, func(Event) bool { return false }
		main.sinks = append(main.sinks, sink)
	}
	return err
}

func (b *Broker) lane(t manifest.Trigger) (*lane, error) {
	passes, err := Compile(t.Filters)
	if err != nil {
		return nil, err
	}
	l := &lane{Trigger: t, passes: passes}
	if l.service, err = b.service(t.Service); err == nil {
		b.lanes = append(b.lanes, l)
	}
	return l, err
}

func (b *Broker) service(name string) (*service, error) {
	if s, ok := b.services[name]; ok {
		return s, nil
	}
	subscriber, ok := b.Subscribers[name]
	if !ok || subscriber.Do == nil || subscriber.Slots < 1 {
		return nil, fmt.Errorf("there is no subscriber %s with at least one slot", name)
	}
	b.services[name] = &service{Subscriber: subscriber, free: subscriber.Slots}
	return b.services[name], nil
}

// Run delivers events until ctx ends, then lets running deliveries end within
// Grace. What has not ended by then is delivered again by the next Run. A database
// that is away, as Run begins too, is waited for.
func (b *Broker) Run(ctx context.Context) {
	b.takeUp(ctx)
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var running sync.WaitGroup
	running.Go(func() { repeat(ctx, countEvery, b.recount) })
	running.Go(func() { repeat(ctx, sweepEvery, (&sweep{Broker: b}).all) })
	poll := time.NewTicker(b.Poll)
	defer poll.Stop()
	lost := time.NewTicker(lostAfter)
	defer lost.Stop()
	b.wakeAll()
	for round := 0; ; round++ {
		select {
		case <-ctx.Done():
			grace := time.AfterFunc(b.Grace, cancel)
			defer grace.Stop()
			running.Wait()
			return
		case <-poll.C:
			b.wakeAll()
		case <-lost.C:
			b.takeBack(ctx)
		case <-b.wake:
			for _, c := range b.fetch(ctx, round) {
				b.underway.Store(c.place(), true)
				running.Go(func() {
					defer b.underway.Delete(c.place())
					b.deliver(work, c)
				})
			}
		}
	}
}

// How often the unended deliveries are counted, and old events looked for. The
// count wades through what the index still holds of ended ones, so it is seldom.
const (
	countEvery = 5 * time.Second
	sweepEvery = time.Minute
)

// repeat does something now and again after each pause, until ctx ends.
func repeat(ctx context.Context, pause time.Duration, do func(context.Context)) {
	again := time.NewTicker(pause)
	defer again.Stop()
	for ctx.Err() == nil {
		do(ctx)
		select {
		case <-ctx.Done():
		case <-again.C:
		}
	}
}

// signal makes the fetcher look again.
func (b *Broker) signal() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// wakeAll makes the fetcher look into every lane.
func (b *Broker) wakeAll() {
	for _, l := range b.lanes {
		l.service.mark(l)
	}
	b.signal()
}

// wakeLanes makes the fetcher look into the lanes with these names.
func (b *Broker) wakeLanes(names map[string]bool) {
	for _, l := range b.lanes {
		if names[l.Name] {
			l.service.mark(l)
		}
	}
	b.signal()
}

func (s *service) mark(l *lane) {
	s.mu.Lock()
	l.due = true
	s.mu.Unlock()
}

// take reserves the free slots for a lane where it is due.
func (s *service) take(l *lane) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !l.due || s.free == 0 {
		return 0
	}
	n := s.free
	s.free, l.due = 0, false
	return n
}

// give returns slots, and says whether anybody may be waiting for them.
func (s *service) give(n int) {
	s.mu.Lock()
	s.free += n
	s.mu.Unlock()
}

// demand is a lane that may claim up to n deliveries.
type demand struct {
	*lane
	n int
}

// fetch claims deliveries for the lanes that are due, as many as have slots.
// Who has waited longest comes first, so that lanes which share a service take
// turns.
func (b *Broker) fetch(ctx context.Context, round int) []claimed {
	var demands []demand
	for _, l := range slices.SortedStableFunc(slices.Values(b.lanes), func(l, o *lane) int { return cmp.Compare(l.served, o.served) }) {
		if n := l.service.take(l); n > 0 {
			demands = append(demands, demand{l, n})
		}
	}
	if len(demands) == 0 {
		return nil
	}
	limit, cancel := context.WithTimeout(ctx, storeLimit)
	defer cancel()
	all, err := b.claim(limit, demands)
	if err != nil {
		if ctx.Err() == nil {
			b.Log.Error("deliveries not fetched; will try again", slog.Any("error", err))
		}
		all = nil
	}
	for _, c := range all {
		c.lane.served = round
	}
	for _, d := range demands {
		b.settleDemand(d, all, err)
	}
	return all
}

// settleDemand returns the slots that a demand did not use.
func (b *Broker) settleDemand(d demand, all []claimed, err error) {
	got := 0
	for _, c := range all {
		if c.lane == d.lane {
			got++
		}
	}
	d.service.give(d.n - got)
	if err == nil && got == d.n {
		d.service.mark(d.lane) // there may be more
	}
	if err == nil && got < d.n {
		b.signalShared(d.lane)
	}
}

// signalShared looks again for lanes that found no slot because this one had
// reserved them all.
func (b *Broker) signalShared(l *lane) {
	for _, other := range b.lanes {
		if other != l && other.service == l.service {
			b.signal()
			return
		}
	}
}
