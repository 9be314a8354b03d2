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
// at, for of a day's reports in a large city there are millions.
const (
	countedMost = 20_000
	alertsMost  = 1_000
)

// outcomeCount is how many decisions of one outcome there were.
type outcomeCount struct {
	Outcome rules.Outcome `json:"outcome"`
	Hour    int           `json:"hour"`
	Day     int           `json:"day"`

	own   bool      // of the unit that asks
	first time.Time // of the day
}

// counts answers GET /score/page/counts: the unit's decisions of the last hour and day
// by outcome, mildest first, and its open alerts. Where more was decided than is looked
// at, since says from when on it is counted.
func (c *call) counts() error {
	now := c.Now()
	found, err := read(c, `SELECT unit = $1 AS own, outcome, count(*) FILTER (WHERE received_at >= $2), count(*), min(received_at)
		FROM (SELECT unit, outcome, received_at FROM report WHERE received_at >= $3 ORDER BY received_at DESC, id DESC LIMIT $4) r GROUP BY own, outcome`,
		[]any{c.who.Unit, now.Add(-time.Hour), now.AddDate(0, 0, -1), countedMost},
		func(r pg.Row, n *outcomeCount) error { return r.Scan(&n.own, &n.Outcome, &n.Hour, &n.Day, &n.first) })
	if err != nil {
		return err
	}
	var alerts int
	err = c.DB.QueryRow(c.r.Context(), `SELECT count(*) FROM (SELECT 1 FROM alert WHERE unit = $1 AND closed_at IS NULL LIMIT $2) a`, c.who.Unit, alertsMost).Scan(&alerts)
	if err != nil {
		return err
	}
	all, since := byOutcome(found)
	return c.reply(http.StatusOK, map[string]any{"outcomes": all, "since": since, "alerts": alerts})
}

// byOutcome puts what is the unit's own in the order of outcomes. Since is nil where
// everything was looked at.
func byOutcome(found []outcomeCount) (all []outcomeCount, since *time.Time) {
	for _, outcome := range rules.Outcomes() {
		all = append(all, outcomeCount{Outcome: outcome})
	}
	looked := 0
	for _, n := range found {
		looked += n.Day
		if first := n.first.UTC(); since == nil || first.Before(*since) {
			since = &first
		}
		if n.own {
			all[n.Outcome.Rank()].Hour, all[n.Outcome.Rank()].Day = n.Hour, n.Day
		}
	}
	if looked < countedMost {
		since = nil
	}
	return all, since
}
