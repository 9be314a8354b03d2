package library

import (
	"context"
	"time"

	"xietong.dev/shared/pg"
)

// findEditions returns the books of a list of ids that lists show, in no order.
func findEditions(ctx context.Context, db *pg.DB, ids []string) ([]Edition, error) {
	rows, err := db.Query(ctx, selectFound+`NOT withdrawn AND book = ANY($1)`, ids)
	all, err := each(rows, err, func(row pg.Row) (Edition, error) {
		f, err := scanFound(row)
		return f.Edition, err
	})
	return all, failed("look for", "several editions", err)
}

// lentCopies counts the copies of editions that are lent. An edition of which none is
// lent is left out.
func lentCopies(ctx context.Context, db *pg.DB, ids []string, now time.Time) (map[string]int, error) {
	rows, err := db.Query(ctx, `SELECT edition, count(*) FROM loan WHERE edition = ANY($1) AND ended_at IS NULL AND (due_at IS NULL OR due_at > $2)
		GROUP BY edition`, ids, now)
	lent := map[string]int{}
	_, err = each(rows, err, func(row pg.Row) (struct{}, error) {
		var edition string
		var n int
		err := row.Scan(&edition, &n)
		lent[edition] = n
		return struct{}{}, err
	})
	return lent, failed("count the copies of", "several editions", err)
}
