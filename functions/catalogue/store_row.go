package catalogue

import (
	"context"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/records"
	"xietong.dev/shared/pg"
)

const rowColumns = `number, book, source_id, op, version, object, sha256, metadata, licence, reason`

func scanRow(from pg.Row) (row, error) {
	var r row
	var metadata, licence []byte
	if err := from.Scan(&r.number, &r.book, &r.sourceID, &r.op, &r.version, &r.object, &r.sha256, &metadata, &licence, &r.reason); err != nil {
		return r, err
	}
	return r, errors.Join(unpack(metadata, &r.metadata), unpack(licence, &r.licence))
}

// findRow returns the row of a batch that names a book; an empty one where no batch
// does, or the batch is completed.
func findRow(ctx context.Context, q queryer, at *events.BatchRow, book string) (row, error) {
	if at == nil {
		return row{}, nil
	}
	r, err := scanRow(q.QueryRow(ctx, `SELECT `+rowColumns+` FROM batch_row WHERE batch = $1 AND number = $2 AND book = $3`, at.Batch, at.Row, book))
	if errors.Is(err, pg.ErrNoRows) {
		return row{}, nil
	}
	return r, err
}

// endRow is endRows for the row that named a book, where one did.
func endRow(ctx context.Context, tx pg.Tx, at *events.BatchRow, book string, e end) ([]events.Data, error) {
	r, err := findRow(ctx, tx, at, book)
	if err != nil || r.number == 0 {
		return nil, err
	}
	e.number = r.number
	return endRows(ctx, tx, at.Batch, []end{e})
}

