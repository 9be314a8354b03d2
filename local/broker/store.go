package broker

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"xietong.dev/shared/pg"
)

// State is where a delivery stands.
type State int

// The states of a delivery.
const (
	Ready     State = 1 // waits for its time and for a slot
	Running   State = 2 // is at the subscriber
	Done      State = 3
	Dead      State = 4 // given up; a redrive makes it ready again
	Waiting   State = 5 // for its turn, behind an earlier event with the same partitionkey
	Discarded State = 6 // a dead letter that somebody gave up for good

	Afar   State = 7 // the broker of a cluster delivers it
	AtWork State = 8 // the same, and its function is at work on it
)

func (s State) String() string {
	switch s {
	case Ready:
		return "ready"
	case Running:
		return "running"
	case Done:
		return "done"
	case Dead:
		return "dead"
	case Waiting:
		return "waiting"
	case Discarded:
		return "discarded"
	case Afar:
		return "afar"
	case AtWork:
		return "at work"
	}
	return "unknown"
}

// ending is what becomes of a running delivery.
type ending struct {
	seq     int64
	trigger string
	key     string // where it is delivered in turn
	state   State
	counted int // 1 where the attempt counts against retry
	busied  int // 1 where it was an answer 429 that does not
	code    int
	reason  string
	wait    time.Duration
	started time.Time
	reply   *accepted
	sinks   []string // the lanes that also get this dead letter
	more    string   // the attributes that it adds there
}

// commit stores a group of writes in one transaction and tells each its result.
// Where the server refuses the group, each write is tried alone, so that one
// bad write harms nobody else.
func (b *Broker) commit(group []*write) {
	ctx, cancel := context.WithTimeout(context.Background(), storeLimit)
	defer cancel()
	woken, grown, err := b.store(ctx, group)
	if refused(err) && len(group) > 1 {
		for _, w := range group {
			b.commit([]*write{w})
		}
		return
	}
	if err == nil {
		b.queued.Add(int64(grown))
		b.wakeLanes(woken)
		b.news.tell()
	}
	for _, w := range group {
		w.done <- err
	}
	if slices.ContainsFunc(group, func(w *write) bool { return w.recount }) {
		b.countQueued(ctx)
	}
}

// storeLimit bounds one transaction, so that a database that hangs is noticed.
const storeLimit = 30 * time.Second

// store writes a group and returns the lanes that have new deliveries, and by how
// many the unended ones have become more.
func (b *Broker) store(ctx context.Context, group []*write) (woken map[string]bool, grown int, err error) {
	var events []accepted
	var ends []ending
	for _, w := range group {
		events, ends = append(events, w.events...), append(ends, w.ends...)
	}
	for _, e := range ends {
		if e.reply != nil {
			events = append(events, *e.reply)
		}
	}
	if len(events)+len(ends) == 0 {
		return nil, 0, nil
	}
	seqs, err := b.number(ctx, len(events))
	if err != nil {
		return nil, 0, err
	}
	come, gone := turnsOf(events, seqs), turnsThatEnd(ends)
	batch := &pg.Batch{}
	batch.Queue(promised)
	if len(come)+len(gone) > 0 {
		if err := b.tellLanes(ctx); err != nil {
			return nil, 0, err
		}
		batch.Queue(holdLanes)
	}
	woken = map[string]bool{}
	b.queueEvents(batch, events, seqs, woken)
	queueEnds(batch, ends)
	queueSinks(batch, ends, woken)
	queueInTurn(batch, come, gone, woken)
	if err := b.DB.SendBatch(ctx, batch).Close(); err != nil {
		return nil, 0, fmt.Errorf("store %d events and %d ends of deliveries: %w", len(events), len(ends), err)
	}
	return woken, growth(events, ends), nil
}

// growth is by how many the unended deliveries become more.
func growth(events []accepted, ends []ending) (n int) {
	for _, a := range events {
		n += len(a.lanes)
	}
	for _, e := range ends {
		if e.state != Ready {
			n--
		}
		n += len(e.sinks)
	}
	return n
}

// What a transaction begins with. Without sequential scans, plans that are made
// while the tables are small and then kept do not read whole tables once those
// have grown (measured: a tenth of the throughput). What was promised to a
// publisher, and how a delivery ended, waits for the disk: an end that the server
// forgot in a crash would leave a delivery that nobody works on. A claim need not
// wait: where it is forgotten, the delivery is made again.
const (
	promised   = `SELECT set_config('enable_seqscan', 'off', true)`
	unpromised = `SELECT set_config('enable_seqscan', 'off', true), set_config('synchronous_commit', 'off', true)`
)

// stock is how many sequence numbers are fetched at a time.
const stock = 256

