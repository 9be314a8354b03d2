package minutes

import (
	"context"
	"fmt"
	"strings"
	"time"

	"xietong.dev/shared/pg"
)

// Query is what a list is asked for.
type Query struct {
	Unit  string
	For   string // the account that asks
	Limit int
	After *Place // the last row of the page before
	State State  // empty for all
	Text  string // to be found in title or transcript; empty for all
}

// Place is where a page ends: lists are in the order of creation, newest first.
type Place struct {
	CreatedAt time.Time
	ID        string
}

// Entry is one row of a list.
type Entry struct {
	ID string
	Shown
	Match *Match
}

// Match is the first place in the transcript where the searched text stands.
type Match struct {
	StartMS int64  `json:"start_ms"`
	Text    string `json:"text"`
}

// where returns the condition of a query and its arguments.
func (q Query) where() (string, []any) {
	condition, args := []string{`unit = $1`, `deleted_at IS NULL`, `state <> ''`}, []any{q.Unit}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	condition = append(condition, readable(arg(q.For)))
	if q.After != nil {
		condition = append(condition, `(created_at, id) < (`+arg(q.After.CreatedAt)+`, `+arg(q.After.ID)+`)`)
	}
	if q.State != "" {
		condition = append(condition, `state = `+arg(string(q.State)))
	}
	if q.Text != "" {
		text := arg(fold(q.Text))
		condition = append(condition, `(strpos(folded, `+text+`) > 0 OR EXISTS (SELECT 1 FROM segment s
			WHERE s.recording = minutes.id AND s.upload = minutes.upload AND strpos(s.folded, `+text+`) > 0))`)
	}
	return strings.Join(condition, ` AND `), args
}

// readList returns one page. The text is searched by scanning the unit's
// transcripts from the newest on: exact in any language, and bounded by the
// caller's deadline.
func readList(ctx context.Context, db reader, q Query) ([]Entry, error) {
	condition, args := q.where()
	args = append(args, q.Limit)
	rows, err := db.Query(ctx, fmt.Sprintf(`SELECT id, unit, created_at, upload, title, state, code, stage, ended, chunks, duration_ms, language, kind
		FROM minutes WHERE %s ORDER BY created_at DESC, id DESC LIMIT $%d`, condition, len(args)), args...)
	entries, err := collect(rows, err, func(row pg.Row) (e Entry, err error) {
		err = row.Scan(&e.ID, &e.Unit, &e.CreatedAt, &e.Upload, &e.Title, &e.State, &e.Code, &e.Stage, &e.Ended, &e.Chunks, &e.DurationMS, &e.Language, &e.Kind)
		e.CreatedAt = e.CreatedAt.UTC()
		return e, err
	})
	return entries, wrap("list the minutes of", q.Unit, err)
}

// findMatches fills in where in each transcript the text stands.
func findMatches(ctx context.Context, db reader, entries []Entry, text string) error {
	for i, e := range entries {
		rows, err := db.Query(ctx, `SELECT start_ms, text FROM segment WHERE recording = $1 AND upload = $2 AND strpos(folded, $3) > 0
			ORDER BY position LIMIT 1`, e.ID, e.Upload, fold(text))
		matches, err := collect(rows, err, func(row pg.Row) (m Match, err error) {
			err = row.Scan(&m.StartMS, &m.Text)
			return m, err
		})
		if err != nil {
			return wrap("search the transcript of", e.ID, err)
		}
		if len(matches) > 0 {
			entries[i].Match = &matches[0]
		}
	}
	return nil
}
