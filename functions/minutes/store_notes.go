package minutes

import (
	"context"
	"encoding/json"

	"xietong.dev/shared/pg"
)

const noteColumns = `id, kind, parent, author, at, edited_at, deleted_at, resolved_at, resolved_by, request, text, place`

func scanNote(row pg.Row) (n Note, err error) {
	var spot string
	if err := row.Scan(&n.ID, &n.Kind, &n.Parent, &n.Author, &n.At, &n.EditedAt, &n.DeletedAt, &n.ResolvedAt, &n.ResolvedBy, &n.Request, &n.Text, &spot); err != nil {
		return n, err
	}
	n.At = n.At.UTC()
	return n, json.Unmarshal([]byte(spot), &n.Spot)
}

// readNotes returns all notes of a recording, oldest first.
func readNotes(ctx context.Context, db reader, recording string) ([]Note, error) {
	rows, err := db.Query(ctx, `SELECT `+noteColumns+` FROM note WHERE recording = $1 ORDER BY at, id`, recording)
	notes, err := collect(rows, err, scanNote)
	return notes, wrap("read the notes of", recording, err)
}

// addNote writes a new note; its time is the database's.
func addNote(ctx context.Context, tx pg.Tx, recording string, n Note) error {
	spot, err := json.Marshal(n.Spot)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO note (recording, id, kind, parent, author, at, request, text, place) VALUES ($1, $2, $3, $4, $5, now(), $6, $7, $8)`,
		recording, n.ID, n.Kind, n.Parent, n.Author, n.Request, plain(n.Text), plain(string(spot)))
	return wrap("write note", n.ID, err)
}

// rewriteNote gives a note another text.
func rewriteNote(ctx context.Context, tx pg.Tx, recording, id, text string) error {
	_, err := tx.Exec(ctx, `UPDATE note SET text = $3, edited_at = now() WHERE recording = $1 AND id = $2`, recording, id, plain(text))
	return wrap("write note", id, err)
}

// resolveNote says by whom a comment was resolved; nobody opens it again.
func resolveNote(ctx context.Context, tx pg.Tx, recording, id string, resolved bool, by string) error {
	_, err := tx.Exec(ctx, `UPDATE note SET resolved_at = CASE WHEN $3 THEN now() END, resolved_by = $4 WHERE recording = $1 AND id = $2`, recording, id, resolved, by)
	return wrap("resolve note", id, err)
}

// removeNote removes a note; of one that was answered the place stays.
func removeNote(ctx context.Context, tx pg.Tx, recording, id string) error {
	tag, err := tx.Exec(ctx, `UPDATE note SET text = '', deleted_at = now() WHERE recording = $1 AND id = $2 AND EXISTS (SELECT FROM note answer WHERE answer.recording = $1 AND answer.parent = $2)`, recording, id)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, `DELETE FROM note WHERE recording = $1 AND id = $2`, recording, id)
	}
	return wrap("delete note", id, err)
}
