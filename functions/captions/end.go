package captions

// The end: a session takes no more sound, and what there is becomes minutes.

import (
	"context"
	"errors"
	"net/http"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// ending is what a request to end a session amounts to.
type ending struct {
	Session string `json:"session"`
}

func (ending) EventType() string      { return "dev.xietong.captions.ending.v1" }
func (e ending) EventSubject() string { return e.Session }
func (e ending) Validate() error {
	if !events.IsID(e.Session) {
		return errors.New("session is no id")
	}
	return nil
}

// finish answers POST /captions/{id}/end. What was said is handed over by an event, since
// that takes its time; once it is, the minutes of this id are there.
func (c *call) finish() error {
	s, err := c.load()
	if err != nil {
		return err
	}
	if err := c.ask(c.r.Context(), c.apply, s); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// ask has a session ended, once.
func (c *Captions) ask(ctx context.Context, apply fn.Apply, s session) error {
	e, err := events.New(ending{Session: s.ID})
	if err != nil {
		return err
	}
	e.SetID("end-" + s.ID)
	e.SetExtension(events.Unit, s.Unit)
	if s.Author != "" {
		e.SetExtension(events.AuthType, "user")
		e.SetExtension(events.AuthID, s.Author)
	}
	return wrap("end session", s.ID, apply(ctx, e))
}

// end marks a session as ended, and asks for it to be handed over.
func (c *Captions) end(_ context.Context, d ending) (fn.Outcome, error) {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		ended, err := markEnded(ctx, tx, d.Session, c.Now())
		if err != nil || !ended {
			return nil, err
		}
		return events.NewAll(events.CaptionsEnded{Recording: d.Session})
	}, nil
}

// tend ends sessions that nobody speaks in any more.
func (c *Captions) tend(ctx context.Context, apply fn.Apply) error {
	sessions, err := readIdle(ctx, c.DB, c.Now().Add(-c.MaxIdle))
	for _, s := range sessions {
		err = errors.Join(err, c.ask(ctx, apply, s))
	}
	return err
}

// handOver puts the sound and the captions of an ended session where people upload
// recordings. The sound comes first: minutes show the newest upload, and that is what
// people have read in the meeting; its sound they hear.
func (c *Captions) handOver(ctx context.Context, d events.CaptionsEnded) (fn.Outcome, error) {
	s, found, err := readSession(ctx, c.DB, selectSession, d.Recording)
	if err != nil || !found || s.Deleted {
		return nil, err
	}
	if err := c.put(ctx, s); err != nil {
		return nil, err
	}
	if err := c.erase(ctx, s.ID); err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		return nil, dropPieces(ctx, tx, s.ID)
	}, nil
}

// put writes sound and captions, unless an attempt before this one has: it may have
// erased the pieces already. A session in which nothing was kept comes to nothing.
func (c *Captions) put(ctx context.Context, s session) error {
	_, err := c.Store.Head(ctx, c.RecordingsBucket, textKey(s), "")
	if !errors.Is(err, blob.ErrNotFound) {
		return wrap("look for the captions of", s.ID, err)
	}
	tracks, err := readTracks(ctx, c.DB, s.ID)
	if err != nil || len(tracks) == 0 {
		return err
	}
	lines, err := readAllLines(ctx, c.DB, s)
	if err != nil {
		return err
	}
	if err := c.putSound(ctx, s, tracks); err != nil {
		return err
	}
	return c.putText(ctx, s, tracks, lines)
}

// erase removes the sound that was kept of a session while it ran.
func (c *Captions) erase(ctx context.Context, id string) error {
	_, err := c.Store.Erase(ctx, c.Artifacts, "captions/"+id+"/", "")
	if errors.Is(err, blob.ErrNotFound) {
		err = nil
	}
	return wrap("erase the sound of", id, err)
}

// forget removes everything of a session whose minutes were deleted.
func (c *Captions) forget(ctx context.Context, d events.MinutesDeleted) (fn.Outcome, error) {
	if err := markDeleted(ctx, c.DB, d.Recording); err != nil {
		return nil, err
	}
	objects, err := c.Store.Erase(ctx, c.Artifacts, "captions/"+d.Recording+"/", "")
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		return nil, wrap("erase the sound of", d.Recording, err)
	}
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		rows, err := dropAll(ctx, tx, d.Recording)
		if err != nil {
			return nil, err
		}
		payloads, err := fn.Forget(ctx, tx, d.Recording, events.RecordingForgotten{}.EventType())
		if err != nil {
			return nil, err
		}
		return events.NewAll(events.RecordingForgotten{Recording: d.Recording, Function: Word, Objects: objects, Rows: rows, Payloads: payloads})
	}, nil
}
