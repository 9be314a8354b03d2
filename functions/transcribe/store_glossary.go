package transcribe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// insertGlossary makes sure that a unit has a row, so that there is one to lock.
func insertGlossary(ctx context.Context, db *pg.DB, unit string) error {
	_, err := db.Exec(ctx, `INSERT INTO glossary (unit) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM glossary WHERE unit = $1)`, unit)
	if err != nil && !pg.IsDuplicate(err) {
		return fmt.Errorf("note unit %s: %w", unit, err)
	}
	return nil
}

// saveGlossary writes terms unless they are older than what is there.
func saveGlossary(ctx context.Context, tx pg.Tx, d events.GlossaryChanged) error {
	terms, err := json.Marshal(d.Terms)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE glossary SET version = $2, terms = $3, changed_at = now() WHERE unit = $1 AND version < $2`, d.Unit, d.Version, string(terms))
	return err
}

// findGlossary returns the terms of a unit: none for a unit that told none.
func findGlossary(ctx context.Context, q queryer, unit string) (terms []events.Term, err error) {
	var text string
	err = q.QueryRow(ctx, `SELECT terms FROM glossary WHERE unit = $1`, unit).Scan(&text)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("find the glossary of unit %s: %w", unit, err)
	}
	if err := json.Unmarshal([]byte(text), &terms); err != nil {
		return nil, fmt.Errorf("read the glossary of unit %s: %w", unit, err)
	}
	return terms, nil
}
