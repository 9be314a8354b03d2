package score

// Lists over HTTP: which page is asked for, under what conditions, and where the next
// one begins.

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// Rows of a page.
const (
	pageMost    = 200
	pageDefault = 50
)

// page is which rows of a list are asked for: so many, from the newest on, before the
// last row of the page before.
type page struct {
	limit  int
	before cursor
}

// cursor is where a page ends: a row's time, and what tells it from others of then.
type cursor struct {
	at  time.Time
	key []string
}

// end comes after all rows.
var end = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// page reads limit and before; keys is how many texts tell rows of one time apart.
func (c *call) page(keys int) (p page, err error) {
	p = page{before: cursor{at: end, key: make([]string, keys)}}
	if p.limit, err = web.Number(c.r, "limit", 1, pageMost, pageDefault); err != nil {
		return p, err
	}
	if text := c.r.URL.Query().Get("before"); text != "" {
		var fits bool
		if p.before, fits = parseCursor(text, keys); !fits {
			return p, web.Field("field_cursor", "before")
		}
	}
	return p, nil
}

// String is a place as callers hand it back.
func (p cursor) String() string {
	text, err := json.Marshal(append([]string{strconv.FormatInt(p.at.UnixMicro(), 10)}, p.key...))
	if err != nil {
		panic(err) // texts can always be written
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func parseCursor(text string, keys int) (p cursor, fits bool) {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	var parts []string
	if err != nil || json.Unmarshal(plain, &parts) != nil || len(parts) != keys+1 {
		return p, false
	}
	micro, err := strconv.ParseInt(parts[0], 10, 64)
	p = cursor{time.UnixMicro(micro).UTC(), parts[1:]}
	fits = err == nil && p.at.Year() >= 1970 && p.at.Year() <= 9999
	for _, k := range p.key {
		fits = fits && !strings.ContainsFunc(k, unicode.IsControl)
	}
	return p, fits
}

// cut takes the row away that was read only to see whether there is another page, and
// returns where that begins.
func cut[T any](rows []T, limit int, at func(T) cursor) ([]T, string) {
	if len(rows) <= limit {
		return rows, ""
	}
	return rows[:limit], at(rows[limit-1]).String()
}

// filter gathers conditions, each ? of which is one argument.
type filter struct {
	where []string
	args  []any
}

func (f *filter) add(condition string, args ...any) {
	for _, a := range args {
		condition = strings.Replace(condition, "?", f.arg(a), 1)
	}
	f.where = append(f.where, condition)
}

func (f *filter) arg(a any) string {
	f.args = append(f.args, a)
	return fmt.Sprintf("$%d", len(f.args))
}

func (f *filter) String() string { return strings.Join(f.where, " AND ") }

// put adds a condition where there is something to compare with.
func (f *filter) put(condition, value string) {
	if value != "" {
		f.add(condition, value)
	}
}

// list answers with a page of a list.
func (c *call) list(name string, rows any, next string) error {
	answer := map[string]any{name: rows}
	if next != "" {
		answer["next"] = next
	}
	return c.reply(http.StatusOK, answer)
}

// read runs a query of a list, and reads its rows.
func read[T any](c *call, sql string, args []any, scan func(pg.Row, *T) error) ([]T, error) {
	rows, err := c.DB.Query(c.r.Context(), sql, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, scan)
}
