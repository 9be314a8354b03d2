package minutes

import (
	"context"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// news is what one event tells of an upload.
type news struct {
	recording, upload string
	change            func(*Upload)                      // pure
	rows              func(context.Context, pg.Tx) error // besides the upload's own; may be nil
	object            *events.Object                     // what was put into the store
	made              bool                               // another function made something of the recording
}

// tell is the outcome of news: the upload's row, and what is shown because of it.
func (m *Minutes) tell(e fn.Event, n news) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		given, err := lock(ctx, tx, n.recording)
		if err != nil {
			return nil, err
		}
		if given.DeletedAt != nil {
			return m.tooLate(ctx, tx, e, n)
		}
		uploads, err := readUploads(ctx, tx, n.recording)
		if err != nil {
			return nil, err
		}
		uploads, u := find(uploads, n.upload)
		u.seen(m.at(e), m.unit(e))
		n.change(u)
		if n.rows != nil {
			if err := n.rows(ctx, tx); err != nil {
				return nil, err
			}
		}
		if err := writeUpload(ctx, tx, n.recording, *u); err != nil {
			return nil, err
		}
		if err := writeShown(ctx, tx, n.recording, show(given, uploads)); err != nil || !n.made && n.object == nil {
			return nil, err
		}
		return nil, m.index(ctx, tx, n.recording)
	}
}

// find returns the upload to be changed in place, and the list that holds it.
func find(uploads []Upload, id string) ([]Upload, *Upload) {
	for i := range uploads {
		if uploads[i].ID == id {
			return uploads, &uploads[i]
		}
	}
	uploads = append(uploads, Upload{ID: id})
	return uploads, &uploads[len(uploads)-1]
}

// tooLate throws away what comes after the deletion, and tells whoever made
// something in the meantime to do the same.
func (m *Minutes) tooLate(ctx context.Context, tx pg.Tx, e fn.Event, n news) ([]fn.Event, error) {
	if n.object == nil && !n.made {
		return nil, nil
	}
	if n.object != nil {
		objects, err := m.deleteObject(ctx, *n.object)
		if err != nil {
			return nil, err
		}
		if err := addForgotten(ctx, tx, n.recording, Forgotten{Function: "minutes", Objects: objects, At: m.at(e)}); err != nil {
			return nil, err
		}
	}
	return deleted(n.recording)
}

func deleted(recording string) ([]fn.Event, error) {
	e, err := events.New(events.MinutesDeleted{Recording: recording})
	return []fn.Event{e}, err
}

// DeletionRequested asks for minutes to be deleted with all that belongs to
// them. It is what an HTTP DELETE amounts to, and never leaves this function.
type DeletionRequested struct {
	Recording string `json:"recording"`
	Why       string `json:"why,omitempty"` // retention; empty where somebody asked
}

// EventType is the CloudEvents type.
func (DeletionRequested) EventType() string { return "dev.xietong.minutes.deletion.requested.v1" }

// EventSubject is the recording's id.
func (d DeletionRequested) EventSubject() string { return d.Recording }

// Validate returns an error where the recording's id is not one, or the reason.
func (d DeletionRequested) Validate() error {
	switch {
	case !events.IsID(d.Recording):
		return fmt.Errorf("field recording is %q, want the id of a recording", d.Recording)
	case d.Why != "" && d.Why != ByRetention:
		return fmt.Errorf("field why is %q, want retention or none", d.Why)
	}
	return nil
}

// deletionRequested deletes the objects before the tombstone is committed, so
// that a failure leaves minutes that can be deleted again, and while their row
// is locked, so that no upload slips in between.
func (m *Minutes) deletionRequested(e fn.Event, d DeletionRequested) (fn.Outcome, error) {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		given, err := lock(ctx, tx, d.Recording)
		if err != nil {
			return nil, err
		}
		if err := held(ctx, tx, d.Recording); err != nil {
			return nil, err
		}
		uploads, err := readUploads(ctx, tx, d.Recording)
		if err != nil {
			return nil, err
		}
		objects, err := m.deleteObjects(ctx, d.Recording, owned(given, uploads))
		if err != nil {
			return nil, err
		}
		exported, out, err := m.forgetExports(ctx, tx, d.Recording)
		if err != nil {
			return nil, err
		}
		rows, err := erase(ctx, tx, d.Recording)
		if err != nil {
			return nil, err
		}
		if err := m.proved(ctx, tx, e, d, objects+exported, rows); err != nil {
			return nil, err
		}
		gone, err := deleted(d.Recording)
		return append(gone, out...), err
	}, nil
}
