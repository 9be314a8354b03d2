package score

// Alerts, as people deal with them.

import (
	"errors"
	"net/http"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// decisionsShown is how many decisions an alert shows.
const decisionsShown = 20

// listAlerts answers GET /score/alerts, newest first. Parameters are state (open,
// closed), rule, entity_kind with entity, limit and before.
func (c *call) listAlerts() error {
	if err := web.Params(c.r, "state", "rule", "entity_kind", "entity", "limit", "before"); err != nil {
		return err
	}
	p, err := c.page(1)
	if err != nil {
		return err
	}
	f := filter{}
	f.add(`unit = ?`, c.who.Unit)
	switch c.r.URL.Query().Get("state") {
	case "":
	case "open":
		f.add(`closed_at IS NULL`)
	case "closed":
		f.add(`closed_at IS NOT NULL`)
	default:
		return web.Field("field_one_of", "state", "open, closed")
	}
	rule := c.r.URL.Query().Get("rule")
	if rule != "" && !isRule(rule) {
		return web.Field("field_rule", "rule")
	}
	f.put(`rule = ?`, rule)
	if err := c.ofEntity(&f, "device", "account", "address"); err != nil {
		return err
	}
	f.add(`(first_at, id) < (?, ?)`, p.before.at, p.before.key[0])
	alerts, err := read(c, `SELECT `+alertColumns+` FROM alert WHERE `+f.String()+` ORDER BY first_at DESC, id DESC LIMIT `+f.arg(p.limit+1), f.args, scanAlert)
	if err != nil {
		return err
	}
	alerts, next := cut(alerts, p.limit, func(a Alert) cursor { return cursor{a.First, []string{a.ID}} })
	return c.list("alerts", alerts, next)
}

// ofEntity adds the entity that the address names, where it does.
func (c *call) ofEntity(f *filter, kinds ...string) error {
	kind, name := c.r.URL.Query().Get("entity_kind"), c.r.URL.Query().Get("entity")
	switch {
	case kind == "" && name == "":
		return nil
	case kind == "" || name == "":
		return web.Field("field_missing", "entity_kind, entity")
	}
	id, err := c.entity(kind, name, kinds...)
	f.add(`entity = ?`, id)
	f.add(`entity_kind = ?`, kind)
	return err
}

func isRule(text string) bool { return len(text) <= textMost && ruleShape.MatchString(text) }

// ownAlert finds an alert of the caller's unit.
func (c *call) ownAlert(db querier, lock string) (a Alert, err error) {
	id := c.r.PathValue("alert")
	if !idShape.MatchString(id) {
		return a, web.NotFound
	}
	err = scanAlert(db.QueryRow(c.r.Context(), `SELECT `+alertColumns+` FROM alert WHERE id = $1 AND unit = $2`+lock, id, c.who.Unit), &a)
	if errors.Is(err, pg.ErrNoRows) {
		return a, web.NotFound
	}
	return a, err
}

// alertDetail answers GET /score/alerts/{alert}: with the last decisions in which the
// rule hit, where the entity is a device or an account, and what is suppressed.
func (c *call) alertDetail() error {
	a, err := c.ownAlert(c.DB, "")
	if err != nil {
		return err
	}
	found := []decisionLine{}
	if a.Kind != "address" {
		s := search{page: page{limit: decisionsShown}, column: "at"}
		s.add(a.Kind+` = ?`, a.Entity)
		s.add(`unit = ?`, c.who.Unit)
		s.add(`at >= ? AND at <= ?`, a.First, a.Last)
		s.add(`decision @> jsonb_build_object('reasons', jsonb_build_array(jsonb_build_object('rule', ?::text)))`, a.Rule)
		if found, err = c.find(s); err != nil {
			return err
		}
		found, _ = cut(found, decisionsShown, func(decisionLine) cursor { return cursor{} })
	}
	silent, err := read(c, `SELECT `+suppressionColumns+` FROM suppression WHERE entity = $1 AND entity_kind = $2 AND unit = $3 AND rule IN ('*', $4) AND until > $5 ORDER BY rule`,
		[]any{a.Entity, a.Kind, c.who.Unit, a.Rule, c.Now()}, scanSuppression)
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"alert": a, "decisions": found, "suppressions": silent})
}

// closeAlert answers PATCH /score/alerts/{alert} with {"closed":true,"note":…}. What
// hits later in its window is counted, and told no more (alerts.go).
func (c *call) closeAlert() error {
	if err := c.by(); err != nil {
		return err
	}
	var want struct {
		Closed bool   `json:"closed"`
		Note   string `json:"note"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	if !want.Closed {
		return web.Field("field_one_of", "closed", "true")
	}
	if err := checkText("note", want.Note, 1, reasonMost); err != nil {
		return err
	}
	var a Alert
	err := c.inTx(c.r.Context(), func(tx pg.Tx) (err error) {
		if a, err = c.ownAlert(tx, ` FOR UPDATE`); err != nil {
			return err
		}
		if a.ClosedBy != nil && *a.ClosedBy == c.who.Account && *a.Note == want.Note {
			return nil // asked again
		}
		if a.ClosedBy != nil {
			return web.Refuse(http.StatusConflict, "alert_closed", *a.ClosedBy)
		}
		if a, err = a.close(c.r.Context(), tx, c.Now(), c.who.Account, want.Note); err != nil {
			return err
		}
		return c.audit(tx, "alert.close", a.ID, map[string]any{"note": want.Note, "count": a.Count})
	})
	if err != nil {
		return err
	}
	c.tell(c.r.Context(), c.apply, []string{a.ID})
	return c.reply(http.StatusOK, a)
}
