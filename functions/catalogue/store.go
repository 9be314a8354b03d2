package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pg"
)

// Whoever locks several things locks records first, in the order of their books, and
// then one batch.

type queryer interface {
	QueryRow(ctx context.Context, sql string, args ...any) pg.Row
	Query(ctx context.Context, sql string, args ...any) (pg.Rows, error)
}

const recordColumns = `book, source, source_id, content, state, withdrawn, upload, sha256, edition, own, beside, licence`

// findRecord returns what is known of a book.
func findRecord(ctx context.Context, q queryer, book, source, sourceID string) (known, error) {
	k, err := scanRecord(q.QueryRow(ctx, `SELECT `+recordColumns+` FROM record WHERE book = $1`, book))
	if errors.Is(err, pg.ErrNoRows) {
		return unknown(book, source, sourceID), nil
	}
	return k, err
}

// lockRecord is findRecord, and keeps others from changing the record until the
// transaction ends. There is nothing to lock of a book that comes for the first time:
// saveRecord finds out who was first.
func lockRecord(ctx context.Context, tx pg.Tx, book, source, sourceID string) (known, error) {
	k, err := scanRecord(tx.QueryRow(ctx, `SELECT `+recordColumns+` FROM record WHERE book = $1 FOR UPDATE`, book))
	if errors.Is(err, pg.ErrNoRows) {
		return unknown(book, source, sourceID), nil
	}
	return k, err
}

// lockRecords locks those of some books that are known, and returns them by book.
func lockRecords(ctx context.Context, tx pg.Tx, books []string) (map[string]known, error) {
	rows, err := tx.Query(ctx, `SELECT `+recordColumns+` FROM record WHERE book = ANY ($1) ORDER BY book FOR UPDATE`, books)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]known{}
	for rows.Next() {
		k, err := scanRecord(rows)
		if err != nil {
			return nil, err
		}
		all[k.book] = k
	}
	return all, rows.Err()
}

func scanRecord(row pg.Row) (known, error) {
	k := known{there: true}
	var own, beside, licence []byte
	if err := row.Scan(&k.book, &k.source, &k.sourceID, &k.content, &k.state, &k.withdrawn, &k.upload, &k.sha256, &k.edition, &own, &beside, &licence); err != nil {
		return k, err
	}
	return k, errors.Join(unpack(own, &k.own), unpack(beside, &k.beside), unpack(licence, &k.licence))
}

// saveRecord writes a record. Where another has written the first one of a book
// meanwhile, the event comes again and finds that.
func saveRecord(ctx context.Context, tx pg.Tx, k known) error {
	sql := `INSERT INTO record (source, source_id, content, state, withdrawn, upload, sha256, edition, beside, licence, own, book)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	if k.there {
		sql = `UPDATE record SET source = $1, source_id = $2, content = $3, state = $4, withdrawn = $5, upload = $6, sha256 = $7, edition = $8,
			beside = $9, licence = $10, own = $11, changed_at = now() WHERE book = $12`
	}
	beside, licence, err := pack2(k.beside, k.licence)
	if err != nil {
		return err
	}
	own, err := pack(k.own)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sql, k.source, k.sourceID, k.content, k.state, k.withdrawn, k.upload, k.sha256, k.edition, beside, licence, own, k.book)
	return comeAgain(err)
}

// saveSeen writes the version of a change that is nothing new, where it is higher.
func saveSeen(ctx context.Context, tx pg.Tx, k known, c change) error {
	next := k.seen(c)
	if next == k {
		return nil
	}
	return saveRecord(ctx, tx, next)
}

// comeAgain makes an event that lost a race come again.
func comeAgain(err error) error {
	if pg.IsDuplicate(err) {
		return fault.Busy(time.Second, fmt.Errorf("somebody else was first: %w", err))
	}
	return err
}

// note writes the audit trail.
func note(ctx context.Context, tx pg.Tx, k known, what result, reason string, row events.BatchRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO trail (book, version, what, reason, batch, number) VALUES ($1, $2, $3, $4, $5, $6)`,
		k.book, k.state, string(what), reason, row.Batch, row.Row)
	return err
}

// findFile returns what was read of a file, and whether it was read.
func findFile(ctx context.Context, q queryer, sum string) (f file, there bool, err error) {
	f.sha256 = sum
	var object, contents, text, cover, thumbnail []byte
	err = q.QueryRow(ctx, `SELECT format, object, contents, body, letters, text_read, has_cover, cover, thumbnail FROM file WHERE sha256 = $1`, sum).
		Scan(&f.format, &object, &contents, &text, &f.letters, &f.textRead, &f.hasCover, &cover, &thumbnail)
	if errors.Is(err, pg.ErrNoRows) {
		return f, false, nil
	}
	if err != nil {
		return f, false, fmt.Errorf("look for file %s: %w", sum, err)
	}
	return f, true, errors.Join(unpack(object, &f.object), unpack(contents, &f.contents), unpack(text, &f.text),
		unpack(cover, &f.cover), unpack(thumbnail, &f.thumbnail))
}

// saveFile writes what was read of a file, unless somebody did.
func saveFile(ctx context.Context, tx pg.Tx, f file) error {
	object, contents, err := pack2(&f.object, &f.contents)
	if err != nil {
		return err
	}
	text, err := pack(f.text)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO file (sha256, format, object, contents, body, letters, text_read, has_cover)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE NOT EXISTS (SELECT 1 FROM file WHERE sha256 = $1)`,
		f.sha256, f.format, object, contents, text, f.letters, f.textRead, f.hasCover)
	return comeAgain(err)
}

// saveText writes where the text of a file is, unless somebody did.
func saveText(ctx context.Context, tx pg.Tx, f file) error {
	text, err := pack(f.text)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE file SET body = $2, letters = $3, text_read = true WHERE sha256 = $1 AND NOT text_read`, f.sha256, text, f.letters)
	return err
}

// saveCover writes where the pictures of a file's cover are.
func saveCover(ctx context.Context, tx pg.Tx, f file) error {
	cover, thumbnail, err := pack2(f.cover, f.thumbnail)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE file SET cover = $2, thumbnail = $3 WHERE sha256 = $1 AND cover IS NULL`, f.sha256, cover, thumbnail)
	return err
}

// pack writes a value as JSON, and nil as NULL.
func pack[T any](v *T) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

func pack2[A, B any](a *A, b *B) (first, second []byte, err error) {
	if first, err = pack(a); err != nil {
		return nil, nil, err
	}
	second, err = pack(b)
	return first, second, err
}

func unpack[T any](text []byte, into *T) error {
	if text == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}
