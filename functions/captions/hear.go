package captions

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/speech"
)

// Caption is one sentence, or a part of one that is still being said. Times are from
// the beginning of the session, in milliseconds.
type Caption struct {
	Number  int64  `json:"number,omitempty"` // counts the final captions of a session; 0 for a partial one
	Track   int    `json:"track"`
	Speaker string `json:"speaker,omitempty"` // the participant of the track, where there is one
	StartMS int64  `json:"start_ms"`
	EndMS   int64  `json:"end_ms"`
	Text    string `json:"text"`
	Gap     string `json:"gap,omitempty"` // why there is no text

	segment events.Segment
}

// hear has the engine hear a job. A piece is kept with what it came to.
func (t *talk) hear(ctx context.Context, j job) done {
	d := done{job: j}
	levels := levelsOf(j.samples)
	if spoken := spokenMS(levels); spoken > 0 {
		d.captions, d.err = t.transcribe(ctx, j, spoken)
	}
	if d.err == nil && !j.partial {
		d.captions, d.err = t.keep(ctx, j, d.captions)
	}
	return d
}

// transcribe tries an engine that is busy or fails again, as often as it may. A partial
// sentence that nobody hears is none; a whole one is a gap.
func (t *talk) transcribe(ctx context.Context, j job, spokenMS int64) ([]Caption, error) {
	failed := 0
	for {
		heard, err := t.ask(ctx, j)
		wait, busy := fault.RetryAfter(err)
		switch {
		case err == nil:
			return t.captions(j, speech.Sane(heard.Segments, millis(int64(len(j.samples))), spokenMS)), nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case j.partial:
			return nil, nil
		case !busy:
			t.Log.Warn("the engine failed on a sentence", "session", t.session.ID, "track", t.number, "start", j.start, "error", err)
			if failed++; failed >= t.MaxTries || fault.IsInvalid(err) {
				return []Caption{t.gap(j, err)}, nil
			}
			wait = time.Second << failed
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// errLater says that others are being heard: a sentence that has not ended waits for its
// end rather than keep those back that have.
var errLater = errors.New("the engine is needed for whole sentences")

// ask asks the engine, as one of as many as may at the same moment.
func (t *talk) ask(ctx context.Context, j job) (speech.Heard, error) {
	if j.partial && len(t.hearing) == cap(t.hearing) {
		return speech.Heard{}, errLater
	}
	select {
	case t.hearing <- struct{}{}:
		defer func() { <-t.hearing }()
	case <-ctx.Done():
		return speech.Heard{}, ctx.Err()
	}
	return t.Engine.Hear(ctx, speech.Speech{WAV: speech.WAV(j.samples), LengthMS: millis(int64(len(j.samples))), Language: t.session.About.Language})
}

// captions places what was heard on the session's time.
func (t *talk) captions(j job, segments []speech.Segment) []Caption {
	at := t.beganMS + millis(j.start)
	if j.partial { // one line that grows
		return joined(t.caption(at, segments))
	}
	return t.caption(at, segments)
}

func (t *talk) caption(at int64, segments []speech.Segment) (all []Caption) {
	for _, s := range segments {
		segment := events.Segment{Track: t.number, Speaker: speakerID(t.number), StartMS: at + s.StartMS, EndMS: at + s.EndMS,
			Text: s.Text, Confidence: s.Confidence, Suspect: s.Suspect}
		segment.ID = fmt.Sprintf("%d-%d", t.number, segment.StartMS)
		for _, w := range s.Words {
			segment.Words = append(segment.Words, events.Word{Text: w.Text, StartMS: at + w.StartMS, EndMS: at + w.EndMS, Confidence: w.Confidence})
		}
		all = append(all, Caption{Track: t.number, Speaker: t.session.About.speaker(t.number), StartMS: segment.StartMS, EndMS: segment.EndMS, Text: s.Text, segment: segment})
	}
	return all
}

func joined(all []Caption) []Caption {
	if len(all) == 0 {
		return nil
	}
	one := all[0]
	for _, c := range all[1:] {
		one.Text, one.EndMS = strings.TrimSpace(one.Text+" "+c.Text), c.EndMS
	}
	return []Caption{one}
}

func (t *talk) gap(j job, err error) Caption {
	start := t.beganMS + millis(j.start)
	end := start + max(1, millis(int64(len(j.samples))))
	return Caption{Track: t.number, Speaker: t.session.About.speaker(t.number), StartMS: start, EndMS: end, Gap: events.Brief(err.Error(), 500),
		segment: events.Segment{Track: t.number, StartMS: start, EndMS: end}}
}

func speakerID(track int) string { return fmt.Sprintf("s%d", track+1) }

// speaker is who speaks on a track, as far as anybody said.
func (a About) speaker(track int) string {
	for _, p := range a.Participants {
		if p.Track != nil && *p.Track == track {
			return p.Name
		}
	}
	return ""
}

// keep stores the sound of a piece, and then the captions that rest on it.
func (t *talk) keep(ctx context.Context, j job, captions []Caption) ([]Caption, error) {
	body := make([]byte, 0, 2*len(j.samples))
	for _, s := range j.samples {
		body = binary.LittleEndian.AppendUint16(body, uint16(s))
	}
	p := piece{start: j.start, length: int64(len(j.samples))}
	put := blob.Put{ContentType: "application/octet-stream", Size: int64(len(body))}
	if _, err := t.Store.Put(ctx, t.Artifacts, pieceKey(t.session.ID, t.number, p), bytes.NewReader(body), put); err != nil {
		return nil, fmt.Errorf("keep the sound: %w", err)
	}
	return keep(ctx, t.DB, t.track, p, captions)
}

// pieceKey is where the samples of a piece stand, without a header. Its length is part of
// it: a connection that was replaced may still put what it cut in another way.
func pieceKey(session string, track int, p piece) string {
	return fmt.Sprintf("captions/%s/%d-%d-%d.pcm", session, track, p.start, p.length)
}
