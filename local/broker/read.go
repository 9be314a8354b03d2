package broker

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/pg"
)

// Record is an event as the broker accepted it.
type Record struct {
	Seq        int64
	Event      Event
	Trace      string // traceparent of the request that brought it
	ReceivedAt time.Time
}

// Delivery is an event's way to one Trigger's subscriber.
type Delivery struct {
	Seq       int64
	Trigger   string
	State     State
	Attempts  int        // those that count against the Trigger's retry
	Busy      int        // answers 429 that did not count
	Code      int        // HTTP status of the last answer; 0 where there was none
	Reason    string     // why the last attempt failed; empty where it did not
	NextAt    time.Time  // when a ready delivery is due
	StartedAt *time.Time // of the last attempt
	EndedAt   *time.Time // when it was done, dead or discarded
	Failures  []Failure  // every attempt that failed and counted, in order
	Redrives  []Redriven // in order
	GivenUp   *GivenUp   // where it is discarded
}

// Failure is one attempt that failed and counted.
type Failure struct {
	Code      int
	Reason    string
	StartedAt time.Time
	EndedAt   time.Time
}

// Redriven is one time that a dead letter was sent on its way again.
type Redriven struct {
	Run      int64 // of the [RedriveRun]; 0 before there were any
	Who, Why string
	Code     int    // what it had died of
	Reason   string // what it had died of
	At       time.Time
}

// Query selects events. Empty fields select all.
type Query struct {
	Type        string
	Subject     string
	Correlation string
	After       int64 // only events with a greater Seq
	Before      int64 // only events with a smaller Seq, where it is not 0
	Newest      bool  // the newest Limit events rather than the oldest
	Limit       int   // 100 where it is 0, at most 10,000
	MaxData     int   // bytes of data beyond which an event comes without them; 0 is no bound
}

// Told is one event of a story and where it went.
type Told struct {
	Record
	Deliveries []Delivery
}

const (
	defaultLimit = 100
	maxLimit     = 10_000
)

// Events returns events in the order in which they were accepted. The last Seq
// is where the next call goes on: no event appears before one that was seen.
func (b *Broker) Events(ctx context.Context, q Query) ([]Record, error) {
	var w where
	w.equal("type", q.Type)
	w.equal("subject", q.Subject)
	w.equal("correlation", q.Correlation)
	w.and("seq > ?", q.After)
	w.and("seq < ?", cmp.Or(q.Before, math.MaxInt64))
	order := "seq"
	if q.Newest {
		order = "seq DESC"
	}
	data := "data"
	if q.MaxData > 0 {
		data = `CASE WHEN octet_length(data) <= ` + w.arg(q.MaxData) + ` THEN data END`
	}
	rows, err := b.DB.Query(ctx, `SELECT seq, attributes, `+data+`, trace, received_at FROM event`+w.sql()+` ORDER BY `+order+` LIMIT `+w.arg(limit(q.Limit)), w.args...)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	records, err := collect(rows, scanRecord)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	slices.SortFunc(records, func(a, b Record) int { return int(a.Seq - b.Seq) })
	return records, nil
}

// Story returns the events that one event set in motion, itself included, in
// order and with their deliveries: up to 10,000 events.
func (b *Broker) Story(ctx context.Context, correlation string) ([]Told, error) {
	return b.Tell(ctx, Query{Correlation: correlation, Limit: maxLimit})
}

// Tell returns events in order and with their deliveries.
func (b *Broker) Tell(ctx context.Context, q Query) ([]Told, error) {
	records, err := b.Events(ctx, q)
	if err != nil {
		return nil, err
	}
	story := make([]Told, len(records))
	place, seqs := map[int64]int{}, []int64{}
	for i, r := range records {
		story[i].Record, place[r.Seq], seqs = r, i, append(seqs, r.Seq)
	}
	deliveries, err := b.deliveries(ctx, seqs)
	if err != nil {
		return nil, err
	}
	for _, d := range deliveries {
		told := &story[place[d.Seq]]
		told.Deliveries = append(told.Deliveries, d)
	}
	return story, nil
}

// Deliveries returns where an event went, by Trigger.
func (b *Broker) Deliveries(ctx context.Context, seq int64) ([]Delivery, error) {
	return b.deliveries(ctx, []int64{seq})
}

const deliveryColumns = `d.seq, d.trigger, d.state, d.attempts, d.busy, d.code, d.reason, d.next_at, d.started_at, d.ended_at`

func (b *Broker) deliveries(ctx context.Context, seqs []int64) ([]Delivery, error) {
	rows, err := b.DB.Query(ctx, `SELECT `+deliveryColumns+` FROM delivery d WHERE seq = ANY ($1) ORDER BY seq, trigger`, seqs)
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	all, err := collect(rows, func(row pg.Rows) (d Delivery, err error) { return d, row.Scan(d.columns()...) })
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	return all, b.addHistory(ctx, seqs, all)
}

