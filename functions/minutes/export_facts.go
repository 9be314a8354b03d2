package minutes

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"xietong.dev/events"
)

// What stands above and below the text of exported minutes.

// label is empty for what explains itself.
func (r reporter) label(key string) string {
	if key == "origin" {
		return ""
	}
	return r.say(key)
}

// fact is what is known of one thing; empty where nothing is.
func (r reporter) fact(key string) string {
	comma := r.say("comma")
	switch key {
	case "meeting_name":
		return cmp.Or(oneLine(r.d.Title), r.say("untitled"))
	case "time":
		return r.time()
	case "duration":
		if r.d.DurationMS > 0 {
			return clock(r.d.DurationMS)
		}
	case "place":
		return oneLine(r.d.Place)
	case "chair":
		return strings.Join(r.inRole(events.RoleChair), comma)
	case "recorder":
		return strings.Join(r.inRole(events.RoleRecorder), comma)
	case "attended", "present":
		return strings.Join(r.present(), comma)
	case "absent", "excused":
		return strings.Join(r.inRole(events.RoleAbsent), comma)
	case "observers":
		return strings.Join(r.inRole(events.RoleObserver), comma)
	case "present_number":
		return r.number(len(r.present()))
	case "due_number":
		if absent := len(r.inRole(events.RoleAbsent)); absent > 0 {
			return r.number(len(r.present()) + absent)
		}
	case "speakers":
		if r.speakers && len(r.d.Participants) == 0 {
			return strings.Join(speakerNames(r.d, r.lang), comma)
		}
	case "state":
		if r.d.State != Summarised {
			return r.d.StateText
		}
	case "origin":
		return r.origin()
	case "agenda":
		return strings.Join(r.agenda(), r.say("semicolon"))
	}
	return ""
}

// number is how many people; empty where nobody is known.
func (r reporter) number(n int) string {
	if n == 0 {
		return ""
	}
	return r.say("people", n)
}

// inRole are the participants of some roles.
func (r reporter) inRole(roles ...string) (names []string) {
	for _, p := range r.d.Participants {
		if slices.Contains(roles, p.Role) {
			names = append(names, oneLine(p.Name))
		}
	}
	return names
}

// present are who took part as far as anybody said. Where nobody did, a form takes the
// speakers that have names. An official record names its recorder by themselves.
func (r reporter) present() (names []string) {
	roles := []string{"", events.RoleChair, events.RoleRecorder}
	if templateOf(r.kind).signed {
		roles = roles[:2]
	}
	if names = r.inRole(roles...); len(r.d.Participants) > 0 || !templateOf(r.kind).blanks {
		return names
	}
	for _, s := range r.d.Speakers {
		if s.Label != "" {
			names = append(names, oneLine(s.Label))
		}
	}
	return names
}

func (r reporter) agenda() (titles []string) {
	if r.d.Summary == nil {
		return nil
	}
	for _, t := range r.d.Summary.Document.Topics {
		if title := oneLine(t.Title); title != "" {
			titles = append(titles, title)
		}
	}
	return titles
}

func (r reporter) origin() string {
	s := r.d.Summary
	if s == nil {
		return ""
	}
	at := s.At.In(r.zone).Format("2006-01-02 15:04")
	switch {
	case s.Origin != ByPerson:
		return r.say("automatic", oneLine(s.Document.Engine.Name))
	case s.Author == "":
		return r.say("edited_on", at)
	}
	return r.say("edited", oneLine(s.Author), at)
}

// time is when the recording was made; where nobody said, the day on which it came.
func (r reporter) time() string {
	if r.d.RecordedAt == nil {
		return r.day(r.d.CreatedAt)
	}
	began := r.d.RecordedAt.In(r.zone)
	text := r.day(began) + " " + began.Format("15:04")
	if r.d.DurationMS > 0 {
		text += "–" + began.Add(time.Duration(r.d.DurationMS)*time.Millisecond).Format("15:04")
	}
	return text
}

// day is a date as people write it. In Chinese, months and days have no leading zero
// (GB/T 9704-2012, 7.3.5.4).
func (r reporter) day(at time.Time) string {
	return at.In(r.zone).Format(map[string]string{"zh": "2006年1月2日", "en": "2 January 2006"}[r.lang])
}

// issuer is who issues minutes, as people said or by the unit's name where that can
// stand on paper: an id of letters is none.
func issuer(d Detail) string {
	if d.Issuer != "" || strings.ContainsFunc(d.Unit, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return oneLine(cmp.Or(d.Issuer, d.Unit))
	}
	return ""
}
