package minutes

import (
	"time"

	"xietong.dev/events"
)

// Detail is the minutes of one recording as the API shows them.
type Detail struct {
	ID         string           `json:"id"`
	Unit       string           `json:"unit"`
	Author     string           `json:"author,omitempty"`
	Title      string           `json:"title"`
	Name       string           `json:"name,omitempty"` // of the file
	Language   string           `json:"language,omitempty"`
	CreatedAt  time.Time        `json:"created_at"`
	State      State            `json:"state"`
	StateText  string           `json:"state_text"`
	Progress   *Progress        `json:"progress,omitempty"`
	Refusal    *RefusalView     `json:"refusal,omitempty"`
	DurationMS int64            `json:"duration_ms,omitempty"`
	Speakers   []events.Speaker `json:"speakers"`
	Transcript *TranscriptView  `json:"transcript,omitempty"`
	Summary    *SummaryView     `json:"summary,omitempty"`
	Timings    Timings          `json:"timings"`
	Audio      *Audio           `json:"audio,omitempty"`
	Access     *Access          `json:"access,omitempty"`

	Kind         string               `json:"kind,omitempty"` // one of events.Kinds; absent is a meeting
	Participants []events.Participant `json:"participants,omitempty"`
	RecordedAt   *time.Time           `json:"recorded_at,omitempty"` // absent where nobody said
	Place        string               `json:"place,omitempty"`
	Issue        string               `json:"issue,omitempty"`
	Issuer       string               `json:"issuer,omitempty"`
	Copies       string               `json:"copies,omitempty"`
}

// Progress is how many chunks of a recording have been transcribed.
type Progress struct {
	Ended  int `json:"ended"`
	Chunks int `json:"chunks"`
}

// RefusalView says why the newest upload came to nothing. An older one may
// still be shown beside it.
type RefusalView struct {
	Name    string    `json:"name,omitempty"` // of the file
	Stage   string    `json:"stage"`
	Code    string    `json:"code"`
	Message string    `json:"message"` // for people
	Reason  string    `json:"reason"`  // for the operator
	At      time.Time `json:"at"`
}

// TranscriptView is what stands about the transcript.
type TranscriptView struct {
	Revision int           `json:"revision"`
	Language string        `json:"language"`
	Segments int           `json:"segments"`
	Gaps     []events.Gap  `json:"gaps,omitempty"`
	Engine   events.Engine `json:"engine"`
}

// SummaryView is one revision of the summary. ETag is what If-Match takes.
type SummaryView struct {
	Revision       string          `json:"revision"`
	ETag           string          `json:"etag"`
	Origin         string          `json:"origin"` // automatic or person
	Author         string          `json:"author,omitempty"`
	At             time.Time       `json:"at"`
	Parent         string          `json:"parent,omitempty"`          // the revision that was edited
	Base           string          `json:"base,omitempty"`            // the automatic revision that the edits go back to
	Restores       string          `json:"restores,omitempty"`        // the revision that counts again by this one
	NewerAutomatic string          `json:"newer_automatic,omitempty"` // a revision that came after the edit began
	Document       *events.Summary `json:"document,omitempty"`
}

// Timings are the times at which the work on the current upload came so far.
type Timings struct {
	UploadedAt    *time.Time `json:"uploaded_at,omitempty"`
	CutAt         *time.Time `json:"cut_at,omitempty"`
	TranscribedAt *time.Time `json:"transcribed_at,omitempty"`
	SummarisedAt  *time.Time `json:"summarised_at,omitempty"`
}

// Audio is where the recording can be heard until the address expires.
type Audio struct {
	URL       string    `json:"url"`
	Expires   time.Time `json:"expires"`
	Name      string    `json:"name"`
	MediaType string    `json:"media_type"`
	Size      int64     `json:"size"` // bytes
}

