// Package summarise turns a transcript into its summary: key sentences, topics,
// decisions, action items and keywords, each sentence with the places in the
// transcript that it rests on.
//
//	in   dev.xietong.recording.transcribed.v1  the transcript is read from the store
//	     dev.xietong.minutes.deleted.v1        what was written of the recording is removed
//	out  dev.xietong.recording.summarised.v1   the summary stands in the store
//	     dev.xietong.recording.refused.v1      stage summarise, and why
//	     dev.xietong.recording.forgotten.v1    nothing is left of a deleted one
//
// Refused are a transcript that is gone (missing_object), over a limit
// (too_large), or not a transcript of this upload (transcript_invalid). A
// transcript of three words is not refused: it is its own summary.
//
// A recording that was deleted stays deleted: a transcript of it that comes
// late, or while it is being deleted, leaves nothing behind.
package summarise

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Summary makes summaries of transcripts and keeps them in the store.
type Summary struct {
	DB         *pg.DB
	Store      blob.Store
	Summariser Summariser
	Limits     Limits
	Artifacts  string // the bucket that summaries are written to
}

// Limits bound what one transcript may cost.
type Limits struct {
	Transcript int64         // bytes
	Segments   int           // of a transcript
	Time       time.Duration // that the summariser may take
}

// Handle does what an event asks for.
func (s *Summary) Handle(ctx context.Context, e fn.Event) (fn.Outcome, error) {
	if e.Type() == (events.MinutesDeleted{}).EventType() {
		return s.forget(ctx, e)
	}
	heard, err := events.Decode[events.RecordingTranscribed](e)
	if err != nil {
		return nil, fault.Invalid(err)
	}
	key := summaryKey(heard.Upload, e)
	deleted, err := enter(ctx, s.DB, heard.Recording)
	if err != nil {
		return nil, err
	}
	if deleted {
		return nil, s.remove(ctx, s.Artifacts, key) // an attempt before this one may have written it
	}
	transcript, err := s.read(ctx, heard)
	if err != nil {
		return nil, err
	}
	summary, err := s.summarise(ctx, transcript)
	if err != nil {
		return nil, err
	}
	if err := note(ctx, s.DB, heard, s.Artifacts, key); err != nil {
		return nil, err
	}
	object, err := s.write(ctx, key, summary)
	if err != nil {
		return nil, err
	}
	return s.done(heard, object, summary.Engine), nil
}

// read fetches the transcript that an event points to.
func (s *Summary) read(ctx context.Context, heard events.RecordingTranscribed) (events.Transcript, error) {
	at := heard.Transcript
	body, _, err := s.Store.Get(ctx, at.Bucket, at.Key, at.Version)
	if errors.Is(err, blob.ErrNotFound) {
		return events.Transcript{}, fault.Refusef(events.RefusedMissing, "transcript %s is no longer in bucket %s; transcribe the recording again", at.Key, at.Bucket)
	}
	if err != nil {
		return events.Transcript{}, fmt.Errorf("read transcript %s: %w", at.Key, err)
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, s.Limits.Transcript+1))
	if err != nil {
		return events.Transcript{}, fmt.Errorf("read transcript %s: %w", at.Key, err)
	}
	if int64(len(text)) > s.Limits.Transcript {
		return events.Transcript{}, fault.Refusef(events.RefusedTooLarge, "transcript %s is over %d bytes; raise MAX_TRANSCRIPT or cut the recording", at.Key, s.Limits.Transcript)
	}
	return s.decode(heard, text)
}

func (s *Summary) decode(heard events.RecordingTranscribed, text []byte) (events.Transcript, error) {
	t, err := events.DecodeTranscript(text)
	switch {
	case err != nil:
		return t, fault.Refusef(events.RefusedTranscript, "transcript %s: %w", heard.Transcript.Key, err)
	case t.Recording != heard.Recording || t.Upload != heard.Upload:
		return t, fault.Refusef(events.RefusedTranscript, "transcript %s is of upload %s of recording %s, want upload %s of recording %s",
			heard.Transcript.Key, t.Upload, t.Recording, heard.Upload, heard.Recording)
	case len(t.Segments) > s.Limits.Segments:
		return t, fault.Refusef(events.RefusedTooLarge, "transcript %s has %d segments, over %d; raise MAX_SEGMENTS or cut the recording", heard.Transcript.Key, len(t.Segments), s.Limits.Segments)
	}
	return t, nil
}

