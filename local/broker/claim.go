package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"xietong.dev/shared/pg"
)

// takeUp takes up what the last run left, however often it takes. A broker that
// gave up here would accept events until its queue is full, and deliver none.
func (b *Broker) takeUp(ctx context.Context) {
	for {
		limit, cancel := context.WithTimeout(ctx, storeLimit)
		err := b.restart(limit)
		cancel()
		if err == nil || ctx.Err() != nil {
			return
		}
		b.Log.Error("nothing is delivered yet; will try again", slog.Any("error", err))
		select {
		case <-ctx.Done():
			return
		case <-time.After(b.Poll):
		}
	}
}

// restart makes ready what was running when the broker stopped, gives up what
// belongs to a Trigger that is gone, and puts the rest in turn where a Trigger is
// ordered.
func (b *Broker) restart(ctx context.Context) error {
	names := []string{}
	for _, l := range b.lanes {
		names = append(names, l.Name)
	}
	if err := b.tellLanes(ctx); err != nil {
		return err
	}
	var again, gone int64
	err := b.DB.InTx(ctx, func(tx pg.Tx) (err error) {
		if _, err = tx.Exec(ctx, holdLanes); err != nil {
			return err
		}
		if again, err = affected(tx.Exec(ctx, `UPDATE delivery SET state = 1, next_at = now() WHERE state = 2`)); err != nil {
			return err
		}
		gone, err = affected(tx.Exec(ctx, `UPDATE delivery SET state = 4, code = 0, ended_at = now(), reason = 'the Trigger is gone: no knative.yaml names it any more' WHERE state IN (1, 5) AND trigger <> ALL ($1)`, names))
		if err != nil {
			return err
		}
		return b.takeTurns(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("take up what the last run left: %w", err)
	}
	if again+gone > 0 {
		b.Log.Info("took up what the last run left", slog.Int64("deliveries", again), slog.Int64("of_gone_triggers", gone))
	}
	return nil
}

// affected returns how many rows a statement changed.
func affected(tag interface{ RowsAffected() int64 }, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return tag.RowsAffected(), nil
}

// claim marks deliveries running, for each demand at most as many as it has
// slots, and returns them with their events.
func (b *Broker) claim(ctx context.Context, demands []demand) ([]claimed, error) {
	batch := &pg.Batch{}
	batch.Queue(unpromised)
	for _, d := range demands {
		batch.Queue(claimSQL, d.Name, d.n)
	}
	results := b.DB.SendBatch(ctx, batch)
	_, err := results.Exec()
	var all []claimed
	for _, d := range demands {
		if err != nil {
			break
		}
		var rows pg.Rows
		if rows, err = results.Query(); err != nil {
			break
		}
		var some []claimed
		some, err = collect(rows, d.scan)
		all = append(all, some...)
	}
	if err := errors.Join(err, results.Close()); err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return all, nil
}

// An array of keys, rather than a join, keeps the plan on the primary keys
// however large the tables grow and however old their statistics are.
const claimSQL = `UPDATE delivery d SET state = 2, started_at = now(), since = CASE WHEN d.attempts + d.busy = 0 THEN now() ELSE d.since END
	FROM event e
	WHERE d.trigger = $1 AND e.seq = d.seq AND d.seq = ANY (ARRAY (
		SELECT seq FROM delivery WHERE trigger = $1 AND state = 1 AND next_at <= now() AND NOT EXISTS (SELECT 1 FROM pause WHERE trigger = $1)
		ORDER BY next_at, seq LIMIT $2 FOR UPDATE SKIP LOCKED))
	RETURNING d.seq, d.attempts, (extract(epoch FROM now() - d.since) * 1000)::bigint, d.more, e.attributes, e.data, e.trace, e.hops`

func (d demand) scan(row pg.Rows) (claimed, error) {
	c := claimed{lane: d.lane}
	var trying int64
	err := row.Scan(&c.seq, &c.attempts.failed, &trying, &c.more, &c.attributes, &c.data, &c.trace, &c.hops)
	c.attempts.trying = time.Duration(trying) * time.Millisecond
	return c, err
}

// collect reads all rows.
func collect[T any](rows pg.Rows, scan func(pg.Rows) (T, error)) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// lostAfter is how often to look for deliveries that nobody makes.
const lostAfter = 5 * time.Second

func (c claimed) place() place { return place{c.seq, c.Name} }

// takeBack makes ready what the database holds for running and nobody makes: a
// claim was kept, but the server died before its answer came. Only Run claims,
// and only Run calls this, so nothing is claimed meanwhile.
func (b *Broker) takeBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, storeLimit)
	defer cancel()
	names := make([]string, len(b.lanes))
	for i, l := range b.lanes {
		names[i] = l.Name
	}
	b.pullIn(ctx, names)
	if b.Forward != nil {
		b.giveUpUnknown(ctx, names)
	}
	rows, err := b.DB.Query(ctx, `SELECT seq, trigger FROM delivery WHERE trigger = ANY ($1) AND state = 2`, names)
	if err != nil {
		return // the next look will find them
	}
	places, err := collect(rows, func(row pg.Rows) (p place, err error) { return p, row.Scan(&p.seq, &p.trigger) })
	if err != nil {
		return
	}
	for _, p := range places {
		if _, made := b.underway.Load(p); made {
			continue
		}
		tag, err := b.DB.Exec(ctx, `UPDATE delivery SET state = 1, next_at = now() WHERE seq = $1 AND trigger = $2 AND state = 2`, p.seq, p.trigger)
		if err == nil && tag.RowsAffected() > 0 {
			b.Log.Warn("a delivery that nobody made is made again", slog.Int64("seq", p.seq), slog.String("trigger", p.trigger))
		}
	}
}

// pullIn makes due what is to wait for longer than any pause may be: that is the
// work of a clock that was ahead for a while.
func (b *Broker) pullIn(ctx context.Context, names []string) {
	tag, err := b.DB.Exec(ctx, `UPDATE delivery SET next_at = now() WHERE trigger = ANY ($1) AND state = 1 AND next_at > now() + $2::bigint * interval '1 millisecond'`,
		names, b.MaxWait.Milliseconds())
	if err == nil && tag.RowsAffected() > 0 {
		b.Log.Warn("deliveries were due later than any pause allows; was the clock wrong?", slog.Int64("deliveries", tag.RowsAffected()))
	}
}
