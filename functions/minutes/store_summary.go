package minutes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// Where a revision of a summary comes from.
const (
	ByMachine = "automatic"
	ByPerson  = "person"
)

// Revision is one summary of a recording, as a machine made it or a person left
// it. It never changes.
type Revision struct {
	Recording string
	ID        string // auto-<hash of the event> or edit-<number>
	Upload    string
	Origin    string
	Number    int    // counts the edits of a recording
	Parent    string // the revision that was edited
	Base      string // the automatic revision that the edits go back to
	Restores  string // the revision that counts again by this one; empty where none does
	Author    string
	At        time.Time
	Document  events.Summary
}

const (
	revisionColumns = `recording, id, upload, origin, number, parent, base, restores, author, at`
	selectRevision  = `SELECT ` + revisionColumns + `, document FROM summary WHERE recording = $1`
)

func (r *Revision) places() []any {
	return []any{&r.Recording, &r.ID, &r.Upload, &r.Origin, &r.Number, &r.Parent, &r.Base, &r.Restores, &r.Author, &r.At}
}

// writeRevision adds a revision unless it is there.
func writeRevision(ctx context.Context, tx pg.Tx, r Revision) error {
	document, err := json.Marshal(r.Document)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO summary (`+revisionColumns+`, document)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE NOT EXISTS (SELECT 1 FROM summary WHERE recording = $1 AND id = $2)`,
		r.Recording, r.ID, r.Upload, r.Origin, r.Number, r.Parent, r.Base, r.Restores, r.Author, r.At, string(document))
	return wrap("write summary", r.ID, err)
}

// prune drops the oldest edits of a recording, so that keep of them remain.
func prune(ctx context.Context, tx pg.Tx, recording string, newest, keep int) error {
	_, err := tx.Exec(ctx, `DELETE FROM summary WHERE recording = $1 AND origin = 'person' AND number <= $2`, recording, newest-keep)
	return wrap("prune the summaries of", recording, err)
}

// readRevision returns one revision; found is false where there is none.
func readRevision(ctx context.Context, db reader, recording, id string) (Revision, bool, error) {
	return scanRevision(db.QueryRow(ctx, selectRevision+` AND id = $2`, recording, id))
}

// readNewestEdit returns the newest edit by a person.
func readNewestEdit(ctx context.Context, db reader, recording string) (Revision, bool, error) {
	return scanRevision(db.QueryRow(ctx, selectRevision+` AND origin = 'person' ORDER BY number DESC LIMIT 1`, recording))
}

func scanRevision(row pg.Row) (Revision, bool, error) {
	var r Revision
	var document string
	err := row.Scan(append(r.places(), &document)...)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return r, false, nil
	case err != nil:
		return r, false, fmt.Errorf("read summary: %w", err)
	}
	r.At = r.At.UTC()
	if err := json.Unmarshal([]byte(document), &r.Document); err != nil {
		return r, false, fmt.Errorf("read summary %s of %s: %w", r.ID, r.Recording, err)
	}
	return r, true, nil
}

// readCurrent returns the summary that counts: a person's newest edit before
// anything automatic, and that of the current upload else.
func readCurrent(ctx context.Context, db reader, recording string, current Upload) (Revision, bool, error) {
	edit, found, err := readNewestEdit(ctx, db, recording)
	if err != nil || found || current.Summary == nil {
		return edit, found, err
	}
	return readRevision(ctx, db, recording, current.Summary.ID)
}

// readHistory returns all revisions without their documents, newest first.
func readHistory(ctx context.Context, db reader, recording string) ([]Revision, error) {
	rows, err := db.Query(ctx, `SELECT `+revisionColumns+` FROM summary WHERE recording = $1 ORDER BY at DESC, number DESC, id DESC`, recording)
	history, err := collect(rows, err, func(row pg.Row) (Revision, error) {
		var r Revision
		err := row.Scan(r.places()...)
		r.At = r.At.UTC()
		return r, err
	})
	return history, wrap("read the summaries of", recording, err)
}