// summarise asks the summariser, and says whose summary it is.
func (s *Summary) summarise(ctx context.Context, t events.Transcript) (events.Summary, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Limits.Time)
	defer cancel()
	summary, err := s.Summariser.Summarise(ctx, t)
	if err != nil {
		return summary, fmt.Errorf("summarise upload %s: %w", t.Upload, err)
	}
	summary.DocumentVersion = events.DocumentVersion
	summary.Recording, summary.Upload, summary.Revision, summary.Language = t.Recording, t.Upload, t.Revision, t.Language
	summary.Kind = t.Kind
	if err := summary.Validate(); err != nil {
		return summary, fmt.Errorf("summarise upload %s: the summariser's answer: %w", t.Upload, err)
	}
	return summary, nil
}

func (s *Summary) write(ctx context.Context, key string, summary events.Summary) (events.Object, error) {
	text, err := json.Marshal(summary)
	if err != nil {
		return events.Object{}, fmt.Errorf("write summary %s: %w", key, err)
	}
	info, err := s.Store.Put(ctx, s.Artifacts, key, bytes.NewReader(text), blob.Put{ContentType: "application/json", Size: int64(len(text))})
	if err != nil {
		return events.Object{}, fmt.Errorf("write summary %s: %w", key, err)
	}
	return events.Object{Bucket: s.Artifacts, Key: key, Version: info.Version, ETag: info.ETag, Size: int64(len(text))}, nil
}

// done tells of the summary, unless the recording was deleted meanwhile.
func (s *Summary) done(heard events.RecordingTranscribed, object events.Object, engine events.Engine) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		deleted, err := lock(ctx, tx, heard.Recording)
		if err != nil {
			return nil, err
		}
		if deleted {
			_, err := forget(ctx, tx, heard.Recording)
			return nil, errors.Join(s.remove(ctx, object.Bucket, object.Key), err)
		}
		return tell(events.RecordingSummarised{
			Recording: heard.Recording, Upload: heard.Upload, Revision: heard.Revision,
			Summary: object, Transcript: heard.Transcript, Language: heard.Language, Engine: engine,
		})
	}
}

func (s *Summary) remove(ctx context.Context, bucket, key string) error {
	if _, err := s.Store.Erase(ctx, bucket, key, ""); err != nil && !errors.Is(err, blob.ErrNotFound) {
		return fmt.Errorf("delete summary %s: %w", key, err)
	}
	return nil
}

// Refuse tells those who wait for a summary that none will come. Nobody waits
// for a deletion, or for a recording that was deleted.
func (s *Summary) Refuse(ctx context.Context, e fn.Event, reason error) (fn.Outcome, error) {
	heard, err := events.Decode[events.RecordingTranscribed](e)
	if err != nil {
		return nil, nil
	}
	code := fault.Code(reason)
	if code == "" {
		code = events.RefusedFailed
	}
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		deleted, err := lock(ctx, tx, heard.Recording)
		if err != nil || deleted {
			return nil, err
		}
		return tell(events.RecordingRefused{Recording: heard.Recording, Upload: heard.Upload, Stage: Word, Code: code, Reason: brief(reason.Error())})
	}, nil
}

func tell(data events.Data) ([]fn.Event, error) {
	e, err := events.New(data)
	return []fn.Event{e}, err
}

// summaryKey depends on the event alone, so that doing the work again replaces
// the summary by itself.
func summaryKey(upload string, e fn.Event) string {
	hash := sha256.Sum256([]byte(e.Source() + "\n" + e.ID()))
	return "summaries/" + upload + "/" + hex.EncodeToString(hash[:16]) + ".json"
}

// brief cuts a reason to what the event may carry.
func brief(reason string) string {
	const most = 2000
	runes := []rune(reason)
	return string(runes[:min(len(runes), most)])
}