// Item is one row of a list as the API shows it.
type Item struct {
	ID         string    `json:"id"`
	Title      string    `json:"title"`
	Language   string    `json:"language,omitempty"`
	Kind       string    `json:"kind,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	State      State     `json:"state"`
	StateText  string    `json:"state_text"`
	Code       string    `json:"code,omitempty"`
	Progress   *Progress `json:"progress,omitempty"`
	DurationMS int64     `json:"duration_ms,omitempty"`
	Match      *Match    `json:"match,omitempty"`
}

// story is all rows of one recording that its detail rests on.
type story struct {
	id      string
	given   Given
	own     []Upload // of the unit, oldest first
	summary *Revision
	rights  Rights
	naming  Naming                      // what people call the speakers
	heard   map[string][]events.Speaker // as the transcripts call them, by upload
}

func (s story) current() Upload {
	current, _ := choose(s.own)
	return current
}

// audio returns the recording to listen to: the current upload's, or the newest
// one before it where the current upload is a transcript.
func (s story) audio() *Arrival {
	current := s.current()
	if current.isRecording() {
		return current.Arrival
	}
	for i := len(s.own) - 1; i >= 0; i-- {
		if s.own[i].isRecording() {
			return s.own[i].Arrival
		}
	}
	return nil
}

// detail lays a story out in the asked language. The audio's address is the
// caller's to add.
func detail(s story, lang string) Detail {
	shown, current := show(s.given, s.own), s.current()
	d := Detail{ID: s.id, Unit: shown.Unit, Author: s.given.Author, Title: shown.Title, Language: shown.Language, CreatedAt: shown.CreatedAt,
		State: shown.State, StateText: stateText(shown, lang), Progress: progress(shown), Refusal: refusalView(s.own, lang),
		DurationMS: shown.DurationMS, Speakers: []events.Speaker{}, Summary: summaryView(s.summary, current), Timings: timings(current),
		Kind: shown.Kind, Participants: participants(s.given, current), RecordedAt: recordedAt(s.given, current),
		Place: meetingPlace(s.given, current), Issue: s.given.Issue, Issuer: s.given.Issuer, Copies: s.given.Copies}
	if current.Arrival != nil {
		d.Name = current.Arrival.Name
	}
	if t := current.Transcript; t != nil {
		d.Transcript = &TranscriptView{Revision: t.Revision, Language: t.Language, Segments: t.Segments, Gaps: t.Gaps, Engine: t.Engine}
		d.Speakers = append(d.Speakers, t.Speakers...)
	}
	return d
}

func item(e Entry, lang string) Item {
	return Item{ID: e.ID, Title: e.Title, Language: e.Language, Kind: e.Kind, CreatedAt: e.CreatedAt, State: e.State, StateText: stateText(e.Shown, lang),
		Code: e.Code, Progress: progress(e.Shown), DurationMS: e.DurationMS, Match: e.Match}
}

func progress(s Shown) *Progress {
	if s.State != Transcribing || s.Chunks == 0 {
		return nil
	}
	return &Progress{Ended: s.Ended, Chunks: s.Chunks}
}

func refusalView(own []Upload, lang string) *RefusalView {
	_, newest := choose(own)
	stage, r, found := newest.refusal()
	if !found {
		return nil
	}
	v := &RefusalView{Stage: stage, Code: r.Code, Message: refusalText(stage, r.Code, lang), Reason: r.Reason, At: r.At}
	if newest.Arrival != nil {
		v.Name = newest.Arrival.Name
	}
	return v
}

func summaryView(r *Revision, current Upload) *SummaryView {
	if r == nil {
		return nil
	}
	v := revisionView(*r)
	v.Document = &r.Document
	if newest := current.Summary; r.Origin == ByPerson && newest != nil && newest.ID != r.Base {
		v.NewerAutomatic = newest.ID
	}
	return &v
}

func revisionView(r Revision) SummaryView {
	return SummaryView{Revision: r.ID, ETag: etag(r), Origin: r.Origin, Author: r.Author, At: r.At, Parent: r.Parent, Base: r.Base, Restores: r.Restores}
}

// etag names a revision: revisions never change.
func etag(r Revision) string { return `"` + r.ID + `"` }

func timings(u Upload) Timings {
	var t Timings
	if u.Arrival != nil {
		t.UploadedAt = &u.Arrival.At
	}
	if u.Cut != nil {
		t.CutAt = &u.Cut.At
	}
	if u.Transcript != nil {
		t.TranscribedAt = &u.Transcript.At
	}
	if u.Summary != nil {
		t.SummarisedAt = &u.Summary.At
	}
	return t
}
