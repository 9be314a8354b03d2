package library

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// Loan is an edition lent to a reader.
type Loan struct {
	ID      string     `json:"id"`
	Edition string     `json:"edition"`
	BeganAt time.Time  `json:"began_at"`
	DueAt   *time.Time `json:"due_at,omitempty"`
	EndedAt *time.Time `json:"ended_at,omitempty"`
	Why     string     `json:"why,omitempty"` // it ended: returned, expired, withdrawn
}

// Why nothing is lent.
var (
	errAllLent      = errors.New("all copies are lent")
	errLicenceEnded = errors.New("the licence has ended")
)

// WriteLicence sets what an edition may be lent for, in the transaction that takes in
// what the catalogue says. Without a licence everybody may read. Loans that run keep
// what they were promised, but not beyond the licence's end.
func WriteLicence(ctx context.Context, tx pg.Tx, edition string, l *events.Licence) error {
	if l == nil {
		_, err := tx.Exec(ctx, `DELETE FROM lending WHERE edition = $1`, edition)
		return failed("delete the licence of", edition, err)
	}
	args := []any{edition, l.Copies, l.LendingDays, nil}
	if l.Ends != "" {
		ends, err := time.Parse(time.DateOnly, l.Ends)
		if err != nil {
			return fmt.Errorf("licence of %s: ends %q: want a day such as 2030-12-31", edition, l.Ends)
		}
		args[3] = ends
	}
	tag, err := tx.Exec(ctx, `UPDATE lending SET copies = $2, days = $3, ends = $4 WHERE edition = $1`, args...)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, `INSERT INTO lending (edition, copies, days, ends) VALUES ($1, $2, $3, $4)`, args...)
	}
	return failed("write the licence of", edition, err)
}

// EndLoans ends every loan of an edition, in the transaction that withdraws it.
func EndLoans(ctx context.Context, tx pg.Tx, edition string, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE loan SET ended_at = $2, why = 'withdrawn' WHERE edition = $1 AND ended_at IS NULL`, edition, at)
	return failed("end the loans of", edition, err)
}

const loanColumns = `id, edition, began_at, due_at, ended_at, why`

func scanLoan(row pg.Row) (l Loan, err error) {
	err = row.Scan(&l.ID, &l.Edition, &l.BeganAt, &l.DueAt, &l.EndedAt, &l.Why)
	l.BeganAt = l.BeganAt.UTC()
	for _, t := range []**time.Time{&l.DueAt, &l.EndedAt} {
		if *t != nil {
			utc := (*t).UTC()
			*t = &utc
		}
	}
	return l, err
}

// licence is what stands in the row that lenders queue at.
type licence struct {
	copies, days int
	ends         *time.Time
}

func readLicence(ctx context.Context, db interface {
	QueryRow(ctx context.Context, sql string, args ...any) pg.Row
}, edition, lock string) (l licence, found bool, err error) {
	err = db.QueryRow(ctx, `SELECT copies, days, ends FROM lending WHERE edition = $1 `+lock, edition).Scan(&l.copies, &l.days, &l.ends)
	if errors.Is(err, pg.ErrNoRows) {
		return l, false, nil
	}
	return l, err == nil, failed("read the licence of", edition, err)
}

// end is the moment at which the licence has ended, in the library's time zone.
func (l licence) end(zone *time.Location) time.Time {
	return time.Date(l.ends.Year(), l.ends.Month(), l.ends.Day()+1, 0, 0, 0, 0, zone)
}

// due is when a loan that begins now ends; nil is without end.
func (l licence) due(now time.Time, zone *time.Location) *time.Time {
	var due *time.Time
	if l.days > 0 {
		at := now.Add(time.Duration(l.days) * 24 * time.Hour)
		due = &at
	}
	if l.ends != nil {
		if at := l.end(zone); due == nil || at.Before(*due) {
			due = &at
		}
	}
	return due
}

// Borrow lends an edition to a reader. Whoever has it already has it on. All lenders
// of one edition wait for one another at its licence's row, so that no more copies are
// lent than there are.
func (r *Readers) Borrow(ctx context.Context, who Reader, edition string) (loan Loan, err error) {
	now := r.bounded(time.Time{})
	err = r.DB.InTx(ctx, func(tx pg.Tx) error {
		l, found, err := readLicence(ctx, tx, edition, `FOR UPDATE`)
		switch {
		case err != nil:
			return err
		case found && l.ends != nil && !now.Before(l.end(r.Zone)):
			return errLicenceEnded
		}
		if err := expire(ctx, tx, edition, now); err != nil {
			return err
		}
		loan, err = scanLoan(tx.QueryRow(ctx, `SELECT `+loanColumns+` FROM loan WHERE edition = $1 AND unit = $2 AND reader = $3 AND ended_at IS NULL`, edition, who.Unit, who.Account))
		if !errors.Is(err, pg.ErrNoRows) {
			return failed("look for a loan of", edition, err)
		}
		loan = Loan{ID: r.NewID(), Edition: edition, BeganAt: now, DueAt: l.due(now, r.Zone)}
		return lend(ctx, tx, who, loan, l.copies)
	})
	if pg.IsDuplicate(err) { // an edition without a licence, twice at the same moment
		loan, _, err = r.Loan(ctx, who, edition)
	}
	return loan, err
}

func lend(ctx context.Context, tx pg.Tx, who Reader, l Loan, copies int) error {
	if copies > 0 {
		var lent int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM loan WHERE edition = $1 AND ended_at IS NULL`, l.Edition).Scan(&lent); err != nil {
			return failed("count the loans of", l.Edition, err)
		}
		if lent >= copies {
			return errAllLent
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO loan (id, edition, unit, reader, began_at, due_at) VALUES ($1, $2, $3, $4, $5, $6)`, l.ID, l.Edition, who.Unit, who.Account, l.BeganAt, l.DueAt)
	return failed("lend", l.Edition, err)
}

// expire ends the loans that are over. Nobody has to watch the clock: it is done when
// somebody asks for a copy.
func expire(ctx context.Context, tx pg.Tx, edition string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE loan SET ended_at = due_at, why = 'expired' WHERE edition = $1 AND ended_at IS NULL AND due_at <= $2`, edition, now)
	return failed("end the expired loans of", edition, err)
}

