package score

// Alerts: the hits of one rule on one entity in one window are one alert with a
// count. It is told of when it opens, each time that its count has grown tenfold,
// and when its window has ended; so a storm of hits is a handful of events, and
// another entity's alert is not lost in it.
//
// Somebody may close an alert before its window ends. That is told once, and is the
// last that is told of it: later hits in the window are counted, and open nothing
// again, for whoever closed it has seen what hits. The next window's alert is a new
// one; who wants to hear nothing for longer writes a suppression.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// alertKey names an alert.
type alertKey struct {
	unit, rule, kind, entity string
	window                   time.Time // its beginning
}

func (k alertKey) id() string {
	return ce.ID("alert", k.unit, k.rule, k.kind, k.entity, k.window.UTC().Format(time.RFC3339))
}

// hits are what reports add to an alert.
type hits struct {
	app, zh, en       string
	ends, first, last time.Time
	n                 int64
}

// alert notes the rules that hit and are to be alerted of, unless somebody wants
// to hear nothing of that entity for now.
func (w *shared) alert(r *Report, set *loaded, d rules.Decision, suppressed []string, window time.Duration) {
	entities := map[string]string{"device": r.Device, "account": r.Account, "address": r.Address}
	for _, a := range d.Alerts {
		entity := entities[a.Entity]
		if entity == "" || slices.Contains(suppressed, a.Entity+":"+a.Rule) || slices.Contains(suppressed, a.Entity+":*") {
			continue
		}
		k := alertKey{r.Unit, a.Rule, a.Entity, entity, r.At.Truncate(window)}
		h, there := w.alerts[k]
		if !there {
			rule := set.rules[a.Rule]
			h = hits{app: r.App, zh: rule.Zh, en: rule.En, ends: k.window.Add(window), first: r.At, last: r.At}
		}
		h.first, h.last, h.n = earlier(h.first, r.At), later(h.last, r.At), h.n+1
		w.alerts[k] = h
	}
}

