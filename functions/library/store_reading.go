package library

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"xietong.dev/shared/pg"
)

// Reader is whose state is kept: an account of a unit.
type Reader struct{ Unit, Account string }

// Position is where a reader is in an edition.
type Position struct {
	ID      string          `json:"id"` // of the write, by the client
	At      time.Time       `json:"at"`
	Device  string          `json:"device,omitempty"`
	Total   float64         `json:"total"`   // of the whole edition, 0 to 1
	Locator json.RawMessage `json:"locator"` // Readium's
}

// Recent is an edition that a reader has begun.
type Recent struct {
	Edition string `json:"edition"`
	Position
}

const positionColumns = `id, at, device, total, locator`

func scanPosition(row pg.Row, more ...any) (p Position, err error) {
	err = row.Scan(append(more, &p.ID, &p.At, &p.Device, &p.Total, &p.Locator)...)
	p.At = p.At.UTC()
	return p, err
}

// ReadPosition returns where a reader is, and whether that is known.
func (r *Readers) ReadPosition(ctx context.Context, who Reader, edition string) (Position, bool, error) {
	p, err := scanPosition(r.DB.QueryRow(ctx, `SELECT `+positionColumns+` FROM reading_position WHERE unit = $1 AND reader = $2 AND edition = $3`, who.Unit, who.Account, edition))
	if errors.Is(err, pg.ErrNoRows) {
		return p, false, nil
	}
	return p, err == nil, failed("read the position in", edition, err)
}

// WritePosition keeps the position that was written last by the reader's clock, and
// returns the one that is kept. A clock that is ahead counts as ours. The same write
// again changes nothing; of two at the same moment the one with the larger id stays.
func (r *Readers) WritePosition(ctx context.Context, who Reader, edition string, p Position) (Position, error) {
	p.At = r.bounded(p.At)
	const newer = `UPDATE reading_position SET id = $4, at = $5, device = $6, total = $7, locator = $8
		WHERE unit = $1 AND reader = $2 AND edition = $3 AND (at < $5 OR at = $5 AND id < $4)`
	args := []any{who.Unit, who.Account, edition, p.ID, p.At, p.Device, p.Total, string(p.Locator)}
	tag, err := r.DB.Exec(ctx, newer, args...)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = r.DB.Exec(ctx, `INSERT INTO reading_position (unit, reader, edition, id, at, device, total, locator) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, args...)
		if pg.IsDuplicate(err) { // one is there: made just now, or newer
			_, err = r.DB.Exec(ctx, newer, args...)
		}
	}
	if err != nil {
		return p, failed("write the position in", edition, err)
	}
	kept, _, err := r.ReadPosition(ctx, who, edition)
	return kept, err
}

// bounded is a client's time as it counts: not after ours, as finely as it is kept.
func (r *Readers) bounded(at time.Time) time.Time {
	if now := r.Now(); at.After(now) || at.IsZero() {
		at = now
	}
	return at.UTC().Truncate(time.Microsecond)
}

// Recently returns the editions that a reader has read last, newest first.
func (r *Readers) Recently(ctx context.Context, who Reader, limit int) ([]Recent, error) {
	rows, err := r.DB.Query(ctx, `SELECT edition, `+positionColumns+` FROM reading_position WHERE unit = $1 AND reader = $2
		ORDER BY at DESC, edition LIMIT $3`, who.Unit, who.Account, limit)
	all, err := each(rows, err, func(row pg.Row) (v Recent, err error) {
		v.Position, err = scanPosition(row, &v.Edition)
		return v, err
	})
	return all, failed("read what was read by", who.Account, err)
}

func each[T any](rows pg.Rows, err error, scan func(pg.Row) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

func failed(doing, what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", doing, what, err)
}
