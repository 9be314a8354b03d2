package transcribe

import (
	"maps"
	"slices"

	"xietong.dev/events"
	"xietong.dev/shared/speech"
)

// speakers returns who speaks in a recording, and marks the segments with them:
// one for each track where there are several or the roster names the only one;
// else those whom the engine told apart; else nobody.
func (j job) speakers(segments []events.Segment) []events.Speaker {
	named := func(s events.Speaker) bool { return s.Label != "" }
	if j.tracks > 1 || slices.ContainsFunc(j.about.Speakers, named) {
		for i, s := range segments {
			segments[i].Speaker = speakerID(s.Track)
		}
		return j.ofTracks()
	}
	if j.chunks > 1 {
		for i := range segments {
			segments[i].Speaker = ""
		}
	}
	return ofEngine(segments)
}

// ofTracks returns a speaker for each track. Jobs of older versions have no roster.
func (j job) ofTracks() (all []events.Speaker) {
	for i := range j.tracks {
		s := events.Speaker{ID: speakerID(i), Track: i}
		if i < len(j.about.Speakers) {
			s = j.about.Speakers[i]
		}
		all = append(all, s)
	}
	return all
}

// ofEngine gives the speakers whom an engine told apart ids of ours, in the order
// in which they first speak.
func ofEngine(segments []events.Segment) []events.Speaker {
	all, ids := []events.Speaker{}, map[string]string{}
	for i, s := range segments {
		if s.Speaker == "" {
			continue
		}
		if ids[s.Speaker] == "" {
			ids[s.Speaker] = speakerID(len(ids))
			all = append(all, events.Speaker{ID: ids[s.Speaker], Track: s.Track})
		}
		segments[i].Speaker = ids[s.Speaker]
	}
	return all
}

// mostSpoken is the language that engines heard for the longest, and none where
// they name none.
func mostSpoken(parts []listened) string {
	spoken := map[string]int64{}
	for _, p := range parts {
		for _, s := range p.Segments {
			spoken[p.Language] += s.EndMS - s.StartMS
		}
	}
	delete(spoken, "")
	most := ""
	for _, language := range slices.Sorted(maps.Keys(spoken)) {
		if most == "" || spoken[language] > spoken[most] {
			most = language
		}
	}
	return most
}

// markLanguages marks segments of chunks in another language than the
// transcript's. It is called while segments stand in the order of their parts.
func markLanguages(tr events.Transcript, parts []listened) {
	at := 0
	for _, p := range parts {
		for range p.Segments {
			if p.Language != "" && speech.Base(p.Language) != speech.Base(tr.Language) {
				tr.Segments[at].Language = p.Language
			}
			at++
		}
	}
}
