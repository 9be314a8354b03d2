package events

// The story of one recording. Every event names the recording (the story, and
// the minutes it becomes) and the upload (one file that was put there: a
// recording that is uploaded again is a new upload of the same recording).

// Object names one version of one stored object.
type Object struct {
	Bucket  string `json:"bucket"`
	Key     string `json:"key"`
	Version string `json:"version,omitempty"` // the store's version id, where the bucket keeps versions
	ETag    string `json:"etag,omitempty"`
	Size    int64  `json:"size"` // bytes
}

// RecordingUploaded says that audio or video has arrived.
type RecordingUploaded struct {
	Recording string `json:"recording"`
	Upload    string `json:"upload"`
	Object    Object `json:"object"`
	Name      string `json:"name"`               // the file's name as its owner wrote it: untrusted, for people only
	MediaType string `json:"media_type"`         // what the content is, whatever its name says
	Title     string `json:"title,omitempty"`    // untrusted, for people only
	Language  string `json:"language,omitempty"` // BCP 47: zh, en, ja; empty leaves it to the engine

	Kind         string        `json:"kind,omitempty"`         // one of [Kinds]; empty is a meeting
	Participants []Participant `json:"participants,omitempty"` // who took part or should have, as the meeting's app knows
	Place        string        `json:"place,omitempty"`        // where people met: untrusted, for people only
	RecordedAt   string        `json:"recorded_at,omitempty"`  // when it began, as [Moment] writes it; empty where nobody said: then the event's own time stands for it
}

// Participant is somebody who took part in what was recorded, or should have.
type Participant struct {
	Name    string `json:"name"`
	Account string `json:"account,omitempty"`
	Track   *int   `json:"track,omitempty"` // on which they speak, where each has one
	Role    string `json:"role,omitempty"`  // one of [Roles]; empty is somebody who took part
}

// Roles are what minutes tell participants apart by. Whoever was absent took no part;
// chair and recorder did, as everybody without a role.
func Roles() []string { return []string{RoleChair, RoleRecorder, RoleObserver, RoleAbsent} }

// The roles of participants: 主持, 记录, 列席, 缺席 (请假).
const (
	RoleChair    = "chair"
	RoleRecorder = "recorder"
	RoleObserver = "observer"
	RoleAbsent   = "absent"
)

// TranscriptUploaded says that a transcript made elsewhere has arrived, to
// stand in place of our own.
type TranscriptUploaded struct {
	Recording string `json:"recording"`
	Upload    string `json:"upload"`
	Object    Object `json:"object"`
	Name      string `json:"name"`
	Format    string `json:"format"` // srt, vtt or json (a [Transcript])
	Title     string `json:"title,omitempty"`
	Language  string `json:"language,omitempty"`

	Kind         string        `json:"kind,omitempty"`
	Participants []Participant `json:"participants,omitempty"`
	Place        string        `json:"place,omitempty"`
	RecordedAt   string        `json:"recorded_at,omitempty"`
}

// RecordingCut says into how many chunks a recording was cut.
type RecordingCut struct {
	Recording  string `json:"recording"`
	Upload     string `json:"upload"`
	Chunks     int    `json:"chunks"`
	Tracks     int    `json:"tracks"`
	DurationMS int64  `json:"duration_ms"`
}

// ChunkCut asks for one chunk of a recording to be transcribed.
type ChunkCut struct {
	Recording string `json:"recording"`
	Upload    string `json:"upload"`
	Index     int    `json:"index"` // 0 to chunks-1
	Track     int    `json:"track"` // 0 to tracks-1; one track is one speaker where there are several
	StartMS   int64  `json:"start_ms"`
	EndMS     int64  `json:"end_ms"`
	Audio     Object `json:"audio"` // WAV, 16 kHz, mono, 16 bit
	Language  string `json:"language,omitempty"`
}

// ChunkTranscribed says that a chunk has come to its end, and how many have.
type ChunkTranscribed struct {
	Recording string `json:"recording"`
	Upload    string `json:"upload"`
	Index     int    `json:"index"`
	Ended     int    `json:"ended"` // chunks that have ended so far, this one included
	Chunks    int    `json:"chunks"`
}

// RecordingHeard says that every chunk has ended, so that they can be joined.
type RecordingHeard struct {
	Recording string `json:"recording"`
	Upload    string `json:"upload"`
	Revision  int    `json:"revision"` // 1, and one more each time a failed chunk is mended later
}

