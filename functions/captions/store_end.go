package captions

import (
	"context"
	"time"

	"xietong.dev/shared/pg"
)

// markEnded ends a session, and reports whether there is one to end. Connections that
// speak into it find out with the next piece that they keep.
func markEnded(ctx context.Context, tx pg.Tx, id string, now time.Time) (bool, error) {
	tag, err := tx.Exec(ctx, `UPDATE session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL AND NOT deleted`, id, now)
	if err != nil {
		return false, wrap("end session", id, err)
	}
	_, err = tx.Exec(ctx, `UPDATE track SET partial = '' WHERE session = $1`, id)
	return tag.RowsAffected() == 1, wrap("end the tracks of", id, err)
}

const maxIdle = 100 // that are ended at once

// readIdle returns sessions that have had no sound since a time.
func readIdle(ctx context.Context, db reader, since time.Time) (idle []session, err error) {
	rows, err := db.Query(ctx, `SELECT id, unit, author FROM session WHERE ended_at IS NULL AND NOT deleted AND heard_at < $1 ORDER BY heard_at LIMIT $2`, since, maxIdle)
	if err != nil {
		return nil, wrap("read", "idle sessions", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s session
		if err := rows.Scan(&s.ID, &s.Unit, &s.Author); err != nil {
			return nil, wrap("read", "idle sessions", err)
		}
		idle = append(idle, s)
	}
	return idle, wrap("read", "idle sessions", rows.Err())
}

// dropPieces forgets the pieces of a session that was handed over.
func dropPieces(ctx context.Context, tx pg.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM piece WHERE session = $1`, id)
	return wrap("drop the pieces of", id, err)
}

// markDeleted ends a session for good, or leaves a mark for one that may come late. What
// people said of it goes at once.
func markDeleted(ctx context.Context, db *pg.DB, id string) error {
	_, err := db.Exec(ctx, `INSERT INTO session (id) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM session WHERE id = $1)`, id)
	if err != nil && !pg.IsDuplicate(err) {
		return wrap("mark session", id, err)
	}
	_, err = db.Exec(ctx, `UPDATE session SET deleted = true, about = '{}', author = '', ended_at = coalesce(ended_at, now()) WHERE id = $1`, id)
	return wrap("mark session", id, err)
}

// dropAll removes the rows of a deleted session, and returns how many there were. The
// mark stays.
func dropAll(ctx context.Context, tx pg.Tx, id string) (rows int, err error) {
	for _, sql := range []string{`DELETE FROM piece WHERE session = $1`, `DELETE FROM line WHERE session = $1`, `DELETE FROM track WHERE session = $1`} {
		tag, err := tx.Exec(ctx, sql, id)
		if err != nil {
			return rows, wrap("drop the rows of", id, err)
		}
		rows += int(tag.RowsAffected())
	}
	return rows, nil
}
