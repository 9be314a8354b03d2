package broker

import (
	"context"
	"fmt"
	"math"
	"time"

	"xietong.dev/shared/pg"
)

// Act is one change that a person made, through the console or the command line.
type Act struct {
	ID    int64
	Who   string
	What  string // a stable word: one of those below, or of whoever else writes acts
	Why   string // empty where nobody had to say
	About string // a filter or ids, as a person reads it
	Count int    // of how many things; of a redrive, how many were sent so far
	Run   int64  // the [RedriveRun] that it began or aborted; 0 where it is none
	At    time.Time
}

// What the broker's own acts are called.
const (
	ActRedrive = "redrive"
	ActAbort   = "abort"
	ActPause   = "pause"
	ActResume  = "resume"
	ActDiscard = "discard"
	ActReplay  = "replay"
)

// Act writes down what a person did elsewhere than in the broker. Who and What must
// be there; ID and At are given here.
func (b *Broker) Act(ctx context.Context, a Act) error {
	return b.DB.InTx(ctx, func(tx pg.Tx) error { return a.note(ctx, tx) })
}

// note writes the act down within the transaction of what was done.
func (a *Act) note(ctx context.Context, tx pg.Tx) error {
	if a.Who == "" || a.What == "" {
		return fmt.Errorf("act %q of %q: want a word for it, and who it was", a.What, a.Who)
	}
	a.Who, a.Why, a.About = clip(a.Who), clip(a.Why), clip(a.About)
	err := tx.QueryRow(ctx, `INSERT INTO act (id, who, what, why, about, count, run) VALUES (nextval('act_seq'), $1, $2, $3, $4, $5, $6) RETURNING id, at`,
		a.Who, a.What, a.Why, a.About, a.Count, a.Run).Scan(&a.ID, &a.At)
	if err != nil {
		return fmt.Errorf("write down who did %s: %w", a.What, err)
	}
	return nil
}

// add counts more things that were done in the act.
func (a *Act) add(ctx context.Context, tx pg.Tx, n int) error {
	if err := tx.QueryRow(ctx, `UPDATE act SET count = count + $2 WHERE id = $1 RETURNING count`, a.ID, n).Scan(&a.Count); err != nil {
		return fmt.Errorf("count in act %d: %w", a.ID, err)
	}
	return nil
}

// Acts returns what people did, the latest first: those with an ID below before, or
// from the latest on where before is 0. 100 where most is 0, at most 10,000.
func (b *Broker) Acts(ctx context.Context, before int64, most int) ([]Act, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	rows, err := b.DB.Query(ctx, `SELECT a.id, a.who, a.what, a.why, a.about, coalesce(r.done, a.count), a.run, a.at
		FROM act a LEFT JOIN redrive_run r ON r.id = a.run AND a.what = $3
		WHERE a.id < $1 ORDER BY a.id DESC LIMIT $2`, before, limit(most), ActRedrive)
	if err != nil {
		return nil, fmt.Errorf("read acts: %w", err)
	}
	acts, err := collect(rows, func(row pg.Rows) (a Act, err error) {
		return a, row.Scan(&a.ID, &a.Who, &a.What, &a.Why, &a.About, &a.Count, &a.Run, &a.At)
	})
	if err != nil {
		return nil, fmt.Errorf("read acts: %w", err)
	}
	return acts, nil
}