// RecordingTranscribed says that the [Transcript] of a recording is ready.
type RecordingTranscribed struct {
	Recording  string `json:"recording"`
	Upload     string `json:"upload"`
	Revision   int    `json:"revision"`
	Transcript Object `json:"transcript"`
	Language   string `json:"language"`
	DurationMS int64  `json:"duration_ms"`
	Segments   int    `json:"segments"`
	Gaps       int    `json:"gaps"` // stretches that could not be transcribed
	Engine     Engine `json:"engine"`
}

// RecordingSummarised says that the [Summary] of a recording is ready.
type RecordingSummarised struct {
	Recording  string `json:"recording"`
	Upload     string `json:"upload"`
	Revision   int    `json:"revision"` // that of the transcript it rests on
	Summary    Object `json:"summary"`
	Transcript Object `json:"transcript"`
	Language   string `json:"language"`
	Engine     Engine `json:"engine"`
	Kind       string `json:"kind,omitempty"`
}

// SummaryRequested asks for another summary of a transcript: with another kind,
// other names, in further languages, or once the glossary or the engine is a better
// one. What people edited stays; the new summary stands beside it.
type SummaryRequested struct {
	Recording  string    `json:"recording"`
	Upload     string    `json:"upload"`
	Revision   int       `json:"revision"` // of the transcript
	Transcript Object    `json:"transcript"`
	Kind       string    `json:"kind,omitempty"`
	Languages  []string  `json:"languages,omitempty"`   // that it shall be read in besides its own: 1 to 3
	Speakers   []Speaker `json:"speakers,omitempty"`    // as people named them, in place of the transcript's own
	RecordedAt string    `json:"recorded_at,omitempty"` // as people said since: days that are named count from it
}

// RecordingForgotten says that a function holds nothing more of a deleted recording,
// and what it removed: one line of the proof of deletion.
type RecordingForgotten struct {
	Recording string `json:"recording"`
	Function  string `json:"function"`
	Objects   int    `json:"objects"`  // that were deleted from the store, every version
	Rows      int    `json:"rows"`     // of its own tables
	Payloads  int    `json:"payloads"` // of recorded events in its ledger
}

// RecordingRefused says that the work on a recording has stopped, and why.
type RecordingRefused struct {
	Recording string `json:"recording"`
	Upload    string `json:"upload"`
	Stage     string `json:"stage"`  // the function that refused
	Code      string `json:"code"`   // one of the Refused… constants
	Reason    string `json:"reason"` // what happened and what to do, for the operator
}

// MinutesDeleted says that a recording's minutes were deleted: whoever keeps
// something of the recording removes it.
type MinutesDeleted struct {
	Recording string `json:"recording"`
}

// CaptionsEnded says that a meeting which was captioned is over, so that its sound and
// its captions can be handed over.
type CaptionsEnded struct {
	Recording string `json:"recording"`
}

// GlossaryChanged says which terms a unit has now: all of them, each time. What it
// tells replaces what an older version told.
type GlossaryChanged struct {
	Unit    string `json:"unit"`
	Version int64  `json:"version"` // grows with each change
	Terms   []Term `json:"terms"`   // at most 2,000
}

// Term is a name or a word as a unit writes it.
type Term struct {
	Text  string   `json:"text"`
	Heard []string `json:"heard,omitempty"` // what engines make of it, to be put right: at most 20
}

// Kinds are what a recording may be of; each has its own sections and tone:
// a meeting, a training, an interview, a class, a party branch's meeting (党支部会议),
// and a meeting whose minutes are an official document (会议纪要).
func Kinds() []string {
	return []string{"meeting", "training", "interview", "class", "party", "official"}
}

// Why a recording may be refused. The codes are stable; minutes show each in
// words of their own.
const (
	RefusedEmpty      = "empty_file"         // nothing in the file
	RefusedNotMedia   = "not_media"          // neither audio, nor video, nor a transcript
	RefusedTooLarge   = "too_large"          // over the size limit
	RefusedTooLong    = "too_long"           // over the duration limit
	RefusedUnreadable = "unreadable"         // truncated or corrupt
	RefusedNoSound    = "no_sound"           // video without an audio stream
	RefusedNoSpeech   = "no_speech"          // silence, or nothing but noise
	RefusedMissing    = "missing_object"     // the object is no longer there
	RefusedLanguage   = "language_unserved"  // the engine does not know the language; configure another or upload a transcript
	RefusedEngine     = "engine_failed"      // the engine crashed, hung or answered nonsense, again and again
	RefusedTranscript = "transcript_invalid" // an uploaded transcript that cannot be read
	RefusedInvalid    = "invalid"            // an event that breaks its schema
	RefusedFailed     = "failed"             // anything else, tried often enough
)

