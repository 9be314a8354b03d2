package minutes

import (
	"context"
	"encoding/json"
	"errors"

	"xietong.dev/shared/pg"
)

// readGlossary returns the terms of a unit: version 0 where there are none yet. The lock
// ends the statement, or is empty.
func readGlossary(ctx context.Context, db reader, unit, lock string) (Glossary, error) {
	var g Glossary
	var terms string
	err := db.QueryRow(ctx, `SELECT version, author, at, request, terms FROM glossary WHERE unit = $1`+lock, unit).Scan(&g.Version, &g.Author, &g.At, &g.Request, &terms)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return Glossary{}, nil
	case err != nil:
		return g, wrap("read the glossary of", unit, err)
	}
	g.At = g.At.UTC()
	return g, wrap("read the glossary of", unit, json.Unmarshal([]byte(terms), &g.Terms))
}

// writeGlossary replaces the terms of a unit. Where two write the first at once, the
// second fails, and finds on its next attempt that it came too late.
func writeGlossary(ctx context.Context, tx pg.Tx, unit string, g Glossary) error {
	terms, err := json.Marshal(g.Terms)
	if err != nil {
		return err
	}
	statement := `UPDATE glossary SET version = $2, author = $3, at = $4, request = $5, terms = $6 WHERE unit = $1`
	if g.Version == 1 {
		statement = `INSERT INTO glossary (unit, version, author, at, request, terms) VALUES ($1, $2, $3, $4, $5, $6)`
	}
	_, err = tx.Exec(ctx, statement, unit, g.Version, g.Author, g.At, g.Request, string(terms))
	return wrap("write the glossary of", unit, err)
}
