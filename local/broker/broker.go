// Package broker is the event broker of one machine, in PostgreSQL.
//
//	in   CloudEvents over HTTP (Broker.ServeHTTP) or from this process (Broker.Publish)
//	out  the same events, to every Service whose Trigger they pass, and the replies those give
//
// It keeps to what a Knative broker does, and reads the same Triggers. An event
// is accepted once it is on disk together with one delivery for each Trigger
// that it passes. A delivery is tried until it is done or dead:
//
//	the subscriber answers                        the delivery
//	2xx without a body                            is done
//	2xx with a CloudEvent                         is done, and the reply is published with it
//	2xx with anything else                        failed, and is tried again
//	404, 408, 409, 5xx, nothing, or too late      failed, and is tried again
//	429                                           is tried again; it does not count at first (BusyFor)
//	3xx, and every other 4xx                      is dead at once
//
// When retry+1 attempts have failed the delivery is dead. A dead letter keeps
// the event, the code and the reason, and [Broker.Redrive] sends it on its way
// again, unchanged; [Broker.Replay] sends it anew with other data, and
// [Broker.Discard] gives it up for good. Who did so is an [Act]. Two answers differ from Knative's, which loses an event
// that is redirected and counts a 429 like any failure.
//
// While more deliveries are on their way than MaxQueued, events from outside are
// refused with 429, so that a publisher slows down before the disk is full of
// rows. Events that others caused (those with a causationid, and replies) are
// always taken: refused, they would keep the work that they belong to from ending,
// and the queue would stay full for ever.
//
// An event is removed when all its deliveries are done for longer than Keep, or
// dead or discarded for longer than KeepDead; the objects that it tells of stay. A function's
// ledger must remember for longer than a dead letter may come back.
//
// Delivery is at least once. Where a Trigger is ordered, events with the same
// partitionkey are delivered in the order in which they were accepted, the next
// when the one before is done or dead; otherwise no order is promised. Events
// with the same source and id are not dropped here: the functions' ledgers do that, as they must in
// production. One process at a time runs the broker of a database.
//
// Beside a cluster, whose own broker delivers, the same tables hold what that one tells
// and what the functions' ledgers say of it: see [Config.Forward].
package broker

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
)

// Event is a CloudEvent.
type Event = ce.Event

// Schema is the name of the broker's schema.
const Schema = "broker"

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the files that make the broker's schema.
func Migrations() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Subscriber is where the events of a Service go.
type Subscriber struct {
	// Do sends a request to the Service and returns its answer, as
	// [http.RoundTripper] does: a redirect is an answer and is not followed. It
	// may wait for the Service to start, within the request's context.
	Do func(*http.Request) (*http.Response, error)
	// Slots is how many requests may be under way at once.
	Slots int
}

// Config is what a broker works with. A limit of zero stands for its default.
type Config struct {
	DB          *pg.DB
	Triggers    []manifest.Trigger
	Subscribers map[string]Subscriber // by the Service's name
	Log         *slog.Logger

	MaxQueued int           // unended deliveries beyond which events from outside are refused; 10,000
	MaxEvent  int           // bytes of one event's request or reply; 1 MiB
	MaxHops   int           // replies to replies, so that a loop ends; 64
	MaxWait   time.Duration // longest pause between attempts, whoever asks for it; 10 minutes
	BusyFor   time.Duration // how long answers 429 do not count as attempts; 10 minutes
	Poll      time.Duration // how often to look for what another process made ready; 1 second
	Keep      time.Duration // how long an event is kept after its last delivery was done; 7 days
	KeepDead  time.Duration // how long a dead letter is kept, and its event with it, also once it is discarded; 30 days
	Grace     time.Duration // how long deliveries may go on when the broker stops; 5 seconds

	// Forward hands an event to the broker of a cluster. Where it is set that one
	// delivers, and this one keeps records of what it is told ([Broker.Tellers],
	// [Broker.Learn]): it delivers dead letters that somebody redrives, each to its
	// function alone, and hands on whatever is to be published. Trace is a traceparent.
	Forward func(ctx context.Context, e Event, trace string) error
	Itself  string // the Service that is told of every event on a cluster: whatever was for it has come
}

// Broker accepts events and delivers them.
type Broker struct {
	Config
	lanes    []*lane
	services map[string]*service
	wake     chan struct{} // holds one signal: something may be due, or a slot is free
	queue    queue
	underway sync.Map // the place of each delivery that is being made
	seqs     []int64  // sequence numbers in stock; only the committer touches them
	telling  sync.Mutex
	told     bool         // the lanes are written down; guarded by telling
	queued   atomic.Int64 // deliveries that have not ended
	news     news         // that events were accepted, or deliveries ended
	refusing atomic.Bool  // since the last count somebody was refused
}