func (d *Delivery) columns() []any {
	return []any{&d.Seq, &d.Trigger, &d.State, &d.Attempts, &d.Busy, &d.Code, &d.Reason, &d.NextAt, &d.StartedAt, &d.EndedAt}
}

// place names one delivery.
type place struct {
	seq     int64
	trigger string
}

// addHistory fills in the failures and redrives of deliveries, and who gave them up.
func (b *Broker) addHistory(ctx context.Context, seqs []int64, all []Delivery) error {
	at := map[place]*Delivery{}
	for i := range all {
		at[place{all[i].Seq, all[i].Trigger}] = &all[i]
	}
	err := b.eachOf(ctx, `SELECT seq, trigger, code, reason, started_at, ended_at FROM attempt WHERE seq = ANY ($1) ORDER BY ended_at, started_at`, seqs, func(row pg.Rows) error {
		var p place
		var f Failure
		err := row.Scan(&p.seq, &p.trigger, &f.Code, &f.Reason, &f.StartedAt, &f.EndedAt)
		if d := at[p]; d != nil {
			d.Failures = append(d.Failures, f)
		}
		return err
	})
	if err != nil {
		return err
	}
	err = b.eachOf(ctx, `SELECT seq, trigger, run, who, why, code, reason, at FROM redrive WHERE seq = ANY ($1) ORDER BY at`, seqs, func(row pg.Rows) error {
		var p place
		var r Redriven
		err := row.Scan(&p.seq, &p.trigger, &r.Run, &r.Who, &r.Why, &r.Code, &r.Reason, &r.At)
		if d := at[p]; d != nil {
			d.Redrives = append(d.Redrives, r)
		}
		return err
	})
	if err != nil {
		return err
	}
	return b.eachOf(ctx, `SELECT seq, trigger, act, who, why, died_at, at FROM discard WHERE seq = ANY ($1) ORDER BY at`, seqs, func(row pg.Rows) error {
		var p place
		var g GivenUp
		err := row.Scan(&p.seq, &p.trigger, &g.Act, &g.Who, &g.Why, &g.DiedAt, &g.At)
		if d := at[p]; d != nil && d.State == Discarded {
			d.GivenUp = &g
		}
		return err
	})
}

func (b *Broker) eachOf(ctx context.Context, sql string, seqs []int64, each func(pg.Rows) error) error {
	rows, err := b.DB.Query(ctx, sql, seqs)
	if err != nil {
		return fmt.Errorf("read the history of deliveries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return fmt.Errorf("read the history of deliveries: %w", err)
		}
	}
	return rows.Err()
}

// Idle reports whether nothing is on its way: every delivery is done, dead or discarded. One
// that waits for its turn, for its next attempt, or for a paused Trigger, is on
// its way.
func (b *Broker) Idle(ctx context.Context) (bool, error) {
	var idle bool
	err := b.DB.QueryRow(ctx, `SELECT NOT EXISTS (SELECT 1 FROM delivery WHERE state IN (1, 2, 5))`).Scan(&idle)
	if err != nil {
		return false, fmt.Errorf("look whether the broker is idle: %w", err)
	}
	return idle, nil
}

func scanRecord(row pg.Rows) (Record, error) {
	var r Record
	var attributes string
	var data []byte
	if err := row.Scan(&r.Seq, &attributes, &data, &r.Trace, &r.ReceivedAt); err != nil {
		return r, err
	}
	var err error
	r.Event, err = restore(attributes, data)
	return r, err
}

// restore puts an event together from its row.
func restore(attributes string, data []byte) (Event, error) {
	var all map[string]string
	if err := json.Unmarshal([]byte(attributes), &all); err != nil {
		return Event{}, fmt.Errorf("read the attributes of an event: %w", err)
	}
	return ce.New(all, data)
}

func limit(n int) int {
	if n <= 0 {
		return defaultLimit
	}
	return min(n, maxLimit)
}

// where gathers the conditions of a query. Only what is asked for stands in the
// statement, so that each gets the plan it deserves.
type where struct {
	conditions []string
	args       []any
}

// arg adds an argument and returns its placeholder.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

// and adds a condition whose ? stands for the value.
func (w *where) and(condition string, v any) {
	w.conditions = append(w.conditions, strings.Replace(condition, "?", w.arg(v), 1))
}

func (w *where) equal(column, v string) {
	if v != "" {
		w.and(column+" = ?", v)
	}
}

func (w *where) sql() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + w.all()
}

// all is the conditions as one.
func (w *where) all() string { return strings.Join(w.conditions, " AND ") }
