package fn

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"xietong.dev/shared/fault"
	"xietong.dev/shared/pg"
)

// settled is what became of one delivery.
type settled struct {
	send     []Event // to be sent before the delivery is acknowledged, whether or not there is an error
	err      error
	replayed bool
}

// delivery is one event on its way through the ledger.
type delivery struct {
	*runtime
	event Event
	key   pg.Key
	hash  []byte
	entry pg.Entry
	fence int64
}

// wait is how long a sender is asked to wait while another delivery works.
const wait = 2 * time.Second

// settle brings an event to its end: done now, done before, refused, or to be
// tried again.
func (r *runtime) settle(ctx context.Context, e Event) settled {
	d := &delivery{runtime: r, event: e, key: pg.Key{Source: e.Source(), ID: e.ID()}, hash: fingerprint(e)}
	var err error
	d.entry, err = r.ledger.Look(ctx, d.key, d.hash, r.Lease)
	switch {
	case errors.Is(err, pg.ErrOtherData):
		return settled{err: fault.Refusef("id_reused", "source %q and id %q came before with other data; send new data under a new id", e.Source(), e.ID())}
	case err != nil:
		return settled{err: err}
	case d.entry.State == pg.StateDone:
		return d.replay()
	case d.entry.Held:
		return settled{err: fault.Busy(wait, pg.ErrTaken)}
	}
	if r.Lease > 0 || d.entry.State != pg.StateNew {
		if err := d.claim(ctx); err != nil {
			return settled{err: taken(err)}
		}
	}
	return d.work(ctx)
}

func (d *delivery) replay() settled {
	send, err := recorded(d.entry.Sent)
	return settled{send: send, err: err, replayed: true}
}

func (d *delivery) claim(ctx context.Context) (err error) {
	d.fence, err = d.ledger.Claim(ctx, d.key, d.event.Type(), d.hash, d.entry, d.Lease)
	return err
}

// taken turns a lost race into a request to come again, when the winner will
// have an answer.
func taken(err error) error {
	if errors.Is(err, pg.ErrTaken) {
		return fault.Busy(wait, err)
	}
	return err
}

func (d *delivery) work(ctx context.Context) settled {
	limited, over := d.limit(ctx)
	defer over()
	working, stop := d.heartbeat(limited)
	outcome, err := guard(func() (Outcome, error) { return d.Handle(working, d.ledger.given(d.event)) })
	if err == nil {
		var send []Event
		send, err = d.end(working, pg.StateDone, nil, outcome)
		if err == nil {
			stop()
			return settled{send: send}
		}
	}
	stop()
	return d.failed(context.WithoutCancel(ctx), err)
}

// limit bounds the work where WORK_LIMIT does. The platform's own limit cannot be
// told from a sender that went away, which must not count against the event.
func (d *delivery) limit(ctx context.Context) (context.Context, func()) {
	if d.config.WorkLimit == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, d.config.WorkLimit)
}

// heartbeat extends the claim until stop is called, and cancels the work where
// the claim is lost.
func (d *delivery) heartbeat(ctx context.Context) (context.Context, func()) {
	if d.Lease == 0 {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stopped := make(chan struct{})
	go func() {
		tick := time.NewTicker(d.Lease / 3)
		defer tick.Stop()
		for {
			select {
			case <-stopped:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := d.ledger.Beat(ctx, d.key, d.fence, d.Lease); errors.Is(err, pg.ErrTaken) {
					cancel(err)
				}
			}
		}
	}()
	return ctx, func() { close(stopped); cancel(nil) }
}

// end commits the outcome and returns the events to send.
func (d *delivery) end(ctx context.Context, state int, why error, outcome Outcome) (send []Event, err error) {
	ending := pg.Ending{Key: d.key, Kind: d.event.Type(), Hash: d.hash, Fence: d.fence, State: state, Subject: d.event.Subject(),
		About: func() string { return subject(d.event, send) }}
	salt := ""
	if state == pg.StateRefused {
		ending.Reason, salt = reason(why), "refused "+strconv.Itoa(d.entry.Refusals)
	}
	err = d.ledger.End(ctx, ending, func(tx pg.Tx) ([]byte, error) {
		if outcome == nil {
			return nil, nil
		}
		send, err = guard(func() ([]Event, error) { return outcome(ctx, tx) })
		if err != nil {
			return nil, err
		}
		if err := address(ctx, d.Word, d.event, salt, send, time.Now()); err != nil {
			return nil, err
		}
		return record(send)
	})
	return send, err
}

// failed decides what an error means for the event.
func (d *delivery) failed(ctx context.Context, err error) settled {
	if errors.Is(err, pg.ErrTaken) {
		return settled{err: taken(err)}
	}
	if d.fence == 0 {
		if err := d.claim(ctx); err != nil {
			return settled{err: taken(err)}
		}
	}
	if fault.IsInvalid(err) {
		return d.refuse(ctx, err)
	}
	if _, busy := fault.RetryAfter(err); busy || errors.Is(err, context.Canceled) || pg.IsAway(err) {
		return settled{err: errors.Join(err, d.ledger.Release(ctx, d.key, d.fence))}
	}
	failures, lost := d.ledger.Fail(ctx, d.key, d.fence, reason(err))
	if lost != nil || failures < d.config.MaxFailures {
		return settled{err: err}
	}
	return d.refuse(ctx, fault.Refusef("failed", "failed %d times, at last: %w", failures, err))
}

func (d *delivery) refuse(ctx context.Context, why error) settled {
	var outcome Outcome
	if d.Refuse != nil {
		var err error
		outcome, err = guard(func() (Outcome, error) { return d.Refuse(ctx, d.event, why) })
		if err != nil {
			return settled{err: fmt.Errorf("refuse because %v: %w", why, err)}
		}
	}
	send, err := d.end(ctx, pg.StateRefused, why, outcome)
	if err != nil {
		return settled{err: taken(err)}
	}
	return settled{send: send, err: why}
}

// guard turns a panic into an error, so that it is this event's failure and
// nobody else's.
func guard[T any](work func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work()
}

// reason is the text of an error as the ledger keeps it.
func reason(err error) string {
	text := err.Error()
	if code := fault.Code(err); code != "" {
		text = code + ": " + text
	}
	return brief(text, 2000)
}
