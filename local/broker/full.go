package broker

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
)

// comeAgain is how long a publisher is asked to wait while the queue is full.
const comeAgain = time.Second

// admit refuses events from outside while the queue is full. The consequences of
// work that was taken are never refused: that work could not end without them,
// and the queue would stay full for ever.
func (b *Broker) admit(events []accepted) error {
	if b.queued.Load() < int64(b.MaxQueued) || !fromOutside(events) {
		return nil
	}
	if b.refusing.CompareAndSwap(false, true) {
		b.Log.Warn("the queue is full: events from outside are refused for now", slog.Int("max_queued", b.MaxQueued))
	}
	return fault.Busy(comeAgain, &ce.Error{Status: http.StatusTooManyRequests,
		Text: fmt.Sprintf("%d deliveries or more are on their way, which is as many as this broker holds; send the event again later", b.MaxQueued)})
}

// fromOutside reports whether any of the events is not caused by another.
func fromOutside(events []accepted) bool {
	for _, a := range events {
		if attribute(a.event, "causationid") == "" {
			return true
		}
	}
	return false
}

// recount has the unended deliveries counted. The committer does it between two
// groups, or what is being committed would be counted twice or not at all.
func (b *Broker) recount(ctx context.Context) {
	b.queue.do(ctx, &write{recount: true}) // a wish that is not heard is repeated
}

// countQueued corrects the committer's count: another process may have redriven,
// and a commit whose answer was lost is in nobody's count. It looks no further than
// twice what is allowed, so that it costs little however much there is.
func (b *Broker) countQueued(ctx context.Context) {
	var n int64
	if b.DB.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM delivery WHERE state IN (1, 2, 5) LIMIT $1) few`, 2*b.MaxQueued).Scan(&n) != nil {
		return // the next look will tell
	}
	b.queued.Store(n)
	if n < int64(b.MaxQueued) && b.refusing.CompareAndSwap(true, false) {
		b.Log.Info("the queue has room again")
	}
}
