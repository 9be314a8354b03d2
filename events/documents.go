package events

import (
	"encoding/json"
)

// The two documents that the story of a recording points to. They are objects of their own
// because a day's transcript is larger than a broker carries.

// DocumentVersion is the version of [Transcript], [Summary] and [BookContents]
// that this code writes and reads.
const DocumentVersion = 1

// maxQuote is the most characters of a segment that evidence repeats.
const maxQuote = 16384

// Transcript is what was said in a recording, in the order of time.
type Transcript struct {
	DocumentVersion int       `json:"document_version"`
	Recording       string    `json:"recording"`
	Upload          string    `json:"upload"`
	Revision        int       `json:"revision"`
	Language        string    `json:"language"`
	DurationMS      int64     `json:"duration_ms"`
	Engine          Engine    `json:"engine"`
	Speakers        []Speaker `json:"speakers"` // empty where nobody can tell who spoke
	Segments        []Segment `json:"segments"`
	Gaps            []Gap     `json:"gaps,omitempty"`

	Kind       string `json:"kind,omitempty"`        // one of [Kinds]; empty is a meeting
	RecordedAt string `json:"recorded_at,omitempty"` // when it began, as [Moment] writes it, as far as anybody knows; days that are named count from it
}

// Speaker is somebody who speaks in a recording.
type Speaker struct {
	ID      string `json:"id"` // s1, s2, …
	Label   string `json:"label,omitempty"`
	Track   int    `json:"track"`
	Account string `json:"account,omitempty"` // where the meeting's app told who it is
}

// Segment is a stretch of speech by one speaker.
type Segment struct {
	ID         string   `json:"id"` // <track>-<start_ms>: the same stretch keeps its id when it is transcribed again
	Track      int      `json:"track"`
	Speaker    string   `json:"speaker,omitempty"`
	StartMS    int64    `json:"start_ms"`
	EndMS      int64    `json:"end_ms"`
	Text       string   `json:"text"`
	Confidence *float64 `json:"confidence,omitempty"` // 0 to 1, absent where the engine gives none
	Words      []Word   `json:"words,omitempty"`      // absent where the engine gives none
	Suspect    string   `json:"suspect,omitempty"`    // why the text should be listened to again: repeated, empty

	Said     string `json:"said,omitempty"`     // what the engine wrote, where numbers, points or terms were put right afterwards
	Language string `json:"language,omitempty"` // BCP 47, where it is not the transcript's
	Timing   string `json:"timing,omitempty"`   // what the times are worth where the engine did not hear them: interpolated over the text, or those of the chunk
}

// Word is one word with its time.
type Word struct {
	Text       string   `json:"text"`
	StartMS    int64    `json:"start_ms"`
	EndMS      int64    `json:"end_ms"`
	Confidence *float64 `json:"confidence,omitempty"`
}

// Gap is a stretch that could not be transcribed.
type Gap struct {
	Track   int    `json:"track"`
	StartMS int64  `json:"start_ms"`
	EndMS   int64  `json:"end_ms"`
	Reason  string `json:"reason"`
}

// Summary is what a recording comes to. Every sentence cites the segments it
// rests on.
type Summary struct {
	DocumentVersion int       `json:"document_version"`
	Recording       string    `json:"recording"`
	Upload          string    `json:"upload"`
	Revision        int       `json:"revision"` // that of the transcript
	Language        string    `json:"language"`
	Engine          Engine    `json:"engine"`
	Abstract        []Point   `json:"abstract"` // key sentences, in the order of time
	Topics          []Topic   `json:"topics"`
	Decisions       []Point   `json:"decisions"`
	Actions         []Action  `json:"actions"`
	Keywords        []Keyword `json:"keywords"`

	Kind      string  `json:"kind,omitempty"`      // one of [Kinds]; empty is a meeting
	Questions []Point `json:"questions,omitempty"` // that were left open
	Risks     []Point `json:"risks,omitempty"`     // that somebody named
	Numbers   []Point `json:"numbers,omitempty"`   // sentences that say an amount, a rate, a date: what a reader looks up
	Dropped   int     `json:"dropped,omitempty"`   // sentences of a language model that nothing in the transcript supports
}

// Point is one sentence of a summary.
type Point struct {
	ID       string     `json:"id"` // stable: derived from the evidence
	Text     string     `json:"text"`
	Evidence []Evidence `json:"evidence"` // at least one

	Translations []Translation `json:"translations,omitempty"` // at most 3
}

// Translation is a sentence in another language.
type Translation struct {
	Language string `json:"language"` // BCP 47
	Text     string `json:"text"`
}

// Evidence is a place in the transcript that a sentence rests on.
type Evidence struct {
	Segment string `json:"segment"`
	StartMS int64  `json:"start_ms"`
	EndMS   int64  `json:"end_ms"`
	Quote   string `json:"quote"` // verbatim from the segment
}

// Topic is a stretch of a recording about one thing.
type Topic struct {
	Title   string  `json:"title"`
	StartMS int64   `json:"start_ms"`
	EndMS   int64   `json:"end_ms"`
	Points  []Point `json:"points"`
}

// Action is something that somebody will do.
type Action struct {
	Point
	Owner string `json:"owner,omitempty"` // as said
	Due   string `json:"due,omitempty"`   // as said

	DueOn string `json:"due_on,omitempty"` // the day that it comes to, YYYY-MM-DD
}

// Keyword is a term that the recording is about.
type Keyword struct {
	Term    string `json:"term"`
	Count   int    `json:"count"`
	FirstMS int64  `json:"first_ms"`
}

// DecodeTranscript reads a transcript and checks it.
func DecodeTranscript(text []byte) (Transcript, error) {
	var t Transcript
	if err := decode(text, &t); err != nil {
		return t, err
	}
	return t, t.Validate()
}

