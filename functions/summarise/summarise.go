// Package summarise turns a transcript into its summary: key sentences, topics,
// decisions, action items and keywords, each sentence with the places in the
// transcript that it rests on.
//
//	in   dev.xietong.recording.transcribed.v1  the transcript is read from the store
//	     dev.xietong.summary.requested.v1      another summary of it: of another kind,
//	                                           with names, in further languages
//	     dev.xietong.minutes.deleted.v1        what was written of the recording is removed
//	out  dev.xietong.recording.summarised.v1   the summary stands in the store
//	     dev.xietong.recording.refused.v1      stage summarise, and why
//	     dev.xietong.recording.forgotten.v1    nothing is left of a deleted one
//
// Refused are a transcript that is gone (missing_object), over a limit
// (too_large), or not a transcript of this upload (transcript_invalid). A
// transcript of three words is not refused: it is its own summary. A request for
// further languages that cannot be met is refused (language_unserved, engine_failed)
// beside the summary, which is made all the same.
//
// Where a language model is configured it makes the summary, and the embedded rules
// stand in when it fails (package model).
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
	"strings"
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
	Translator Translator // nil where no language model is configured
	StandIn    StandIn    // for a Summariser that is busy; nil where it never is
	Now        func() time.Time
	Limits     Limits
	Artifacts  string // the bucket that summaries are written to
}

// Limits bound what one transcript may cost.
type Limits struct {
	Transcript int64         // bytes
	Segments   int           // of a transcript
	Time       time.Duration // that the summariser may take
	Patience   time.Duration // since its event with a summariser that is busy
}

// Handle does what an event asks for.
func (s *Summary) Handle(ctx context.Context, e fn.Event) (fn.Outcome, error) {
	if e.Type() == (events.MinutesDeleted{}).EventType() {
		return s.forget(ctx, e)
	}
	asked, err := orderOf(e)
	if err != nil {
		return nil, fault.Invalid(err)
	}
	key := summaryKey(asked.upload, e)
	deleted, err := enter(ctx, s.DB, asked.recording)
	if err != nil {
		return nil, err
	}
	if deleted {
		return nil, s.remove(ctx, s.Artifacts, key) // an attempt before this one may have written it
	}
	transcript, err := s.read(ctx, asked)
	if err != nil {
		return nil, err
	}
	summary, unmet, err := s.summarise(ctx, asked.of(transcript), asked.languages, e.Time())
	if err != nil {
		return nil, err
	}
	if err := note(ctx, s.DB, asked, s.Artifacts, key); err != nil {
		return nil, err
	}
	object, err := s.write(ctx, key, summary)
	if err != nil {
		return nil, err
	}
	return s.done(asked, object, summary, unmet), nil
}

// read fetches the transcript that an event points to.
func (s *Summary) read(ctx context.Context, asked order) (events.Transcript, error) {
	at := asked.transcript
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
	return s.decode(asked, text)
}

func (s *Summary) decode(asked order, text []byte) (events.Transcript, error) {
	t, err := events.DecodeTranscript(text)
	switch {
	case err != nil:
		return t, fault.Refusef(events.RefusedTranscript, "transcript %s: %w", asked.transcript.Key, err)
	case t.Recording != asked.recording || t.Upload != asked.upload:
		return t, fault.Refusef(events.RefusedTranscript, "transcript %s is of upload %s of recording %s, want upload %s of recording %s",
			asked.transcript.Key, t.Upload, t.Recording, asked.upload, asked.recording)
	case len(t.Segments) > s.Limits.Segments:
		return t, fault.Refusef(events.RefusedTooLarge, "transcript %s has %d segments, over %d; raise MAX_SEGMENTS or cut the recording", asked.transcript.Key, len(t.Segments), s.Limits.Segments)
	}
	return t, nil
}

// summarise asks the summariser, and says whose summary it is. unmet is why further
// languages that were asked for are missing.
func (s *Summary) summarise(ctx context.Context, t events.Transcript, languages []string, since time.Time) (summary events.Summary, unmet, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.Limits.Time)
	defer cancel()
	summary, err = s.Summariser.Summarise(ctx, t)
	if _, busy := fault.RetryAfter(err); busy && s.StandIn != nil && s.Now().Sub(since) > s.Limits.Patience {
		summary, err = s.StandIn(ctx, t, err)
	}
	if err != nil {
		return summary, nil, fmt.Errorf("summarise upload %s: %w", t.Upload, err)
	}
	summary.DocumentVersion = events.DocumentVersion
	summary.Recording, summary.Upload, summary.Revision, summary.Language = t.Recording, t.Upload, t.Revision, t.Language
	summary.Kind = t.Kind
	if len(languages) > 0 {
		summary, unmet = s.translate(ctx, summary, languages)
	}
	if err := summary.Validate(); err != nil {
		return summary, nil, fmt.Errorf("summarise upload %s: the summariser's answer: %w", t.Upload, err)
	}
	return summary, unmet, nil
}

// translate adds further languages, or says why it could not.
func (s *Summary) translate(ctx context.Context, summary events.Summary, languages []string) (events.Summary, error) {
	if s.Translator == nil {
		return summary, fault.Refusef(events.RefusedLanguage, "a summary in %s needs a language model: set LLM_URL and LLM_MODEL, then ask again", strings.Join(languages, ", "))
	}
	translated, err := s.Translator.Translate(ctx, summary, languages)
	if err != nil {
		return translated, fault.Refusef(events.RefusedEngine, "the summary stands, but not in %s: %w; ask again later", strings.Join(languages, ", "), err)
	}
	return translated, nil
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

// done tells of the summary, and of what was asked for and is missing, unless the
// recording was deleted meanwhile.
func (s *Summary) done(asked order, object events.Object, summary events.Summary, unmet error) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		deleted, err := lock(ctx, tx, asked.recording)
		if err != nil {
			return nil, err
		}
		if deleted {
			_, err := forget(ctx, tx, asked.recording)
			return nil, errors.Join(s.remove(ctx, object.Bucket, object.Key), err)
		}
		told, err := tell(events.RecordingSummarised{
			Recording: asked.recording, Upload: asked.upload, Revision: summary.Revision,
			Summary: object, Transcript: asked.transcript, Language: summary.Language, Engine: summary.Engine, Kind: summary.Kind,
		})
		if err != nil || unmet == nil {
			return told, err
		}
		more, err := tell(asked.refused(unmet))
		return append(told, more...), err
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
	asked, err := orderOf(e)
	if err != nil {
		return nil, nil
	}
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		deleted, err := lock(ctx, tx, asked.recording)
		if err != nil || deleted {
			return nil, err
		}
		return tell(asked.refused(reason))
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
