package minutes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xietong.dev/events"
)

// cue is one subtitle.
type cue struct {
	startMS, endMS int64
	speaker, text  string
}

// cues returns what was said and what could not be transcribed, in the order of
// time, with the speakers' names where those are wanted.
func (r reporter) cues(segments []events.Segment) []cue {
	names := map[string]string{}
	for _, s := range r.d.Speakers {
		names[s.ID] = speakerName(s, r.lang)
	}
	var all []cue
	for _, s := range segments {
		if text := oneLine(s.Text); text != "" {
			all = append(all, cue{s.StartMS, s.EndMS, r.named(names, s.Speaker), text})
		}
	}
	if r.d.Transcript != nil {
		for _, g := range r.d.Transcript.Gaps {
			all = append(all, cue{g.StartMS, g.EndMS, "", r.say("gap")})
		}
	}
	slices.SortStableFunc(all, func(a, b cue) int {
		return cmp.Or(cmp.Compare(a.startMS, b.startMS), cmp.Compare(a.endMS, b.endMS))
	})
	return all
}

// named is who speaks, where that is wanted.
func (r reporter) named(names map[string]string, speaker string) string {
	if !r.speakers {
		return ""
	}
	return cmp.Or(names[speaker], oneLine(speaker))
}

// srt prints SubRip. It knows no escapes, so an arrow, by which players find a
// cue's times, is taken apart.
func srt(all []cue) string {
	var b strings.Builder
	for i, c := range all {
		text := c.text
		if c.speaker != "" {
			text = c.speaker + ": " + text
		}
		fmt.Fprintf(&b, "%d\n%s --> %s\n%s\n\n", i+1, stamp(c.startMS, ","), stamp(c.endMS, ","), strings.ReplaceAll(text, "-->", "-- >"))
	}
	return b.String()
}

var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// vtt prints WebVTT, each cue in the voice of its speaker.
func vtt(all []cue) string {
	var b strings.Builder
	b.WriteString("WEBVTT\n\n")
	for _, c := range all {
		text := entities.Replace(c.text)
		if c.speaker != "" {
			text = "<v " + entities.Replace(c.speaker) + ">" + text
		}
		fmt.Fprintf(&b, "%s --> %s\n%s\n\n", stamp(c.startMS, "."), stamp(c.endMS, "."), text)
	}
	return b.String()
}

func stamp(ms int64, point string) string {
	return fmt.Sprintf("%02d:%02d:%02d%s%03d", ms/3600000, ms/60000%60, ms/1000%60, point, ms%1000)
}
