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
	Unit    string
	For     string // the account that asks
	Limit   int
	After   *Place    // the last row of the page before
	State   State     // empty for all
	Words   []string  // as they are searched; all of them are to be found
	Speaker string    // as it is searched; empty for all
	Kind    string    // empty for all
	From    time.Time // created then or later; zero for all
	Before  time.Time // created earlier; zero for all
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

// Match is the first place in the transcript where the searched words stand.
type Match struct {
	StartMS int64  `json:"start_ms"`
	Text    string `json:"text"`
}

// condition is a WHERE clause that grows.
type condition struct {
	parts []string
	args  []any
}

func (c *condition) arg(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

func (c *condition) and(format string, values ...any) {
	names := make([]any, len(values))
	for i, v := range values {
		names[i] = c.arg(v)
	}
	c.parts = append(c.parts, fmt.Sprintf(format, names...))
}

func (c *condition) String() string {
	return strings.Join(append([]string{`true`}, c.parts...), ` AND `)
}

// where is what the row of minutes must be.
func (q Query) where(c *condition) {
	c.and(`deleted_at IS NULL AND state <> '' AND unit = %s`, q.Unit)
	c.parts = append(c.parts, readable(c.arg(q.For)))
	if q.After != nil {
		c.and(`(created_at, id) < (%s, %s)`, q.After.CreatedAt, q.After.ID)
	}
	if q.State != "" {
		c.and(`state = %s`, string(q.State))
	}
	if q.Kind != "" {
		c.and(`coalesce(nullif(kind, ''), 'meeting') = %s`, q.Kind)
	}
	if !q.From.IsZero() {
		c.and(`created_at >= %s`, q.From)
	}
	if !q.Before.IsZero() {
		c.and(`created_at < %s`, q.Before)
	}
	if grams := asked(q.Words); len(grams) > 0 {
		c.and(`id = ANY(ARRAY(SELECT recording FROM found WHERE grams @> %s))`, grams)
	}
}

// found is what the row that minutes are found by must be.
func (q Query) found(c *condition) {
	for _, w := range q.Words {
		c.and(`strpos(form, %s) > 0`, w)
	}
	if q.Speaker != "" {
		c.and(`strpos(people, %s) > 0`, q.Speaker)
	}
}

const listed = `id, unit, created_at, upload, title, state, code, stage, ended, chunks, duration_ms, language, kind`

// tuned reads a page with a planner that suits searches: texts and grams lie beside
// their table, so that reading it from end to end looks cheap and is not, and the words
// decide what is the best plan.
func tuned(ctx context.Context, db *pg.DB, q Query) (entries []Entry, err error) {
	err = db.InTx(ctx, func(tx pg.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL jit = off`); err != nil {
			return err
		}
		entries, err = readList(ctx, tx, q)
		return err
	})
	return entries, err
}

// readList returns one page. Grams find what may hold the words; the text of each is
// looked through in the order of the list until the page is full, which the OFFSET keeps
// apart: the planner would read every text first.
func readList(ctx context.Context, db reader, q Query) ([]Entry, error) {
	var c condition
	q.where(&c)
	from := `minutes WHERE ` + c.String() + ` ORDER BY created_at DESC, id DESC`
	looked := condition{args: c.args}
	if q.found(&looked); len(looked.parts) > 0 {
		from = `(SELECT ` + listed + ` FROM ` + from + ` OFFSET 0) AS may WHERE EXISTS (SELECT FROM found WHERE recording = may.id AND ` + looked.String() + `)`
	}
	limit := looked.arg(q.Limit)
	rows, err := db.Query(ctx, `SELECT `+listed+` FROM `+from+` LIMIT `+limit, looked.args...)
	entries, err := collect(rows, err, func(row pg.Row) (e Entry, err error) {
		err = row.Scan(&e.ID, &e.Unit, &e.CreatedAt, &e.Upload, &e.Title, &e.State, &e.Code, &e.Stage, &e.Ended, &e.Chunks, &e.DurationMS, &e.Language, &e.Kind)
		e.CreatedAt = e.CreatedAt.UTC()
		return e, err
	})
	return entries, wrap("list the minutes of", q.Unit, err)
}

// writeFound replaces what minutes are found by.
func writeFound(ctx context.Context, tx pg.Tx, recording string, f Found) error {
	tag, err := tx.Exec(ctx, `UPDATE found SET people = $2, form = $3, grams = $4 WHERE recording = $1`, recording, f.People, f.Form, f.Grams)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, `INSERT INTO found (recording, people, form, grams) VALUES ($1, $2, $3, $4)`, recording, f.People, f.Form, f.Grams)
	}
	return wrap("index", recording, err)
}

// readUnfound returns minutes that are not indexed.
func readUnfound(ctx context.Context, db reader, limit int) ([]string, error) {
	rows, err := db.Query(ctx, `SELECT id FROM minutes WHERE deleted_at IS NULL AND state <> '' AND NOT EXISTS (SELECT FROM found WHERE recording = minutes.id) LIMIT $1`, limit)
	ids, err := collect(rows, err, func(row pg.Row) (id string, err error) { return id, row.Scan(&id) })
	return ids, wrap("look for", "minutes that are not indexed", err)
}

// readForm returns what minutes are searched as.
func readForm(ctx context.Context, db reader, recording string) (form string, err error) {
	rows, err := db.Query(ctx, `SELECT form FROM found WHERE recording = $1`, recording)
	all, err := collect(rows, err, func(row pg.Row) (form string, err error) { return form, row.Scan(&form) })
	return strings.Join(all, ""), wrap("read what is found of", recording, err)
}
