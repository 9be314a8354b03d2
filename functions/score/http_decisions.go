package score

// What was decided: as a list that can be searched, and one with all that it rests on.

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// decisionLine is a decision as lists show it.
type decisionLine struct {
	Report   string        `json:"report"`
	At       time.Time     `json:"at"`
	Received time.Time     `json:"received"`
	App      string        `json:"app"`
	Device   string        `json:"device"`
	Account  string        `json:"account,omitempty"` // hashed
	Address  string        `json:"address,omitempty"`
	Outcome  rules.Outcome `json:"outcome"`
	Score    int           `json:"score"`
	Rules    []string      `json:"rules"` // that hit
	Ruleset  int           `json:"ruleset"`
}

const lineColumns = `id, at, received_at, app, device, account, address, decision, ruleset`

func scanLine(r pg.Row, s *decisionLine) error {
	var d rules.Decision
	err := r.Scan(&s.Report, &s.At, &s.Received, &s.App, &s.Device, &s.Account, &s.Address, &d, &s.Ruleset)
	utc(&s.At, &s.Received)
	s.Outcome, s.Score, s.Rules = d.Outcome, d.Score, []string{}
	for _, reason := range d.Reasons {
		s.Rules = append(s.Rules, reason.Rule)
	}
	return err
}

// search is what decisions are asked for. Those of a device or an account are in the
// order of when they happened, all others of when they were received: so an index
// has them in order.
type search struct {
	filter
	page
	column string // of the order
}

// listDecisions answers GET /score/decisions, newest first. Parameters are device,
// account, app, outcome, from, to, limit and before.
func (c *call) listDecisions() error {
	s, err := c.search()
	if err != nil {
		return err
	}
	found, err := c.find(s)
	if err != nil {
		return err
	}
	found, next := cut(found, s.limit, func(d decisionLine) cursor {
		if s.column == "at" {
			return cursor{d.At, []string{d.Report}}
		}
		return cursor{d.Received, []string{d.Report}}
	})
	return c.list("decisions", found, next)
}

func (c *call) search() (s search, err error) {
	if err := web.Params(c.r, "device", "account", "app", "outcome", "from", "to", "limit", "before"); err != nil {
		return s, err
	}
	s.column = "received_at"
	s.add(`unit = ?`, c.who.Unit)
	for _, kind := range []string{"device", "account"} {
		name := c.r.URL.Query().Get(kind)
		if name == "" {
			continue
		}
		if name, err = c.named(kind, kind, name); err != nil {
			return s, err
		}
		s.add(kind+` = ?`, name)
		s.column = "at"
	}
	app, outcome := c.r.URL.Query().Get("app"), rules.Outcome(c.r.URL.Query().Get("outcome"))
	switch {
	case app != "" && !appShape.MatchString(app):
		return s, web.Field("field_app", "app")
	case outcome != "" && !slices.Contains(rules.Outcomes(), outcome):
		return s, web.Field("field_one_of", "outcome", outcomes())
	}
	s.put(`app = ?`, app)
	s.put(`outcome = ?`, string(outcome))
	if !rules.Warn.WorseThan(outcome) && outcome != "" {
		s.add(`rank >= 2`) // of these there is an index: they are few, and asked for most
	}
	if s.page, err = c.page(1); err != nil {
		return s, err
	}
	return s, c.between(&s)
}

// between adds from, which counts, and to, which does not.
func (c *call) between(s *search) error {
	for name, operator := range map[string]string{"from": ">=", "to": "<"} {
		t, err := c.when(name)
		if err != nil {
			return err
		}
		if t != nil {
			s.add(s.column+` `+operator+` ?`, *t)
		}
	}
	s.add(`(`+s.column+`, id) < (?, ?)`, s.before.at, s.before.key[0])
	return nil
}

func outcomes() string {
	var names []string
	for _, o := range rules.Outcomes() {
		names = append(names, string(o))
	}
	return strings.Join(names, ", ")
}

// find reads a page within the time that a search may take: of a small unit with few
// blocks it may have to read far back.
func (c *call) find(s search) ([]decisionLine, error) {
	ctx, cancel := context.WithTimeout(c.r.Context(), c.SearchLimit)
	defer cancel()
	rows, err := c.DB.Query(ctx, `SELECT `+lineColumns+` FROM report WHERE `+s.String()+` ORDER BY `+s.column+` DESC, id DESC LIMIT `+s.arg(s.limit+1), s.args...)
	var found []decisionLine
	if err == nil {
		found, err = collect(rows, scanLine)
	}
	if err != nil && ctx.Err() != nil && c.r.Context().Err() == nil {
		return nil, web.Refuse(http.StatusServiceUnavailable, "search_slow")
	}
	return found, err
}

// explained is a decision with all that it rests on.
type explained struct {
	decisionLine
	Hash     string           `json:"ruleset_hash"`
	Limited  string           `json:"limited,omitempty"`
	Failed   []string         `json:"failed"` // rules that could not be worked out
	Reasons  []map[string]any `json:"reasons"`
	Features json.RawMessage  `json:"features"`
	Shadow   json.RawMessage  `json:"shadow,omitempty"` // what the shadow set decided, where that differs
	Body     json.RawMessage  `json:"body,omitempty"`   // what the probe said, while it is kept
}

// decision answers GET /score/decisions/{report}.
func (c *call) decision() error {
	id := c.r.PathValue("report")
	if !idShape.MatchString(id) {
		return web.NotFound
	}
	var e explained
	var d rules.Decision
	row := c.DB.QueryRow(c.r.Context(), `SELECT `+lineColumns+`, decision, features, shadow, body FROM report WHERE id = $1 AND unit = $2`, id, c.who.Unit)
	err := scanLine(more{row, []any{&d, &e.Features, &e.Shadow, &e.Body}}, &e.decisionLine)
	if errors.Is(err, pg.ErrNoRows) {
		return web.NotFound
	}
	if err != nil {
		return err
	}
	set, err := c.Sets.of(c.r.Context(), c.DB, e.Ruleset)
	if err != nil {
		return err
	}
	e.Hash, e.Limited, e.Failed, e.Reasons = set.hash, d.Limited, append([]string{}, d.Failed...), set.reasons(d, c.lang)
	return c.reply(http.StatusOK, e)
}

// more is a row that has columns besides those that its reader knows.
type more struct {
	pg.Row
	rest []any
}

func (m more) Scan(into ...any) error { return m.Row.Scan(append(into, m.rest...)...) }
