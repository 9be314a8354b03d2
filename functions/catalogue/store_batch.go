package catalogue

import (
	"context"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// batch is a list under work. Its state is empty where there is none.
type batch struct {
	id, source, bucket, list string
	state                    string
	rows, ended              int
	approvedBy, reason       string
	report                   *events.Object
}

// enterBatch makes sure that a batch is known, and returns its state.
func enterBatch(ctx context.Context, db *pg.DB, d events.BatchUploaded) (state string, err error) {
	_, err = db.Exec(ctx, `INSERT INTO batch (id, source, bucket, list) SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM batch WHERE id = $1)`,
		d.Batch, d.Source, d.Object.Bucket, d.Object.Key)
	if err != nil && !pg.IsDuplicate(err) {
		return "", fmt.Errorf("note batch %s: %w", d.Batch, err)
	}
	b, err := findBatch(ctx, db, d.Batch)
	return b.state, err
}

const selectBatch = `SELECT id, source, bucket, list, state, rows, ended, approved_by, reason FROM batch WHERE id = $1`

func findBatch(ctx context.Context, q queryer, id string) (batch, error) {
	return scanBatch(q.QueryRow(ctx, selectBatch, id))
}

// lockBatch is findBatch, and keeps others from changing the batch until the
// transaction ends.
func lockBatch(ctx context.Context, tx pg.Tx, id string) (batch, error) {
	return scanBatch(tx.QueryRow(ctx, selectBatch+` FOR UPDATE`, id))
}

func scanBatch(row pg.Row) (b batch, err error) {
	err = row.Scan(&b.id, &b.source, &b.bucket, &b.list, &b.state, &b.rows, &b.ended, &b.approvedBy, &b.reason)
	if errors.Is(err, pg.ErrNoRows) {
		return batch{}, nil
	}
	return b, err
}

// saveBatch writes what may change of a batch. It is locked.
func saveBatch(ctx context.Context, tx pg.Tx, b batch) error {
	report, err := pack(b.report)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE batch SET state = $2, rows = $3, ended = $4, approved_by = $5, reason = $6, report = $7, changed_at = now() WHERE id = $1`,
		b.id, b.state, b.rows, b.ended, b.approvedBy, b.reason, report)
	return err
}
