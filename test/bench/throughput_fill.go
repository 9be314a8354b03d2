package main

import (
	"context"
	"fmt"
	"time"

	"xietong.dev/shared/pg"
)

// old is how many ended events a full side holds.
const old = 1_000_000

// fill gives a side the rows that a million events have left: in the broker, in
// the function's ledger, and what they came to. Statistics and visibility are
// brought up to date as autovacuum does in the background of a real year.
func fill(ctx context.Context, db *pg.DB) error {
	trace := "00-00000000000000000000000000000001-0000000000000001-01"
	for _, step := range []string{
		fmt.Sprintf(`INSERT INTO broker.event (seq, type, subject, correlation, attributes, data, trace, hops)
			SELECT nextval('broker.event_seq'), 'dev.xietong.bench.asked.v1', 'old-' || n, 'old-' || n,
				'{"specversion":"1.0","id":"old-' || n || '","source":"/bench","type":"dev.xietong.bench.asked.v1","subject":"old-' || n || '","time":"2026-01-01T00:00:00.000000000Z","datacontenttype":"application/json"}',
				convert_to('{"text":"' || repeat('x', 245) || '"}', 'UTF8'), '%s', 0 FROM generate_series(1, %d) n`, trace, old),
		`INSERT INTO broker.delivery (seq, trigger, state, code, started_at, ended_at) SELECT seq, 'echo-bench-asked', 3, 200, now(), now() FROM broker.event WHERE subject LIKE 'old-%'`,
		fmt.Sprintf(`INSERT INTO echo.ledger (source, id, type, hash, state, sent, ended_at)
			SELECT '/bench', 'old-' || n, 'dev.xietong.bench.asked.v1', decode(md5('a' || n) || md5('b' || n), 'hex'), 2, convert_to(repeat('x', 740), 'UTF8'), now() FROM generate_series(1, %d) n`, old),
		fmt.Sprintf(`INSERT INTO echo.result (id, text) SELECT 'old-' || n, '{"text":"' || repeat('x', 245) || '"}' FROM generate_series(1, %d) n`, old),
		`VACUUM (ANALYZE) broker.event`, `VACUUM (ANALYZE) broker.delivery`, `VACUUM (ANALYZE) echo.ledger`, `VACUUM (ANALYZE) echo.result`, `CHECKPOINT`,
	} {
		if _, err := db.Exec(ctx, step); err != nil {
			return fmt.Errorf("fill the tables: %w", err)
		}
	}
	return nil
}

// empty takes from a side what the last run left, once that has come to its end.
// The broker looks at its tables meanwhile, and so may get in the way.
func empty(ctx context.Context, db *pg.DB) error {
	for {
		var busy bool
		err := db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM broker.delivery WHERE state IN (1, 2, 5))`).Scan(&busy)
		if err == nil && !busy {
			_, err = db.Exec(ctx, `TRUNCATE broker.event, broker.delivery, broker.attempt, echo.ledger, echo.result`)
		}
		switch {
		case err == nil && !busy:
			return nil
		case err != nil && !pg.IsAway(err):
			return fmt.Errorf("empty the tables: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
