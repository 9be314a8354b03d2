package transcribe

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/speech"
)

// hear has the engine transcribe one chunk.
func (t *Transcriber) hear(ctx context.Context, d events.ChunkCut, unit string) (fn.Outcome, error) {
	c, err := findChunk(ctx, t.DB, d.Recording, d.Upload, d.Index)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return nil, t.late(ctx, d.Recording, d.Upload)
	case err != nil:
		return nil, fmt.Errorf("find chunk %d of upload %s: %w", d.Index, d.Upload, err)
	case c.state == heard: // asked twice, under two ids
		return nil, nil
	}
	if err := t.Engine.Serves(d.Language); err != nil {
		return nil, err
	}
	terms, err := findGlossary(ctx, t.DB, unit)
	if err != nil {
		return nil, err
	}
	result, err := t.listen(ctx, d, c, terms)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(result)
	if err != nil {
		return nil, err
	}
	if _, err := t.put(ctx, heardKey(d.Upload, d.Index), "application/json", text); err != nil {
		return nil, err
	}
	c.state, c.code, c.reason = heard, "", ""
	c.silent = !slices.ContainsFunc(result.Segments, func(s events.Segment) bool { return s.Text != "" })
	return t.chunkEnded(d, c), nil
}

// late clears up after an event about a recording that was deleted: an earlier
// delivery of it may have written something and not come to its end.
func (t *Transcriber) late(ctx context.Context, recording, upload string) error {
	deleted, err := isDeleted(ctx, t.DB, recording, upload)
	if err != nil || !deleted {
		return err
	}
	return t.sweep(ctx, upload)
}

func heardKey(upload string, index int) string { return fmt.Sprintf("heard/%s/%d.json", upload, index) }

// listened is what was heard in a chunk, as it is kept until the chunks are
// joined. Its times are those of the recording.
type listened struct {
	Engine   events.Engine    `json:"engine"`
	Language string           `json:"language,omitempty"` // where the engine says
	Segments []events.Segment `json:"segments"`
}

func (t *Transcriber) listen(ctx context.Context, d events.ChunkCut, c chunk, terms []events.Term) (listened, error) {
	file, err := t.read(ctx, c.audio, speech.WAVHeader+2*speech.SampleRate*(lengthMS(c.pieces)/1000+1))
	if err != nil {
		return listened{}, err
	}
	// Whom an engine calls the first speaker of a chunk may be the second of the
	// next: its names count where a recording is one chunk.
	sound := speech.Speech{WAV: file, LengthMS: lengthMS(c.pieces), Language: d.Language, Speakers: c.only}
	for _, term := range terms {
		sound.Terms = append(sound.Terms, term.Text)
	}
	h, err := t.Engine.Hear(ctx, sound)
	if err != nil {
		return listened{}, err
	}
	sane := speech.Sane(h.Segments, sound.LengthMS, c.speechMS)
	heard := newWriter(t.Numbers, terms).write(place(segments(sane), c), cmp.Or(h.Language, d.Language))
	return listened{Engine: events.Engine(h.Engine), Language: h.Language, Segments: heard}, nil
}

// read reads an object that is at most so many bytes long.
func (t *Transcriber) read(ctx context.Context, o events.Object, most int64) ([]byte, error) {
	body, _, err := t.Objects.Get(ctx, o.Bucket, o.Key, o.Version)
	if err != nil {
		return nil, missing(o, err)
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, most+1))
	if err != nil {
		return nil, missing(o, err)
	}
	if int64(len(text)) > most {
		return nil, fault.Refusef(events.RefusedTooLarge, "object %s/%s has more than %d bytes", o.Bucket, o.Key, most)
	}
	return text, nil
}

// chunkEnded writes what became of a chunk. Whoever ends the last chunk of a
// recording sends it on: all who end one hold the same lock.
func (t *Transcriber) chunkEnded(d events.ChunkCut, c chunk) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		switch deleted, err := lock(ctx, tx, d.Recording); {
		case err != nil:
			return nil, err
		case deleted:
			return nil, t.sweep(ctx, d.Upload)
		}
		before, err := findChunk(ctx, tx, d.Recording, d.Upload, d.Index)
		switch {
		case errors.Is(err, pg.ErrNoRows):
			return nil, nil
		case err != nil:
			return nil, err
		case before.state == heard, before.state == c.state && before.reason == c.reason:
			return nil, nil
		}
		if err := endChunk(ctx, tx, d.Upload, c); err != nil {
			return nil, err
		}
		if before.state == failed && c.state == failed { // redriven in vain
			return nil, nil
		}
		return count(ctx, tx, d, before.state == waiting)
	}
}

// count counts a chunk that ended, or that was mended after it had, and sends
// the recording on when all have.
func count(ctx context.Context, tx pg.Tx, d events.ChunkCut, first bool) ([]events.Event, error) {
	j, err := findJob(ctx, tx, d.Recording, d.Upload)
	if err != nil {
		return nil, err
	}
	if first {
		j.ended++
	}
	out := []events.Data{events.ChunkTranscribed{Recording: d.Recording, Upload: d.Upload, Index: d.Index, Ended: j.ended, Chunks: j.chunks}}
	if j.ended == j.chunks {
		chunks, err := findChunks(ctx, tx, d.Upload)
		if err != nil {
			return nil, err
		}
		code, reason := verdict(chunks)
		if code == "" {
			j.revision++
			out = append(out, events.RecordingHeard{Recording: d.Recording, Upload: d.Upload, Revision: j.revision})
		} else {
			out = append(out, refusal(d.Recording, d.Upload, code, reason))
		}
	}
	if err := saveJob(ctx, tx, j); err != nil {
		return nil, err
	}
	return events.NewAll(out...)
}

// verdict says why chunks that have all ended make no transcript, or nothing
// where they make one.
func verdict(chunks []chunk) (code, reason string) {
	if slices.ContainsFunc(chunks, func(c chunk) bool { return c.state == heard && !c.silent }) {
		return "", ""
	}
	i := slices.IndexFunc(chunks, func(c chunk) bool { return c.state == failed })
	if i < 0 {
		return events.RefusedNoSpeech, "the engine heard no words in the recording: it holds music or noise, or a language that the engine does not know"
	}
	code = chunks[i].code
	if code != events.RefusedLanguage && code != events.RefusedMissing {
		code = events.RefusedEngine
	}
	return code, fmt.Sprintf("no chunk could be transcribed; chunk %d: %s", chunks[i].index, chunks[i].reason)
}

// chunkRefused counts a chunk that was given up.
func (t *Transcriber) chunkRefused(d events.ChunkCut, reason error) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		c, err := findChunk(ctx, tx, d.Recording, d.Upload, d.Index)
		if errors.Is(err, pg.ErrNoRows) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		c.state, c.code, c.reason = failed, fault.Code(reason), events.Brief(strings.TrimSpace(reason.Error()), 500)
		return t.chunkEnded(d, c)(ctx, tx)
	}
}