// flushAlerts adds hits to their alerts, and returns those that are to be told of.
func flushAlerts(ctx context.Context, tx pg.Tx, all map[alertKey]hits) (due []string, err error) {
	keys := slices.SortedFunc(maps.Keys(all), func(a, b alertKey) int { return cmp.Compare(a.id(), b.id()) })
	for _, k := range keys {
		h := all[k]
		var tell bool
		err := tx.QueryRow(ctx, `UPDATE alert SET count = count + $2, first_at = least(first_at, $3), last_at = greatest(last_at, $4) WHERE id = $1 RETURNING count >= tell_at`,
			k.id(), h.n, h.first, h.last).Scan(&tell)
		if errors.Is(err, pg.ErrNoRows) {
			tell = true
			_, err = tx.Exec(ctx, `INSERT INTO alert (id, unit, rule, entity_kind, entity, window_at, ends_at, app, zh, en, count, first_at, last_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, k.id(), k.unit, k.rule, k.kind, k.entity, k.window, h.ends, h.app, h.zh, h.en, h.n, h.first, h.last)
		}
		if err != nil {
			return nil, fmt.Errorf("count alert of rule %s: %w", k.rule, err)
		}
		if tell {
			due = append(due, k.id())
		}
	}
	return due, nil
}

// AlertDue asks this function to tell of an alert. It stays within the function:
// what there is to tell is read when it is told, so asking twice tells once.
type AlertDue struct {
	Alert   string `json:"alert"`
	Telling int    `json:"telling"` // how often it was told before
}

// EventType names the event.
func (AlertDue) EventType() string { return "dev.xietong.risk.alert.due.v1" }

// EventSubject is the alert.
func (d AlertDue) EventSubject() string { return d.Alert }

// Validate refuses what no alert can be.
func (d AlertDue) Validate() error {
	if !events.IsID(d.Alert) {
		return fmt.Errorf("alert: %q is not an id", d.Alert)
	}
	return nil
}

// due handles AlertDue.
func (s *Score) due(_ context.Context, d AlertDue) (fn.Outcome, error) {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		a, err := lockAlert(ctx, tx, d.Alert)
		if err != nil || a.tellings != d.Telling {
			return nil, err
		}
		news, err := a.news(s.Now())
		if err != nil || len(news) == 0 {
			return nil, err
		}
		return news, a.markTold(ctx, tx, s.Now(), false)
	}, nil
}

// tellAlerts returns the events of alerts that are due, in the transaction of an
// event that sends them.
func tellAlerts(ctx context.Context, tx pg.Tx, ids []string, now time.Time) (all []fn.Event, err error) {
	for _, id := range slices.Sorted(slices.Values(ids)) {
		a, err := lockAlert(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		news, err := a.news(now)
		if err != nil {
			return nil, err
		}
		if len(news) > 0 {
			err = a.markTold(ctx, tx, now, true)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, news...)
	}
	return all, nil
}

// tellOf has an alert told outside of any event, and what was told before and may
// not have left is sent again.
func (s *Score) tellOf(ctx context.Context, apply fn.Apply, alert string) error {
	a, err := findAlert(ctx, s.DB, alert)
	if err != nil {
		return err
	}
	last := a.tellings - 1
	if a.due(s.Now()) {
		last++ // this one is new; asked for too early, its id would be used up
	}
	for n := a.sent; n <= last; n++ {
		e, err := events.New(AlertDue{Alert: alert, Telling: n})
		if err != nil {
			return err
		}
		e.SetID(ce.ID("telling", alert, strconv.Itoa(n)))
		if err := apply(ctx, e); err != nil {
			return err
		}
		if _, err := s.DB.Exec(ctx, `UPDATE alert SET sent = $2 WHERE id = $1 AND sent < $2 AND tellings >= $2`, alert, n+1); err != nil {
			return err
		}
	}
	return nil
}

// tellSoon has alerts told without anybody waiting for it. Where many are being told
// already the next round of tend tells them: what is due stands in their rows.
func (s *Score) tellSoon(ctx context.Context, apply fn.Apply, due []string) {
	if len(due) == 0 {
		return
	}
	select {
	case s.telling <- struct{}{}:
	default:
		return
	}
	s.behind.Go(func() {
		defer func() { <-s.telling }()
		s.tell(context.WithoutCancel(ctx), apply, due)
	})
}

// tell has alerts told that became due. What fails is told at the next round.
func (s *Score) tell(ctx context.Context, apply fn.Apply, due []string) {
	for _, id := range due {
		if err := s.tellOf(ctx, apply, id); err != nil {
			s.Log.Warn("alert not told yet; will try again", "alert", id, "error", err)
		}
	}
}

func (a Alert) grown() bool { return a.Count >= a.tellAt }

// ended reports whether an alert's window is over and that was not told yet.
func (a Alert) ended(now time.Time) bool { return a.ClosedAt == nil && !now.Before(a.EndsAt) }

func (a Alert) due(now time.Time) bool { return a.grown() || a.ended(now) }

// news are the events that an alert is told by now: none where nothing is new.
func (a Alert) news(now time.Time) ([]fn.Event, error) {
	if !a.due(now) {
		return nil, nil
	}
	told := a.event()
	over := a.ended(now) || a.ClosedBy != nil
	var news []events.Data
	switch {
	case a.tellings == 0:
		news = append(news, events.RiskAlertOpened{RiskAlert: told})
	case !over:
		news = append(news, events.RiskAlertUpdated{RiskAlert: told})
	}
	if over {
		closed := events.RiskAlertClosed{RiskAlert: told}
		if a.ClosedBy != nil {
			closed.By, closed.Why = *a.ClosedBy, *a.Note
		}
		news = append(news, closed)
	}
	return events.NewAll(news...)
}

// never is a count that no alert reaches.
const never = math.MaxInt64

// tellNext is the count at which an alert that is told now is told of again.
func (a Alert) tellNext() int64 {
	if a.ClosedBy != nil {
		return never
	}
	return after(a.Count)
}

// after is the count at which an alert is told of again.
func after(count int64) int64 {
	next := int64(10)
	for next <= count {
		next *= 10
	}
	return next
}