// DecodeSummary reads a summary and checks it.
func DecodeSummary(text []byte) (Summary, error) {
	var s Summary
	if err := decode(text, &s); err != nil {
		return s, err
	}
	return s, s.Validate()
}

// Validate returns an error that names the first field that is wrong.
func (t Transcript) Validate() error {
	return first(version(t.DocumentVersion), id("recording", t.Recording), id("upload", t.Upload),
		atLeast("revision", int64(t.Revision), 1), known("language", t.Language),
		atLeast("duration_ms", t.DurationMS, 0), in("engine", t.Engine.check()),
		each("speakers", t.Speakers), each("segments", t.Segments), each("gaps", t.Gaps), kind(t.Kind), maybeMoment("recorded_at", t.RecordedAt))
}

// Validate returns an error that names the first field that is wrong.
func (s Summary) Validate() error {
	return first(version(s.DocumentVersion), id("recording", s.Recording), id("upload", s.Upload),
		atLeast("revision", int64(s.Revision), 1), known("language", s.Language), in("engine", s.Engine.check()),
		each("abstract", s.Abstract), each("topics", s.Topics), each("decisions", s.Decisions),
		each("actions", s.Actions), each("keywords", s.Keywords), kind(s.Kind),
		each("questions", s.Questions), each("risks", s.Risks), each("numbers", s.Numbers), atLeast("dropped", int64(s.Dropped), 0))
}

func (s Speaker) check() error {
	return first(text("id", s.ID, 1, 64), text("label", s.Label, 0, 255), atLeast("track", int64(s.Track), 0), text("account", s.Account, 0, 255))
}

// A segment may be as long as the document lets it be: nothing is lost of what
// was said.
func (s Segment) check() error {
	return first(text("id", s.ID, 1, 64), atLeast("track", int64(s.Track), 0), text("speaker", s.Speaker, 0, 64),
		span(s.StartMS, s.EndMS), text("text", s.Text, 0, maxInteger), share("confidence", s.Confidence),
		each("words", s.Words), text("suspect", s.Suspect, 0, 63),
		text("said", s.Said, 0, maxInteger), language("language", s.Language), oneOf("timing", s.Timing, "", "interpolated", "chunk"))
}

// A word may begin and end in the same millisecond, as some engines have it.
func (w Word) check() error {
	return first(text("text", w.Text, 0, 1024), atLeast("start_ms", w.StartMS, 0), atLeast("end_ms", w.EndMS, 0),
		notBefore("end_ms", w.EndMS, "start_ms", w.StartMS), share("confidence", w.Confidence))
}

func (g Gap) check() error {
	return first(atLeast("track", int64(g.Track), 0), span(g.StartMS, g.EndMS), text("reason", g.Reason, 1, 2048))
}

func (p Point) check() error {
	if len(p.Evidence) == 0 {
		return wrong("evidence", "is empty, want at least one place in the transcript")
	}
	return first(text("id", p.ID, 1, 64), text("text", p.Text, 1, 4096), each("evidence", p.Evidence),
		count("translations", len(p.Translations), 0, 3), each("translations", p.Translations))
}

func (t Translation) check() error {
	return first(known("language", t.Language), text("text", t.Text, 1, 4096))
}

func (e Evidence) check() error {
	return first(text("segment", e.Segment, 1, 64), span(e.StartMS, e.EndMS), text("quote", e.Quote, 1, maxQuote))
}

func (t Topic) check() error {
	return first(text("title", t.Title, 0, 255), span(t.StartMS, t.EndMS), each("points", t.Points))
}

func (a Action) check() error {
	return first(a.Point.check(), text("owner", a.Owner, 0, 255), text("due", a.Due, 0, 255), matches("due_on", a.DueOn, days, "a day such as 2030-12-31"))
}

func (k Keyword) check() error {
	return first(text("term", k.Term, 1, 255), atLeast("count", int64(k.Count), 1), atLeast("first_ms", k.FirstMS, 0))
}

// MarshalJSON writes lists that hold nothing as [], never as null, which
// readers of other languages stumble over.
func (t Transcript) MarshalJSON() ([]byte, error) {
	type plain Transcript
	t.Speakers, t.Segments = list(t.Speakers), list(t.Segments)
	return json.Marshal(plain(t))
}

// MarshalJSON writes lists that hold nothing as [], never as null.
func (s Summary) MarshalJSON() ([]byte, error) {
	type plain Summary
	s.Abstract, s.Topics, s.Decisions = list(s.Abstract), list(s.Topics), list(s.Decisions)
	s.Actions, s.Keywords = list(s.Actions), list(s.Keywords)
	return json.Marshal(plain(s))
}

// MarshalJSON writes a topic without points with [], never with null.
func (t Topic) MarshalJSON() ([]byte, error) {
	type plain Topic
	t.Points = list(t.Points)
	return json.Marshal(plain(t))
}

func list[T any](v []T) []T {
	if v == nil {
		return []T{}
	}
	return v
}

// Points returns every sentence of the summary: abstract, topics, decisions,
// actions, questions, risks, numbers.
func (s Summary) Points() []Point {
	all := append([]Point{}, s.Abstract...)
	for _, t := range s.Topics {
		all = append(all, t.Points...)
	}
	all = append(all, s.Decisions...)
	for _, a := range s.Actions {
		all = append(all, a.Point)
	}
	all = append(all, s.Questions...)
	all = append(all, s.Risks...)
	return append(all, s.Numbers...)
}

func version(v int) error {
	if v == DocumentVersion {
		return nil
	}
	return wrong("document_version", "is %d, want %d", v, DocumentVersion)
}
