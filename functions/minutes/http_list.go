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

	"xietong.dev/events"
	"xietong.dev/shared/web"
)

type listing struct {
	Minutes []Item `json:"minutes"`
	Next    string `json:"next,omitempty"` // what after= takes; absent on the last page
}

// list answers GET /minutes?limit=&after=&state=&q=, newest first.
func (c *call) list() error {
	q, err := c.query("limit", "after", "state", "q")
	if err != nil {
		return err
	}
	answer := listing{Minutes: []Item{}}
	answer.Next, err = c.search(q, func(ctx context.Context, e Entry) error {
		if len(q.Words) > 0 {
			h, err := c.hit(ctx, e, q)
			if err != nil {
				return err
			}
			if len(h.Lines) > 0 {
				e.Match = &Match{h.Lines[0].StartMS, h.Lines[0].Text}
			}
		}
		answer.Minutes = append(answer.Minutes, item(e, c.lang))
		return nil
	})
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, answer)
}

type findings struct {
	Hits []Hit  `json:"hits"`
	Next string `json:"next,omitempty"` // what after= takes; absent on the last page
}

// find answers GET /minutes/search?q=&speaker=&from=&to=&kind=: minutes with the lines
// and sentences where every word stands, newest first.
func (c *call) find() error {
	q, err := c.query("limit", "after", "state", "q", "speaker", "from", "to", "kind")
	if err != nil {
		return err
	}
	answer := findings{Hits: []Hit{}}
	answer.Next, err = c.search(q, func(ctx context.Context, e Entry) error {
		h, err := c.hit(ctx, e, q)
		answer.Hits = append(answer.Hits, h)
		return err
	})
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, answer)
}

// query reads the parameters, of which only those that are known may be there. Its
// limit is one more than the page has, which tells whether there is another page.
func (c *call) query(known ...string) (Query, error) {
	if err := web.Params(c.r, known...); err != nil {
		return Query{}, err
	}
	values := c.r.URL.Query()
	q := Query{Unit: c.unit, For: c.author, State: State(values.Get("state")), Kind: values.Get("kind")}
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
	case q.Kind != "" && !slices.Contains(events.Kinds(), q.Kind):
		return q, web.Field("field_one_of", "kind", strings.Join(events.Kinds(), ", "))
	}
	if q.From, q.Before, err = c.days(); err != nil {
		return q, err
	}
	for _, name := range []string{"q", "speaker"} {
		if err := c.searched(name, values.Get(name)); err != nil {
			return q, err
		}
	}
	q.Words, q.Speaker = wordsOf(values.Get("q")), strings.TrimSpace(alike(values.Get("speaker")))
	return q, nil
}

func (c *call) searched(name, text string) error {
	text = strings.TrimSpace(text)
	switch {
	case utf8.RuneCountInString(text) > c.MaxQuery:
		return web.Field("field_length", name, 0, c.MaxQuery)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return web.Field("field_control", name)
	}
	return nil
}

// days reads from= and to=, days in the zone of exports, both included.
func (c *call) days() (from, before time.Time, err error) {
	for name, at := range map[string]*time.Time{"from": &from, "to": &before} {
		day := c.r.URL.Query().Get(name)
		if day == "" {
			continue
		}
		if *at, err = time.ParseInLocation(time.DateOnly, day, c.Zone); err != nil {
			return from, before, web.Field("field_day", name)
		}
	}
	if !before.IsZero() {
		before = before.AddDate(0, 0, 1)
	}
	return from, before, nil
}

// search goes through a page within the time that a search may take, and returns where
// the next one begins. What was looked through when the time was over is a page, too.
func (c *call) search(q Query, each func(context.Context, Entry) error) (next string, err error) {
	ctx, cancel := context.WithTimeout(c.r.Context(), c.SearchTime)
	defer cancel()
	slow := func(err error) error {
		if err != nil && ctx.Err() != nil && c.r.Context().Err() == nil {
			return web.Refuse(http.StatusServiceUnavailable, "search_slow")
		}
		return err
	}
	entries, err := tuned(ctx, c.DB, q)
	if err != nil {
		return "", slow(err)
	}
	if len(entries) == q.Limit {
		entries = entries[:q.Limit-1]
		last := entries[len(entries)-1]
		next = Place{last.CreatedAt, last.ID}.String()
	}
	for _, e := range entries {
		if err := each(ctx, e); err != nil {
			return "", slow(err)
		}
	}
	return next, nil
}

// hit looks for the words in the minutes of one row.
func (c *call) hit(ctx context.Context, e Entry, q Query) (Hit, error) {
	s, err := readStory(ctx, c.DB, e.ID)
	if err != nil {
		return Hit{}, err
	}
	lines, more, err := c.may(ctx, s, q)
	if err != nil {
		return Hit{}, err
	}
	h := hit(s, lines, q.Words, q.Speaker, c.lang)
	h.Item, h.More = item(e, c.lang), h.More+more
	return h, nil
}

// may reads the lines of a transcript that hold a word, and counts those that are not
// shown: what minutes are found by says which they are, without reading the others.
func (c *call) may(ctx context.Context, s story, q Query) (lines []Line, more int, err error) {
	current := s.current()
	positions, known := []int32(nil), false
	if current.Transcript != nil && len(q.Words) > 0 {
		form, err := readForm(ctx, c.DB, s.id)
		if err != nil {
			return nil, 0, err
		}
		positions, known = positionsIn(form, current.Transcript.Segments, q.Words)
	}
	if !known {
		lines, err = readLines(ctx, c.DB, s, c.MaxSegments)
		return lines, 0, err
	}
	if q.Speaker == "" && len(positions) > mostLines {
		positions, more = positions[:mostLines], len(positions)-mostLines
	}
	segments, err := readPositions(ctx, c.DB, s.id, current.ID, positions)
	if err != nil {
		return nil, 0, err
	}
	lines, err = linesOf(ctx, c.DB, s, segments)
	return lines, more, err
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