// Open compiles the Triggers and returns a broker that accepts and answers at
// once, and delivers while Run runs.
func Open(c Config) (*Broker, error) {
	c = c.withDefaults()
	b := &Broker{Config: c, services: map[string]*service{}, wake: make(chan struct{}, 1)}
	b.queue.commit = b.commit
	if err := b.addLanes(c.Triggers); err != nil {
		return nil, err
	}
	return b, nil
}

func (c Config) withDefaults() Config {
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	c.MaxEvent, c.MaxHops, c.MaxQueued = cmp.Or(c.MaxEvent, 1<<20), cmp.Or(c.MaxHops, 64), cmp.Or(c.MaxQueued, 10_000)
	c.MaxWait, c.BusyFor = cmp.Or(c.MaxWait, 10*time.Minute), cmp.Or(c.BusyFor, 10*time.Minute)
	c.Poll, c.Grace = cmp.Or(c.Poll, time.Second), cmp.Or(c.Grace, 5*time.Second)
	c.Keep, c.KeepDead = cmp.Or(c.Keep, 7*24*time.Hour), cmp.Or(c.KeepDead, 30*24*time.Hour)
	return c
}

// Publish accepts events: when it returns nil they are on disk, all of them,
// with their deliveries. Its error is a [*ce.Error] where an event itself is at
// fault, and a [fault.Busy] where the queue is full.
func (b *Broker) Publish(ctx context.Context, events ...Event) error {
	return b.publish(ctx, "", events...)
}

func (b *Broker) publish(ctx context.Context, trace string, events ...Event) error {
	w := &write{}
	for _, e := range events {
		a, err := b.accept(e, trace, 0)
		if err != nil {
			return err
		}
		w.events = append(w.events, a)
	}
	if len(w.events) == 0 {
		return nil
	}
	if b.Forward != nil {
		return b.forward(ctx, w.events)
	}
	if err := b.admit(w.events); err != nil {
		return err
	}
	return b.queue.do(ctx, w)
}

// forward hands events on, in order.
func (b *Broker) forward(ctx context.Context, events []accepted) error {
	for _, a := range events {
		if err := b.Forward(ctx, a.event, a.trace); err != nil {
			return fmt.Errorf("hand event %s to the broker: %w", a.event.ID(), err)
		}
	}
	return nil
}

// accepted is an event on its way into the database.
type accepted struct {
	event       Event
	attributes  string
	correlation string
	trace       string
	hops        int
	partition   string
	told        string  // what it is known by, where another broker told of it; else empty
	lanes       []*lane // those that it passes
}

// accept checks an event and finds the Triggers that it passes.
func (b *Broker) accept(e Event, trace string, hops int) (accepted, error) {
	if err := ce.Check(e); err != nil {
		return accepted{}, err
	}
	if len(e.Data()) > b.MaxEvent {
		return accepted{}, tooLarge(b.MaxEvent)
	}
	attributes := ce.Attributes(e)
	text, err := json.Marshal(attributes)
	if err != nil {
		return accepted{}, fmt.Errorf("write the attributes of event %s: %w", e.ID(), err)
	}
	a := accepted{event: e, attributes: string(text), hops: hops,
		correlation: cmp.Or(attributes["correlationid"], e.ID()), partition: attributes[partition],
		trace: traceOf(e, trace, attributes["traceparent"])}
	for _, l := range b.lanes {
		if l.passes(e) {
			a.lanes = append(a.lanes, l)
		}
	}
	return a, nil
}

func tooLarge(limit int) error {
	return &ce.Error{Status: http.StatusRequestEntityTooLarge,
		Text: fmt.Sprintf("the event is over %d bytes; put large data into the object store and send its key", limit)}
}

var traceparent = regexp.MustCompile(`^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$`)

// traceOf returns the first candidate that is a W3C traceparent. Without one it
// begins a trace that follows from the event's name, so that what the event
// sets in motion can be told as one story.
func traceOf(e Event, candidates ...string) string {
	for _, c := range candidates {
		if traceparent.MatchString(c) {
			return c
		}
	}
	sum := sha256.Sum256([]byte(e.Source() + "\x00" + e.ID()))
	return fmt.Sprintf("00-%x-%x-01", sum[:16], sum[16:24])
}
