package score

// Replays over HTTP. They read the reports of all units, as rule sets decide for all.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// replayWanted is what a request for a replay says.
type replayWanted struct {
	Ruleset int        `json:"ruleset"` // 0: the set that decided each
	From    *time.Time `json:"from"`    // the first report's time where it is missing
	To      *time.Time `json:"to"`      // now
	Limit   int        `json:"limit"`   // the newest so many: COMPARED where neither this nor from is given, else MAX_REPLAY
}

// replayMost is the most that the event can ask for.
const replayMost = 1_000_000

func (w *replayWanted) check(c Config) error {
	most := min(c.MaxReplay, replayMost)
	if w.Limit == 0 {
		w.Limit = most
		if w.From == nil {
			w.Limit = min(c.Compared, most)
		}
	}
	switch {
	case w.Ruleset != 0 && !isVersion(w.Ruleset):
		return web.Field("field_number", "ruleset", 0, 1<<31-1)
	case w.Limit < 1 || w.Limit > most:
		return web.Field("field_number", "limit", 1, most)
	case w.From != nil && !inTime(*w.From), w.To != nil && !inTime(*w.To):
		return web.Field("field_years", "from, to")
	case w.From != nil && w.To != nil && !w.From.Before(*w.To):
		return web.Field("field_order", "from", "to")
	}
	return nil
}

// inTime keeps out times that neither events nor the database can write.
func inTime(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 9999 }

// requestReplay answers POST /score/replays with 202: the first page is done, and the
// others follow as events.
func (c *call) requestReplay() error {
	var want replayWanted
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	if err := c.by(); err != nil {
		return err
	}
	if err := want.check(c.Config); err != nil {
		return err
	}
	if err := c.kept(c.r.Context(), want.Ruleset); err != nil {
		if fault.Code(err) != "" {
			return c.noRuleset(want.Ruleset)
		}
		return err
	}
	r, err := c.plan(want)
	if err != nil {
		return err
	}
	err = c.inTx(c.r.Context(), func(tx pg.Tx) error {
		if err := addReplay(c.r.Context(), tx, r); err != nil {
			return err
		}
		return c.audit(tx, "replay.request", r.ID, map[string]any{"ruleset": r.Ruleset, "from": r.From, "to": r.To, "limit": r.Limit})
	})
	if err == nil {
		err = c.startReplay(r)
	}
	if err != nil {
		return err
	}
	return c.showReplay(http.StatusAccepted, r.ID)
}

// plan says which reports a replay reads.
func (c *call) plan(want replayWanted) (Replay, error) {
	now := c.Now()
	to := now.Add(time.Microsecond) // what came at this very moment counts too
	if want.To != nil && want.To.Before(to) {
		to = want.To.UTC().Truncate(time.Microsecond)
	}
	from := time.Unix(0, 0).UTC()
	if want.From != nil {
		from = want.From.UTC().Truncate(time.Microsecond)
	}
	after, first, err := beginning(c.r.Context(), c.DB, from, to, want.Limit)
	if err != nil {
		return Replay{}, err
	}
	r := Replay{ID: ce.ID("replay", c.NewID()), Ruleset: want.Ruleset, To: to, By: c.who.Account, RequestedAt: now}
	r.Result = Result{Limit: want.Limit, Newest: to.After(now), All: after == nil && (first == nil || !first.Before(from)), After: after, Differences: []Difference{}}
	switch {
	case after != nil:
		from = after.Time
	case want.From == nil && first != nil && first.Before(to):
		from = *first
	}
	r.From = earlier(from, to)
	return r, nil
}

// startReplay has the first page done. A replay that could not be handed on ends here, for
// nobody would send its event again.
func (c *call) startReplay(r Replay) error {
	e, err := events.New(r.event())
	if err != nil {
		return err
	}
	e.SetID(ce.ID("replay", r.ID, "first"))
	e.SetExtension(events.Unit, c.who.Unit)
	e.SetExtension(events.AuthType, "user")
	e.SetExtension(events.AuthID, c.who.Account)
	if err = c.apply(c.r.Context(), e); err == nil {
		return nil
	}
	ctx := context.WithoutCancel(c.r.Context())
	ended := c.DB.InTx(ctx, func(tx pg.Tx) error {
		return c.endReplay(ctx, tx, r.ID, errors.New("it could not be started; ask for another"))
	})
	return fmt.Errorf("start replay %s: %w", r.ID, errors.Join(err, ended))
}

// brief is a replay without its differences, for a list.
func (r Replay) brief() Replay {
	r.Sums, r.Differences = r.Sums.bounded(namesShown), []Difference{}
	return r
}

// listReplays answers GET /score/replays?ruleset=&before=&limit=, newest first.
func (c *call) listReplays() error {
	if err := web.Params(c.r, "ruleset", "before", "limit"); err != nil {
		return err
	}
	limit, err := web.Number(c.r, "limit", 1, 100, 20)
	if err != nil {
		return err
	}
	ruleset, err := web.Number(c.r, "ruleset", 0, 1<<31-1, -1)
	if err != nil {
		return err
	}
	before := c.r.URL.Query().Get("before")
	if before != "" && !events.IsID(before) {
		return web.Field("field_cursor", "before")
	}
	all, err := readReplays(c.r.Context(), c.DB, ruleset, before, limit)
	if err != nil {
		return err
	}
	answer := map[string]any{"replays": all}
	for i, r := range all {
		all[i] = r.brief()
	}
	if len(all) == limit {
		answer["next"] = all[limit-1].ID
	}
	return c.reply(http.StatusOK, answer)
}

// replayDetail answers GET /score/replays/{replay}.
func (c *call) replayDetail() error { return c.showReplay(http.StatusOK, c.r.PathValue("replay")) }

func (c *call) showReplay(status int, id string) error {
	if !events.IsID(id) {
		return web.Refuse(http.StatusNotFound, "no_replay", id)
	}
	r, err := findReplay(c.r.Context(), c.DB, id)
	if errors.Is(err, errNoReplay) {
		return web.Refuse(http.StatusNotFound, "no_replay", id)
	}
	if err != nil {
		return err
	}
	r.Sums = r.Sums.bounded(namesShown)
	return c.reply(status, r)
}
