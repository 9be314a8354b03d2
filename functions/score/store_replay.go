package score

// Replays as they are kept, and the reports that they read.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xietong.dev/shared/pg"
)

const replayColumns = `id, ruleset, from_at, to_at, by, requested_at, ended_at, result`

func scanReplay(r pg.Row, p *Replay) error {
	return r.Scan(&p.ID, &p.Ruleset, &p.From, &p.To, &p.By, &p.RequestedAt, &p.EndedAt, &p.Result)
}

func findReplay(ctx context.Context, db querier, id string) (Replay, error) {
	return oneReplay(db.QueryRow(ctx, `SELECT `+replayColumns+` FROM replay WHERE id = $1`, id), id)
}

// lockReplay reads a replay that nobody else changes until the transaction ends.
func lockReplay(ctx context.Context, tx pg.Tx, id string) (Replay, error) {
	return oneReplay(tx.QueryRow(ctx, `SELECT `+replayColumns+` FROM replay WHERE id = $1 FOR UPDATE`, id), id)
}

func oneReplay(row pg.Row, id string) (p Replay, err error) {
	err = scanReplay(row, &p)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return p, errNoReplay
	case err != nil:
		return p, fmt.Errorf("find replay %s: %w", id, err)
	}
	return p, nil
}

// replaysRead is how many replays of a rule set are looked at.
const replaysRead = 20

// replaysOf are the newest replays of a rule set, and the one that is named.
func replaysOf(ctx context.Context, db reader, version int, named string) ([]Replay, error) {
	rows, err := db.Query(ctx, `SELECT `+replayColumns+` FROM replay WHERE ruleset = $1 AND (id = $2 OR id IN (SELECT id FROM replay WHERE ruleset = $1 ORDER BY requested_at DESC LIMIT $3))
		ORDER BY requested_at DESC, id`, version, named, replaysRead)
	if err != nil {
		return nil, fmt.Errorf("list replays of rule set %d: %w", version, err)
	}
	return collect(rows, scanReplay)
}

func addReplay(ctx context.Context, tx pg.Tx, r Replay) error {
	_, err := tx.Exec(ctx, `INSERT INTO replay (id, ruleset, from_at, to_at, by, requested_at, result) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.ID, r.Ruleset, r.From, r.To, r.By, r.RequestedAt, r.Result)
	if err != nil {
		return fmt.Errorf("write replay %s: %w", r.ID, err)
	}
	return nil
}

func saveReplay(ctx context.Context, tx pg.Tx, r Replay) error {
	if _, err := tx.Exec(ctx, `UPDATE replay SET ended_at = $2, result = $3 WHERE id = $1`, r.ID, r.EndedAt, r.Result); err != nil {
		return fmt.Errorf("write replay %s: %w", r.ID, err)
	}
	return nil
}

// beginning finds the report after which the newest so many of a time begin, nil
// where there are no more than these; and the time of the first report of all.
func beginning(ctx context.Context, db querier, from, to time.Time, most int) (after *reached, first *time.Time, err error) {
	var p reached
	err = db.QueryRow(ctx, `SELECT received_at, id FROM report WHERE received_at >= $1 AND received_at < $2 ORDER BY received_at DESC, id DESC OFFSET $3 LIMIT 1`, from, to, most).
		Scan(&p.Time, &p.Report)
	switch {
	case err == nil:
		after = &p
	case !errors.Is(err, pg.ErrNoRows):
		return nil, nil, fmt.Errorf("find where a replay begins: %w", err)
	}
	if err := db.QueryRow(ctx, `SELECT min(received_at) FROM report`).Scan(&first); err != nil {
		return nil, nil, fmt.Errorf("find where a replay begins: %w", err)
	}
	return after, first, nil
}

// stored is a report as a replay reads it.
type stored struct {
	id                 string
	received           time.Time
	ruleset            int
	features, decision []byte
}

// readPage reads the next reports of a replay.
func readPage(ctx context.Context, db reader, r Replay, most int) ([]stored, error) {
	after := reached{Time: r.From} // no id comes before the empty one
	if r.After != nil {
		after = *r.After
	}
	rows, err := db.Query(ctx, `SELECT id, received_at, ruleset, features, decision FROM report
		WHERE (received_at, id) > ($1, $2) AND received_at < $3 ORDER BY received_at, id LIMIT $4`, after.Time, after.Report, r.To, most)
	if err != nil {
		return nil, fmt.Errorf("read reports of replay %s: %w", r.ID, err)
	}
	page, err := collect(rows, func(r pg.Row, s *stored) error {
		return r.Scan(&s.id, &s.received, &s.ruleset, &s.features, &s.decision)
	})
	if err != nil {
		return nil, fmt.Errorf("read reports of replay %s: %w", r.ID, err)
	}
	return page, nil
}

// readReplays are the newest up to so many, of one rule set where it is not negative,
// requested before another where one is named.
func readReplays(ctx context.Context, db reader, ruleset int, before string, most int) ([]Replay, error) {
	rows, err := db.Query(ctx, `SELECT `+replayColumns+` FROM replay WHERE ($1 < 0 OR ruleset = $1)
		AND ($2 = '' OR (requested_at, id) < (SELECT requested_at, id FROM replay WHERE id = $2)) ORDER BY requested_at DESC, id DESC LIMIT $3`, ruleset, before, most)
	if err != nil {
		return nil, fmt.Errorf("list replays: %w", err)
	}
	return collect(rows, scanReplay)
}
