package library

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"xietong.dev/shared/pg"
)

// Mark is a bookmark, a highlight or a note.
type Mark struct {
	ID      string          `json:"id"` // the client's
	Kind    string          `json:"kind"`
	At      time.Time       `json:"at"`
	Colour  string          `json:"colour,omitempty"`
	Note    string          `json:"note,omitempty"`
	Locator json.RawMessage `json:"locator"`
}

// markKinds are the kinds of marks.
var markKinds = []string{"bookmark", "highlight", "note"}

// errTooMany says that a reader has as many marks in an edition as may be.
var errTooMany = errors.New("too many marks")

// Marks returns what a reader has marked in an edition, oldest first.
func (r *Readers) Marks(ctx context.Context, who Reader, edition string) ([]Mark, error) {
	rows, err := r.DB.Query(ctx, `SELECT id, kind, at, colour, note, locator FROM reading_mark
		WHERE unit = $1 AND reader = $2 AND edition = $3 AND NOT deleted ORDER BY at, id`, who.Unit, who.Account, edition)
	all, err := each(rows, err, func(row pg.Row) (m Mark, err error) {
		err = row.Scan(&m.ID, &m.Kind, &m.At, &m.Colour, &m.Note, &m.Locator)
		m.At = m.At.UTC()
		return m, err
	})
	return all, failed("read the marks in", edition, err)
}

// WriteMark makes a mark, or changes it where the client's clock says that this is
// newer. One that was deleted stays so.
func (r *Readers) WriteMark(ctx context.Context, who Reader, edition string, m Mark) error {
	m.At = r.bounded(m.At)
	args := []any{who.Unit, who.Account, m.ID, edition, m.Kind, m.At, m.Colour, m.Note, string(m.Locator)}
	const newer = `UPDATE reading_mark SET kind = $5, at = $6, colour = $7, note = $8, locator = $9
		WHERE unit = $1 AND reader = $2 AND id = $3 AND edition = $4 AND NOT deleted AND at < $6`
	tag, err := r.DB.Exec(ctx, newer, args...)
	if err != nil || tag.RowsAffected() > 0 {
		return failed("write mark", m.ID, err)
	}
	tag, err = r.DB.Exec(ctx, `INSERT INTO reading_mark (unit, reader, id, edition, kind, at, colour, note, locator)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
		WHERE (SELECT count(*) FROM reading_mark WHERE unit = $1 AND reader = $2 AND edition = $4) < $10`, append(args, r.MaxMarks)...)
	switch {
	case pg.IsDuplicate(err): // it is there, and newer or deleted
		return nil
	case err == nil && tag.RowsAffected() == 0:
		return r.unlessThere(ctx, who, m.ID)
	}
	return failed("write mark", m.ID, err)
}

// unlessThere tells a repetition from one mark too many.
func (r *Readers) unlessThere(ctx context.Context, who Reader, id string) error {
	var there bool
	err := r.DB.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM reading_mark WHERE unit = $1 AND reader = $2 AND id = $3)`, who.Unit, who.Account, id).Scan(&there)
	if err == nil && !there {
		return errTooMany
	}
	return failed("look for mark", id, err)
}

// DeleteMark takes a mark away. It is no error where there is none.
func (r *Readers) DeleteMark(ctx context.Context, who Reader, edition, id string) error {
	_, err := r.DB.Exec(ctx, `UPDATE reading_mark SET deleted = true, note = '', locator = '{}' WHERE unit = $1 AND reader = $2 AND id = $3 AND edition = $4`,
		who.Unit, who.Account, id, edition)
	return failed("delete mark", id, err)
}

// Session is a time of reading, in one edition and on one day.
type Session struct {
	ID      string
	Edition string
	Day     time.Time
	Seconds int // since it began: told again and again while it lasts
}

// WriteSession keeps the longest that was told of a session. What is told of it first
// counts as a read.
func (r *Readers) WriteSession(ctx context.Context, who Reader, s Session) error {
	args := []any{who.Unit, who.Account, s.ID, s.Edition, s.Seconds}
	const longer = `UPDATE reading_session SET seconds = $5 WHERE unit = $1 AND reader = $2 AND id = $3 AND edition = $4 AND seconds < $5`
	tag, err := r.DB.Exec(ctx, longer, args...)
	if err == nil && tag.RowsAffected() == 0 {
		err = r.countRead(ctx, who, s)
		if pg.IsDuplicate(err) {
			_, err = r.DB.Exec(ctx, longer, args...)
		} else if err == nil {
			err = r.orderByReads(ctx)
		}
	}
	return failed("write session", s.ID, err)
}

// Day is how much somebody read on a day.
type Day struct {
	Day     string `json:"day"`
	Minutes int    `json:"minutes"`
	Reads   int    `json:"reads"`
}

// Days returns how much a reader has read on each day from one on.
func (r *Readers) Days(ctx context.Context, who Reader, from time.Time) ([]Day, error) {
	rows, err := r.DB.Query(ctx, `SELECT to_char(day, 'YYYY-MM-DD'), (sum(seconds) + 30) / 60, count(DISTINCT edition) FROM reading_session
		WHERE unit = $1 AND reader = $2 AND day >= $3 GROUP BY day ORDER BY day`, who.Unit, who.Account, from)
	all, err := each(rows, err, func(row pg.Row) (d Day, err error) {
		err = row.Scan(&d.Day, &d.Minutes, &d.Reads)
		return d, err
	})
	return all, failed("read the days of", who.Account, err)
}
