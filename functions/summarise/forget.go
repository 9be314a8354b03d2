package summarise

import (
	"context"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// forget removes what was written of a deleted recording, and says how much that was.
// The mark is committed first: whoever is writing a summary at this moment will meet it.
// What an attempt removed that failed in the end is not counted again.
func (s *Summary) forget(ctx context.Context, e fn.Event) (fn.Outcome, error) {
	gone, err := events.Decode[events.MinutesDeleted](e)
	if err != nil {
		return nil, fault.Invalid(err)
	}
	if err := markDeleted(ctx, s.DB, gone.Recording); err != nil {
		return nil, err
	}
	written, err := summariesOf(ctx, s.DB, gone.Recording)
	if err != nil {
		return nil, err
	}
	objects := 0
	for _, o := range written {
		n, err := s.Store.Erase(ctx, o.Bucket, o.Key, "")
		objects += n
		if err != nil && !errors.Is(err, blob.ErrNotFound) { // a bucket that nothing was written to yet
			return nil, fmt.Errorf("erase summary %s: %w", o.Key, err)
		}
	}
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		rows, err := forget(ctx, tx, gone.Recording)
		if err != nil {
			return nil, err
		}
		payloads, err := fn.Forget(ctx, tx, gone.Recording, gone.EventType())
		if err != nil {
			return nil, err
		}
		return tell(events.RecordingForgotten{Recording: gone.Recording, Function: Word, Objects: objects, Rows: rows, Payloads: payloads})
	}, nil
}
