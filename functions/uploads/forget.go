package uploads

import (
	"context"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// forget empties what the ledger recorded of a deleted recording: names and titles of
// what was uploaded. Nothing else is kept here; the objects are the minutes' to delete.
func (n *Namer) forget(e fn.Event) (fn.Outcome, error) {
	gone, err := events.Decode[events.MinutesDeleted](e)
	if err != nil {
		return nil, fault.Invalid(err)
	}
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		payloads, err := fn.Forget(ctx, tx, gone.Recording, gone.EventType())
		if err != nil {
			return nil, err
		}
		return events.NewAll(events.RecordingForgotten{Recording: gone.Recording, Function: "uploads", Payloads: payloads})
	}, nil
}
