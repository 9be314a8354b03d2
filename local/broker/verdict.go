package broker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/manifest"
)

// answer is what a subscriber answered, or that it did not.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error // nothing came, or not all of it
}

// verdict is what an answer means, before anybody counts attempts.
type verdict struct {
	kind       kind
	code       int    // HTTP status to remember; 0 where nothing came
	reason     string // why it is not done
	retryAfter time.Duration
	reply      *Event
}

type kind int

const (
	done  kind = iota
	again      // tried again, and it counts
	busy       // tried again, and it does not count at first
	never      // dead at once
)

// maxReason bounds the reason that a dead letter keeps, in bytes.
const maxReason = 1 << 10

// judge says what an answer means. The table stands in the package comment.
func judge(ctx context.Context, a answer, limit int, now time.Time) verdict {
	switch {
	case errors.Is(a.err, context.DeadlineExceeded):
		return verdict{kind: again, code: a.status, reason: "there was no answer in time"}
	case a.err != nil:
		return verdict{kind: again, code: a.status, reason: clip("there was no answer: " + a.err.Error())}
	case len(a.body) > limit:
		return verdict{kind: again, code: http.StatusBadGateway, reason: fmt.Sprintf("the answer is over %d bytes", limit)}
	case a.status/100 == 2:
		return judgeSuccess(ctx, a)
	}
	v := verdict{kind: never, code: a.status, reason: said(a)}
	switch s := a.status; {
	case s/100 == 3:
		v.reason = clip(fmt.Sprintf("answered %d: a redirect to %q, which would lose the event", s, a.header.Get("Location")))
	case s == http.StatusTooManyRequests:
		v.kind, v.retryAfter = busy, ce.RetryAfter(a.header, now)
	case s == http.StatusServiceUnavailable:
		v.kind, v.retryAfter = again, ce.RetryAfter(a.header, now)
	case s >= 500, s == http.StatusNotFound, s == http.StatusRequestTimeout, s == http.StatusConflict:
		v.kind = again
	}
	return v
}

func judgeSuccess(ctx context.Context, a answer) verdict {
	if !ce.IsEvent(a.header) {
		if len(a.body) == 0 {
			return verdict{kind: done, code: a.status}
		}
		return verdict{kind: again, code: http.StatusBadGateway,
			reason: clip(fmt.Sprintf("answered %d with a body that is not a CloudEvent: %s", a.status, a.body))}
	}
	e, err := ce.Read(ctx, a.header, a.body)
	if err != nil {
		return verdict{kind: again, code: http.StatusBadGateway, reason: clip(fmt.Sprintf("answered %d with a reply that cannot be read: %v", a.status, err))}
	}
	return verdict{kind: done, code: a.status, reply: &e}
}

// said is the reason that an answer's body gives.
func said(a answer) string {
	if text := clip(string(a.body)); text != "" {
		return text
	}
	return fmt.Sprintf("answered %d %s without a reason", a.status, http.StatusText(a.status))
}

// clip makes a text fit for a row: short, UTF-8, without NUL.
func clip(text string) string {
	if len(text) > maxReason {
		text = text[:maxReason]
	}
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", ""))
}

// attempts is how far a delivery has come before the answer at hand.
type attempts struct {
	failed int           // attempts that count
	trying time.Duration // since the first attempt
}

// next decides what a verdict does to a delivery.
func (b *Broker) next(v verdict, a attempts, d manifest.Delivery) ending {
	e := ending{code: v.code, reason: v.reason}
	pause := max(backoff(d, a.failed), asked(v, d))
	switch {
	case v.kind == done:
		e.state = Done
	case v.kind == busy && a.trying < b.BusyFor:
		e.state, e.busied, e.wait = Ready, 1, min(pause, b.MaxWait)
	case v.kind != never && a.failed < d.Retry:
		e.state, e.counted, e.wait = Ready, 1, min(pause, b.MaxWait)
	default:
		e.state, e.counted = Dead, 1
	}
	return e
}

// asked is the pause that an answer asks for and that the Trigger grants.
func asked(v verdict, d manifest.Delivery) time.Duration {
	if d.RetryAfterMax > 0 {
		return min(v.retryAfter, d.RetryAfterMax)
	}
	return v.retryAfter
}

// backoff is the pause before a retry, where failed attempts have failed
// already. Knative counts retries from 0, so that the first linear one comes at
// once.
func backoff(d manifest.Delivery, failed int) time.Duration {
	if d.BackoffPolicy == manifest.Linear {
		return d.BackoffDelay * time.Duration(failed)
	}
	const most = 20 // doublings; the broker's MaxWait is reached long before
	return d.BackoffDelay << min(failed, most)
}
