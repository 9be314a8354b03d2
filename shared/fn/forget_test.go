package fn_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

const (
	forgotten = "11111111111111111111111111111111"
	remains   = "22222222222222222222222222222222"
)

// about is an event of a subject whose data names it and holds a word.
func about(kind, subject, word string) fn.Event {
	e := sample(kind + subject)
	e.SetType(kind)
	e.SetSubject(subject)
	e.SetData("application/json", map[string]string{"id": subject, "word": word})
	return e
}

// TestForget: the words of one subject leave the ledger and those of another stay; what
// comes again is known, and sends nothing that is gone.
func TestForget(t *testing.T) {
	f := &fn.Function{Word: "sample", DB: pgtest.Open(t, "sample", nil)}
	f.Handle = func(_ context.Context, e fn.Event) (fn.Outcome, error) {
		switch e.Type() {
		case "batch":
			return fn.Send(about("named", forgotten, "marker"), about("named", remains, "stays")), nil
		case "bad":
			return nil, fmt.Errorf("%s: marker", e.Subject())
		case "forget":
			return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
				n, err := fn.Forget(ctx, tx, e.Subject(), "forget")
				return []fn.Event{about("done", e.Subject(), fmt.Sprint(n))}, err
			}, nil
		}
		return fn.Send(about("named", e.Subject(), "marker")), nil
	}
	h := fntest.Start(t, f)
	batch, one, other, bad := about("batch", "all", ""), about("one", forgotten, ""), about("one", remains, ""), about("bad", forgotten, "")
	for _, e := range []fn.Event{batch, one, other, bad} {
		h.Deliver(t, e)
	}
	// As the version before wrote it.
	if _, err := f.DB.Exec(t.Context(), `UPDATE ledger SET subject = NULL WHERE id = $1`, one.ID()); err != nil {
		t.Fatal(err)
	}
	if got := string(h.Twice(t, about("forget", forgotten, "")).Sent[0].Data()); !strings.Contains(got, `"3"`) {
		t.Errorf("forgot %s, want 3 entries", got)
	}
	if n := len(h.Deliver(t, one).Sent); n != 0 {
		t.Errorf("what was forgotten sent %d events again", n)
	}
	if sent := h.Deliver(t, batch).Sent; len(sent) != 1 || sent[0].Subject() != remains {
		t.Errorf("a batch sent %v again, want only what remains", sent)
	}
	if sent := h.Deliver(t, other).Sent; len(sent) != 1 || sent[0].Subject() != remains {
		t.Errorf("another subject sent %v again", sent)
	}
	var left int
	err := f.DB.QueryRow(t.Context(), `SELECT count(*) FROM ledger WHERE subject = $1 AND (reason LIKE '%marker%' OR position('marker'::bytea IN coalesce(sent, '')) > 0)`, forgotten).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d entries still hold the word (%v)", left, err)
	}
}

// BenchmarkForget forgets one of 1,000 recordings with 100 entries each.
func BenchmarkForget(b *testing.B) {
	db := pgtest.Open(b, "sample", nil)
	_, err := db.Exec(b.Context(), `INSERT INTO ledger (source, id, type, hash, state, subject, sent, ended_at)
		SELECT '/bench', n::text, 't', '', 2, lpad((n % 1000)::text, 32, '0'), convert_to('[' || repeat(' ', 1000) || ']', 'UTF8'), now() FROM generate_series(1, 100000) n`)
	if err == nil {
		_, err = db.Exec(b.Context(), `ANALYZE ledger`)
	}
	if err != nil {
		b.Fatal(err)
	}
	for n := 0; b.Loop(); n++ {
		err := db.InTx(b.Context(), func(tx pg.Tx) error {
			_, err := fn.Forget(b.Context(), tx, fmt.Sprintf("%032d", n%1000))
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
