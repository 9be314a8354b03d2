// Package transcribe turns a recording into a transcript.
//
//	in   dev.xietong.recording.uploaded.v1   audio or video that ffmpeg reads
//	     dev.xietong.transcript.uploaded.v1  a transcript made elsewhere: SRT, VTT, JSON
//	     dev.xietong.chunk.cut.v1            our own: one chunk to be heard
//	     dev.xietong.recording.heard.v1      our own: all chunks have ended
//	     dev.xietong.minutes.deleted.v1      everything of a recording goes
//	     dev.xietong.glossary.changed.v1     a unit's names and terms
//	out  dev.xietong.recording.cut.v1 and a chunk.cut.v1 for each chunk
//	     dev.xietong.chunk.transcribed.v1    one more chunk has ended
//	     dev.xietong.recording.heard.v1      sent once, by the chunk that ends last
//	     dev.xietong.recording.transcribed.v1, which points to the transcript
//	     dev.xietong.recording.refused.v1    a code, and what to do
//	     dev.xietong.recording.forgotten.v1  nothing is left of a deleted one
//
// A recording is cut at its silences, so that its chunks run in parallel on as
// many replicas as there are. Refused are files without speech, files that
// cannot be decoded, those over a limit, and languages that the engine does not
// know. What was heard is written as people write it: terms by the glossary of
// the unit, numbers in digits; the engine's own text is kept beside it. Tracks
// have the names that the meeting's roster gives them. A chunk that the engine fails on again and again becomes a gap in the
// transcript; when a redrive mends it, the transcript is made anew.
package transcribe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/speech"
)

// Word names the function everywhere.
const Word = "transcribe"

// Transcriber is the function.
type Transcriber struct {
	DB        *pg.DB
	Objects   blob.Store
	Artifacts string // the bucket for what it writes
	Scratch   string // a directory for recordings while they are cut; empty for the system's
	Decoder   Decoder
	Engine    speech.Engine
	Numbers   bool   // write numbers in digits, where the engine does not
	Tracks    string // how channels become tracks: auto, split or mix
	Chunks    Chunks
	Limits    Limits
}

// Handle does what an event asks for.
func (t *Transcriber) Handle(ctx context.Context, e events.Event) (fn.Outcome, error) {
	switch e.Type() {
	case events.RecordingUploaded{}.EventType():
		return fn.Take(ctx, e, events.Decode, func(ctx context.Context, d events.RecordingUploaded) (fn.Outcome, error) {
			d.RecordedAt = recordedAt(d.RecordedAt, e)
			return t.cut(ctx, d)
		})
	case events.ChunkCut{}.EventType():
		return fn.Take(ctx, e, events.Decode, func(ctx context.Context, d events.ChunkCut) (fn.Outcome, error) {
			return t.hear(ctx, d, unitOf(e))
		})
	case events.RecordingHeard{}.EventType():
		return fn.Take(ctx, e, events.Decode, func(ctx context.Context, d events.RecordingHeard) (fn.Outcome, error) {
			return t.join(ctx, d, mark(e))
		})
	case events.TranscriptUploaded{}.EventType():
		return fn.Take(ctx, e, events.Decode, func(ctx context.Context, d events.TranscriptUploaded) (fn.Outcome, error) {
			d.RecordedAt = recordedAt(d.RecordedAt, e)
			return t.adopt(ctx, d, mark(e))
		})
	case events.MinutesDeleted{}.EventType():
		return fn.Take(ctx, e, events.Decode, t.forget)
	case events.GlossaryChanged{}.EventType():
		return fn.Take(ctx, e, events.Decode, t.learn)
	}
	return nil, fault.Invalidf("transcribe does not know events of type %q", e.Type())
}

// mark names what an event causes, so that a repeat overwrites itself.
func mark(e events.Event) string {
	sum := sha256.Sum256([]byte(e.Source() + "\n" + e.ID()))
	return hex.EncodeToString(sum[:12])
}

// Refuse tells those who wait why an event was given up.
func (t *Transcriber) Refuse(_ context.Context, e events.Event, reason error) (fn.Outcome, error) {
	switch e.Type() {
	case events.ChunkCut{}.EventType():
		if d, err := events.Decode[events.ChunkCut](e); err == nil {
			return t.chunkRefused(d, reason), nil
		}
	case events.RecordingUploaded{}.EventType(), events.TranscriptUploaded{}.EventType(), events.RecordingHeard{}.EventType():
		// The rest of the data may be what was wrong with it.
		var d struct{ Recording, Upload string }
		if e.DataAs(&d) == nil && events.IsID(d.Recording) && events.IsID(d.Upload) {
			return t.refused(d.Recording, d.Upload, reason), nil
		}
	}
	return nil, nil
}

func (t *Transcriber) refused(recording, upload string, reason error) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		deleted, err := lock(ctx, tx, recording)
		if err != nil || deleted {
			return nil, err
		}
		return events.NewAll(refusal(recording, upload, fault.Code(reason), reason.Error()))
	}
}

func refusal(recording, upload, code, reason string) events.RecordingRefused {
	if code == "" {
		code = events.RefusedFailed
	}
	return events.RecordingRefused{Recording: recording, Upload: upload, Stage: Word, Code: code, Reason: events.Brief(reason, 2000)}
}

// missing turns the store's answer for an object that is gone into a refusal.
func missing(o events.Object, err error) error {
	if errors.Is(err, blob.ErrNotFound) {
		return fault.Refusef(events.RefusedMissing, "object %s/%s is no longer there", o.Bucket, o.Key)
	}
	if err != nil {
		return fmt.Errorf("read object %s/%s: %w", o.Bucket, o.Key, err)
	}
	return nil
}