// Engine says what made a transcript or a summary.
type Engine struct {
	Name  string `json:"name"`
	Model string `json:"model,omitempty"`
}

func (RecordingUploaded) EventType() string    { return "dev.xietong.recording.uploaded.v1" }
func (TranscriptUploaded) EventType() string   { return "dev.xietong.transcript.uploaded.v1" }
func (RecordingCut) EventType() string         { return "dev.xietong.recording.cut.v1" }
func (ChunkCut) EventType() string             { return "dev.xietong.chunk.cut.v1" }
func (ChunkTranscribed) EventType() string     { return "dev.xietong.chunk.transcribed.v1" }
func (RecordingHeard) EventType() string       { return "dev.xietong.recording.heard.v1" }
func (RecordingTranscribed) EventType() string { return "dev.xietong.recording.transcribed.v1" }
func (RecordingSummarised) EventType() string  { return "dev.xietong.recording.summarised.v1" }
func (RecordingRefused) EventType() string     { return "dev.xietong.recording.refused.v1" }
func (MinutesDeleted) EventType() string       { return "dev.xietong.minutes.deleted.v1" }
func (SummaryRequested) EventType() string     { return "dev.xietong.summary.requested.v1" }
func (RecordingForgotten) EventType() string   { return "dev.xietong.recording.forgotten.v1" }
func (CaptionsEnded) EventType() string        { return "dev.xietong.captions.ended.v1" }
func (GlossaryChanged) EventType() string      { return "dev.xietong.glossary.changed.v1" }

func (d RecordingUploaded) EventSubject() string    { return d.Recording }
func (d TranscriptUploaded) EventSubject() string   { return d.Recording }
func (d RecordingCut) EventSubject() string         { return d.Recording }
func (d ChunkCut) EventSubject() string             { return d.Recording }
func (d ChunkTranscribed) EventSubject() string     { return d.Recording }
func (d RecordingHeard) EventSubject() string       { return d.Recording }
func (d RecordingTranscribed) EventSubject() string { return d.Recording }
func (d RecordingSummarised) EventSubject() string  { return d.Recording }
func (d RecordingRefused) EventSubject() string     { return d.Recording }
func (d MinutesDeleted) EventSubject() string       { return d.Recording }
func (d SummaryRequested) EventSubject() string     { return d.Recording }
func (d RecordingForgotten) EventSubject() string   { return d.Recording }
func (d CaptionsEnded) EventSubject() string        { return d.Recording }
func (d GlossaryChanged) EventSubject() string      { return d.Unit }

func (d RecordingUploaded) Validate() error {
	return first(id("recording", d.Recording), id("upload", d.Upload), in("object", d.Object.check()),
		text("name", d.Name, 1, 1024), text("media_type", d.MediaType, 1, 127),
		text("title", d.Title, 0, 1024), language("language", d.Language),
		kind(d.Kind), participants(d.Participants), text("place", d.Place, 0, 1024), maybeMoment("recorded_at", d.RecordedAt))
}

func (d TranscriptUploaded) Validate() error {
	return first(id("recording", d.Recording), id("upload", d.Upload), in("object", d.Object.check()),
		text("name", d.Name, 1, 1024), oneOf("format", d.Format, "srt", "vtt", "json"),
		text("title", d.Title, 0, 1024), language("language", d.Language),
		kind(d.Kind), participants(d.Participants), text("place", d.Place, 0, 1024), maybeMoment("recorded_at", d.RecordedAt))
}

func (d RecordingCut) Validate() error {
	return first(id("recording", d.Recording), id("upload", d.Upload),
		atLeast("chunks", int64(d.Chunks), 1), atLeast("tracks", int64(d.Tracks), 1), atLeast("duration_ms", d.DurationMS, 1))
}

func (d ChunkCut) Validate() error {
	return first(id("recording", d.Recording), id("upload", d.Upload),
		atLeast("index", int64(d.Index), 0), atLeast("track", int64(d.Track), 0),
		span(d.StartMS, d.EndMS), in("audio", d.Audio.check()), language("language", d.Language))
}

