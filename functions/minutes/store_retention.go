package minutes

import (
	"context"
	"errors"
	"time"

	"xietong.dev/shared/pg"
)

// readRetention returns how long a unit keeps its minutes: for ever where it has not
// said.
func readRetention(ctx context.Context, db reader, unit string) (Retention, error) {
	var r Retention
	err := db.QueryRow(ctx, `SELECT days, account, at FROM retention WHERE unit = $1`, unit).Scan(&r.Days, &r.Account, &r.At)
	if errors.Is(err, pg.ErrNoRows) {
		return r, nil
	}
	r.At = r.At.UTC()
	return r, wrap("read the retention of", unit, err)
}

// writeRetention changes how long a unit keeps its minutes. The time is that of the
// change only where the days became fewer: what was announced stays.
func writeRetention(ctx context.Context, tx pg.Tx, unit string, r Retention) error {
	tag, err := tx.Exec(ctx, `UPDATE retention SET at = CASE WHEN days = 0 OR $2 < days THEN $4 ELSE at END, days = $2, account = $3 WHERE unit = $1`, unit, r.Days, r.Account, r.At)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, `INSERT INTO retention (unit, days, account, at) VALUES ($1, $2, $3, $4)`, unit, r.Days, r.Account, r.At)
	}
	return wrap("write the retention of", unit, err)
}

// going is minutes that their unit's retention deletes.
type going struct {
	id, unit, title string
	createdAt, at   time.Time
}

// dueSQL finds what is due before a moment and not on hold, the oldest first.
const dueSQL = `SELECT minutes.id, minutes.unit, title, created_at, greatest(created_at + days * interval '24 hours', r.at + $2::bigint * interval '1 microsecond') AS due
	FROM minutes JOIN retention r ON r.unit = minutes.unit
	WHERE days > 0 AND deleted_at IS NULL AND state <> '' AND created_at <= $1::timestamptz - days * interval '24 hours' AND r.at + $2::bigint * interval '1 microsecond' <= $1::timestamptz
		AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.recording = minutes.id)`

func readDue(ctx context.Context, db reader, now time.Time, notice time.Duration, limit int) ([]going, error) {
	rows, err := db.Query(ctx, dueSQL+` ORDER BY created_at LIMIT $3`, now, notice.Microseconds(), limit)
	return collectGoing(rows, err)
}

// readGoing returns what of a unit goes until a moment, as far as an account may know.
func readGoing(ctx context.Context, db reader, unit, account string, until time.Time, notice time.Duration, limit int) ([]going, error) {
	rows, err := db.Query(ctx, dueSQL+` AND minutes.unit = $3 AND `+readable(`$4`)+` ORDER BY due, created_at LIMIT $5`, until, notice.Microseconds(), unit, account, limit)
	return collectGoing(rows, err)
}

func collectGoing(rows pg.Rows, err error) ([]going, error) {
	all, err := collect(rows, err, func(row pg.Row) (g going, err error) {
		err = row.Scan(&g.id, &g.unit, &g.title, &g.createdAt, &g.at)
		g.createdAt, g.at = g.createdAt.UTC(), g.at.UTC()
		return g, err
	})
	return all, wrap("find what", "retention deletes", err)
}

// readHolds returns the reasons to keep minutes, the oldest first.
func readHolds(ctx context.Context, db reader, recording string) ([]Hold, error) {
	rows, err := db.Query(ctx, `SELECT why, account, at FROM hold WHERE recording = $1 ORDER BY at, why`, recording)
	holds, err := collect(rows, err, func(row pg.Row) (h Hold, err error) {
		err = row.Scan(&h.Why, &h.Account, &h.At)
		h.At = h.At.UTC()
		return h, err
	})
	return holds, wrap("read the holds on", recording, err)
}

func insertHold(ctx context.Context, tx pg.Tx, recording string, h Hold) error {
	_, err := tx.Exec(ctx, `INSERT INTO hold (recording, why, account, at) VALUES ($1, $2, $3, $4)`, recording, h.Why, h.Account, h.At)
	return wrap("hold", recording, err)
}

func deleteHold(ctx context.Context, tx pg.Tx, recording, why string) error {
	_, err := tx.Exec(ctx, `DELETE FROM hold WHERE recording = $1 AND why = $2`, recording, why)
	return wrap("lift a hold on", recording, err)
}

// reasonCount is how many minutes are kept for a reason.
type reasonCount struct {
	Why   string `json:"why"`
	Count int    `json:"count"`
}

// readReasons returns the reasons to keep minutes of a unit, as far as an account may
// know of them, the most frequent first.
func readReasons(ctx context.Context, db reader, unit, account string, limit int) ([]reasonCount, error) {
	rows, err := db.Query(ctx, `SELECT h.why, count(*) FROM hold h JOIN minutes ON minutes.id = h.recording
		WHERE minutes.unit = $1 AND deleted_at IS NULL AND `+readable(`$2`)+` GROUP BY h.why ORDER BY count(*) DESC, h.why LIMIT $3`, unit, account, limit)
	reasons, err := collect(rows, err, func(row pg.Row) (r reasonCount, err error) {
		err = row.Scan(&r.Why, &r.Count)
		return r, err
	})
	return reasons, wrap("count the holds of", unit, err)
}
