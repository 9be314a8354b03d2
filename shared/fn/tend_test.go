package fn_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
)

// What Tend applies is done once, like any event, and an error stops nothing.
func TestAFunctionIsTendedNowAndThen(t *testing.T) {
	f := counter(t)
	var calls atomic.Int32
	f.Tend = func(ctx context.Context, apply fn.Apply) error {
		calls.Add(1)
		return errors.Join(apply(ctx, sample("tended")), errors.New("not today"))
	}
	fntest.Start(t, f, "TEND_EVERY=10ms")
	within(t, 10*time.Second, "it is called again", func() bool { return calls.Load() > 2 })
	var n int
	if err := f.DB.QueryRow(t.Context(), `SELECT count(*) FROM ledger WHERE id = 'tended' AND state = 2`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d entries of the event, %v; want 1", n, err)
	}
}
