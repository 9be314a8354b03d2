package captions

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
)

// textKey is where the captions are handed over.
func textKey(s session) string {
	return s.ID + "/" + messages.Say(s.About.Language, "captions") + ".json"
}

// putText writes the captions as a transcript, which is taken like any that was made
// elsewhere.
func (c *Captions) putText(ctx context.Context, s session, tracks []recorded, lines []Caption) error {
	text, err := json.Marshal(transcript(s, tracks, lines))
	if err != nil {
		return err
	}
	_, err = c.Store.Put(ctx, c.RecordingsBucket, textKey(s), bytes.NewReader(text),
		blob.Put{ContentType: "application/json", Size: int64(len(text)), Metadata: s.metadata()})
	return wrap("hand over the captions of", s.ID, err)
}

// transcript lays captions out in the order of time.
func transcript(s session, tracks []recorded, lines []Caption) events.Transcript {
	t := events.Transcript{DocumentVersion: events.DocumentVersion, Recording: s.ID, Upload: s.ID, Revision: 1, Language: s.About.Language,
		Engine: events.Engine{Name: Word}, Kind: s.About.Kind, RecordedAt: events.Moment(s.BeganAt), Speakers: []events.Speaker{}}
	t.Segments, t.Gaps = segmentsOf(lines)
	slices.SortStableFunc(t.Segments, func(a, b events.Segment) int { return int(a.StartMS - b.StartMS) })
	for _, track := range tracks {
		who := events.Speaker{ID: speakerID(track.number), Label: s.About.speaker(track.number), Track: track.number}
		for _, p := range s.About.Participants {
			if p.Track != nil && *p.Track == track.number {
				who.Account = p.Account
			}
		}
		t.Speakers = append(t.Speakers, who)
		t.DurationMS = max(t.DurationMS, millis(track.samples()))
	}
	return t
}

// metadata is what uploads reads of an object.
func (s session) metadata() map[string]string {
	all := map[string]string{"title": cutRunes(s.About.Title, 100), "language": s.About.Language, "kind": s.About.Kind, "unit": s.Unit, "authid": s.Author}
	for key, value := range all {
		if value == "" {
			delete(all, key)
		}
	}
	return all
}

func cutRunes(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
