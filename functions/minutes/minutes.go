// Package minutes is what clerks' apps call: it keeps the minutes of every
// recording, says where they stand, and lets people read, edit, export and
// delete them.
//
//	in   dev.xietong.recording.uploaded.v1, transcript.uploaded, recording.cut,
//	     chunk.transcribed, recording.transcribed, recording.summarised,
//	     recording.refused, recording.forgotten; document.converted and document.refused, of exports that
//	     it asked for; and HTTP under /minutes
//	out  rows of its own, which HTTP reads; dev.xietong.minutes.deleted.v1;
//	     document.conversion.requested and document.deleted, of exports
//
// Events come twice, late and out of order. Each only adds what it tells to the
// row of its upload (story.go); what is shown is worked out from the rows anew
// (state.go), so that every order leads to the same minutes. A person's edit of
// a summary is never overwritten. Deleted minutes stay deleted: whatever comes
// late is thrown away.
//
// Refused are transcripts and summaries that are missing, too large, or those
// of another recording.
package minutes

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Minutes is the function.
type Minutes struct {
	Config
	DB       *pg.DB
	Store    blob.Store
	StoreURL string        // the store's address as browsers reach it: signed addresses begin so
	NewID    func() string // a fresh id of 32 hexadecimal digits that nobody can guess
	Now      func() time.Time
	Zone     *time.Location
	Log      *slog.Logger
	Receipts ed25519.PrivateKey // signs receipts of deletion; nil leaves them unsigned

	reads chan struct{} // one place for each transcript that is being read whole
}

// Handle takes one event's news into the row of its upload.
func (m *Minutes) Handle(ctx context.Context, e fn.Event) (fn.Outcome, error) {
	switch e.Type() {
	case events.RecordingUploaded{}.EventType():
		return take(e, m.recordingUploaded)
	case events.TranscriptUploaded{}.EventType():
		return take(e, m.transcriptUploaded)
	case events.RecordingCut{}.EventType():
		return take(e, m.recordingCut)
	case events.ChunkTranscribed{}.EventType():
		return take(e, m.chunkTranscribed)
	case events.RecordingTranscribed{}.EventType():
		return take(e, func(e fn.Event, d events.RecordingTranscribed) (fn.Outcome, error) {
			return m.recordingTranscribed(ctx, e, d)
		})
	case events.RecordingSummarised{}.EventType():
		return take(e, func(e fn.Event, d events.RecordingSummarised) (fn.Outcome, error) {
			return m.recordingSummarised(ctx, e, d)
		})
	case events.RecordingRefused{}.EventType():
		return take(e, m.recordingRefused)
	case events.RecordingForgotten{}.EventType():
		return take(e, m.recordingForgotten)
	case DeletionRequested{}.EventType():
		return take(e, m.deletionRequested)
	case ExportRequested{}.EventType():
		return take(e, m.exportRequested)
	case ExportExpired{}.EventType():
		return take(e, m.exportExpired)
	case events.DocumentConverted{}.EventType():
		return take(e, m.documentConverted)
	case events.DocumentRefused{}.EventType():
		return take(e, m.documentRefused)
	case SummaryAsked{}.EventType():
		return take(e, m.summaryAsked)
	case GlossaryWritten{}.EventType():
		return take(e, m.glossaryWritten)
	}
	return nil, fault.Invalidf("event type %q is not one that minutes takes", e.Type())
}

func take[T events.Data](e fn.Event, handle func(fn.Event, T) (fn.Outcome, error)) (fn.Outcome, error) {
	data, err := events.Decode[T](e)
	if err != nil {
		return nil, fault.Invalid(err)
	}
	return handle(e, data)
}

// Refuse lets the minutes say that a transcript or a summary was made but could
// not be taken in.
func (m *Minutes) Refuse(_ context.Context, e fn.Event, reason error) (fn.Outcome, error) {
	var recording, upload string
	switch e.Type() {
	case events.RecordingTranscribed{}.EventType():
		d, _ := events.Decode[events.RecordingTranscribed](e)
		recording, upload = d.Recording, d.Upload
	case events.RecordingSummarised{}.EventType():
		d, _ := events.Decode[events.RecordingSummarised](e)
		recording, upload = d.Recording, d.Upload
	}
	if !events.IsID(recording) || !events.IsID(upload) {
		return nil, nil
	}
	r := Refusal{At: m.at(e), Code: fault.Code(reason), Reason: reason.Error()}
	return m.tell(e, news{recording: recording, upload: upload, change: func(u *Upload) { u.refused("minutes", r) }}), nil
}

