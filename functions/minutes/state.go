package minutes

import (
	"path"
	"strings"
	"time"

	"xietong.dev/events"
)

// State is where the minutes of a recording stand. The codes are stable.
type State string

// The states, in the order in which a recording passes through them.
const (
	AwaitingUpload State = "awaiting_upload"
	Uploaded       State = "uploaded"
	Transcribing   State = "transcribing"
	Transcribed    State = "transcribed"
	Summarised     State = "summarised"
	Waiting        State = "waiting" // for an engine that knows the language, or for a transcript
	Failed         State = "failed"
	Deleted        State = "deleted"
)

var states = []State{AwaitingUpload, Uploaded, Transcribing, Transcribed, Summarised, Waiting, Failed}

// Given is what people said about the minutes, not events.
type Given struct {
	PostedAt  *time.Time // nil where the minutes began with an upload
	Unit      string
	Author    string
	Title     string
	Language  string
	Request   string
	Grants    int
	DeletedAt *time.Time

	Kind         string
	Participants []events.Participant // nil where nobody said
	Particulars
}

// Shown is what a list shows of the minutes.
type Shown struct {
	Unit       string
	CreatedAt  time.Time
	Upload     string // the current one
	Title      string
	State      State
	Code       string // why it waits or failed
	Stage      string // and which function said so
	Ended      int
	Chunks     int
	DurationMS int64
	Language   string
	Kind       string
}

// show works out what is shown from everything that is known.
func show(given Given, uploads []Upload) Shown {
	own := owned(given, uploads)
	current, _ := choose(own)
	s := Shown{Unit: given.Unit, Upload: current.ID, Title: title(given, current), Language: language(given, current), Kind: kind(given, current), DurationMS: current.durationMS()}
	s.State, s.Stage, s.Code = current.state()
	s.Ended, s.Chunks = current.progress()
	switch {
	case given.PostedAt != nil:
		s.CreatedAt = *given.PostedAt
	case len(own) > 0:
		s.Unit, s.CreatedAt = own[0].Unit, own[0].arrivedAt()
	}
	return s
}

// owned returns the uploads that count, oldest first: those of the unit that
// created the minutes or, where nobody did, of the unit that uploaded first.
// Nobody takes over another unit's minutes by uploading into them.
func owned(given Given, uploads []Upload) []Upload {
	var own []Upload
	unit := ""
	if given.PostedAt != nil {
		unit = given.Unit
	}
	for _, u := range oldestFirst(uploads) {
		if unit == "" {
			unit = u.Unit
		}
		if u.Unit == unit {
			own = append(own, u)
		}
	}
	return own
}

// choose picks the upload that is shown, and the newest one. They differ where
// the newest was refused before it had a transcript: that must not hide what an
// older one came to.
func choose(own []Upload) (current, newest Upload) {
	if len(own) == 0 {
		return Upload{}, Upload{}
	}
	newest = own[len(own)-1]
	for i := len(own) - 1; i >= 0; i-- {
		if _, _, refused := own[i].refusal(); !refused || own[i].Transcript != nil {
			return own[i], newest
		}
	}
	return newest, newest
}

func (u Upload) state() (s State, stage, code string) {
	stage, refusal, refused := u.refusal()
	switch {
	case u.ID == "":
		return AwaitingUpload, "", ""
	case refused && refusal.Code == events.RefusedLanguage:
		return Waiting, stage, refusal.Code
	case refused:
		return Failed, stage, refusal.Code
	case u.Summary != nil:
		return Summarised, "", ""
	case u.Transcript != nil:
		return Transcribed, "", ""
	case u.Cut != nil || u.Chunks > 0:
		return Transcribing, "", ""
	}
	return Uploaded, "", ""
}

// refusal returns the newest refusal that is still in force, and its stage.
func (u Upload) refusal() (stage string, newest Refusal, found bool) {
	for s, r := range u.Refusals {
		if !u.inForce(s, r) {
			continue
		}
		if c := r.At.Compare(newest.At); !found || c > 0 || c == 0 && s < stage {
			stage, newest, found = s, r, true
		}
	}
	return stage, newest, found
}

// inForce reports whether a stage that refused has brought nothing since. What
// it brings is compared, not when: the clocks of two machines differ.
func (u Upload) inForce(stage string, r Refusal) bool {
	switch stage {
	case "uploads":
		return u.Arrival == nil
	case "transcribe":
		again := u.Cut != nil && u.Cut.At.After(r.At)
		return u.Transcript == nil && !again
	case "summarise":
		return u.Summary == nil
	}
	return u.Transcript == nil || u.Summary == nil
}

func (u Upload) progress() (ended, chunks int) {
	chunks = u.Chunks
	if u.Cut != nil {
		chunks = u.Cut.Chunks
	}
	return min(u.Ended, chunks), chunks
}

func (u Upload) durationMS() int64 {
	switch {
	case u.Transcript != nil:
		return u.Transcript.DurationMS
	case u.Cut != nil:
		return u.Cut.DurationMS
	}
	return 0
}

// title prefers a person's words to a file's.
func title(given Given, current Upload) string {
	switch {
	case given.Title != "":
		return given.Title
	case current.Arrival == nil:
		return ""
	case current.Arrival.Title != "":
		return current.Arrival.Title
	}
	return strings.TrimSuffix(current.Arrival.Name, path.Ext(current.Arrival.Name))
}

func language(given Given, current Upload) string {
	switch {
	case current.Transcript != nil:
		return current.Transcript.Language
	case current.Arrival != nil && current.Arrival.Language != "":
		return current.Arrival.Language
	}
	return given.Language
}