// waitingRows are those that nothing was begun of, and are locked.
func waitingRows(ctx context.Context, tx pg.Tx, d events.BatchRowsRequested) ([]row, error) {
	found, err := tx.Query(ctx, `SELECT `+rowColumns+` FROM batch_row WHERE batch = $1 AND number BETWEEN $2 AND $3 AND state = $4
		ORDER BY number FOR UPDATE`, d.Batch, d.First, d.Last, rowWaiting)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var all []row
	for found.Next() {
		r, err := scanRow(found)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, found.Err()
}

// endRows writes what became of rows; one that has no result was sent on. Whoever
// ends the last row of a batch sends the batch on: all who end one wait here for one
// another.
func endRows(ctx context.Context, tx pg.Tx, id string, ends []end) ([]events.Data, error) {
	ended := 0
	for _, e := range ends {
		state := rowEnded
		if e.result == "" {
			state = rowSent
		}
		tag, err := tx.Exec(ctx, `UPDATE batch_row SET state = $3, result = $4, code = $5, why = $6 WHERE batch = $1 AND number = $2 AND state <> $7`,
			id, e.number, state, string(e.result), e.code, e.reason, rowEnded)
		if err != nil {
			return nil, fmt.Errorf("end row %d: %w", e.number, err)
		}
		if state == rowEnded {
			ended += int(tag.RowsAffected())
		}
	}
	if ended == 0 {
		return nil, nil
	}
	b := batch{id: id}
	err := tx.QueryRow(ctx, `UPDATE batch SET ended = ended + $2 WHERE id = $1 RETURNING ended, rows`, id, ended).Scan(&b.ended, &b.rows)
	if err != nil || b.ended < b.rows {
		return nil, err
	}
	return b.wake(), nil
}

// stageRows reads the rows of a list into the database, in place of what an earlier
// attempt has left. The batch is locked meanwhile.
func stageRows(ctx context.Context, db *pg.DB, batch string, rows *staged) error {
	columns := []string{"batch", "number", "book", "source_id", "op", "version", "object", "sha256", "content", "metadata", "licence", "reason", "state", "result", "code", "why"}
	return db.InTx(ctx, func(tx pg.Tx) error {
		if b, err := lockBatch(ctx, tx, batch); err != nil || b.state != stateNew {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM batch_row WHERE batch = $1`, batch); err != nil {
			return err
		}
		n, err := tx.CopyFrom(ctx, []string{"batch_row"}, columns, rows)
		switch {
		case rows.err != nil: // what the list says of itself, before what the database says of that
			return rows.err
		case err != nil:
			return fmt.Errorf("write the rows of batch %s: %w", batch, err)
		}
		if err := describeRows(ctx, tx, n); err != nil {
			return err
		}
		return overrule(ctx, tx, batch)
	})
}

// manyRows is from how many rows on the database must know of them before it chooses
// how to compare them.
const manyRows = 1000

// describeRows tells the database what is in the table of rows now. It would think
// that a batch which has just been written has none, and compare each row with all
// others: 200,000 rows beside an earlier batch did not end within 280 s so, and take
// 18 s with this (measured).
func describeRows(ctx context.Context, tx pg.Tx, rows int64) error {
	if rows < manyRows {
		return nil
	}
	if _, err := tx.Exec(ctx, `ANALYZE batch_row`); err != nil {
		return fmt.Errorf("describe the rows of batches: %w", err)
	}
	return nil
}

// overrule ends the rows that another row of the batch speaks of as well: the later
// version counts. Where two have the same and say different things, nobody can tell
// which is meant.
func overrule(ctx context.Context, tx pg.Tx, batch string) error {
	const several = `SELECT book, max(version) AS newest, min(number) AS number, count(DISTINCT content) AS contents FROM batch_row
		WHERE batch = $1 AND state = 'waiting' GROUP BY book HAVING count(*) > 1`
	for _, end := range []string{
		`SET state = 'ended', result = 'older' FROM (` + several + `) s WHERE r.version < s.newest`,
		`SET state = 'ended', result = 'refused', code = '` + CodeReused + `', why = 'another row of this batch says something else of the same version'
			FROM (` + several + `) s WHERE s.contents > 1`,
		`SET state = 'ended', result = 'unchanged' FROM (` + several + `) s WHERE r.number > s.number`,
	} {
		if _, err := tx.Exec(ctx, `UPDATE batch_row r `+end+` AND r.batch = $1 AND r.state = 'waiting' AND r.book = s.book`, batch); err != nil {
			return fmt.Errorf("compare the rows of batch %s: %w", batch, err)
		}
	}
	return nil
}

// foresee judges each row by what is there now.
func foresee(ctx context.Context, db *pg.DB, batch, source string) (f forecast, err error) {
	found, err := db.Query(ctx, `SELECT w.state, w.result, w.op, w.version, w.sha256, w.metadata, w.licence,
		r.book IS NOT NULL, coalesce(r.content, -1), coalesce(r.state, -1), coalesce(r.withdrawn, false), coalesce(r.sha256, ''), r.beside, r.licence
		FROM batch_row w LEFT JOIN record r ON r.book = w.book WHERE w.batch = $1`, batch)
	if err != nil {
		return f, err
	}
	defer found.Close()
	for found.Next() {
		if err := f.add(found); err != nil {
			return f, err
		}
	}
	if err := found.Err(); err != nil {
		return f, err
	}
	err = db.QueryRow(ctx, `SELECT count(*) FROM record WHERE source = $1 AND NOT withdrawn AND sha256 <> ''`, source).Scan(&f.books)
	return f, err
}

func (f *forecast) add(from pg.Row) error {
	var k known
	var c change
	var state, res string
	var metadata, terms, beside, licence []byte
	if err := from.Scan(&state, &res, &c.op, &c.version, &c.sha256, &metadata, &terms, &k.there, &k.content, &k.state, &k.withdrawn, &k.sha256, &beside, &licence); err != nil {
		return err
	}
	if state == rowEnded {
		f.ended++
		count(&f.counts, result(res))
		return nil
	}
	if err := errors.Join(unpack(metadata, &c.metadata), unpack(terms, &c.licence), unpack(beside, &k.beside), unpack(licence, &k.licence)); err != nil {
		return err
	}
	what, _ := k.judge(c) // a refusal is counted as one
	count(&f.counts, what)
	if c.op == records.Withdraw && what == withdrawn && k.sha256 != "" {
		f.withdrawn++
	}
	return nil
}

// countAbsent counts the books of a source that a batch does not speak of.
func countAbsent(ctx context.Context, db *pg.DB, batch, source string) (n int, err error) {
	err = db.QueryRow(ctx, `SELECT count(*) FROM record r WHERE r.source = $1 AND NOT r.withdrawn AND r.sha256 <> ''
		AND NOT EXISTS (SELECT 1 FROM batch_row w WHERE w.batch = $2 AND w.book = r.book)`, source, batch).Scan(&n)
	return n, err
}

// eachEnd yields what became of each row, in their order.
func eachEnd(ctx context.Context, db *pg.DB, batch string, yield func(reportLine) error) error {
	found, err := db.Query(ctx, `SELECT number, source_id, op, version, result, code, why FROM batch_row WHERE batch = $1 ORDER BY number`, batch)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var l reportLine
		if err := found.Scan(&l.Row, &l.SourceID, &l.Op, &l.Version, &l.Result, &l.Code, &l.Reason); err != nil {
			return err
		}
		if err := yield(l); err != nil {
			return err
		}
	}
	return found.Err()
}

// dropRows forgets the rows of a batch but those that were refused.
func dropRows(ctx context.Context, tx pg.Tx, batch string) error {
	_, err := tx.Exec(ctx, `DELETE FROM batch_row WHERE batch = $1 AND result <> $2`, batch, string(refused))
	return err
}
