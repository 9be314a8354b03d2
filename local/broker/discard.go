package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xietong.dev/shared/pg"
)

// Discard says which dead letters are given up for good. Who asks and why is kept
// with each.
type Discard struct {
	DeadQuery
	Who, Why string
}

// GivenUp is that a dead letter was given up for good.
type GivenUp struct {
	Act      int64 // the [Act] it was part of
	Who, Why string
	DiedAt   time.Time
	At       time.Time
}

// Discard gives dead letters up for good and returns the act, whose Count says how
// many. They stand among dead letters no more, and no redrive sends them; the event
// and what was tried are kept for as long as a dead letter is.
//
// Only what was dead when the act began is discarded. It stops between two lots when
// ctx ends, and says so; what it has discarded is discarded. Where its process dies
// the same Discard can be made again: a lot is discarded whole or not at all.
func (b *Broker) Discard(ctx context.Context, d Discard) (Act, error) {
	if d.Who == "" || d.Why == "" {
		return Act{}, errors.New("discard: say who asks and why; it is kept with the dead letter")
	}
	about, err := b.about(ctx, d.DeadQuery)
	if err != nil {
		return Act{}, fmt.Errorf("discard dead letters: %w", err)
	}
	act := Act{Who: d.Who, What: ActDiscard, Why: d.Why, About: about}
	if err := b.DB.InTx(ctx, func(tx pg.Tx) error { return act.note(ctx, tx) }); err != nil {
		return act, fmt.Errorf("discard dead letters: %w", err)
	}
	for at, last := (place{}), false; !last; {
		err := context.Cause(ctx)
		if err == nil {
			at, last, err = b.discardLot(ctx, d.DeadQuery, &act, at)
		}
		if err != nil {
			return act, fmt.Errorf("discard dead letters: after %d: %w", act.Count, err)
		}
	}
	return act, nil
}

// discardLot discards the next letters behind a place, and returns the place that it
// came to and whether it is the last. It is not cut short.
func (b *Broker) discardLot(ctx context.Context, q DeadQuery, act *Act, after place) (at place, last bool, err error) {
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeLimit)
	defer cancel()
	next := *act
	err = b.DB.InTx(limit, func(tx pg.Tx) error {
		var chosen []place
		var err error
		if chosen, at, last, err = q.choose(limit, tx, act.At, after, redriveLot); err != nil {
			return err
		}
		dead, err := holdDead(limit, tx, chosen, nil)
		if err != nil {
			return err
		}
		if err := giveUp(limit, tx, next, dead); err != nil {
			return err
		}
		return next.add(limit, tx, len(dead))
	})
	if err == nil {
		*act = next
	}
	return at, last, err
}

// giveUp discards letters that are held. They have left their turns when they died,
// so no turn changes. The sum with 0 is there for the reason that holdDead has.
func giveUp(ctx context.Context, tx pg.Tx, act Act, dead []turn) error {
	if len(dead) == 0 {
		return nil
	}
	triggers, _, seqs := columnsOf(dead)
	batch := &pg.Batch{}
	batch.Queue(`INSERT INTO discard (seq, trigger, act, who, why, died_at)
		SELECT d.seq, d.trigger, $3, $4, $5, d.ended_at FROM delivery d JOIN unnest($1::bigint[], $2::text[]) AS v (seq, trigger) ON d.seq = v.seq AND d.trigger = v.trigger`,
		seqs, triggers, act.ID, act.Who, act.Why)
	batch.Queue(`UPDATE delivery d SET state = 6, ended_at = now()
		FROM unnest($1::bigint[], $2::text[]) AS v (seq, trigger) WHERE d.seq = v.seq AND d.trigger = v.trigger AND d.state + 0 = 4`, seqs, triggers)
	return tx.SendBatch(ctx, batch).Close()
}
