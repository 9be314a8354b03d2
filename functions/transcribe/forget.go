package transcribe

import (
	"context"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// erase removes every object of an upload with all its versions, and returns how many
// there were.
func (t *Transcriber) erase(ctx context.Context, upload string) (objects int, err error) {
	for _, kind := range []string{"chunks", "heard", "transcripts"} {
		n, err := t.Objects.Erase(ctx, t.Artifacts, kind+"/"+upload+"/", "")
		objects += n
		if err != nil && !errors.Is(err, blob.ErrNotFound) { // a bucket that nothing was written to yet
			return objects, fmt.Errorf("erase %s of upload %s: %w", kind, upload, err)
		}
	}
	return objects, nil
}

// forget removes what is kept of a recording, and says how much that was. The recording
// is marked first: whoever is still at work on it finds the mark before it commits. The
// mark stays, and the ids of its uploads. What an attempt removed that failed in the end
// is not counted again.
func (t *Transcriber) forget(ctx context.Context, d events.MinutesDeleted) (fn.Outcome, error) {
	uploads, err := markDeleted(ctx, t.DB, d.Recording)
	if err != nil {
		return nil, err
	}
	objects := 0
	for _, upload := range uploads {
		n, err := t.erase(ctx, upload)
		objects += n
		if err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		rows, err := deleteJobs(ctx, tx, d.Recording)
		if err != nil {
			return nil, err
		}
		payloads, err := fn.Forget(ctx, tx, d.Recording, d.EventType())
		if err != nil {
			return nil, err
		}
		return events.NewAll(events.RecordingForgotten{Recording: d.Recording, Function: Word, Objects: objects, Rows: rows, Payloads: payloads})
	}, nil
}
