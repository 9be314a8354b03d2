package score

// The page on which people look and act. It asks the API like everybody else; only the
// counts at its top are its own.

import (
	"net/http"
	"time"

	front "xietong.dev/functions/score/page"
	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// pageRoutes are the page's own addresses, for whoever may use the API.
func pageRoutes() map[string]handler {
	return map[string]handler{
		"/score":             (*call).overview,
		"/score/{$}":         (*call).overview,
		"/score/page/counts": (*call).counts,
		"/score/page/{file}": (*call).file,
	}
}

func (c *call) overview() error { return front.Write(c.w, c.lang, c.who.Account) }

func (c *call) file() error {
	if !front.File(c.w, c.r, c.r.PathValue("file")) {
		return web.NotFound
	}
	return nil
}

// Bounds of the counts: of all units together so many of the newest reports are looked
// at, a tenth of a second of the database's work.
const (
	countedMost = 20_000
	alertsMost  = 1_000
)

// outcomeCount is how many decisions of one outcome there were.
type outcomeCount struct {
	Outcome rules.Outcome `json:"outcome"`
	Hour    int           `json:"hour"`
	Day     int           `json:"day"`
}

// counts answers GET /score/page/counts: the unit's decisions of the last hour and day
// by outcome, mildest first, and its open alerts.
func (c *call) counts() error {
	ctx, now := c.r.Context(), c.Now()
	found, err := read(c, `SELECT outcome, count(*) FILTER (WHERE received_at >= $2), count(*)
		FROM (SELECT unit, outcome, received_at FROM report WHERE received_at >= $3 ORDER BY received_at DESC, id DESC LIMIT $4) r WHERE unit = $1 GROUP BY outcome`,
		[]any{c.who.Unit, now.Add(-time.Hour), now.AddDate(0, 0, -1), countedMost}, func(r pg.Row, n *outcomeCount) error { return r.Scan(&n.Outcome, &n.Hour, &n.Day) })
	if err != nil {
		return err
	}
	all := make([]outcomeCount, len(rules.Outcomes()))
	for i, outcome := range rules.Outcomes() {
		all[i].Outcome = outcome
	}
	for _, n := range found {
		all[n.Outcome.Rank()] = n
	}
	var since *time.Time // what came before was not counted
	var alerts int
	err = c.DB.QueryRow(ctx, `SELECT (SELECT received_at FROM report WHERE received_at >= $2 ORDER BY received_at DESC, id DESC OFFSET $3 - 1 LIMIT 1),
		(SELECT count(*) FROM (SELECT 1 FROM alert WHERE unit = $1 AND closed_at IS NULL LIMIT $4) a)`,
		c.who.Unit, now.AddDate(0, 0, -1), countedMost, alertsMost).Scan(&since, &alerts)
	if err != nil {
		return err
	}
	utc(since)
	return c.reply(http.StatusOK, map[string]any{"outcomes": all, "since": since, "alerts": alerts})
}
