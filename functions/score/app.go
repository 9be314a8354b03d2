package score

// Apps that have probes in them: to which unit each belongs, and what is answered
// when no decision can be made.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// Fail modes.
const (
	FailOpen   = "open"   // let it pass
	FailClosed = "closed" // stop it
)

// App is an app, as the back office keeps it.
type App struct {
	ID           string   `json:"id"`
	Unit         string   `json:"unit"`
	Name         string   `json:"name"`
	Fail         string   `json:"fail"`         // open or closed
	IntervalS    int      `json:"interval_s"`   // a probe is asked to report so often
	Packages     []string `json:"packages"`     // names of its packages and bundles, as platforms attest them
	Certificates []string `json:"certificates"` // SHA-256 of certificates that it may be signed with, lower-case hex; none: not compared
}

// appKept is for how long an app's settings may be old.
const appKept = 10 * time.Second

type keptApp struct {
	App
	read time.Time
}

// app finds an app's settings. Old ones are better than none while the database is
// away: they say what to answer then.
func (s *Score) app(ctx context.Context, id string) (App, error) {
	kept, there := s.apps.get(id)
	if there && s.Now().Sub(kept.read) < appKept {
		return kept.App, nil
	}
	a, err := findApp(ctx, s.DB, id)
	switch {
	case err == nil:
		s.apps.put(id, keptApp{a, s.Now()})
	case there && pg.IsAway(err):
		return kept.App, nil
	}
	return a, err
}

func findApp(ctx context.Context, db *pg.DB, id string) (App, error) {
	a := App{ID: id}
	err := db.QueryRow(ctx, `SELECT unit, name, fail, interval_s, packages, certificates FROM app WHERE id = $1`, id).
		Scan(&a.Unit, &a.Name, &a.Fail, &a.IntervalS, &a.Packages, &a.Certificates)
	if errors.Is(err, pg.ErrNoRows) {
		return a, fault.Refusef(CodeUnknownApp, "app %s is not known here; the back office adds it with PUT /score/apps/{app}", id)
	}
	if err != nil {
		return a, fmt.Errorf("find app %s: %w", id, err)
	}
	return a, nil
}

// failed is the decision when none can be made.
func (a App) failed() rules.Outcome {
	if a.Fail == FailOpen {
		return rules.Allow
	}
	return rules.Block
}

var appShape = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func (a App) check() error {
	switch {
	case !appShape.MatchString(a.ID):
		return web.Field("field_app", "id")
	case a.Fail != FailOpen && a.Fail != FailClosed:
		return web.Field("field_one_of", "fail", FailOpen+", "+FailClosed)
	case a.IntervalS < 10 || a.IntervalS > 86400:
		return web.Field("field_number", "interval_s", 10, 86400)
	case len(a.Packages) > 20:
		return web.Field("field_count", "packages", len(a.Packages), 20)
	case len(a.Certificates) > 20:
		return web.Field("field_count", "certificates", len(a.Certificates), 20)
	}
	return checkText("name", a.Name, 1, 100)
}

// putApp answers PUT /score/apps/{app}.
func (c *call) putApp() error {
	if err := c.by(); err != nil {
		return err
	}
	a := App{Unit: c.who.Unit, Fail: FailOpen, IntervalS: 60}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &a); err != nil {
		return err
	}
	a.ID, a.Unit = c.r.PathValue("app"), c.who.Unit
	if err := a.check(); err != nil {
		return err
	}
	if a.Packages == nil {
		a.Packages = []string{}
	}
	if a.Certificates == nil {
		a.Certificates = []string{}
	}
	err := c.inTx(c.r.Context(), func(tx pg.Tx) error {
		_, err := tx.Exec(c.r.Context(), `WITH known AS (UPDATE app SET name = $3, fail = $4, interval_s = $5, packages = $6, certificates = $7, by = $8, changed_at = $9 WHERE id = $1 AND unit = $2 RETURNING 1)
			INSERT INTO app (id, unit, name, fail, interval_s, packages, certificates, by, changed_at) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE NOT EXISTS (SELECT 1 FROM known)`,
			a.ID, a.Unit, a.Name, a.Fail, a.IntervalS, a.Packages, a.Certificates, c.who.Account, c.Now())
		if err != nil {
			return err
		}
		return c.audit(tx, "app.put", a.ID, a)
	})
	if pg.IsDuplicate(err) {
		return web.Refuse(http.StatusConflict, "app_taken", a.ID)
	}
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, a)
}

// listApps answers GET /score/apps.
func (c *call) listApps() error {
	rows, err := c.DB.Query(c.r.Context(), `SELECT id, unit, name, fail, interval_s, packages, certificates FROM app WHERE unit = $1 ORDER BY id`, c.who.Unit)
	if err != nil {
		return err
	}
	apps, err := collect(rows, func(r pg.Row, a *App) error {
		return r.Scan(&a.ID, &a.Unit, &a.Name, &a.Fail, &a.IntervalS, &a.Packages, &a.Certificates)
	})
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"apps": apps})
}
