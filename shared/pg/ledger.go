package pg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// The states of a ledger entry.
const (
	StateNew     = 0 // never met
	StateOpen    = 1 // begun, or failed and to be tried again
	StateDone    = 2 // ended well; what it came to is recorded
	StateRefused = 3 // ended badly; a redrive may try again
)

// ErrTaken says that another delivery of the same event got there first, or
// still holds the claim.
var ErrTaken = errors.New("another delivery of this event is in progress")

// ErrOtherData says that an event's source and id were seen with other data.
var ErrOtherData = errors.New("this source and id came before with other data")

// Key names an event: CloudEvents promises that source and id do so.
type Key struct{ Source, ID string }

// Entry is what the ledger knows of an event.
type Entry struct {
	State    int
	Fence    int64
	Held     bool // a claim is live
	Claims   int
	Failures int
	Refusals int
	Sent     []byte
	Reason   string
}

// A claim is live until its lease is over. One that lasts longer than any lease
// was written while the server's clock was ahead, and is none: else the event
// would wait until the clock gets there. Twice the lease leaves room for a
// version of the program that took a longer one; the fence guards against the
// rest.
const live = `lease_until > now() AND lease_until <= now() + 2 * %s::bigint * interval '1 millisecond'`

var (
	lookSQL = `SELECT state, fence, state = 1 AND ` + fmt.Sprintf(live, "$3") + `, claims, failures, refusals, coalesce(sent, ''), reason, hash
		FROM ledger WHERE source = $1 AND id = $2`
	claimSQL = `UPDATE ledger SET state = 1, fence = fence + 1, claims = claims + 1, lease_until = now() + $4::bigint * interval '1 millisecond'
		WHERE source = $1 AND id = $2 AND fence = $3 AND state = $5 AND (state = 3 OR NOT (` + fmt.Sprintf(live, "$4") + `))`
)

// Look returns the entry of an event; State is StateNew where it was never met.
// The lease is the one that claims on it are taken for.
func (db *DB) Look(ctx context.Context, k Key, hash []byte, lease time.Duration) (Entry, error) {
	var e Entry
	var seen []byte
	err := db.QueryRow(ctx, lookSQL, k.Source, k.ID, lease.Milliseconds()).
		Scan(&e.State, &e.Fence, &e.Held, &e.Claims, &e.Failures, &e.Refusals, &e.Sent, &e.Reason, &seen)
	switch {
	case errors.Is(err, ErrNoRows):
		return Entry{}, nil
	case err != nil:
		return e, fmt.Errorf("look into the ledger: %w", err)
	case !bytes.Equal(seen, hash):
		return e, ErrOtherData
	}
	return e, nil
}

// Claim begins work on an event for as long as the lease lasts, and returns the
// fence under which it may end. It returns [ErrTaken] where another delivery
// holds the claim or has ended the work since e was read. A lease of zero opens
// the entry without keeping anybody else away.
func (db *DB) Claim(ctx context.Context, k Key, kind string, hash []byte, e Entry, lease time.Duration) (int64, error) {
	if e.State == StateNew {
		_, err := db.Exec(ctx, `INSERT INTO ledger (source, id, type, hash, state, fence, claims, lease_until) VALUES ($1, $2, $3, $4, 1, 1, 1, now() + $5::bigint * interval '1 millisecond')`,
			k.Source, k.ID, kind, hash, lease.Milliseconds())
		if IsDuplicate(err) {
			return 0, ErrTaken
		}
		return 1, err
	}
	tag, err := db.Exec(ctx, claimSQL, k.Source, k.ID, e.Fence, lease.Milliseconds(), e.State)
	if err == nil && tag.RowsAffected() == 0 {
		return 0, ErrTaken
	}
	return e.Fence + 1, err
}

// Beat extends a claim. It returns [ErrTaken] where the claim is lost.
func (db *DB) Beat(ctx context.Context, k Key, fence int64, lease time.Duration) error {
	tag, err := db.Exec(ctx, `UPDATE ledger SET lease_until = now() + $4::bigint * interval '1 millisecond' WHERE source = $1 AND id = $2 AND fence = $3 AND state = 1`,
		k.Source, k.ID, fence, lease.Milliseconds())
	if err == nil && tag.RowsAffected() == 0 {
		return ErrTaken
	}
	return err
}

// Ending is how work on an event ends.
type Ending struct {
	Key    Key
	Kind   string
	Hash   []byte
	Fence  int64 // of the claim; 0 where the event was not claimed, for it was never met
	State  int   // StateDone or StateRefused
	Reason string

	Subject string        // what the event is about
	About   func() string // what all that it came to is about, asked after the work; empty where that is several things. Nil where nobody will ask
}

// End commits rows, the ledger's entry and the recorded events together. The
// work writes the rows and returns the record of what will be sent. End returns
// [ErrTaken], and nothing was written, where another delivery has got there
// first.
func (db *DB) End(ctx context.Context, end Ending, work func(Tx) ([]byte, error)) error {
	return db.InTx(ctx, func(tx Tx) error {
		if err := end.enter(ctx, tx); err != nil {
			return err
		}
		sent, err := work(tx)
		if err != nil || len(sent) == 0 {
			return err
		}
		subject := end.Subject
		if end.About != nil {
			subject = end.About()
		}
		_, err = tx.Exec(ctx, `UPDATE ledger SET sent = $3, subject = nullif($4, '') WHERE source = $1 AND id = $2`, end.Key.Source, end.Key.ID, sent, subject)
		return err
	})
}

// enter marks the event ended before its rows are written, so that a delivery
// of the same event at the same moment waits here rather than there.
func (e Ending) enter(ctx context.Context, tx Tx) error {
	refusals := 0
	if e.State == StateRefused {
		refusals = 1
	}
	if e.Fence == 0 {
		_, err := tx.Exec(ctx, `INSERT INTO ledger (source, id, type, hash, state, refusals, reason, subject, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, ''), now())`,
			e.Key.Source, e.Key.ID, e.Kind, e.Hash, e.State, refusals, e.Reason, e.Subject)
		if IsDuplicate(err) {
			return ErrTaken
		}
		return err
	}
	tag, err := tx.Exec(ctx, `UPDATE ledger SET state = $4, refusals = refusals + $5, reason = $6, sent = NULL, subject = nullif($7, ''), ended_at = now() WHERE source = $1 AND id = $2 AND fence = $3 AND state = 1`,
		e.Key.Source, e.Key.ID, e.Fence, e.State, refusals, e.Reason, e.Subject)
	if err == nil && tag.RowsAffected() == 0 {
		return ErrTaken
	}
	return err
}

// Fail records that work under the fence ended in an error, and lets the claim
// go. It returns how often the event has failed.
func (db *DB) Fail(ctx context.Context, k Key, fence int64, reason string) (int, error) {
	var failures int
	err := db.QueryRow(ctx, `UPDATE ledger SET failures = failures + 1, reason = $4, lease_until = now() WHERE source = $1 AND id = $2 AND fence = $3 AND state = 1 RETURNING failures`,
		k.Source, k.ID, fence, reason).Scan(&failures)
	if errors.Is(err, ErrNoRows) {
		return 0, ErrTaken
	}
	return failures, err
}

// Release lets a claim go without counting a failure: the work was not the
// event's fault.
func (db *DB) Release(ctx context.Context, k Key, fence int64) error {
	_, err := db.Exec(ctx, `UPDATE ledger SET lease_until = now() WHERE source = $1 AND id = $2 AND fence = $3 AND state = 1`, k.Source, k.ID, fence)
	return err
}
