package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xietong.dev/shared/pg"
)

// MaxMeasured is how many deliveries, and how many failed attempts, [Broker.Measure]
// reads at most: the newest.
const MaxMeasured = 200_000

// lag is how long before the stretch that is measured an event may have come whose
// delivery ends in it. Later ends of older events, such as of redriven letters, are
// not counted: to find them the whole table would be read.
const lag = time.Hour

// Measured is what became of deliveries in a stretch of time.
type Measured struct {
	From, To  time.Time // From is a multiple of Step; what ended at To or later is not counted
	Step      time.Duration
	Since     time.Time         // later than From where there was more than is read: what came before is not counted
	Functions map[string]Series // by the Service's name; only those with anything to count
	All       Series
}

// Series is the figures of each step, in order, and of all of them together.
type Series struct {
	Total Figures
	Steps []Figures
}

// Figures are how many deliveries ended, and how long they took.
type Figures struct {
	Done, Dead int
	Failed     int   // attempts that failed and counted, whatever came after them
	Handled    Times // from the beginning of the last attempt to its end
	Waited     Times // from when that attempt was due (accepted, its turn, its pause over) to its beginning
}

// Ended is how many deliveries came to an end, good or bad.
func (f Figures) Ended() int { return f.Done + f.Dead }

// Times are percentiles; zero where nothing ended.
type Times struct{ P50, P95, P99 time.Duration }

// end is one delivery that ended.
type end struct {
	trigger         string
	state           State
	at              time.Time
	handled, waited time.Duration
	untimed         bool // when it began nobody told
}

// failed is one attempt that failed and counted.
type failed struct {
	trigger string
	at      time.Time
}

// Measure returns what became of deliveries from one moment until before another, in
// steps of at least a second. It reads at most [MaxMeasured] of them, the newest.
func (b *Broker) Measure(ctx context.Context, from, to time.Time, step time.Duration) (Measured, error) {
	return b.measure(ctx, from, to, step, MaxMeasured)
}

func (b *Broker) measure(ctx context.Context, from, to time.Time, step time.Duration, most int) (Measured, error) {
	m := Measured{From: from.Truncate(step), To: to, Step: step, Since: from.Truncate(step)}
	first, err := b.seqAt(ctx, m.From.Add(-lag))
	if err != nil {
		return m, err
	}
	ends, oldest, err := b.ends(ctx, m, first, most)
	if err != nil {
		return m, err
	}
	if oldest > first {
		first = oldest
		at, err := b.receivedAt(ctx, oldest)
		if err != nil {
			return m, err
		}
		if at.After(m.Since) {
			m.Since = at
		}
	}
	failures, err := b.failures(ctx, m, first, most)
	if err != nil {
		return m, err
	}
	services, err := b.serviceNames(ctx)
	m.count(ends, failures, services)
	return m, err
}

// receivedAt is when the first event from a seq on came.
func (b *Broker) receivedAt(ctx context.Context, seq int64) (at time.Time, err error) {
	err = b.DB.QueryRow(ctx, `SELECT received_at FROM event WHERE seq >= $1 ORDER BY seq LIMIT 1`, seq).Scan(&at)
	if err != nil && !errors.Is(err, pg.ErrNoRows) {
		return at, fmt.Errorf("find the moment of an event: %w", err)
	}
	return at, nil
}

// ends reads the deliveries that ended, and from which seq on: later than asked for
// where there are more than most.
func (b *Broker) ends(ctx context.Context, m Measured, first int64, most int) ([]end, int64, error) {
	rows, err := b.DB.Query(ctx, `WITH newest AS MATERIALIZED (SELECT seq, trigger, state, next_at, started_at, ended_at, code FROM delivery WHERE seq >= $1 ORDER BY seq DESC, trigger DESC LIMIT $4)
		SELECT trigger, state, least(next_at, started_at, ended_at), started_at, ended_at, 0, code FROM newest WHERE state IN (3, 4) AND ended_at >= $2 AND ended_at < $3
		UNION ALL SELECT '', 0, now(), now(), now(), min(seq), 0 FROM newest HAVING count(*) = $4`, first, m.From, m.To, most)
	if err != nil {
		return nil, 0, fmt.Errorf("measure deliveries: %w", err)
	}
	defer rows.Close()
	var all []end
	for rows.Next() {
		var e end
		var due time.Time
		var started *time.Time
		var from int64
		var code int
		if err := rows.Scan(&e.trigger, &e.state, &due, &started, &e.at, &from, &code); err != nil {
			return nil, 0, fmt.Errorf("measure deliveries: %w", err)
		}
		if from > 0 {
			first = from
			continue
		}
		if started == nil {
			started, e.untimed = &e.at, code == Untold
		}
		e.handled, e.waited = e.at.Sub(*started), started.Sub(due)
		all = append(all, e)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("measure deliveries: %w", err)
	}
	return all, first, nil
}

func (b *Broker) failures(ctx context.Context, m Measured, first int64, most int) ([]failed, error) {
	rows, err := b.DB.Query(ctx, `SELECT trigger, ended_at FROM (SELECT trigger, ended_at FROM attempt WHERE seq >= $1 ORDER BY seq DESC LIMIT $4) newest
		WHERE ended_at >= $2 AND ended_at < $3`, first, m.From, m.To, most)
	if err != nil {
		return nil, fmt.Errorf("measure failed attempts: %w", err)
	}
	all, err := collect(rows, func(row pg.Rows) (f failed, err error) { return f, row.Scan(&f.trigger, &f.at) })
	if err != nil {
		return nil, fmt.Errorf("measure failed attempts: %w", err)
	}
	return all, nil
}

// serviceNames are the Services by the names of the Triggers that lead to them.
func (b *Broker) serviceNames(ctx context.Context) (map[string]string, error) {
	rows, err := b.DB.Query(ctx, `SELECT trigger, service FROM lane`)
	if err != nil {
		return nil, fmt.Errorf("read the lanes: %w", err)
	}
	names := map[string]string{}
	_, err = collect(rows, func(row pg.Rows) (_ struct{}, err error) {
		var trigger, service string
		err = row.Scan(&trigger, &service)
		names[trigger] = service
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the lanes: %w", err)
	}
	for _, l := range b.lanes {
		names[l.Name] = l.Service
	}
	return names, nil
}
