package library

import (
	"context"
	"slices"
	"strings"

	"xietong.dev/shared/pg"
)

// countRead begins a session, and counts it as one time that the edition was read.
func (r *Readers) countRead(ctx context.Context, who Reader, s Session) error {
	return r.DB.InTx(ctx, func(tx pg.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO reading_session (unit, reader, id, edition, seconds, day) VALUES ($1, $2, $3, $4, $5, $6)`,
			who.Unit, who.Account, s.ID, s.Edition, s.Seconds, s.Day)
		if err == nil {
			_, err = tx.Exec(ctx, `UPDATE edition SET reads = reads + 1 WHERE book = $1`, s.Edition)
		}
		return err
	})
}

// batchOfReads is how many books are ordered anew in one transaction.
const batchOfReads = 1000

// orderByReads orders lists by what was read until now, unless that was done a short
// while ago. No clock calls it: it goes with the reading that makes it necessary.
func (r *Readers) orderByReads(ctx context.Context) error {
	now := r.Now()
	tag, err := r.DB.Exec(ctx, `UPDATE reads_taken SET at = $1 WHERE at <= $2`, now, now.Add(-r.OrderByReads))
	if err != nil || tag.RowsAffected() == 0 {
		return failed("see when lists were ordered by", "reads", err)
	}
	for {
		if n, err := TakeOverReads(ctx, r.DB, batchOfReads); err != nil || n < batchOfReads {
			return err
		}
	}
}

// TakeOverReads orders lists by how often books were read until now, for limit
// books at most, and returns how many it changed. Until it is called again no
// order changes, so that a reader who turns pages sees no book twice.
func TakeOverReads(ctx context.Context, db *pg.DB, limit int) (int64, error) {
	var changed int64
	err := db.InTx(ctx, func(tx pg.Tx) error {
		rows, err := tx.Query(ctx, `UPDATE edition SET popularity = reads WHERE book IN
			(SELECT book FROM edition WHERE popularity <> reads ORDER BY book LIMIT $1 FOR UPDATE) RETURNING book, popularity`, limit)
		type row struct {
			book       string
			popularity int64
		}
		all, err := each(rows, err, func(r pg.Row) (v row, err error) { err = r.Scan(&v.book, &v.popularity); return v, err })
		if err != nil {
			return err
		}
		slices.SortFunc(all, func(a, b row) int { return strings.Compare(a.book, b.book) })
		batch := &pg.Batch{}
		for _, v := range all {
			batch.Queue(`UPDATE book_grams SET popularity = $2 WHERE book = $1`, v.book, v.popularity)
		}
		changed = int64(len(all))
		return tx.SendBatch(ctx, batch).Close()
	})
	return changed, failed("order by reads", "all books", err)
}
