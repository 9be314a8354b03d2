package broker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/pg"
)

// Replay is a dead letter's event sent anew with other data.
type Replay struct {
	Seq      int64
	Trigger  string            // whose dead letter it is
	ID       string            // of the new event: a replay that is made twice is one event to the functions
	Source   string            // of the new event
	Data     []byte            // of the new event
	At       time.Time         // when the person asked
	Check    func(Event) error // whether the data fits the event's type; may be nil
	Discard  bool              // the dead letter is discarded in the same act
	Who, Why string
}

// ErrNotDead says that a delivery is no dead letter, or none any more.
var ErrNotDead = errors.New("this is no dead letter any more")

// Replay publishes the event of a dead letter with other data, as a new event that
// the old one caused: it has its type, subject and extensions, and stands in the same
// story. It goes to every Trigger that it passes, also where the old one was done, so
// the broker must be the one that delivers, or hand it to that one. The error is a [*ce.Error] where the data
// is at fault.
func (b *Broker) Replay(ctx context.Context, r Replay) (Event, error) {
	if r.Who == "" || r.Why == "" {
		return Event{}, errors.New("replay: say who asks and why; it is kept")
	}
	letter, err := b.Letter(ctx, r.Seq, r.Trigger)
	if err == nil && letter.Delivery.State != Dead {
		err = ErrNotDead
	}
	if err != nil {
		return Event{}, fmt.Errorf("replay event %d: %w", r.Seq, err)
	}
	e := r.event(letter.Event)
	a, err := b.accept(e, letter.Trace, 0)
	if err == nil && r.Check != nil {
		err = unfit(r.Check(e))
	}
	if err != nil {
		return e, err
	}
	act := Act{Who: r.Who, What: ActReplay, Why: r.Why, About: fmt.Sprintf("%d %s → %s", r.Seq, letter.Delivery.Trigger, e.ID())}
	if err := b.DB.InTx(ctx, func(tx pg.Tx) error { return act.note(ctx, tx) }); err != nil {
		return e, err
	}
	send := func() error { return b.queue.do(ctx, &write{events: []accepted{a}}) }
	if b.Forward != nil {
		send = func() error { return b.forward(ctx, []accepted{a}) }
	}
	if err := send(); err != nil {
		return e, fmt.Errorf("replay event %d: %w", r.Seq, err)
	}
	return e, b.replayed(ctx, act, r.Discard, place{r.Seq, letter.Delivery.Trigger})
}

// event is the new event.
func (r Replay) event(old Event) Event {
	e := old.Clone()
	e.SetID(r.ID)
	e.SetSource(r.Source)
	e.SetTime(r.At)
	e.SetExtension("causationid", old.ID())
	e.SetExtension("correlationid", cmp.Or(attribute(old, "correlationid"), old.ID()))
	e.DataEncoded = r.Data
	return e
}

func unfit(err error) error {
	if err == nil {
		return nil
	}
	return &ce.Error{Status: http.StatusBadRequest, Text: err.Error()}
}

// replayed counts the new event in its act, and discards the old letter there.
func (b *Broker) replayed(ctx context.Context, act Act, discard bool, of place) error {
	return b.DB.InTx(ctx, func(tx pg.Tx) error {
		if err := act.add(ctx, tx, 1); err != nil || !discard {
			return err
		}
		dead, err := holdDead(ctx, tx, []place{of}, nil)
		if err != nil {
			return err
		}
		return giveUp(ctx, tx, act, dead)
	})
}
