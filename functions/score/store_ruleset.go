package score

// Rule sets and approvals as they are kept.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/pg"
)

// reader is a transaction or the pool, where several rows are read.
type reader interface {
	querier
	Query(ctx context.Context, sql string, args ...any) (pg.Rows, error)
}

const rulesetColumns = `version, state, hash, note, by, based_on, created_at, live_at, retired_at`

func scanRuleset(r pg.Row, s *Ruleset) error {
	return r.Scan(&s.Version, &s.State, &s.Hash, &s.Note, &s.By, &s.BasedOn, &s.CreatedAt, &s.LiveAt, &s.RetiredAt)
}

// errNoRuleset says that there is no rule set of a version.
var errNoRuleset = errors.New("there is no such rule set")

func findRuleset(ctx context.Context, db querier, version int) (s Ruleset, err error) {
	err = scanRuleset(db.QueryRow(ctx, `SELECT `+rulesetColumns+` FROM ruleset WHERE version = $1`, version), &s)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return s, errNoRuleset
	case err != nil:
		return s, fmt.Errorf("find rule set %d: %w", version, err)
	}
	return s, nil
}

// readRulesets are all, newest first, up to so many before a version; 0 is the newest.
func readRulesets(ctx context.Context, db reader, before, most int) ([]Ruleset, error) {
	rows, err := db.Query(ctx, `SELECT `+rulesetColumns+` FROM ruleset WHERE $1 = 0 OR version < $1 ORDER BY version DESC LIMIT $2`, before, most)
	if err != nil {
		return nil, fmt.Errorf("list rule sets: %w", err)
	}
	return collect(rows, scanRuleset)
}

// readRules are the rules of a version as its author wrote them.
func readRules(ctx context.Context, db querier, version int) (text json.RawMessage, err error) {
	if err := db.QueryRow(ctx, `SELECT rules FROM ruleset WHERE version = $1`, version).Scan(&text); err != nil {
		return nil, fmt.Errorf("read rule set %d: %w", version, err)
	}
	return text, nil
}

// lockRulesets keeps all others from changing rule sets until the transaction ends.
// Changes are rare, and each is about more than one row: which is live, which number
// comes next. Those who decide on reports only read, and are not held up.
func lockRulesets(ctx context.Context, tx pg.Tx) error {
	if _, err := tx.Exec(ctx, `LOCK TABLE ruleset IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return fmt.Errorf("lock rule sets: %w", err)
	}
	return nil
}

// candidacyOf reads what decides whether a rule set may go live. A replay that is
// named is read even where it is an old one.
func candidacyOf(ctx context.Context, db reader, version int, named string) (s candidacy, err error) {
	if s.Ruleset, err = findRuleset(ctx, db, version); err != nil {
		return s, err
	}
	err = db.QueryRow(ctx, `SELECT coalesce((SELECT version FROM ruleset WHERE state = 'retired' AND retired_at IS NOT NULL ORDER BY retired_at DESC LIMIT 1) = $1, false)`, version).Scan(&s.Before)
	if err != nil {
		return s, fmt.Errorf("find what was live before: %w", err)
	}
	rows, err := db.Query(ctx, `SELECT by, at FROM approval WHERE version = $1 ORDER BY at, by`, version)
	if err != nil {
		return s, fmt.Errorf("read approvals of rule set %d: %w", version, err)
	}
	if s.Approvals, err = collect(rows, func(r pg.Row, a *Approval) error { return r.Scan(&a.By, &a.At) }); err != nil {
		return s, fmt.Errorf("read approvals of rule set %d: %w", version, err)
	}
	s.Replays, err = replaysOf(ctx, db, version, named)
	return s, err
}

// addDraft keeps a rule set as a draft, or finds the draft that says the same.
func addDraft(ctx context.Context, tx pg.Tx, d Ruleset, program *rules.Program, set rules.Set) (kept Ruleset, added bool, err error) {
	err = scanRuleset(tx.QueryRow(ctx, `SELECT `+rulesetColumns+` FROM ruleset WHERE state = 'draft' AND hash = $1 ORDER BY version LIMIT 1`, d.Hash), &kept)
	if err == nil {
		return kept, false, nil
	}
	if !errors.Is(err, pg.ErrNoRows) {
		return kept, false, fmt.Errorf("look for a draft with the same rules: %w", err)
	}
	text, err := json.Marshal(set)
	if err != nil {
		return kept, false, err
	}
	checked, err := program.Checked()
	if err != nil {
		return kept, false, err
	}
	err = scanRuleset(tx.QueryRow(ctx, `INSERT INTO ruleset (version, state, hash, rules, checked, note, by, based_on, created_at)
		SELECT coalesce(max(version), 0) + 1, 'draft', $1, $2, $3, $4, $5, $6, $7 FROM ruleset RETURNING `+rulesetColumns,
		d.Hash, text, checked, d.Note, d.By, d.BasedOn, d.CreatedAt), &kept)
	if err != nil {
		return kept, false, fmt.Errorf("write a draft: %w", err)
	}
	return kept, true, nil
}

// turnRuleset moves a rule set between draft and shadow. The one that was in shadow
// goes back to draft.
func turnRuleset(ctx context.Context, tx pg.Tx, version int, to string) error {
	_, err := tx.Exec(ctx, `UPDATE ruleset SET state = 'draft' WHERE state = 'shadow'`)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE ruleset SET state = $2 WHERE version = $1`, version, to)
	}
	if err != nil {
		return fmt.Errorf("move rule set %d to %s: %w", version, to, err)
	}
	return nil
}

// makeLive retires the live set and puts another in its place. It returns the version
// that retired, 0 where none was live.
func makeLive(ctx context.Context, tx pg.Tx, version int, now time.Time) (retired int, err error) {
	err = tx.QueryRow(ctx, `UPDATE ruleset SET state = 'retired', retired_at = $1 WHERE state = 'live' RETURNING version`, now).Scan(&retired)
	if err != nil && !errors.Is(err, pg.ErrNoRows) {
		return 0, fmt.Errorf("retire the live rule set: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE ruleset SET state = 'live', live_at = $2 WHERE version = $1`, version, now); err != nil {
		return 0, fmt.Errorf("make rule set %d live: %w", version, err)
	}
	return retired, nil
}

// addApproval notes that somebody approves, and whether that is new. One from before
// the set retired is given anew.
func addApproval(ctx context.Context, tx pg.Tx, s Ruleset, by string, now time.Time) (bool, error) {
	_, err := tx.Exec(ctx, `DELETE FROM approval WHERE version = $1 AND by = $2 AND at <= $3`, s.Version, by, s.RetiredAt)
	if err != nil {
		return false, fmt.Errorf("approve rule set %d: %w", s.Version, err)
	}
	tag, err := tx.Exec(ctx, `INSERT INTO approval (version, by, at) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM approval WHERE version = $1 AND by = $2)`, s.Version, by, now)
	if err != nil {
		return false, fmt.Errorf("approve rule set %d: %w", s.Version, err)
	}
	return tag.RowsAffected() > 0, nil
}
