package minutes

import (
	"cmp"
	"slices"
	"time"

	"xietong.dev/events"
)

// Upload is what the events of one upload have told so far. They come in any
// order, so each kind of news has a place of its own, and where two tell the
// same kind the later one counts, by its own time and not by its coming.
type Upload struct {
	ID         string             `json:"id"`
	Unit       string             `json:"unit"`
	FirstAt    time.Time          `json:"first_at"` // the time of the earliest event
	Arrival    *Arrival           `json:"arrival,omitempty"`
	Cut        *Cut               `json:"cut,omitempty"`
	Ended      int                `json:"ended,omitempty"`
	Chunks     int                `json:"chunks,omitempty"`
	Transcript *Transcript        `json:"transcript,omitempty"`
	Summary    *Automatic         `json:"summary,omitempty"`
	Refusals   map[string]Refusal `json:"refusals,omitempty"` // by stage
}

// Arrival is the file that was uploaded.
type Arrival struct {
	At        time.Time     `json:"at"`
	Unit      string        `json:"unit"`
	Object    events.Object `json:"object"`
	Name      string        `json:"name"`
	MediaType string        `json:"media_type,omitempty"` // empty for a transcript
	Title     string        `json:"title,omitempty"`
	Language  string        `json:"language,omitempty"`

	Kind         string               `json:"kind,omitempty"`
	Participants []events.Participant `json:"participants,omitempty"`
	Place        string               `json:"place,omitempty"`
	RecordedAt   string               `json:"recorded_at,omitempty"`
}

// Cut is how the recording was cut.
type Cut struct {
	At         time.Time `json:"at"`
	Chunks     int       `json:"chunks"`
	DurationMS int64     `json:"duration_ms"`
}

// Transcript is what stands about a transcript besides its segments.
type Transcript struct {
	At         time.Time        `json:"at"`
	Revision   int              `json:"revision"`
	Object     events.Object    `json:"object"` // holds the words as well
	Language   string           `json:"language"`
	DurationMS int64            `json:"duration_ms"`
	Engine     events.Engine    `json:"engine"`
	Speakers   []events.Speaker `json:"speakers"`
	Gaps       []events.Gap     `json:"gaps"`
	Segments   int              `json:"segments"`
}

// Automatic is the newest summary by machine.
type Automatic struct {
	At       time.Time     `json:"at"`
	ID       string        `json:"id"`
	Revision int           `json:"revision"` // of the transcript it rests on
	Engine   events.Engine `json:"engine"`
}

// Refusal says that one stage of the work has stopped.
type Refusal struct {
	At     time.Time `json:"at"`
	Code   string    `json:"code"`
	Reason string    `json:"reason"`
}

// seen takes what every event tells.
func (u *Upload) seen(at time.Time, unit string) {
	if u.FirstAt.IsZero() || at.Before(u.FirstAt) {
		u.FirstAt = at
	}
	if u.Unit == "" {
		u.Unit = unit
	}
}

func (u *Upload) arrived(a Arrival) {
	if u.Arrival == nil || a.At.After(u.Arrival.At) {
		u.Arrival, u.Unit = &a, a.Unit
	}
}

func (u *Upload) cut(c Cut) {
	if u.Cut == nil || c.At.After(u.Cut.At) {
		u.Cut = &c
	}
}

func (u *Upload) heard(ended, chunks int) {
	u.Ended, u.Chunks = max(u.Ended, ended), max(u.Chunks, chunks)
}

// transcribed reports whether t replaces what was there.
func (u *Upload) transcribed(t Transcript) bool {
	old := u.Transcript
	if old != nil && cmp.Or(cmp.Compare(t.Revision, old.Revision), t.At.Compare(old.At), cmp.Compare(t.Object.Key, old.Object.Key)) <= 0 {
		return false
	}
	u.Transcript = &t
	return true
}

func (u *Upload) summarised(s Automatic) {
	old := u.Summary
	if old == nil || cmp.Or(cmp.Compare(s.Revision, old.Revision), s.At.Compare(old.At), cmp.Compare(s.ID, old.ID)) > 0 {
		u.Summary = &s
	}
}

func (u *Upload) refused(stage string, r Refusal) {
	if u.Refusals == nil {
		u.Refusals = map[string]Refusal{}
	}
	if old, has := u.Refusals[stage]; !has || cmp.Or(r.At.Compare(old.At), cmp.Compare(r.Code, old.Code)) > 0 {
		u.Refusals[stage] = r
	}
}

// arrivedAt is the time that tells a newer upload from an older one.
func (u Upload) arrivedAt() time.Time {
	if u.Arrival != nil {
		return u.Arrival.At
	}
	return u.FirstAt
}

// isRecording reports whether the upload is known to be something to listen to.
func (u Upload) isRecording() bool { return u.Arrival != nil && u.Arrival.MediaType != "" }

// oldestFirst sorts uploads by their arrival.
func oldestFirst(uploads []Upload) []Upload {
	return slices.SortedFunc(slices.Values(uploads), func(a, b Upload) int {
		return cmp.Or(a.arrivedAt().Compare(b.arrivedAt()), cmp.Compare(a.ID, b.ID))
	})
}
