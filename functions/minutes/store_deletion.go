package minutes

import (
	"context"
	"errors"

	"xietong.dev/shared/pg"
)

// writeDeletion writes down a deletion unless one is there. The minutes are locked.
func writeDeletion(ctx context.Context, tx pg.Tx, d Deletion) error {
	_, err := tx.Exec(ctx, `INSERT INTO deletion (recording, account, why, at)
		SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM deletion WHERE recording = $1)`, d.Recording, d.Account, d.Why, d.At)
	return wrap("write the deletion of", d.Recording, err)
}

// addForgotten adds to what a function has removed. The minutes are locked.
func addForgotten(ctx context.Context, tx pg.Tx, recording string, f Forgotten) error {
	tag, err := tx.Exec(ctx, `UPDATE forgotten SET objects = objects + $3, rows = rows + $4, payloads = payloads + $5, at = greatest(at, $6) WHERE recording = $1 AND function = $2`,
		recording, f.Function, f.Objects, f.Rows, f.Payloads, f.At)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, `INSERT INTO forgotten (recording, function, objects, rows, payloads, at) VALUES ($1, $2, $3, $4, $5, $6)`,
			recording, f.Function, f.Objects, f.Rows, f.Payloads, f.At)
	}
	return wrap("add to the deletion of", recording, err)
}

// readDeletion returns what is known of a deletion: of one that nobody wrote down, when
// it was.
func readDeletion(ctx context.Context, db reader, recording string, given Given) (Deletion, error) {
	d := Deletion{Recording: recording, Unit: given.Unit, Why: unknownWhy, At: given.DeletedAt.UTC()}
	err := db.QueryRow(ctx, `SELECT account, why, at FROM deletion WHERE recording = $1`, recording).Scan(&d.Account, &d.Why, &d.At)
	if err != nil && !errors.Is(err, pg.ErrNoRows) {
		return d, wrap("read the deletion of", recording, err)
	}
	d.At = d.At.UTC()
	rows, err := db.Query(ctx, `SELECT function, objects, rows, payloads, at FROM forgotten WHERE recording = $1 ORDER BY function`, recording)
	d.Forgotten, err = collect(rows, err, func(row pg.Row) (f Forgotten, err error) {
		err = row.Scan(&f.Function, &f.Objects, &f.Rows, &f.Payloads, &f.At)
		f.At = f.At.UTC()
		return f, err
	})
	return d, wrap("read the deletion of", recording, err)
}
