package minutes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// reader is a pool or a transaction.
type reader interface {
	Query(ctx context.Context, sql string, args ...any) (pg.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pg.Row
}

const selectGiven = `SELECT posted_at, unit, author, given_title, given_language, given_kind, given_participants, given_particulars, request, grants, deleted_at FROM minutes WHERE id = $1`

func readGiven(ctx context.Context, db reader, sql, id string) (Given, error) {
	var g Given
	var participants, particulars string
	err := db.QueryRow(ctx, sql, id).Scan(&g.PostedAt, &g.Unit, &g.Author, &g.Title, &g.Language, &g.Kind, &participants, &particulars, &g.Request, &g.Grants, &g.DeletedAt)
	if g.PostedAt != nil {
		utc := g.PostedAt.UTC()
		g.PostedAt = &utc
	}
	if participants != "" {
		err = errors.Join(err, json.Unmarshal([]byte(participants), &g.Participants))
	}
	if particulars != "" {
		err = errors.Join(err, json.Unmarshal([]byte(particulars), &g.Particulars))
	}
	return g, err
}

// lock holds the minutes of a recording until the transaction ends, and makes
// their row where it is missing. A duplicate would abort the transaction, hence
// the savepoint.
func lock(ctx context.Context, tx pg.Tx, id string) (Given, error) {
	given, err := readGiven(ctx, tx, selectGiven+` FOR UPDATE`, id)
	if !errors.Is(err, pg.ErrNoRows) {
		return given, wrap("lock minutes", id, err)
	}
	nested, err := tx.Begin(ctx)
	if err != nil {
		return given, err
	}
	if _, err := nested.Exec(ctx, `INSERT INTO minutes (id) VALUES ($1)`, id); err != nil {
		if back := nested.Rollback(ctx); back != nil || !pg.IsDuplicate(err) {
			return given, errors.Join(wrap("begin minutes", id, err), back)
		}
	} else if err := nested.Commit(ctx); err != nil {
		return given, err
	}
	given, err = readGiven(ctx, tx, selectGiven+` FOR UPDATE`, id)
	return given, wrap("lock minutes", id, err)
}

func isDeleted(ctx context.Context, db reader, id string) (bool, error) {
	given, err := readGiven(ctx, db, selectGiven, id)
	if errors.Is(err, pg.ErrNoRows) {
		return false, nil
	}
	return given.DeletedAt != nil, wrap("read minutes", id, err)
}

func readUploads(ctx context.Context, db reader, recording string) ([]Upload, error) {
	rows, err := db.Query(ctx, `SELECT story FROM upload WHERE recording = $1 ORDER BY id`, recording)
	uploads, err := collect(rows, err, func(row pg.Row) (Upload, error) {
		var u Upload
		var story string
		err := row.Scan(&story)
		if err == nil {
			err = json.Unmarshal([]byte(story), &u)
		}
		return u, err
	})
	return uploads, wrap("read the uploads of", recording, err)
}

func writeUpload(ctx context.Context, tx pg.Tx, recording string, u Upload) error {
	story, err := json.Marshal(u)
	if err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, `UPDATE upload SET story = $3 WHERE recording = $1 AND id = $2`, recording, u.ID, string(story))
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, `INSERT INTO upload (recording, id, story) VALUES ($1, $2, $3)`, recording, u.ID, string(story))
	}
	return wrap("write upload", u.ID, err)
}

func writeShown(ctx context.Context, tx pg.Tx, id string, s Shown) error {
	_, err := tx.Exec(ctx, `UPDATE minutes SET unit = $2, created_at = $3, upload = $4, title = $5, folded = $6, state = $7, code = $8,
		stage = $9, ended = $10, chunks = $11, duration_ms = $12, language = $13, kind = $14 WHERE id = $1`,
		id, s.Unit, s.CreatedAt, s.Upload, s.Title, fold(s.Title), s.State, s.Code, s.Stage, s.Ended, s.Chunks, s.DurationMS, s.Language, s.Kind)
	return wrap("write minutes", id, err)
}

