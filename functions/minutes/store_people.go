package minutes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// readNaming returns what speakers are called now: number 0 where nobody named one.
func readNaming(ctx context.Context, db reader, recording string) (Naming, error) {
	n, err := scanNaming(db.QueryRow(ctx, `SELECT number, author, at, names FROM naming WHERE recording = $1 ORDER BY number DESC LIMIT 1`, recording))
	if errors.Is(err, pg.ErrNoRows) {
		return Naming{Names: Names{}}, nil
	}
	return n, wrap("read the names of", recording, err)
}

// readNamings returns every change of names, newest first.
func readNamings(ctx context.Context, db reader, recording string) ([]Naming, error) {
	rows, err := db.Query(ctx, `SELECT number, author, at, names FROM naming WHERE recording = $1 ORDER BY number DESC`, recording)
	all, err := collect(rows, err, scanNaming)
	return all, wrap("read the names of", recording, err)
}

func scanNaming(row pg.Row) (n Naming, err error) {
	var names string
	if err := row.Scan(&n.Number, &n.Author, &n.At, &names); err != nil {
		return n, err
	}
	n.At = n.At.UTC()
	return n, json.Unmarshal([]byte(names), &n.Names)
}

// writeNaming adds a change, and drops those before the last keep.
func writeNaming(ctx context.Context, tx pg.Tx, recording string, n Naming, keep int) error {
	names, err := json.Marshal(n.Names)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO naming (recording, number, author, at, names) VALUES ($1, $2, $3, now(), $4)`, recording, n.Number, n.Author, string(names))
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM naming WHERE recording = $1 AND number <= $2`, recording, n.Number-keep)
	}
	return wrap("write the names of", recording, err)
}

const selectCorrection = `SELECT segment, number, upload, track, start_ms, end_ms, heard, text, author, at FROM correction WHERE recording = $1`

func scanCorrection(row pg.Row) (c Correction, err error) {
	err = row.Scan(&c.Segment, &c.Number, &c.Upload, &c.Track, &c.StartMS, &c.EndMS, &c.Heard, &c.Text, &c.Author, &c.At)
	c.At = c.At.UTC()
	return c, err
}

// readCorrections returns the newest edit of each line that was edited.
func readCorrections(ctx context.Context, db reader, recording string) ([]Correction, error) {
	rows, err := db.Query(ctx, selectCorrection+` AND number = (SELECT max(number) FROM correction newer WHERE newer.recording = correction.recording AND newer.segment = correction.segment)
		ORDER BY start_ms, segment`, recording)
	all, err := collect(rows, err, scanCorrection)
	return all, wrap("read the corrections of", recording, err)
}

// readEdits returns every edit of one line, newest first.
func readEdits(ctx context.Context, db reader, recording, segment string) ([]Correction, error) {
	rows, err := db.Query(ctx, selectCorrection+` AND segment = $2 ORDER BY number DESC`, recording, segment)
	all, err := collect(rows, err, scanCorrection)
	return all, wrap("read the edits of", recording+" "+segment, err)
}

// writeCorrection adds an edit of a line, and drops those before the last keep.
func writeCorrection(ctx context.Context, tx pg.Tx, recording string, c Correction, keep int) error {
	_, err := tx.Exec(ctx, `INSERT INTO correction (recording, segment, number, upload, track, start_ms, end_ms, heard, text, author, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())`,
		recording, c.Segment, c.Number, c.Upload, c.Track, c.StartMS, c.EndMS, c.Heard, plain(c.Text), c.Author)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM correction WHERE recording = $1 AND segment = $2 AND number <= $3`, recording, c.Segment, c.Number-keep)
	}
	return wrap("write the edit of", recording+" "+c.Segment, err)
}

// forgetPeople removes what people did with a recording.
func forgetPeople(ctx context.Context, tx pg.Tx, recording string) (rows int, err error) {
	for _, table := range []string{"naming", "correction", "note", "found"} {
		tag, err := tx.Exec(ctx, fmt.Sprintf(`DELETE FROM %s WHERE recording = $1`, table), recording)
		if err != nil {
			return rows, wrap("erase from "+table, recording, err)
		}
		rows += int(tag.RowsAffected())
	}
	return rows, nil
}

const selectSegment = `SELECT id, track, speaker, start_ms, end_ms, text, confidence, suspect FROM segment WHERE recording = $1 AND upload = $2`

func scanSegment(row pg.Row) (s events.Segment, err error) {
	err = row.Scan(&s.ID, &s.Track, &s.Speaker, &s.StartMS, &s.EndMS, &s.Text, &s.Confidence, &s.Suspect)
	return s, err
}

// readSegment returns the segment of an id, if there is one.
func readSegment(ctx context.Context, db reader, recording, upload, id string) ([]events.Segment, error) {
	rows, err := db.Query(ctx, selectSegment+` AND id = $3 ORDER BY position LIMIT 1`, recording, upload, id)
	segments, err := collect(rows, err, scanSegment)
	return segments, wrap("read segment", id, err)
}

// readPositions returns the segments at some places of a transcript.
func readPositions(ctx context.Context, db reader, recording, upload string, positions []int32) ([]events.Segment, error) {
	rows, err := db.Query(ctx, selectSegment+` AND position = ANY($3) ORDER BY position`, recording, upload, positions)
	segments, err := collect(rows, err, scanSegment)
	return segments, wrap("read segments of", upload, err)
}

// readSpans returns where every segment of an upload lies.
func readSpans(ctx context.Context, db reader, recording, upload string) ([]span, error) {
	rows, err := db.Query(ctx, `SELECT id, track, start_ms, end_ms FROM segment WHERE recording = $1 AND upload = $2 ORDER BY position`, recording, upload)
	spans, err := collect(rows, err, func(row pg.Row) (s span, err error) {
		err = row.Scan(&s.id, &s.track, &s.start, &s.end)
		return s, err
	})
	return spans, wrap("read the segments of", upload, err)
}
