package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xietong.dev/shared/pg"
)

// RunState is where a redrive run stands.
type RunState int

// The states of a redrive run.
const (
	Going   RunState = 1
	Ended   RunState = 2
	Aborted RunState = 3
	Lost    RunState = 4 // its process is gone; the same redrive can be started again
)

func (s RunState) String() string {
	switch s {
	case Going:
		return "running"
	case Ended:
		return "ended"
	case Aborted:
		return "aborted"
	case Lost:
		return "lost"
	}
	return "unknown"
}

// lostRun is how long a run may be silent before it counts as lost. One that
// lives says so about every second.
const lostRun = time.Minute

// RedriveRun is one time that somebody sent dead letters on their way again.
type RedriveRun struct {
	ID        int64
	Who, Why  string
	Filter    string // which were meant, as a person reads it
	Rate      int    // letters a second; 0 was all at once
	Total     int    // how many matched at the beginning
	Done      int    // how many were sent; fewer where others had sent them meanwhile
	State     RunState
	StartedAt time.Time
	BeatAt    time.Time  // when its process was last alive
	EndedAt   *time.Time // where it has ended, or was aborted
}

const runColumns = `id, who, why, filter, rate, total, done, state, started_at, beat_at, ended_at`

func (r *RedriveRun) columns() []any {
	return []any{&r.ID, &r.Who, &r.Why, &r.Filter, &r.Rate, &r.Total, &r.Done, &r.State, &r.StartedAt, &r.BeatAt, &r.EndedAt}
}

// beginRun counts what matches, and writes the run down and who began it.
func (b *Broker) beginRun(ctx context.Context, r Redrive) (RedriveRun, error) {
	if err := r.refuse(); err != nil {
		return RedriveRun{}, err
	}
	counts, err := b.DeadCounts(ctx, r.DeadQuery)
	if err != nil {
		return RedriveRun{}, err
	}
	about, err := b.about(ctx, r.DeadQuery)
	if err != nil {
		return RedriveRun{}, err
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	var run RedriveRun
	err = b.DB.InTx(ctx, func(tx pg.Tx) error {
		err := tx.QueryRow(ctx, `INSERT INTO redrive_run (id, who, why, filter, rate, total, state) VALUES (nextval('redrive_run_seq'), $1, $2, $3, $4, $5, $6) RETURNING `+runColumns,
			r.Who, r.Why, about, r.Rate, total, Going).Scan(run.columns()...)
		if err != nil {
			return err
		}
		return (&Act{Who: r.Who, What: ActRedrive, Why: r.Why, About: run.Filter, Run: run.ID}).note(ctx, tx)
	})
	return run, err
}

// beat says that the run's process is alive, holds the run against an abort until
// the lot is sent, and learns where somebody has aborted it.
func (r *RedriveRun) beat(ctx context.Context, tx pg.Tx) error {
	err := tx.QueryRow(ctx, `UPDATE redrive_run SET beat_at = now() WHERE id = $1 RETURNING `+runColumns, r.ID).Scan(r.columns()...)
	if err != nil {
		return fmt.Errorf("note that run %d is alive: %w", r.ID, err)
	}
	return nil
}

// record adds what a lot has sent, and ends the run with the last.
func (r *RedriveRun) record(ctx context.Context, tx pg.Tx, sent int, last bool) error {
	state := Going
	if last {
		state = Ended
	}
	return tx.QueryRow(ctx, `UPDATE redrive_run SET done = done + $2, state = $3, ended_at = CASE WHEN $4 THEN now() END WHERE id = $1 RETURNING `+runColumns,
		r.ID, sent, state, last).Scan(r.columns()...)
}

// abort ends a run that goes on, before its next lot.
const abort = `UPDATE redrive_run SET state = $2, ended_at = now() WHERE id = $1 AND state = $3`

// AbortRedrive stops a redrive run before its next lot, whichever process it is
// in. What it has sent is sent. Who asks must be there.
func (b *Broker) AbortRedrive(ctx context.Context, id int64, who, why string) error {
	err := b.DB.InTx(ctx, func(tx pg.Tx) error {
		n, err := affected(tx.Exec(ctx, abort, id, Aborted, Going))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNotGoing
		}
		return (&Act{Who: who, What: ActAbort, Why: why, Run: id, Count: 1}).note(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("abort redrive run %d: %w", id, err)
	}
	return nil
}

// ErrNotGoing says that there is no redrive run of this number that goes on.
var ErrNotGoing = errors.New("no such run goes on")

// RedriveRuns returns redrive runs, the latest first: 100 where limit is 0.
func (b *Broker) RedriveRuns(ctx context.Context, most int) ([]RedriveRun, error) {
	rows, err := b.DB.Query(ctx, `SELECT `+runColumns+`, beat_at < now() - $2::bigint * interval '1 millisecond' FROM redrive_run ORDER BY id DESC LIMIT $1`, limit(most), lostRun.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("read redrive runs: %w", err)
	}
	runs, err := collect(rows, func(row pg.Rows) (r RedriveRun, err error) {
		var silent bool
		err = row.Scan(append(r.columns(), &silent)...)
		if r.State == Going && silent {
			r.State = Lost
		}
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("read redrive runs: %w", err)
	}
	return runs, nil
}
