package minutes

// What a recording is of, and who took part: a person's word counts before that of
// whoever uploaded it.

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/web"
)

// occasion is what people say of a recording besides its title. Nil is what they
// leave as it is.
type occasion struct {
	Kind         *string               `json:"kind"`         // one of events.Kinds
	Participants *[]events.Participant `json:"participants"` // all of them
}

func (o occasion) isEmpty() bool { return o.Kind == nil && o.Participants == nil }

// into writes what was said into what is given.
func (o occasion) into(g *Given) {
	if o.Kind != nil {
		g.Kind = *o.Kind
	}
	if o.Participants != nil {
		g.Participants = *o.Participants
	}
}

// maxNamed bounds names and accounts of participants as the events do, in characters.
const maxNamed = 255

func (o occasion) check(most int) error {
	if o.Kind != nil && !slices.Contains(events.Kinds(), *o.Kind) {
		return web.Field("field_one_of", "kind", strings.Join(events.Kinds(), ", "))
	}
	if o.Participants == nil {
		return nil
	}
	if n := len(*o.Participants); n > most {
		return web.Field("field_count", "participants", n, most)
	}
	for _, p := range *o.Participants {
		if err := checkParticipant(p); err != nil {
			return err
		}
	}
	return nil
}

func checkParticipant(p events.Participant) error {
	switch name, account := utf8.RuneCountInString(p.Name), utf8.RuneCountInString(p.Account); {
	case name < 1 || name > maxNamed:
		return web.Field("field_length", "participants.name", 1, maxNamed)
	case account > maxNamed:
		return web.Field("field_length", "participants.account", 0, maxNamed)
	case strings.ContainsFunc(p.Name+p.Account, unicode.IsControl):
		return web.Field("field_control", "participants")
	case p.Track != nil && (*p.Track < 0 || *p.Track > 999):
		return web.Field("field_number", "participants.track", 0, 999)
	}
	return nil
}

// kind is what a recording is of; empty, as nobody said, is a meeting.
func kind(given Given, current Upload) string {
	if given.Kind != "" || current.Arrival == nil {
		return given.Kind
	}
	return current.Arrival.Kind
}

func participants(given Given, current Upload) []events.Participant {
	if given.Participants != nil || current.Arrival == nil {
		return given.Participants
	}
	return current.Arrival.Participants
}

// recordedAt is when the recording began; nil where nobody knows.
func recordedAt(current Upload) *time.Time {
	if current.Arrival == nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, cmp.Or(current.Arrival.RecordedAt, "-"))
	if err != nil {
		return nil
	}
	return &at
}
