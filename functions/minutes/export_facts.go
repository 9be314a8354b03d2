package minutes

import (
	"cmp"
	"strings"
	"time"
	"unicode"
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
	case "attended", "present":
		return strings.Join(r.present(), comma)
	case "present_number":
		if n := len(r.present()); n > 0 {
			return r.say("people", n)
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

// present are who took part as far as anybody said. Where nobody did, a form takes the
// speakers that have names.
func (r reporter) present() (names []string) {
	for _, p := range r.d.Participants {
		names = append(names, oneLine(p.Name))
	}
	if names != nil || !templateOf(r.kind).blanks {
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

// issuer is a unit's name as it can stand on paper: an id of letters is none.
func issuer(unit string) string {
	if strings.ContainsFunc(unit, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return oneLine(unit)
	}
	return ""
}
