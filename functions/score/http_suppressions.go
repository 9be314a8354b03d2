package score

// Suppressions: of which entities people want to hear nothing for a while.

import (
	"net/http"
	"strings"
	"time"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// suppressionDays is how long one may last: what is wrong for longer is the rule.
const suppressionDays = 90

// Suppression keeps a rule from alerting of an entity for a while. The rule still
// decides.
type Suppression struct {
	Rule   string    `json:"rule"` // * is every rule
	Kind   string    `json:"entity_kind"`
	Entity string    `json:"entity"` // of an account its hash
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	Added  time.Time `json:"added"`
}

const suppressionColumns = `rule, entity_kind, entity, until, reason, by, added_at`

func scanSuppression(r pg.Row, s *Suppression) error {
	err := r.Scan(&s.Rule, &s.Kind, &s.Entity, &s.Until, &s.Reason, &s.By, &s.Added)
	utc(&s.Until, &s.Added)
	return err
}

// listSuppressions answers GET /score/suppressions?limit=&before=, newest first, with
// those that are in force.
func (c *call) listSuppressions() error {
	if err := web.Params(c.r, "limit", "before"); err != nil {
		return err
	}
	p, err := c.page(3)
	if err != nil {
		return err
	}
	k := p.before.key
	all, err := read(c, `SELECT `+suppressionColumns+` FROM suppression WHERE unit = $1 AND until > $2 AND (added_at, entity, rule, entity_kind) < ($3, $4, $5, $6)
		ORDER BY added_at DESC, entity DESC, rule DESC, entity_kind DESC LIMIT $7`, []any{c.who.Unit, c.Now(), p.before.at, k[0], k[1], k[2], p.limit + 1}, scanSuppression)
	if err != nil {
		return err
	}
	all, next := cut(all, p.limit, func(s Suppression) cursor { return cursor{s.Added, []string{s.Entity, s.Rule, s.Kind}} })
	return c.list("suppressions", all, next)
}

// suppressed checks which suppression is meant.
func (c *call) suppressed(s *Suppression) (err error) {
	if !isRule(s.Rule) {
		return web.Field("field_rule", "rule")
	}
	s.Entity, err = c.entity(s.Kind, s.Entity, "device", "account", "address")
	return err
}

// suppress answers POST /score/suppressions. The same again is changed.
func (c *call) suppress() error {
	if err := c.by(); err != nil {
		return err
	}
	var want struct {
		Rule   string     `json:"rule"`
		Kind   string     `json:"entity_kind"`
		Entity string     `json:"entity"`
		Until  *time.Time `json:"until"`
		Reason string     `json:"reason"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	s := Suppression{Rule: want.Rule, Kind: want.Kind, Entity: want.Entity, Reason: want.Reason, By: c.who.Account, Added: c.Now()}
	if err := c.suppressed(&s); err != nil {
		return err
	}
	if want.Until == nil {
		return web.Field("field_missing", "until")
	}
	until, err := c.soon("until", want.Until, suppressionDays)
	if err != nil {
		return err
	}
	s.Until = *until
	if err := checkText("reason", want.Reason, 1, reasonMost); err != nil {
		return err
	}
	if err := c.inTx(c.r.Context(), func(tx pg.Tx) error { return c.saveSuppression(tx, s) }); err != nil {
		return err
	}
	return c.reply(http.StatusCreated, s)
}

func (c *call) saveSuppression(tx pg.Tx, s Suppression) error {
	_, err := tx.Exec(c.r.Context(), `WITH known AS (UPDATE suppression SET until = $5, reason = $6, by = $7, added_at = $8 WHERE unit = $1 AND rule = $2 AND entity_kind = $3 AND entity = $4 RETURNING 1)
		INSERT INTO suppression (unit, rule, entity_kind, entity, until, reason, by, added_at) SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE NOT EXISTS (SELECT 1 FROM known)`,
		c.who.Unit, s.Rule, s.Kind, s.Entity, s.Until, s.Reason, s.By, s.Added)
	if err != nil {
		return err
	}
	return c.audit(tx, "suppression.put", s.Entity, s)
}

// unsuppress answers DELETE /score/suppressions?rule=&entity_kind=&entity=.
func (c *call) unsuppress() error {
	if err := c.by(); err != nil {
		return err
	}
	names := []string{"rule", "entity_kind", "entity"}
	if err := web.Params(c.r, names...); err != nil {
		return err
	}
	q := c.r.URL.Query()
	for _, name := range names {
		if q.Get(name) == "" {
			return web.Field("field_missing", strings.Join(names, ", "))
		}
	}
	s := Suppression{Rule: q.Get("rule"), Kind: q.Get("entity_kind"), Entity: q.Get("entity")}
	if err := c.suppressed(&s); err != nil {
		return err
	}
	err := c.inTx(c.r.Context(), func(tx pg.Tx) error {
		tag, err := tx.Exec(c.r.Context(), `DELETE FROM suppression WHERE entity = $1 AND rule = $2 AND entity_kind = $3 AND unit = $4`, s.Entity, s.Rule, s.Kind, c.who.Unit)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return web.Refuse(http.StatusNotFound, "no_suppression")
		}
		return c.audit(tx, "suppression.delete", s.Entity, map[string]any{"rule": s.Rule, "entity_kind": s.Kind})
	})
	if err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
