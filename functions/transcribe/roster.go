package transcribe

import (
	"slices"

	"xietong.dev/events"
)

// nobody owns a channel that no participant was put on.
const nobody = -1

// owners returns, for each channel of a recording, the track on which the
// meeting's app put somebody. With several streams a track is a stream, whose
// channels are all of that person; in a single stream it is a channel.
func owners(participants []events.Participant, streams []int) []int {
	named := map[int]bool{}
	for _, p := range participants {
		if p.Track != nil {
			named[*p.Track] = true
		}
	}
	var out []int
	for stream, channels := range streams {
		for range channels {
			number := stream
			if len(streams) == 1 {
				number = len(out)
			}
			if !named[number] {
				number = nobody
			}
			out = append(out, number)
		}
	}
	return out
}

// people returns who speaks on each track, with the name and account that the
// roster tells: of the one person on a track; of two people on the two sides of a
// call; of the only one who took part. Several people on one track stay unnamed.
func people(participants []events.Participant, tracks []track, streams []int) []events.Speaker {
	owned := owners(participants, streams)
	var out []events.Speaker
	for i, t := range tracks {
		s := events.Speaker{ID: speakerID(i), Track: i}
		if p, known := person(participants, t.channels, owned, len(tracks)); known {
			s.Label, s.Account = p.Name, p.Account
		}
		out = append(out, s)
	}
	return out
}

func person(participants []events.Participant, channels, owned []int, tracks int) (events.Participant, bool) {
	onTrack := func(p events.Participant) bool { return p.Track != nil }
	if !slices.ContainsFunc(participants, onTrack) {
		switch {
		case len(participants) == 1 && tracks == 1:
			return participants[0], true
		case len(participants) == 2 && len(owned) == 2 && len(channels) == 1: // left and right
			return participants[channels[0]], true
		}
		return events.Participant{}, false
	}
	var found []events.Participant
	for _, p := range participants {
		if onTrack(p) && slices.ContainsFunc(channels, func(c int) bool { return owned[c] == *p.Track }) {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return events.Participant{}, false
	}
	return found[0], true
}

// about is what is told of a recording when it is uploaded, kept until its
// transcript is made.
type about struct {
	Kind       string           `json:"kind,omitempty"`
	RecordedAt string           `json:"recorded_at,omitempty"`
	Speakers   []events.Speaker `json:"speakers,omitempty"` // of each track
}

// recordedAt is when a recording began: as told, else when its upload was noted.
func recordedAt(told string, e events.Event) string {
	if told == "" && !e.Time().IsZero() {
		return events.Moment(e.Time())
	}
	return told
}

// withAccounts gives the speakers of a transcript made elsewhere their accounts, by
// their names.
func withAccounts(speakers []events.Speaker, participants []events.Participant) []events.Speaker {
	for i, s := range speakers {
		for _, p := range participants {
			if s.Account == "" && s.Label == p.Name {
				speakers[i].Account = p.Account
			}
		}
	}
	return speakers
}
