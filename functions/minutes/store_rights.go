package minutes

import (
	"context"
	"errors"
	"time"

	"xietong.dev/shared/pg"
)

// readable is the condition under which the account of a query's placeholder may know
// of minutes. Every query that lists minutes for somebody has it.
func readable(account string) string {
	return `NOT EXISTS (SELECT 1 FROM rights r WHERE r.recording = minutes.id AND r.visibility = 'people' AND r.owner <> ` + account + `
		AND NOT EXISTS (SELECT 1 FROM person p WHERE p.recording = minutes.id AND p.account = ` + account + `))`
}

// readRights returns what was said about minutes, and what counts where nothing was:
// open to the unit, and owned by whoever created them.
func readRights(ctx context.Context, db reader, id, author string) (Rights, error) {
	r := Rights{Owner: author, Visibility: OpenToUnit}
	err := db.QueryRow(ctx, `SELECT owner, visibility, version FROM rights WHERE recording = $1`, id).Scan(&r.Owner, &r.Visibility, &r.Version)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return r, nil
	case err != nil:
		return r, wrap("read the rights to", id, err)
	}
	rows, err := db.Query(ctx, `SELECT account, may FROM person WHERE recording = $1 ORDER BY account`, id)
	_, err = collect(rows, err, func(row pg.Row) (none struct{}, err error) {
		var account, may string
		err = row.Scan(&account, &may)
		if may == "edit" {
			r.Editors = append(r.Editors, account)
		} else {
			r.Readers = append(r.Readers, account)
		}
		return none, err
	})
	return r, wrap("read the rights to", id, err)
}

// writeRights replaces what was said. The minutes are locked.
func writeRights(ctx context.Context, tx pg.Tx, id string, r Rights) error {
	tag, err := tx.Exec(ctx, `UPDATE rights SET owner = $2, visibility = $3, version = $4 WHERE recording = $1`, id, r.Owner, r.Visibility, r.Version)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, `INSERT INTO rights (recording, owner, visibility, version) VALUES ($1, $2, $3, $4)`, id, r.Owner, r.Visibility, r.Version)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM person WHERE recording = $1`, id)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO person (recording, account, may) SELECT $1, unnest($2::text[]), 'edit' UNION ALL SELECT $1, unnest($3::text[]), 'read'`,
			id, orEmpty(r.Editors), orEmpty(r.Readers))
	}
	return wrap("write the rights to", id, err)
}

// writeTrail adds lines to the trail. The minutes are locked.
func writeTrail(ctx context.Context, tx pg.Tx, id, account string, at time.Time, acts ...Act) error {
	for _, a := range acts {
		_, err := tx.Exec(ctx, `INSERT INTO trail (recording, number, at, account, act, what)
			SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5 FROM trail WHERE recording = $1`, id, at, account, a.Act, plain(a.What))
		if err != nil {
			return wrap("write the trail of", id, err)
		}
	}
	return nil
}

// readTrail returns the newest lines, newest first.
func readTrail(ctx context.Context, db reader, id string, limit int) ([]Act, error) {
	rows, err := db.Query(ctx, `SELECT at, account, act, what FROM trail WHERE recording = $1 ORDER BY number DESC LIMIT $2`, id, limit)
	acts, err := collect(rows, err, func(row pg.Row) (a Act, err error) {
		err = row.Scan(&a.At, &a.Account, &a.Act, &a.What)
		a.At = a.At.UTC()
		return a, err
	})
	return acts, wrap("read the trail of", id, err)
}
