package broker

// Lists of events with where each of them stands: newest first, a page at a time,
// with bounded work however much is stored.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"xietong.dev/shared/pg"
)

// Search selects events for a list. Empty fields select all.
type Search struct {
	Type        string  // a part of the type
	Service     string  // a function that the event was for
	Unit        string  // the unit attribute, whole
	Outcome     Outcome // where Service is named, that of its deliveries alone
	Correlation string
	ID          string
	CausedBy    string    // the id of the event that caused it
	Text        string    // in the attributes or in the data, letter by letter
	Since       time.Time // accepted no earlier
	Until       time.Time // accepted no later

	After  int64 // only events with a greater Seq
	Before int64 // only events with a smaller Seq, where it is not 0
	Limit  int   // entries of one page: 100 where it is 0, at most 10,000
	Look   int   // events to look at for one page: [DefaultLook] where it is 0
}

// DefaultLook is how many events a page looks at, at most. An event of 1 KiB is
// compared in some microseconds, so a page that finds nothing still comes at once.
const DefaultLook = 50_000

// Outcome is where the deliveries of an event stand, taken together.
type Outcome string

// The outcomes. Those of an event with several deliveries may be two at once: one
// delivery dead, another on its way.
const (
	OnItsWay Outcome = "underway" // a delivery at least has not ended
	AllDone  Outcome = "done"     // there are deliveries, and all are done
	SomeDead Outcome = "dead"     // a delivery at least was given up
	Untaken  Outcome = "untaken"  // no Trigger took it
)

// Entry is one line of a list: an event without its data, and where it went.
type Entry struct {
	Seq         int64
	ID, Source  string
	Type        string
	Subject     string
	Unit        string
	Correlation string
	ReceivedAt  time.Time
	Standings   []Standing // by Trigger
}

// Standing is where one delivery stands.
type Standing struct {
	Seq      int64
	Trigger  string
	Service  string
	State    State
	Attempts int // those that failed and counted, and the one that ended it
	Code     int
	Reason   string
}

// Found is one page of a list.
type Found struct {
	Entries []Entry   // newest first
	Next    int64     // Before for the page of older events; 0 where nothing is older
	Full    bool      // the page is full; where it is not and Next is not 0, it looked only so far
	Looked  int       // events that were looked at, where the page is not full
	Reached time.Time // when the oldest of those was accepted
}

// Find returns a page of events, newest first.
func (b *Broker) Find(ctx context.Context, s Search) (Found, error) {
	found, err := b.find(ctx, s)
	if err != nil {
		return found, fmt.Errorf("list events: %w", err)
	}
	return found, nil
}

func (b *Broker) find(ctx context.Context, s Search) (found Found, err error) {
	window, w, err := b.within(ctx, s)
	if err != nil {
		return found, err
	}
	bounds := slices.Clone(w.args)
	if err := b.match(ctx, s, w); err != nil {
		return found, err
	}
	most := limit(s.Limit)
	found.Entries, err = b.entries(ctx, entryColumns+` FROM (SELECT * FROM event`+window+`) e`+w.sql()+` ORDER BY e.seq DESC LIMIT `+w.arg(most+1), w.args)
	if err != nil {
		return found, err
	}
	if len(found.Entries) > most {
		found.Entries, found.Full = found.Entries[:most], true
		found.Next = found.Entries[most-1].Seq
		return found, nil
	}
	var oldest *time.Time
	var last int64
	err = b.DB.QueryRow(ctx, `SELECT count(*), coalesce(min(seq), 0), min(received_at) FROM (SELECT seq, received_at FROM event`+window+`) e`, bounds...).Scan(&found.Looked, &last, &oldest)
	if oldest != nil {
		found.Reached = *oldest
	}
	if found.Looked == s.look() {
		found.Next = last
	}
	return found, err
}

func (s Search) look() int {
	if s.Look <= 0 {
		return DefaultLook
	}
	return s.Look
}

const entryColumns = `SELECT e.seq, e.attributes, e.correlation, e.received_at`

// entries reads lines and then where each stands.
func (b *Broker) entries(ctx context.Context, sql string, args []any) ([]Entry, error) {
	rows, err := b.DB.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	all, err := collect(rows, scanEntry)
	if err != nil || len(all) == 0 {
		return all, err
	}
	place, seqs := map[int64]int{}, make([]int64, len(all))
	for i, e := range all {
		place[e.Seq], seqs[i] = i, e.Seq
	}
	standings, err := b.Standings(ctx, seqs)
	for _, s := range standings {
		e := &all[place[s.Seq]]
		e.Standings = append(e.Standings, s)
	}
	return all, err
}

func scanEntry(row pg.Rows) (Entry, error) {
	var e Entry
	var attributes string
	if err := row.Scan(&e.Seq, &attributes, &e.Correlation, &e.ReceivedAt); err != nil {
		return e, err
	}
	var all map[string]string
	if err := json.Unmarshal([]byte(attributes), &all); err != nil {
		return e, fmt.Errorf("read the attributes of event %d: %w", e.Seq, err)
	}
	e.ID, e.Source, e.Type, e.Subject, e.Unit = all["id"], all["source"], all["type"], all["subject"], all["unit"]
	return e, nil
}

// Standings returns where the deliveries of some events stand, by event and Trigger.
func (b *Broker) Standings(ctx context.Context, seqs []int64) ([]Standing, error) {
	rows, err := b.DB.Query(ctx, `SELECT d.seq, d.trigger, `+serviceOf+`, d.state, d.attempts, d.code, d.reason
		FROM delivery d LEFT JOIN lane l ON l.trigger = d.trigger WHERE d.seq = ANY ($1) ORDER BY d.seq, d.trigger`, seqs)
	if err != nil {
		return nil, fmt.Errorf("read where deliveries stand: %w", err)
	}
	all, err := collect(rows, func(row pg.Rows) (s Standing, err error) {
		return s, row.Scan(&s.Seq, &s.Trigger, &s.Service, &s.State, &s.Attempts, &s.Code, &s.Reason)
	})
	if err != nil {
		return nil, fmt.Errorf("read where deliveries stand: %w", err)
	}
	return all, nil
}

// ErrNoEvent says that there is no event of this number, or no longer.
var ErrNoEvent = errors.New("no such event")

// Event returns one event with all that became of its deliveries.
func (b *Broker) Event(ctx context.Context, seq int64) (Told, error) {
	all, err := b.Tell(ctx, Query{After: seq - 1, Limit: 1})
	if err != nil {
		return Told{}, err
	}
	if len(all) == 0 || all[0].Seq != seq {
		return Told{}, fmt.Errorf("event %d: %w", seq, ErrNoEvent)
	}
	return all[0], nil
}

// Services returns the function of each Trigger that a broker has written down.
func (b *Broker) Services(ctx context.Context) (map[string]string, error) {
	rows, err := b.DB.Query(ctx, `SELECT trigger, service FROM lane`)
	if err != nil {
		return nil, fmt.Errorf("read the Triggers: %w", err)
	}
	all := map[string]string{}
	_, err = collect(rows, func(row pg.Rows) (trigger string, err error) {
		var service string
		err = row.Scan(&trigger, &service)
		all[trigger] = service
		return trigger, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the Triggers: %w", err)
	}
	return all, nil
}
