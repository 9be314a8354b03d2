package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"xietong.dev/shared/pg"
)

// Redrive says which dead letters are sent on their way again, and how. Who asks
// and why is kept with the run and with each letter.
type Redrive struct {
	DeadQuery
	Who, Why string
	Rate     int              // letters a second; 0 sends all at once
	Progress func(RedriveRun) // is told after each lot that more follow; may be nil
}

// redriveLot is how many letters one transaction redrives.
const redriveLot = 1000

// Redrive sends dead letters on their way again, each with all its attempts before
// it, and returns the run when it has ended. Each event goes out as it first did:
// what had been done for it before is found in the function's ledger. At an ordered
// Trigger it comes back into its turn.
//
// Only what was dead when the run began is sent, so that a letter which dies again
// is not sent in circles. It stops between two lots when ctx ends or when somebody
// aborts it; what it has sent is sent. Where its process dies the same Redrive can
// be started again: a lot is sent whole or not at all.
func (b *Broker) Redrive(ctx context.Context, r Redrive) (RedriveRun, error) {
	run, err := b.beginRun(ctx, r)
	if err != nil {
		return run, fmt.Errorf("redrive dead letters: %w", err)
	}
	return b.carryOut(ctx, r, run)
}

// StartRedrive is [Broker.Redrive] that goes on behind the caller's back: it returns
// as soon as the run is written down, and [Broker.RedriveRuns] tells how far it is. A
// run that the database interrupts is lost.
func (b *Broker) StartRedrive(ctx context.Context, r Redrive) (RedriveRun, error) {
	run, err := b.beginRun(ctx, r)
	if err != nil {
		return run, fmt.Errorf("redrive dead letters: %w", err)
	}
	go func() {
		if _, err := b.carryOut(ctx, r, run); err != nil {
			b.Log.Error("a redrive run is lost", slog.Int64("run", run.ID), slog.Any("error", err))
		}
	}()
	return run, nil
}

// refuse says what a redrive lacks.
func (r Redrive) refuse() error {
	switch {
	case r.Who == "" || r.Why == "":
		return errors.New("say who asks and why; it is kept with the dead letter")
	case r.Rate < 0:
		return fmt.Errorf("the rate is %d, want letters a second, or 0 for all at once", r.Rate)
	}
	return nil
}

// carryOut sends lot after lot until the run has ended.
func (b *Broker) carryOut(ctx context.Context, r Redrive, run RedriveRun) (RedriveRun, error) {
	var err error
	for at := (place{}); run.State == Going; {
		before := run.Done
		if at, err = b.redriveLot(ctx, r, &run, at); err != nil {
			return run, fmt.Errorf("redrive dead letters: after %d of %d: %w", run.Done, run.Total, err)
		}
		b.wakeAll()
		if run.State != Going {
			break
		}
		if r.Progress != nil {
			r.Progress(run)
		}
		if r.rest(ctx, run.Done-before) {
			continue
		}
		if err := b.stopRun(run.ID); err != nil {
			return run, err
		}
	}
	return run, nil
}

// lot is how many letters to send at once: those of a second, where there is a rate.
func (r Redrive) lot() int {
	if r.Rate > 0 {
		return min(redriveLot, r.Rate)
	}
	return redriveLot
}

// rest waits for as long as n letters take at the rate that is asked for, and
// reports whether to go on.
func (r Redrive) rest(ctx context.Context, n int) bool {
	if r.Rate == 0 {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Duration(n) * time.Second / time.Duration(r.Rate)):
		return true
	}
}

// stopRun aborts a run whose caller has gone. The next lot will find it so.
func (b *Broker) stopRun(id int64) error {
	limit, cancel := context.WithTimeout(context.Background(), storeLimit)
	defer cancel()
	_, err := affected(b.DB.Exec(limit, abort, id, Aborted, Going))
	return err
}

// redriveLot redrives the next letters behind a place, and returns the place that
// it came to. It is not cut short: what it does is done whole.
func (b *Broker) redriveLot(ctx context.Context, r Redrive, run *RedriveRun, after place) (place, error) {
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeLimit)
	defer cancel()
	at, next := after, *run
	err := b.DB.InTx(limit, func(tx pg.Tx) error {
		if err := next.beat(limit, tx); err != nil || next.State != Going {
			return err
		}
		ordered, err := heldLanes(limit, tx)
		if err != nil {
			return err
		}
		var chosen []place
		var last bool
		if chosen, at, last, err = r.choose(limit, tx, run.StartedAt, after, r.lot()); err != nil {
			return err
		}
		again, err := holdDead(limit, tx, chosen, ordered)
		if err != nil {
			return err
		}
		if len(again) > 0 {
			if err := sendAgain(limit, tx, next, again); err != nil {
				return err
			}
		}
		return next.record(limit, tx, len(again), last)
	})
	if err == nil {
		*run = next
	}
	return at, err
}

// holdDead holds those of the chosen letters that are dead still, each with its
// key where it comes back into its turn. The sum with 0 keeps the plan on the primary
// key: by the index of states every letter of a lot would be looked for among all that
// are dead (measured: 10,000 letters in 20 s rather than 0.3).
func holdDead(ctx context.Context, tx pg.Tx, chosen []place, ordered map[string]bool) ([]turn, error) {
	seqs, triggers := make([]int64, len(chosen)), make([]string, len(chosen))
	for i, p := range chosen {
		seqs[i], triggers[i] = p.seq, p.trigger
	}
	rows, err := tx.Query(ctx, `SELECT d.seq, d.trigger, e.attributes FROM delivery d JOIN event e ON e.seq = d.seq
		JOIN unnest($1::bigint[], $2::text[]) AS v (seq, trigger) ON d.seq = v.seq AND d.trigger = v.trigger
		WHERE d.state + 0 = 4 ORDER BY d.seq, d.trigger FOR UPDATE OF d`, seqs, triggers)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(row pg.Rows) (t turn, err error) {
		var attributes string
		err = row.Scan(&t.seq, &t.trigger, &attributes)
		if ordered[t.trigger] {
			t.key = keyIn(attributes)
		}
		return t, err
	})
}

// sendAgain records the redrive of dead letters and makes them ready, or lets
// them wait for their turn.
func sendAgain(ctx context.Context, tx pg.Tx, run RedriveRun, again []turn) error {
	inTurn := slices.DeleteFunc(slices.Clone(again), func(t turn) bool { return t.key == "" })
	states := make([]int16, len(again))
	for i, l := range again {
		states[i] = int16(Ready)
		if l.key != "" {
			states[i] = int16(Waiting)
		}
	}
	triggers, _, seqs := columnsOf(again)
	batch := &pg.Batch{}
	batch.Queue(`INSERT INTO redrive (seq, trigger, who, why, code, reason, run)
		SELECT d.seq, d.trigger, $3, $4, d.code, d.reason, $5 FROM delivery d JOIN unnest($1::bigint[], $2::text[]) AS v (seq, trigger) ON d.seq = v.seq AND d.trigger = v.trigger`,
		seqs, triggers, run.Who, run.Why, run.ID)
	batch.Queue(`UPDATE delivery d SET state = v.state, attempts = 0, busy = 0, next_at = now(), since = now(), ended_at = NULL
		FROM unnest($1::bigint[], $2::text[], $3::smallint[]) AS v (seq, trigger, state) WHERE d.seq = v.seq AND d.trigger = v.trigger AND d.state + 0 = 4`, seqs, triggers, states)
	if len(inTurn) > 0 {
		queueReturns(batch, inTurn)
	}
	return tx.SendBatch(ctx, batch).Close()
}
