package minutes

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
	"xietong.dev/shared/web"

	"xietong.dev/events"
)

type listing struct {
	Minutes []Item `json:"minutes"`
	Next    string `json:"next,omitempty"` // what after= takes; absent on the last page
}

// list answers GET /minutes?limit=&after=&state=&q=, newest first.
func (c *call) list() error {
	q, err := c.query()
	if err != nil {
		return err
	}
	entries, err := c.search(q)
	if err != nil {
		return err
	}
	answer := listing{Minutes: []Item{}}
	if len(entries) == q.Limit {
		entries = entries[:q.Limit-1]
		last := entries[len(entries)-1]
		answer.Next = Place{last.CreatedAt, last.ID}.String()
	}
	for _, e := range entries {
		answer.Minutes = append(answer.Minutes, item(e, c.lang))
	}
	return c.reply(http.StatusOK, answer)
}

// query reads the parameters. Its limit is one more than the page has, which
// tells whether there is another page.
func (c *call) query() (Query, error) {
	if err := web.Params(c.r, "limit", "after", "state", "q"); err != nil {
		return Query{}, err
	}
	values := c.r.URL.Query()
	q := Query{Unit: c.unit, For: c.author, State: State(values.Get("state")), Text: strings.TrimSpace(values.Get("q"))}
	limit, err := web.Number(c.r, "limit", 1, c.MaxPage, min(20, c.MaxPage))
	if err != nil {
		return q, err
	}
	q.Limit = limit + 1
	if after := values.Get("after"); after != "" {
		if q.After, err = parsePlace(after); err != nil {
			return q, web.Field("field_cursor", "after")
		}
	}
	switch {
	case q.State != "" && !slices.Contains(states, q.State):
		return q, web.Field("field_one_of", "state", joined(states))
	case utf8.RuneCountInString(q.Text) > c.MaxQuery:
		return q, web.Field("field_length", "q", 0, c.MaxQuery)
	case !utf8.ValidString(q.Text) || strings.ContainsFunc(q.Text, unicode.IsControl):
		return q, web.Field("field_control", "q")
	}
	return q, nil
}

// search reads a page within the time that a search may take.
func (c *call) search(q Query) ([]Entry, error) {
	ctx, cancel := context.WithTimeout(c.r.Context(), c.SearchTime)
	defer cancel()
	entries, err := readList(ctx, c.DB, q)
	if err == nil && q.Text != "" {
		err = findMatches(ctx, c.DB, entries, q.Text)
	}
	if err != nil && ctx.Err() != nil && c.r.Context().Err() == nil {
		return nil, web.Refuse(http.StatusServiceUnavailable, "search_slow")
	}
	return entries, err
}

// String is the place as a cursor, which callers hand back as it is.
func (p Place) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%s", p.CreatedAt.UnixMicro(), p.ID))
}

func parsePlace(cursor string) (*Place, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, err
	}
	micro, id, _ := strings.Cut(string(text), ".")
	n, err := strconv.ParseInt(micro, 10, 64)
	if err != nil || !events.IsID(id) {
		return nil, fmt.Errorf("cursor %q is not one", text)
	}
	return &Place{time.UnixMicro(n).UTC(), id}, nil
}

func joined[T ~string](all []T) string {
	var names []string
	for _, v := range all {
		names = append(names, string(v))
	}
	return strings.Join(names, ", ")
}
