package transcribe

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/speech"
)

// readers is how many heard chunks are read from the store at once.
const readers = 8

// maxHeard bounds what we wrote ourselves for one chunk.
const maxHeard = 8 << 20

// join makes the transcript of a recording whose chunks have all ended.
func (t *Transcriber) join(ctx context.Context, d events.RecordingHeard, mark string) (fn.Outcome, error) {
	j, err := findJob(ctx, t.DB, d.Recording, d.Upload)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return nil, t.late(ctx, d.Recording, d.Upload)
	case err != nil:
		return nil, fmt.Errorf("find the job of upload %s: %w", d.Upload, err)
	case d.Revision < j.revision: // a chunk was mended since; its event does the work
		return nil, nil
	}
	chunks, err := findChunks(ctx, t.DB, d.Upload)
	if err != nil {
		return nil, fmt.Errorf("find the chunks of upload %s: %w", d.Upload, err)
	}
	parts, err := t.readHeard(ctx, d.Upload, chunks)
	if err != nil {
		return nil, err
	}
	transcript := compose(j, chunks, parts, d.Revision)
	outcome, err := t.publish(ctx, transcript, mark)
	if err != nil {
		return nil, err
	}
	// A repeat of this needs only what was heard. What failed is kept: a redrive
	// may mend it.
	for _, c := range chunks {
		if c.state != heard {
			continue
		}
		if err := t.Objects.Delete(ctx, c.audio.Bucket, c.audio.Key); err != nil {
			return nil, fmt.Errorf("delete object %s/%s: %w", c.audio.Bucket, c.audio.Key, err)
		}
	}
	return outcome, nil
}

// readHeard returns what was heard in each chunk; nothing for those that failed.
func (t *Transcriber) readHeard(ctx context.Context, upload string, chunks []chunk) ([]listened, error) {
	parts := make([]listened, len(chunks))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, c := range chunks {
		if c.state != heard {
			continue
		}
		group.Go(func() error {
			text, err := t.read(ctx, events.Object{Bucket: t.Artifacts, Key: heardKey(upload, c.index)}, maxHeard)
			if err != nil {
				return err
			}
			if err := json.Unmarshal(text, &parts[i]); err != nil {
				return fmt.Errorf("read object %s/%s: %w", t.Artifacts, heardKey(upload, c.index), err)
			}
			return nil
		})
	}
	return parts, group.Wait()
}

// compose joins what was heard, in the order of time.
func compose(j job, chunks []chunk, parts []listened, revision int) events.Transcript {
	tr := events.Transcript{DocumentVersion: events.DocumentVersion, Recording: j.recording, Upload: j.upload, Revision: revision,
		DurationMS: j.durationMS, Segments: []events.Segment{}, Kind: j.about.Kind, RecordedAt: j.about.RecordedAt}
	for i, c := range chunks {
		if c.state != heard {
			tr.Gaps = append(tr.Gaps, events.Gap{Track: c.track, StartMS: c.pieces[0].StartMS, EndMS: c.pieces[len(c.pieces)-1].EndMS, Reason: c.reason})
			continue
		}
		tr.Engine = cmp.Or(tr.Engine, parts[i].Engine)
		tr.Segments = append(tr.Segments, parts[i].Segments...)
	}
	tr.Language = cmp.Or(j.language, mostSpoken(parts), languageOf(tr.Segments))
	markLanguages(tr, parts)
	slices.SortStableFunc(tr.Segments, bySegmentTime)
	tr.Speakers = j.speakers(tr.Segments)
	if lost := j.durationMS - j.decodedMS; lost >= 1000 {
		tr.Gaps = append(tr.Gaps, events.Gap{StartMS: j.decodedMS, EndMS: j.durationMS, Reason: "the file is cut off or damaged: its end could not be decoded"})
	}
	return tr
}

// languageOf tells the language of what was said by its script.
func languageOf(segments []events.Segment) string {
	texts := make([]string, len(segments))
	for i, s := range segments {
		texts[i] = s.Text
	}
	return speech.LanguageOf(texts...)
}

func speakerID(track int) string { return fmt.Sprintf("s%d", track+1) }

func segmentID(s events.Segment) string { return fmt.Sprintf("%d-%d", s.Track, s.StartMS) }

func bySegmentTime(a, b events.Segment) int {
	return cmp.Or(cmp.Compare(a.StartMS, b.StartMS), cmp.Compare(a.Track, b.Track))
}

// publish writes a transcript, and returns the outcome that announces it.
func (t *Transcriber) publish(ctx context.Context, tr events.Transcript, mark string) (fn.Outcome, error) {
	if err := tr.Validate(); err != nil {
		return nil, fault.Refusef(events.RefusedFailed, "the transcript is not valid: %w", err)
	}
	text, err := json.Marshal(tr)
	if err != nil {
		return nil, err
	}
	object, err := t.put(ctx, "transcripts/"+tr.Upload+"/"+mark+".json", "application/json", text)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		switch deleted, err := lock(ctx, tx, tr.Recording); {
		case err != nil:
			return nil, err
		case deleted:
			return nil, t.sweep(ctx, tr.Upload)
		}
		return events.NewAll(events.RecordingTranscribed{Recording: tr.Recording, Upload: tr.Upload, Revision: tr.Revision, Transcript: object,
			Language: tr.Language, DurationMS: tr.DurationMS, Segments: len(tr.Segments), Gaps: len(tr.Gaps), Engine: tr.Engine})
	}, nil
}
