// Package captions writes down what is said in a meeting while it is said.
//
//	in   HTTP: a session is begun, sound is spoken into it over WebSocket, one
//	     connection for each track, and captions are watched over WebSocket
//	     dev.xietong.captions.ended.v1   our own: a session is handed over
//	     dev.xietong.minutes.deleted.v1  everything of a session goes
//	out  captions, partial at first and final once a sentence has ended
//	     recordings/<id>/…  the sound and the captions, which uploads names like
//	     whatever else comes into that bucket: so they become the minutes of that id
//	     dev.xietong.recording.forgotten.v1  nothing is left of a deleted one
//
// Every sentence is kept with its sound before it is shown as final. A connection that
// breaks begins again where the sound that is kept ends, on whichever instance; the
// newest connection of a track is the one that counts. A sentence that the engine fails
// on again and again is a gap, and its sound is kept.
package captions

import (
	"context"
	"log/slog"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/speech"
)

// Word names the function everywhere.
const Word = "captions"

// Captions is the function.
type Captions struct {
	Config
	DB     *pg.DB
	Store  blob.Store
	Engine speech.Engine
	NewID  func() string
	Now    func() time.Time
	Log    *slog.Logger

	hearing chan struct{} // one for each request to the engine that may be under way
	open    chan struct{} // one for each connection that there may be
	recent  readings
}

// Function is the captions as their runtime sees them.
func (c *Captions) Function() *fn.Function {
	c.hearing, c.open = make(chan struct{}, max(1, c.MaxHearing)), make(chan struct{}, max(1, c.MaxConnections))
	return &fn.Function{Word: Word, DB: c.DB, Handle: c.Handle, HTTP: c.HTTP, Tend: c.tend, Lease: time.Minute}
}

// Handle does what an event asks for.
func (c *Captions) Handle(ctx context.Context, e fn.Event) (fn.Outcome, error) {
	switch e.Type() {
	case ending{}.EventType():
		return fn.Take(ctx, e, events.Decode, c.end)
	case events.CaptionsEnded{}.EventType():
		return fn.Take(ctx, e, events.Decode, c.handOver)
	case events.MinutesDeleted{}.EventType():
		return fn.Take(ctx, e, events.Decode, c.forget)
	}
	return nil, fault.Invalidf("captions does not know events of type %q", e.Type())
}

// About is what whoever begins a session says of the meeting.
type About struct {
	Title        string               `json:"title,omitempty"`
	Language     string               `json:"language,omitempty"`
	Kind         string               `json:"kind,omitempty"`
	Participants []events.Participant `json:"participants,omitempty"`
}

// session is a meeting that is being captioned.
type session struct {
	ID      string
	Unit    string
	Author  string
	About   About
	BeganAt time.Time
	EndedAt *time.Time
	Deleted bool
}
