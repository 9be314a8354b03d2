package fn_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
)

// An entry older than LEDGER_RETENTION goes, and its event is a new one; one that
// is younger still knows its event.
func TestTheLedgerForgetsAfterItsRetention(t *testing.T) {
	f := counter(t)
	for id, ended := range map[string]string{"old": "25 hours", "young": "23 hours"} {
		_, err := f.DB.Exec(t.Context(), `INSERT INTO ledger (source, id, type, hash, state, ended_at) VALUES ('/apps/office', $1, 't', 'other data', 2, now() - $2::interval)`, id, ended)
		if err != nil {
			t.Fatal(err)
		}
	}
	h := fntest.Start(t, f, "LEDGER_RETENTION=24h")
	within(t, 10*time.Second, "the old entry is swept", func() bool {
		var n int
		return f.DB.QueryRow(t.Context(), `SELECT count(*) FROM ledger`).Scan(&n) == nil && n == 1
	})
	for id, want := range map[string]int{"old": 204, "young": 422} {
		if got := h.Deliver(t, sample(id)); got.Status != want {
			t.Errorf("%s: %d %s, want %d", id, got.Status, got.Body, want)
		}
	}
}

func TestALedgerThatForgetsTooSoonIsRefused(t *testing.T) {
	settings := map[string]string{"LEDGER_RETENTION": "23h"}
	open := func(context.Context, func(string) string) (*fn.Function, error) { return counter(t), nil }
	err := fn.Run(t.Context(), open, func(name string) string { return settings[name] }, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "LEDGER_RETENTION: want at least 24h") {
		t.Errorf("got %v, want an error that names LEDGER_RETENTION", err)
	}
}
