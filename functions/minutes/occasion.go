package minutes

// What a recording is of: its kind, when and where people met, who took part, and what
// stands on paper besides. A person's word counts before that of whoever uploaded it.

import (
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
	// What is empty is as the upload says or, on paper, left for a clerk to fill in.
	RecordedAt *string `json:"recorded_at,omitempty"` // when it began, RFC 3339
	Place      *string `json:"place,omitempty"`       // where people met
	Issue      *string `json:"issue,omitempty"`       // the number of this issue of an official record
	Issuer     *string `json:"issuer,omitempty"`      // the unit that issues it, by its full name
	Copies     *string `json:"copies,omitempty"`      // to whom copies of it go
}

// Particulars are the parts of an occasion that are one text each.
type Particulars struct {
	RecordedAt string `json:"recorded_at,omitempty"`
	Place      string `json:"place,omitempty"`
	Issue      string `json:"issue,omitempty"`
	Issuer     string `json:"issuer,omitempty"`
	Copies     string `json:"copies,omitempty"`
}

// particular is one of them: what was said of it, and where that is kept.
type particular struct {
	name string
	said *string
	kept *string
	most int // characters
}

func (o occasion) particulars(p *Particulars) []particular {
	return []particular{{"recorded_at", o.RecordedAt, &p.RecordedAt, 64}, {"place", o.Place, &p.Place, maxNamed},
		{"issue", o.Issue, &p.Issue, 32}, {"issuer", o.Issuer, &p.Issuer, maxNamed}, {"copies", o.Copies, &p.Copies, 1024}}
}

func (o occasion) isEmpty() bool { return o == occasion{} }

// into writes what was said into what is given.
func (o occasion) into(g *Given) {
	if o.Kind != nil {
		g.Kind = *o.Kind
	}
	if o.Participants != nil {
		g.Participants = *o.Participants
	}
	for _, p := range o.particulars(&g.Particulars) {
		if p.said != nil {
			*p.kept = strings.TrimSpace(*p.said)
		}
	}
}

// maxNamed bounds names and accounts of participants as the events do, in characters.
const maxNamed = 255

func (o occasion) check(most int) error {
	if o.Kind != nil && !slices.Contains(events.Kinds(), *o.Kind) {
		return web.Field("field_one_of", "kind", strings.Join(events.Kinds(), ", "))
	}
	if err := o.checkParticulars(); err != nil || o.Participants == nil {
		return err
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

func (o occasion) checkParticulars() error {
	for _, p := range o.particulars(&Particulars{}) {
		switch {
		case p.said == nil:
		case utf8.RuneCountInString(*p.said) > p.most:
			return web.Field("field_length", p.name, 0, p.most)
		case strings.ContainsFunc(*p.said, unicode.IsControl):
			return web.Field("field_control", p.name)
		}
	}
	if o.RecordedAt == nil || *o.RecordedAt == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, *o.RecordedAt)
	if year := at.UTC().Year(); err != nil || year < 1 || year > 9999 { // as events write it
		return web.Field("field_moment", "recorded_at")
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
	case p.Role != "" && !slices.Contains(events.Roles(), p.Role):
		return web.Field("field_one_of", "participants.role", strings.Join(events.Roles(), ", "))
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

// meetingPlace is where people met, as somebody said; empty where nobody did.
func meetingPlace(given Given, current Upload) string {
	if given.Place != "" || current.Arrival == nil {
		return given.Place
	}
	return current.Arrival.Place
}

// recordedAt is when the recording began; nil where nobody knows.
func recordedAt(given Given, current Upload) *time.Time {
	said := given.RecordedAt
	if said == "" && current.Arrival != nil {
		said = current.Arrival.RecordedAt
	}
	at, err := time.Parse(time.RFC3339Nano, said)
	if err != nil {
		return nil
	}
	at = at.UTC()
	return &at
}
