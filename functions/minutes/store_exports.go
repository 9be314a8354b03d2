package minutes

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// Made is an export that another function finishes.
type Made struct {
	ID        string
	Recording string
	Attempt   int // from 1
	Document  string
	AskedAt   time.Time
	Title     string
	Language  string
	Source    *events.Object // nil once it has expired
	Result    *events.Object // nil until it is there
	Code      string         // why there is none
	Reason    string
}

const selectMade = `SELECT id, recording, attempt, document, asked_at, title, language, source, result, code, reason FROM export `

func scanMade(row pg.Row) (e Made, err error) {
	var source, result string
	err = row.Scan(&e.ID, &e.Recording, &e.Attempt, &e.Document, &e.AskedAt, &e.Title, &e.Language, &source, &result, &e.Code, &e.Reason)
	if err != nil {
		return e, err
	}
	e.AskedAt = e.AskedAt.UTC()
	e.Source, err = storedObject(source)
	if err == nil {
		e.Result, err = storedObject(result)
	}
	return e, err
}

func storedObject(text string) (*events.Object, error) {
	if text == "" {
		return nil, nil
	}
	var o events.Object
	err := json.Unmarshal([]byte(text), &o)
	return &o, err
}

func storedText(o *events.Object) (string, error) {
	if o == nil {
		return "", nil
	}
	text, err := json.Marshal(o)
	return string(text), err
}

// readMade returns one export; found is false where there is none.
func readMade(ctx context.Context, db reader, where string, args ...any) (e Made, found bool, err error) {
	e, err = scanMade(db.QueryRow(ctx, selectMade+where, args...))
	if errors.Is(err, pg.ErrNoRows) {
		return e, false, nil
	}
	return e, err == nil, wrap("read an export of", e.Recording, err)
}

func readMadeAll(ctx context.Context, db reader, where string, args ...any) ([]Made, error) {
	rows, err := db.Query(ctx, selectMade+where, args...)
	all, err := collect(rows, err, scanMade)
	return all, wrap("read", "exports", err)
}

// writeMade writes an export over what stands under its id.
func writeMade(ctx context.Context, tx pg.Tx, e Made) error {
	source, err := storedText(e.Source)
	if err != nil {
		return err
	}
	result, err := storedText(e.Result)
	if err != nil {
		return err
	}
	args := []any{e.ID, e.Recording, e.Attempt, e.Document, e.AskedAt, e.Title, e.Language, source, result, e.Code, e.Reason}
	tag, err := tx.Exec(ctx, `UPDATE export SET recording = $2, attempt = $3, document = $4, asked_at = $5, title = $6, language = $7,
		source = $8, result = $9, code = $10, reason = $11 WHERE id = $1`, args...)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, `INSERT INTO export (id, recording, attempt, document, asked_at, title, language, source, result, code, reason)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, args...)
	}
	return wrap("write export", e.ID, err)
}

func eraseMade(ctx context.Context, tx pg.Tx, recording string) error {
	_, err := tx.Exec(ctx, `DELETE FROM export WHERE recording = $1`, recording)
	return wrap("erase the exports of", recording, err)
}
