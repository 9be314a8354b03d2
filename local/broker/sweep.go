package broker

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
)

// sweepLot is how many events one transaction of a sweep looks at.
const sweepLot = 1000

// sweepAgain is when a sweep begins at the first event again. In between it goes
// on where it was: dead letters that are kept lie at the head for long, and need
// not be looked at every minute.
const sweepAgain = time.Hour

// sweep is how far the removal of old events has come.
type sweep struct {
	*Broker
	after int64 // the last seq that was looked at
	began time.Time
}

// all removes what ended longer ago than it is kept, lot after lot, until it
// comes to what is young.
func (s *sweep) all(ctx context.Context) {
	if now := time.Now(); now.Sub(s.began) > sweepAgain {
		s.after, s.began = 0, now
	}
	removed := 0
	for more := true; more && ctx.Err() == nil; {
		var n int
		var err error
		if n, more, err = s.lot(ctx); err != nil {
			if ctx.Err() == nil {
				s.Log.Error("old events not removed; will try again", slog.Any("error", err))
			}
			break
		}
		removed += n
	}
	if removed > 0 {
		s.Log.Info("old events removed", slog.Int("events", removed))
	}
}

// ended holds for an event e whose every delivery ended longer ago than it is
// kept: $1 ms what is done, $2 ms what is dead or discarded. What is on its way never
// is; but of what a cluster delivers nobody may ever tell the end, so that is kept as a
// dead letter is, from when it was told of.
const ended = `NOT EXISTS (SELECT 1 FROM delivery d WHERE d.seq = e.seq AND (d.state NOT IN (3, 4, 6, 7, 8)
	OR coalesce(d.ended_at, d.since) >= now() - CASE d.state WHEN 3 THEN $1::bigint ELSE $2::bigint END * interval '1 millisecond'))`

// lot removes the old among the next events, each with all that belongs to it,
// and reports whether there may be more. Objects stay, whatever becomes of events.
func (s *sweep) lot(ctx context.Context) (removed int, more bool, err error) {
	err = s.DB.InTx(ctx, func(tx pg.Tx) error {
		if _, err := tx.Exec(ctx, unpromised); err != nil {
			return err
		}
		seen, old, err := s.look(ctx, tx)
		if err != nil || len(seen) == 0 {
			return err
		}
		if removed, err = s.remove(ctx, tx, old); err == nil {
			s.after, more = seen[len(seen)-1], len(seen) == sweepLot
		}
		return err
	})
	if err != nil {
		return 0, false, fmt.Errorf("sweep events after %d: %w", s.after, err)
	}
	return removed, more, nil
}

// look returns the next events that are no younger than what is kept, and
// those of them that have ended for long enough.
func (s *sweep) look(ctx context.Context, tx pg.Tx) (seen, old []int64, err error) {
	rows, err := tx.Query(ctx, `SELECT e.seq, `+ended+` FROM (SELECT seq, received_at FROM event WHERE seq > $3 ORDER BY seq LIMIT $4) e
		WHERE e.received_at < now() - $1::bigint * interval '1 millisecond' ORDER BY e.seq`, s.Keep.Milliseconds(), s.KeepDead.Milliseconds(), s.after, sweepLot)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var is bool
		if err := rows.Scan(&seq, &is); err != nil {
			return nil, nil, err
		}
		seen = append(seen, seq)
		if is {
			old = append(old, seq)
		}
	}
	return seen, old, rows.Err()
}

// remove removes events, unless one has come to life meanwhile: their
// deliveries are held first, as a redrive holds them, and looked at again.
func (s *sweep) remove(ctx context.Context, tx pg.Tx, seqs []int64) (int, error) {
	if len(seqs) == 0 {
		return 0, nil
	}
	if _, err := tx.Exec(ctx, `SELECT 1 FROM delivery WHERE seq = ANY ($1) ORDER BY seq, trigger FOR UPDATE`, seqs); err != nil {
		return 0, err
	}
	rows, err := tx.Query(ctx, `DELETE FROM event e WHERE e.seq = ANY ($3) AND `+ended+` RETURNING e.seq`, s.Keep.Milliseconds(), s.KeepDead.Milliseconds(), seqs)
	if err != nil {
		return 0, err
	}
	gone, err := collect(rows, func(row pg.Rows) (seq int64, err error) { return seq, row.Scan(&seq) })
	if err != nil {
		return 0, err
	}
	for _, table := range []string{"attempt", "redrive", "discard", "told", "delivery"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE seq = ANY ($1)`, gone); err != nil {
			return 0, err
		}
	}
	return len(gone), nil
}

// Longest is the longest time that a delivery can take from its first attempt to
// its end, unless its Trigger is paused: busy answers for as long as they do not
// count, then every attempt that counts, each to its time-out and with the longest
// pause after it.
func (c Config) Longest(d manifest.Delivery) time.Duration {
	c = c.withDefaults()
	const busy = 1 // the last busy answer may come when BusyFor is over
	return c.BusyFor + time.Duration(busy+1+d.Retry)*(d.Timeout+c.MaxWait)
}
