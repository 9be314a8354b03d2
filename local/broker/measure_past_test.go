package broker

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
)

// past is an event of a made-up history, with its one delivery.
type past struct {
	seq                 int64
	trigger             string
	state               State
	received            time.Time
	due, started, ended time.Time
	failures            []time.Time // when each attempt that failed ended
	function            string
	unended, neverBegan bool
	handled, waited     time.Duration
}

// history is n events that came evenly until a moment, whose numbers have gaps.
func history(n int, until time.Time, every time.Duration) []past {
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]past, n)
	for i := range all {
		p := past{seq: int64(i*3 + 7), trigger: []string{"cut-told", "cut-asked", "read-told"}[i%3], state: Done}
		p.function = map[string]string{"cut-told": "cut", "cut-asked": "cut", "read-told": "read"}[p.trigger]
		p.received = until.Add(-time.Duration(n-i) * every).Truncate(time.Microsecond)
		p.waited = time.Duration(random.IntN(2000)) * time.Millisecond
		p.handled = time.Duration(random.IntN(30_000)) * time.Millisecond
		p.due = p.received
		p.started = p.due.Add(p.waited)
		p.ended = p.started.Add(p.handled)
		switch random.IntN(10) {
		case 0:
			p.failures = []time.Time{p.received.Add(time.Second), p.received.Add(2 * time.Second)}
		case 1:
			p.state = Dead
		case 2:
			p.unended = true
			p.state = []State{Ready, Running, Waiting}[i%3]
		case 3:
			p.neverBegan, p.state, p.started, p.handled, p.waited = true, Dead, p.ended, 0, 0
		}
		all[i] = p
	}
	return all
}

// remember writes a history into the broker's tables.
func remember(t testing.TB, db *pg.DB, all []past) {
	t.Helper()
	insert := func(sql string, columns ...any) {
		if _, err := db.Exec(t.Context(), sql, columns...); err != nil {
			t.Fatal(err)
		}
	}
	var seqs, failedSeqs []int64
	var triggers, failedTriggers []string
	var states []int
	var received, due, failedAt []time.Time
	var started, ended []*time.Time
	for _, p := range all {
		seqs, triggers, states, received, due = append(seqs, p.seq), append(triggers, p.trigger), append(states, int(p.state)), append(received, p.received), append(due, p.due)
		begun, over := &p.started, &p.ended
		if p.neverBegan || p.unended && p.state != Running {
			begun = nil
		}
		if p.unended {
			over = nil
		}
		if p.neverBegan {
			due[len(due)-1] = p.ended.Add(time.Hour)
		}
		started, ended = append(started, begun), append(ended, over)
		for _, at := range p.failures {
			failedSeqs, failedTriggers, failedAt = append(failedSeqs, p.seq), append(failedTriggers, p.trigger), append(failedAt, at)
		}
	}
	insert(`INSERT INTO event (seq, type, subject, correlation, attributes, data, trace, hops, received_at)
		SELECT s, 't', s::text, s::text, '{"specversion":"1.0","type":"t","id":"' || s || '","source":"/past"}', '{}', '', 0, r FROM unnest($1::bigint[], $2::timestamptz[]) AS v (s, r)`, seqs, received)
	insert(`INSERT INTO delivery (seq, trigger, state, since, next_at, started_at, ended_at)
		SELECT s, t, z, r, n, b, e FROM unnest($1::bigint[], $2::text[], $3::int[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[]) AS v (s, t, z, r, n, b, e)`,
		seqs, triggers, states, received, due, started, ended)
	insert(`INSERT INTO attempt (seq, trigger, code, reason, started_at, ended_at) SELECT s, t, 500, 'failed', e - interval '1 second', e FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS v (s, t, e)`,
		failedSeqs, failedTriggers, failedAt)
	insert(`ANALYZE`)
}

// knowing is a broker that knows the Triggers of a history and delivers nothing.
func knowing(t testing.TB, db *pg.DB) *Broker {
	nobody := subscribe(t, status(204))
	b := open(t, Config{DB: db, Triggers: []manifest.Trigger{trigger("cut-told", "cut"), trigger("cut-asked", "cut"), trigger("read-told", "read")},
		Subscribers: map[string]Subscriber{"cut": at(nobody.Server, 1), "read": at(nobody.Server, 1)}})
	if err := b.tellLanes(context.Background()); err != nil {
		t.Fatal(err)
	}
	return b
}