// writeGiven writes what people said, and what is shown because of it.
func writeGiven(ctx context.Context, tx pg.Tx, id string, g Given, uploads []Upload) error {
	participants := ""
	if g.Participants != nil {
		text, err := json.Marshal(g.Participants)
		if err != nil {
			return err
		}
		participants = string(text)
	}
	particulars, err := json.Marshal(g.Particulars)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE minutes SET posted_at = $2, author = $3, request = $4, given_title = $5, given_language = $6, grants = $7, given_kind = $8,
		given_participants = $9, given_particulars = $10 WHERE id = $1`,
		id, g.PostedAt, g.Author, g.Request, g.Title, g.Language, g.Grants, g.Kind, participants, string(particulars))
	if err != nil {
		return wrap("write minutes", id, err)
	}
	return writeShown(ctx, tx, id, show(g, uploads))
}

// writeSegments replaces the transcript of an upload, many rows to a statement:
// a long meeting has thousands.
func writeSegments(ctx context.Context, tx pg.Tx, recording, upload string, segments []events.Segment) error {
	if _, err := tx.Exec(ctx, `DELETE FROM segment WHERE recording = $1 AND upload = $2`, recording, upload); err != nil {
		return wrap("delete the segments of", upload, err)
	}
	position := 0
	for some := range slices.Chunk(segments, 500) {
		values, args := []string{}, []any{recording, upload}
		for _, s := range some {
			n := len(args)
			values = append(values, fmt.Sprintf(`($1, $2, $%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d)`, n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8, n+9, n+10))
			args = append(args, position, plain(s.ID), s.Track, plain(s.Speaker), s.StartMS, s.EndMS, plain(s.Text), fold(s.Text), s.Confidence, plain(s.Suspect))
			position++
		}
		_, err := tx.Exec(ctx, `INSERT INTO segment (recording, upload, position, id, track, speaker, start_ms, end_ms, text, folded, confidence, suspect)
			VALUES `+strings.Join(values, `, `), args...)
		if err != nil {
			return wrap("write the segments of", upload, err)
		}
	}
	return nil
}

// readSegments returns up to limit segments from a position on.
func readSegments(ctx context.Context, db reader, recording, upload string, from, limit int) ([]events.Segment, error) {
	rows, err := db.Query(ctx, `SELECT id, track, speaker, start_ms, end_ms, text, confidence, suspect FROM segment
		WHERE recording = $1 AND upload = $2 AND position >= $3 ORDER BY position LIMIT $4`, recording, upload, from, limit)
	segments, err := collect(rows, err, func(row pg.Row) (s events.Segment, err error) {
		err = row.Scan(&s.ID, &s.Track, &s.Speaker, &s.StartMS, &s.EndMS, &s.Text, &s.Confidence, &s.Suspect)
		return s, err
	})
	return segments, wrap("read the segments of", upload, err)
}

// erase leaves a tombstone: that the recording was there, whose, and no more. It returns
// how many rows it deleted.
func erase(ctx context.Context, tx pg.Tx, id string) (rows int, err error) {
	if rows, err = forgetPeople(ctx, tx, id); err != nil {
		return rows, err
	}
	for _, statement := range []string{
		`DELETE FROM segment WHERE recording = $1`,
		`DELETE FROM summary WHERE recording = $1`,
		`DELETE FROM upload WHERE recording = $1`,
		`DELETE FROM person WHERE recording = $1`,
		`DELETE FROM rights WHERE recording = $1`,
		`DELETE FROM trail WHERE recording = $1`,
		`UPDATE minutes SET deleted_at = now(), author = '', request = '', given_title = '', given_language = '', upload = '', title = '', folded = '',
			state = 'deleted', code = '', stage = '', ended = 0, chunks = 0, duration_ms = 0, language = '',
			given_kind = '', given_participants = '', given_particulars = '', kind = '' WHERE id = $1 AND deleted_at IS NULL`,
	} {
		tag, err := tx.Exec(ctx, statement, id)
		if err != nil {
			return rows, wrap("erase minutes", id, err)
		}
		if tag.Delete() {
			rows += int(tag.RowsAffected())
		}
	}
	return rows, closeLinks(ctx, tx, id)
}

func collect[T any](rows pg.Rows, err error, scan func(pg.Row) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

func wrap(doing, what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", doing, what, err)
}

// plain is a text as PostgreSQL takes it: without U+0000.
func plain(s string) string { return strings.ReplaceAll(s, "\x00", "") }

// fold is a text as it is searched: full-width and half-width, upper and lower
// case are one.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(plain(s))) }
