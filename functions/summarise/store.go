package summarise

import (
	"context"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// enter makes sure that a recording is known, so that it can be locked, and
// reports whether it was deleted.
func enter(ctx context.Context, db *pg.DB, recording string) (deleted bool, err error) {
	_, err = db.Exec(ctx, `INSERT INTO recording (id) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM recording WHERE id = $1)`, recording)
	if err != nil && !pg.IsDuplicate(err) {
		return false, fmt.Errorf("note recording %s: %w", recording, err)
	}
	err = db.QueryRow(ctx, `SELECT deleted FROM recording WHERE id = $1`, recording).Scan(&deleted)
	return deleted, err
}

// lock keeps others from ending work on a recording until the transaction ends,
// and reports whether it was deleted.
func lock(ctx context.Context, tx pg.Tx, recording string) (deleted bool, err error) {
	err = tx.QueryRow(ctx, `SELECT deleted FROM recording WHERE id = $1 FOR UPDATE`, recording).Scan(&deleted)
	if errors.Is(err, pg.ErrNoRows) {
		return false, nil // refused before it was entered
	}
	return deleted, err
}

// note writes down where a summary will stand, before it is written, so that it
// can be found and removed however the work ends.
func note(ctx context.Context, db *pg.DB, asked order, bucket, key string) error {
	_, err := db.Exec(ctx, `INSERT INTO summary (bucket, key, recording, upload) SELECT $1, $2, $3, $4
		WHERE NOT EXISTS (SELECT 1 FROM summary WHERE bucket = $1 AND key = $2)`, bucket, key, asked.recording, asked.upload)
	if err != nil && !pg.IsDuplicate(err) {
		return fmt.Errorf("note summary %s: %w", key, err)
	}
	return nil
}

// markDeleted waits for those who are about to tell of a summary. Those who come
// after it remove their own.
func markDeleted(ctx context.Context, db *pg.DB, recording string) error {
	if _, err := enter(ctx, db, recording); err != nil {
		return err
	}
	_, err := db.Exec(ctx, `UPDATE recording SET deleted = true WHERE id = $1`, recording)
	return err
}

// summariesOf returns the objects that were written of a recording.
func summariesOf(ctx context.Context, db *pg.DB, recording string) ([]events.Object, error) {
	rows, err := db.Query(ctx, `SELECT bucket, key FROM summary WHERE recording = $1 ORDER BY bucket, key`, recording)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var objects []events.Object
	for rows.Next() {
		var o events.Object
		if err := rows.Scan(&o.Bucket, &o.Key); err != nil {
			return nil, err
		}
		objects = append(objects, o)
	}
	return objects, rows.Err()
}

// forget drops the notes of a deleted recording, and returns how many there were. The
// mark stays.
func forget(ctx context.Context, tx pg.Tx, recording string) (int, error) {
	tag, err := tx.Exec(ctx, `DELETE FROM summary WHERE recording = $1`, recording)
	return int(tag.RowsAffected()), err
}