func (m *Minutes) recordingUploaded(e fn.Event, d events.RecordingUploaded) (fn.Outcome, error) {
	a := Arrival{At: m.at(e), Unit: m.unit(e), Object: d.Object, Name: d.Name, MediaType: d.MediaType, Title: d.Title, Language: d.Language,
		Kind: d.Kind, Participants: d.Participants, Place: d.Place, RecordedAt: d.RecordedAt}
	return m.tell(e, news{recording: d.Recording, upload: d.Upload, object: &d.Object, change: func(u *Upload) { u.arrived(a) }}), nil
}

func (m *Minutes) transcriptUploaded(e fn.Event, d events.TranscriptUploaded) (fn.Outcome, error) {
	a := Arrival{At: m.at(e), Unit: m.unit(e), Object: d.Object, Name: d.Name, Title: d.Title, Language: d.Language,
		Kind: d.Kind, Participants: d.Participants, Place: d.Place, RecordedAt: d.RecordedAt}
	return m.tell(e, news{recording: d.Recording, upload: d.Upload, object: &d.Object, change: func(u *Upload) { u.arrived(a) }}), nil
}

func (m *Minutes) recordingCut(e fn.Event, d events.RecordingCut) (fn.Outcome, error) {
	c := Cut{At: m.at(e), Chunks: d.Chunks, DurationMS: d.DurationMS}
	return m.tell(e, news{recording: d.Recording, upload: d.Upload, change: func(u *Upload) { u.cut(c) }}), nil
}

func (m *Minutes) chunkTranscribed(e fn.Event, d events.ChunkTranscribed) (fn.Outcome, error) {
	return m.tell(e, news{recording: d.Recording, upload: d.Upload, change: func(u *Upload) { u.heard(d.Ended, d.Chunks) }}), nil
}

func (m *Minutes) recordingRefused(e fn.Event, d events.RecordingRefused) (fn.Outcome, error) {
	r := Refusal{At: m.at(e), Code: d.Code, Reason: d.Reason}
	return m.tell(e, news{recording: d.Recording, upload: d.Upload, change: func(u *Upload) { u.refused(d.Stage, r) }}), nil
}

func (m *Minutes) recordingTranscribed(ctx context.Context, e fn.Event, d events.RecordingTranscribed) (fn.Outcome, error) {
	n := news{recording: d.Recording, upload: d.Upload, made: true}
	gone, err := isDeleted(ctx, m.DB, d.Recording)
	if err != nil || gone {
		return m.tell(e, n), err
	}
	whole, err := m.readTranscript(ctx, d)
	if err != nil {
		return nil, err
	}
	t := Transcript{At: m.at(e), Revision: d.Revision, Object: d.Transcript, Language: whole.Language, DurationMS: whole.DurationMS,
		Engine: whole.Engine, Speakers: whole.Speakers, Gaps: whole.Gaps, Segments: len(whole.Segments)}
	replaced := false
	n.change = func(u *Upload) { replaced = u.transcribed(t) }
	n.rows = func(ctx context.Context, tx pg.Tx) error {
		if !replaced {
			return nil
		}
		return writeSegments(ctx, tx, d.Recording, d.Upload, whole.Segments)
	}
	return m.tell(e, n), nil
}

func (m *Minutes) recordingSummarised(ctx context.Context, e fn.Event, d events.RecordingSummarised) (fn.Outcome, error) {
	n := news{recording: d.Recording, upload: d.Upload, made: true}
	gone, err := isDeleted(ctx, m.DB, d.Recording)
	if err != nil || gone {
		return m.tell(e, n), err
	}
	summary, err := m.readSummary(ctx, d)
	if err != nil {
		return nil, err
	}
	a := Automatic{At: m.at(e), ID: "auto-" + ce.ID(e.Source(), e.ID())[:12], Revision: d.Revision, Engine: summary.Engine}
	n.change = func(u *Upload) { u.summarised(a) }
	n.rows = func(ctx context.Context, tx pg.Tx) error {
		return writeRevision(ctx, tx, Revision{Recording: d.Recording, ID: a.ID, Upload: d.Upload, Origin: ByMachine, At: a.At, Document: summary})
	}
	return m.tell(e, n), nil
}

// at is the event's own time, as finely as the database keeps it. Events of ours
// all have one; one sent by hand may lack it.
func (m *Minutes) at(e fn.Event) time.Time {
	at := e.Time()
	if at.IsZero() {
		at = m.Now()
	}
	return at.UTC().Truncate(time.Microsecond)
}

// unit is the government unit that the event's work belongs to.
func (m *Minutes) unit(e fn.Event) string {
	if unit, ok := e.Extensions()[events.Unit]; ok {
		return fmt.Sprint(unit)
	}
	return m.Unit
}
