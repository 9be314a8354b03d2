package score

// Alerts as they are kept.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// Alert is what one rule has met with one entity in one window.
type Alert struct {
	ID       string     `json:"alert"`
	Unit     string     `json:"unit"`
	Rule     string     `json:"rule"`
	Kind     string     `json:"entity_kind"`
	Entity   string     `json:"entity"`
	App      string     `json:"app"`
	Zh       string     `json:"zh"`
	En       string     `json:"en"`
	Count    int64      `json:"count"`
	First    time.Time  `json:"first"`
	Last     time.Time  `json:"last"`
	EndsAt   time.Time  `json:"window_ends"`
	ClosedAt *time.Time `json:"closed,omitempty"`
	ClosedBy *string    `json:"closed_by,omitempty"` // nobody where its window ended
	Note     *string    `json:"note,omitempty"`

	tellAt         int64
	tellings, sent int
}

const alertColumns = `id, unit, rule, entity_kind, entity, app, zh, en, count, first_at, last_at, ends_at, closed_at, closed_by, note, tell_at, tellings, sent`

func scanAlert(r pg.Row, a *Alert) error {
	err := r.Scan(&a.ID, &a.Unit, &a.Rule, &a.Kind, &a.Entity, &a.App, &a.Zh, &a.En, &a.Count, &a.First, &a.Last, &a.EndsAt, &a.ClosedAt, &a.ClosedBy, &a.Note,
		&a.tellAt, &a.tellings, &a.sent)
	utc(&a.First, &a.Last, &a.EndsAt, a.ClosedAt)
	return err
}

func findAlert(ctx context.Context, db querier, id string) (a Alert, err error) {
	err = scanAlert(db.QueryRow(ctx, `SELECT `+alertColumns+` FROM alert WHERE id = $1`, id), &a)
	if err != nil && !errors.Is(err, pg.ErrNoRows) {
		return a, fmt.Errorf("find alert %s: %w", id, err)
	}
	return a, err
}

// lockAlert reads an alert that nobody else changes until the transaction ends.
func lockAlert(ctx context.Context, tx pg.Tx, id string) (a Alert, err error) {
	err = scanAlert(tx.QueryRow(ctx, `SELECT `+alertColumns+` FROM alert WHERE id = $1 FOR UPDATE`, id), &a)
	if err != nil {
		return a, fmt.Errorf("lock alert %s: %w", id, err)
	}
	return a, nil
}

// markTold notes that an alert was told as it stands, and whether the event of which
// this is the transaction sends it.
func (a Alert) markTold(ctx context.Context, tx pg.Tx, now time.Time, sent bool) error {
	_, err := tx.Exec(ctx, `UPDATE alert SET tell_at = $2, tellings = tellings + 1, sent = CASE WHEN $3 AND sent = tellings THEN sent + 1 ELSE sent END,
		closed_at = CASE WHEN $4 THEN $5 ELSE closed_at END WHERE id = $1`, a.ID, a.tellNext(), sent, a.ended(now), now)
	if err != nil {
		return fmt.Errorf("mark alert %s as told: %w", a.ID, err)
	}
	return nil
}

// close notes who closed an alert. One that was open is to be told of at once; of one
// whose window has ended that was told before.
func (a Alert) close(ctx context.Context, tx pg.Tx, now time.Time, by, note string) (Alert, error) {
	a.tellAt = never
	if a.ClosedAt == nil {
		a.ClosedAt, a.tellAt = &now, 0
	}
	a.ClosedBy, a.Note = &by, &note
	_, err := tx.Exec(ctx, `UPDATE alert SET closed_at = $2, closed_by = $3, note = $4, tell_at = $5 WHERE id = $1`, a.ID, a.ClosedAt, by, note, a.tellAt)
	if err != nil {
		return a, fmt.Errorf("close alert %s: %w", a.ID, err)
	}
	return a, nil
}

// dueAlerts are those that are to be told of, or sent again, or whose window ended.
func dueAlerts(ctx context.Context, db *pg.DB, now time.Time, most int) ([]string, error) {
	rows, err := db.Query(ctx, `(SELECT id FROM alert WHERE count >= tell_at OR sent < tellings ORDER BY id LIMIT $2)
		UNION (SELECT id FROM alert WHERE closed_at IS NULL AND ends_at <= $1 ORDER BY ends_at LIMIT $2)`, now, most)
	if err != nil {
		return nil, fmt.Errorf("look for alerts that are due: %w", err)
	}
	return collect(rows, func(r pg.Row, id *string) error { return r.Scan(id) })
}

// event is an alert as it is told.
func (a Alert) event() events.RiskAlert {
	return events.RiskAlert{Alert: a.ID, Rule: a.Rule, Zh: a.Zh, En: a.En, Entity: events.RiskEntity{Kind: a.Kind, ID: a.Entity}, Unit: a.Unit, App: a.App,
		Count: a.Count, First: events.Moment(a.First), Last: events.Moment(a.Last), WindowEnds: events.Moment(a.EndsAt)}
}
