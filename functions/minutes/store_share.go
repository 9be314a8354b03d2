package minutes

import (
	"context"
	"errors"
	"time"

	"xietong.dev/shared/pg"
)

const selectLink = `SELECT link.id, recording, minutes.unit, hash, name, may, password, link.account, at, ends_at, revoked_at, uses, used_at, attempts, tried_at, deleted_at IS NOT NULL
	FROM link JOIN minutes ON minutes.id = recording WHERE `

func scanLink(row pg.Row) (l Link, err error) {
	err = row.Scan(&l.ID, &l.Recording, &l.Unit, &l.Hash, &l.Name, &l.May, &l.Password, &l.Account, &l.At, &l.EndsAt, &l.RevokedAt, &l.Uses, &l.UsedAt, &l.Attempts, &l.TriedAt, &l.Deleted)
	l.At, l.EndsAt = l.At.UTC(), l.EndsAt.UTC()
	return l, err
}

// readLinks returns the links to minutes, the newest first, at most so many.
func readLinks(ctx context.Context, db reader, recording string, limit int) ([]Link, error) {
	rows, err := db.Query(ctx, selectLink+`recording = $1 ORDER BY at DESC, link.id LIMIT $2`, recording, limit)
	links, err := collect(rows, err, scanLink)
	return links, wrap("read the links to", recording, err)
}

// findLink returns the link of a token's hash; found is false where there is none.
func findLink(ctx context.Context, db reader, hash string) (l Link, found bool, err error) {
	l, err = scanLink(db.QueryRow(ctx, selectLink+`hash = $1`, hash))
	if errors.Is(err, pg.ErrNoRows) {
		return l, false, nil
	}
	return l, err == nil, wrap("find", "a link", err)
}

// insertLink adds a link unless so many stand already, and reports whether it did. The
// minutes are locked.
func insertLink(ctx context.Context, tx pg.Tx, l Link, most int) (bool, error) {
	tag, err := tx.Exec(ctx, `INSERT INTO link (id, recording, hash, name, may, password, account, at, ends_at)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE (SELECT count(*) FROM link WHERE recording = $2 AND revoked_at IS NULL AND ends_at > $8) < $10`,
		l.ID, l.Recording, l.Hash, plain(l.Name), l.May, l.Password, l.Account, l.At, l.EndsAt, most)
	return err == nil && tag.RowsAffected() == 1, wrap("write a link to", l.Recording, err)
}

// revokeLink ends a link, and returns its name; found is false where there is none. The
// minutes are locked.
func revokeLink(ctx context.Context, tx pg.Tx, recording, id string, at time.Time) (name string, found, stood bool, err error) {
	err = tx.QueryRow(ctx, `SELECT name, revoked_at IS NULL FROM link WHERE recording = $1 AND id = $2`, recording, id).Scan(&name, &stood)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return "", false, false, nil
	case err == nil && stood:
		_, err = tx.Exec(ctx, `UPDATE link SET revoked_at = $3 WHERE recording = $1 AND id = $2`, recording, id, at)
	}
	return name, true, stood, wrap("revoke link", id, err)
}

// closeLinks leaves of the links to deleted minutes what says that they are.
func closeLinks(ctx context.Context, tx pg.Tx, recording string) error {
	_, err := tx.Exec(ctx, `UPDATE link SET name = '', account = '', password = '' WHERE recording = $1`, recording)
	return wrap("close the links to", recording, err)
}

// countUse notes that a link was opened.
func countUse(ctx context.Context, db *pg.DB, id string, at time.Time) error {
	_, err := db.Exec(ctx, `UPDATE link SET uses = uses + 1, used_at = $2 WHERE id = $1`, id, at)
	return wrap("count a use of link", id, err)
}

// tryPassword notes an attempt at a link's password before it is looked at, and reports
// whether it may be: so those at the same moment count as well.
func tryPassword(ctx context.Context, db *pg.DB, id string, at time.Time, most int) (bool, error) {
	tag, err := db.Exec(ctx, `UPDATE link SET attempts = CASE WHEN tried_at > $3 THEN attempts + 1 ELSE 1 END, tried_at = $2
		WHERE id = $1 AND NOT (attempts >= $4 AND coalesce(tried_at > $3, false))`, id, at, at.Add(-attemptsWithin), most)
	return err == nil && tag.RowsAffected() == 1, wrap("count an attempt at link", id, err)
}

// forgive forgets the attempts once one was right.
func forgive(ctx context.Context, db *pg.DB, id string) error {
	_, err := db.Exec(ctx, `UPDATE link SET attempts = 0 WHERE id = $1`, id)
	return wrap("forgive the attempts at link", id, err)
}