// number gives out sequence numbers in order. Only the committer calls it.
func (b *Broker) number(ctx context.Context, n int) ([]int64, error) {
	if len(b.seqs) < n {
		many := max(n, stock)
		if b.Forward != nil {
			many = n // the console's next version may be writing already, and numbers are to be in order
		}
		rows, err := b.DB.Query(ctx, `SELECT nextval('event_seq') FROM generate_series(1, $1::int)`, many)
		if err != nil {
			return nil, fmt.Errorf("number events: %w", err)
		}
		fresh, err := collect(rows, func(row pg.Rows) (seq int64, err error) { return seq, row.Scan(&seq) })
		if err != nil {
			return nil, fmt.Errorf("number events: %w", err)
		}
		b.seqs = fresh
	}
	given := b.seqs[:n]
	b.seqs = b.seqs[n:]
	return given, nil
}

func (b *Broker) queueEvents(batch *pg.Batch, events []accepted, seqs []int64, woken map[string]bool) {
	if len(events) == 0 {
		return
	}
	var types, subjects, correlations, attributes, traces, triggers []string
	var data [][]byte
	var hops []int32
	var of []int64
	var states []int16
	for i, a := range events {
		types, subjects, correlations = append(types, a.event.Type()), append(subjects, a.event.Subject()), append(correlations, a.correlation)
		attributes, traces, hops = append(attributes, a.attributes), append(traces, a.trace), append(hops, int32(a.hops))
		data = append(data, append([]byte{}, a.event.Data()...)) // never nil, which would be NULL
		for _, l := range a.lanes {
			of, triggers, states, woken[l.Name] = append(of, seqs[i]), append(triggers, l.Name), append(states, int16(a.begins(l))), true
		}
	}
	batch.Queue(`INSERT INTO event (seq, type, subject, correlation, attributes, data, trace, hops)
		SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::int[])`,
		seqs, types, subjects, correlations, attributes, data, traces, hops)
	queueTold(batch, events, seqs)
	if len(of) > 0 {
		batch.Queue(`INSERT INTO delivery (seq, trigger, state) SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[])`, of, triggers, states)
	}
}

// queueEnds ends deliveries. The sum with 0 keeps the plan on the primary key:
// in the index by state every delivery has left a dead entry as running, and
// wading through those cost three quarters of the throughput.
func queueEnds(batch *pg.Batch, ends []ending) {
	if len(ends) == 0 {
		return
	}
	slices.SortFunc(ends, func(a, b ending) int { return cmp.Or(cmp.Compare(a.seq, b.seq), cmp.Compare(a.trigger, b.trigger)) })
	var seqs, waits []int64
	var triggers, reasons []string
	var states, counted, busied, codes []int32
	for _, e := range ends {
		seqs, triggers, states = append(seqs, e.seq), append(triggers, e.trigger), append(states, int32(e.state))
		counted, busied, codes = append(counted, int32(e.counted)), append(busied, int32(e.busied)), append(codes, int32(e.code))
		reasons, waits = append(reasons, e.reason), append(waits, e.wait.Milliseconds())
	}
	batch.Queue(`UPDATE delivery d SET state = v.state, attempts = d.attempts + v.counted, busy = d.busy + v.busied, code = v.code, reason = v.reason,
			next_at = now() + v.wait * interval '1 millisecond', ended_at = CASE WHEN v.state > 2 THEN now() END
		FROM unnest($1::bigint[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::text[], $8::bigint[]) AS v (seq, trigger, state, counted, busied, code, reason, wait)
		WHERE d.seq = v.seq AND d.trigger = v.trigger AND d.state + 0 = 2`,
		seqs, triggers, states, counted, busied, codes, reasons, waits)
	for _, e := range ends {
		if e.counted > 0 {
			batch.Queue(`INSERT INTO attempt (seq, trigger, code, reason, started_at) VALUES ($1, $2, $3, $4, $5)`, e.seq, e.trigger, e.code, e.reason, e.started)
		}
	}
}

// queueSinks makes deliveries of dead letters to their sinks. One that died
// before, and was redriven, has its delivery there already.
func queueSinks(batch *pg.Batch, ends []ending, woken map[string]bool) {
	for _, e := range ends {
		for _, sink := range e.sinks {
			woken[sink] = true
			batch.Queue(`UPDATE delivery SET state = 1, attempts = 0, busy = 0, next_at = now(), since = now(), more = $3 WHERE seq = $1 AND trigger = $2 AND state > 2`, e.seq, sink, e.more)
			batch.Queue(`INSERT INTO delivery (seq, trigger, state, more) SELECT $1::bigint, $2::text, 1, $3::text
			WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE seq = $1 AND trigger = $2)`, e.seq, sink, e.more)
		}
	}
}

// deadLetterAttributes are the attributes that Knative adds to a dead letter.
func deadLetterAttributes(c claimed, e ending) string {
	const most = 768 // bytes, 1024 in base64
	reason := e.reason[:min(len(e.reason), most)]
	text, _ := json.Marshal(map[string]string{ // a map of texts cannot fail
		"knativeerrordest": "http://" + c.Service + "/",
		"knativeerrorcode": strconv.Itoa(e.code),
		"knativeerrordata": base64.StdEncoding.EncodeToString([]byte(reason)),
	})
	return string(text)
}