// Return ends a reader's loan. It is no error where there is none.
func (r *Readers) Return(ctx context.Context, who Reader, edition string) error {
	_, err := r.DB.Exec(ctx, `UPDATE loan SET ended_at = $4, why = 'returned' WHERE edition = $1 AND unit = $2 AND reader = $3 AND ended_at IS NULL`,
		edition, who.Unit, who.Account, r.bounded(time.Time{}))
	return failed("return", edition, err)
}

// Loan returns the loan of an edition that a reader has, and whether there is one.
func (r *Readers) Loan(ctx context.Context, who Reader, edition string) (Loan, bool, error) {
	l, err := scanLoan(r.DB.QueryRow(ctx, `SELECT `+loanColumns+` FROM loan WHERE edition = $1 AND unit = $2 AND reader = $3 AND ended_at IS NULL
		AND (due_at IS NULL OR due_at > $4)`, edition, who.Unit, who.Account, r.Now()))
	if errors.Is(err, pg.ErrNoRows) {
		return l, false, nil
	}
	return l, err == nil, failed("read the loan of", edition, err)
}

// Loans returns what a reader has borrowed now, oldest first.
func (r *Readers) Loans(ctx context.Context, who Reader) ([]Loan, error) {
	rows, err := r.DB.Query(ctx, `SELECT `+loanColumns+` FROM loan WHERE unit = $1 AND reader = $2 AND ended_at IS NULL AND (due_at IS NULL OR due_at > $3)
		ORDER BY began_at, id`, who.Unit, who.Account, r.Now())
	all, err := each(rows, err, scanLoan)
	return all, failed("read the loans of", who.Account, err)
}

// Copies is how many copies of an edition there are to lend, and how many are lent.
// None to lend means that nobody counts.
type Copies struct {
	Total int `json:"total"`
	Lent  int `json:"lent"`
}

// Copies counts.
func (r *Readers) Copies(ctx context.Context, edition string) (c Copies, err error) {
	err = r.DB.QueryRow(ctx, `SELECT coalesce((SELECT copies FROM lending WHERE edition = $1), 0),
		(SELECT count(*) FROM loan WHERE edition = $1 AND ended_at IS NULL AND (due_at IS NULL OR due_at > $2))`, edition, r.Now()).Scan(&c.Total, &c.Lent)
	return c, failed("count the copies of", edition, err)
}

// mayRead returns until when a reader may read an edition; a zero time is without
// end. Where there is a licence that counts copies or days, only a loan lets in.
func (r *Readers) mayRead(ctx context.Context, who Reader, edition string) (until time.Time, may bool, err error) {
	l, found, err := readLicence(ctx, r.DB, edition, ``)
	switch {
	case err != nil || !found:
		return until, err == nil, err
	case l.ends != nil && !r.Now().Before(l.end(r.Zone)):
		return until, false, errLicenceEnded
	case l.copies == 0 && l.days == 0:
		if l.ends != nil {
			until = l.end(r.Zone)
		}
		return until, true, nil
	}
	loan, has, err := r.Loan(ctx, who, edition)
	if has && loan.DueAt != nil {
		until = *loan.DueAt
	}
	return until, has, err
}