func (d ChunkTranscribed) Validate() error {
	return first(id("recording", d.Recording), id("upload", d.Upload),
		atLeast("index", int64(d.Index), 0), atLeast("ended", int64(d.Ended), 1), atLeast("chunks", int64(d.Chunks), 1),
		notBefore("chunks", int64(d.Chunks), "ended", int64(d.Ended)), notBefore("chunks", int64(d.Chunks), "index", int64(d.Index)+1))
}

func (d RecordingHeard) Validate() error {
	return first(id("recording", d.Recording), id("upload", d.Upload), atLeast("revision", int64(d.Revision), 1))
}

func (d RecordingTranscribed) Validate() error {
	return first(id("recording", d.Recording), id("upload", d.Upload), atLeast("revision", int64(d.Revision), 1),
		in("transcript", d.Transcript.check()), known("language", d.Language),
		atLeast("duration_ms", d.DurationMS, 0), atLeast("segments", int64(d.Segments), 1), atLeast("gaps", int64(d.Gaps), 0),
		in("engine", d.Engine.check()))
}

func (d RecordingSummarised) Validate() error {
	return first(id("recording", d.Recording), id("upload", d.Upload), atLeast("revision", int64(d.Revision), 1),
		in("summary", d.Summary.check()), in("transcript", d.Transcript.check()),
		known("language", d.Language), in("engine", d.Engine.check()), kind(d.Kind))
}

func (d SummaryRequested) Validate() error {
	return first(id("recording", d.Recording), id("upload", d.Upload), atLeast("revision", int64(d.Revision), 1),
		in("transcript", d.Transcript.check()), kind(d.Kind),
		count("languages", len(d.Languages), 0, 3), knownAll("languages", d.Languages),
		count("speakers", len(d.Speakers), 0, maxParticipants), each("speakers", d.Speakers),
		maybeMoment("recorded_at", d.RecordedAt))
}

func (d RecordingForgotten) Validate() error {
	return first(id("recording", d.Recording), text("function", d.Function, 1, 63),
		atLeast("objects", int64(d.Objects), 0), atLeast("rows", int64(d.Rows), 0), atLeast("payloads", int64(d.Payloads), 0))
}

func (d GlossaryChanged) Validate() error {
	return first(text("unit", d.Unit, 1, 255), atLeast("version", d.Version, 1),
		count("terms", len(d.Terms), 0, maxTerms), each("terms", d.Terms))
}

func (d RecordingRefused) Validate() error {
	return first(id("recording", d.Recording), id("upload", d.Upload),
		text("stage", d.Stage, 1, 63), code("code", d.Code), text("reason", d.Reason, 1, 2048))
}

func (d MinutesDeleted) Validate() error { return id("recording", d.Recording) }

func (d CaptionsEnded) Validate() error { return id("recording", d.Recording) }

func (o Object) check() error {
	return first(text("bucket", o.Bucket, 1, 255), text("key", o.Key, 1, 1024),
		text("version", o.Version, 0, 1024), text("etag", o.ETag, 0, 1024), atLeast("size", o.Size, 0))
}

func (e Engine) check() error {
	return first(text("name", e.Name, 1, 127), text("model", e.Model, 0, 255))
}

const (
	maxParticipants = 500
	maxTerms        = 2000
)

// kind checks what a recording is of; the empty one is a meeting.
func kind(v string) error {
	if v == "" {
		return nil
	}
	return oneOf("kind", v, Kinds()...)
}

func participants(all []Participant) error {
	return first(count("participants", len(all), 0, maxParticipants), each("participants", all))
}

func (p Participant) check() error {
	if p.Track != nil && (*p.Track < 0 || *p.Track > 999) {
		return between("track", *p.Track, 0, 999)
	}
	if p.Role != "" {
		if err := oneOf("role", p.Role, Roles()...); err != nil {
			return err
		}
	}
	return first(text("name", p.Name, 1, 255), text("account", p.Account, 0, 255))
}

func (t Term) check() error {
	if err := first(text("text", t.Text, 1, 100), count("heard", len(t.Heard), 0, 20)); err != nil {
		return err
	}
	for i, heard := range t.Heard {
		if err := text("heard"+element(i), heard, 1, 100); err != nil {
			return err
		}
	}
	return nil
}
