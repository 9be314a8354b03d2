package minutes

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"xietong.dev/events"
)

// parts are the sections of a summary that hold something, in the template's order.
func (r reporter) parts(s events.Summary, sections []section) (all []part) {
	sentences := map[source][]events.Point{abstract: s.Abstract, decisions: s.Decisions, questions: s.Questions, risks: s.Risks, numbers: s.Numbers}
	for _, sec := range sections {
		p := part{heading: r.say(sec.heading)}
		switch sec.of {
		case topics:
			all = append(all, r.topics(p, s.Topics)...)
			continue
		case actions:
			p.kind, p.lines = tasks, r.actions(s.Actions)
		case keywords:
			p.kind, p.lines = words, r.keywords(s.Keywords)
		default:
			var here []events.Point
			here, sentences[sec.of] = saying(sentences[sec.of], sec.word)
			p.lines = r.points(here)
		}
		if len(p.lines) > 0 {
			all = append(all, p)
		}
	}
	return all
}

// saying parts sentences into those that say a word and the rest; every sentence says
// the empty word.
func saying(all []events.Point, word string) (here, rest []events.Point) {
	for _, p := range all {
		if strings.Contains(p.Text, word) {
			here = append(here, p)
		} else {
			rest = append(rest, p)
		}
	}
	return here, rest
}

func (r reporter) topics(heading part, all []events.Topic) []part {
	if len(all) == 0 {
		return nil
	}
	parts := []part{heading}
	for _, t := range all {
		p := part{heading: cmp.Or(oneLine(t.Title), r.say("untitled_topic")), topic: true, lines: r.points(t.Points)}
		if r.times {
			p.span = clock(t.StartMS) + "–" + clock(t.EndMS)
		}
		parts = append(parts, p)
	}
	return parts
}

func (r reporter) points(all []events.Point) (lines []line) {
	for _, p := range all {
		lines = append(lines, r.point(p))
	}
	return lines
}

func (r reporter) point(p events.Point) line {
	l := line{text: oneLine(r.in(r.langs[0], p))}
	for _, lang := range r.langs[1:] {
		if other := oneLine(r.in(lang, p)); other != l.text {
			l.others = append(l.others, other)
		}
	}
	if r.times {
		l.at = evidence(p)
	}
	return l
}

// in is a sentence in a language, or as it is where it is not known in that.
func (r reporter) in(lang string, p events.Point) string {
	for _, t := range p.Translations {
		if t.Language == lang || strings.HasPrefix(t.Language, lang+"-") {
			return t.Text
		}
	}
	return p.Text
}

// evidence is where a sentence can be heard.
func evidence(p events.Point) string {
	var times []string
	for _, e := range p.Evidence {
		times = append(times, clock(e.StartMS))
	}
	return strings.Join(slices.Compact(times), ", ")
}

func (r reporter) actions(all []events.Action) (lines []line) {
	for _, a := range all {
		l := r.point(a.Point)
		l.owner, l.due = oneLine(a.Owner), r.due(a)
		lines = append(lines, l)
	}
	return lines
}

// due is until when, as it was said, and which day that comes to.
func (r reporter) due(a events.Action) string {
	said, day := oneLine(a.Due), a.DueOn
	if on, err := time.ParseInLocation(time.DateOnly, a.DueOn, r.zone); err == nil {
		day = r.day(on)
	}
	if said == "" || day == "" || said == a.DueOn {
		return cmp.Or(day, said)
	}
	return said + r.say("brackets", day)
}

func (r reporter) keywords(all []events.Keyword) []line {
	var terms []string
	for _, k := range all {
		terms = append(terms, oneLine(k.Term))
	}
	if len(terms) == 0 {
		return nil
	}
	return []line{{text: strings.Join(terms, r.say("comma"))}}
}

func (r reporter) speech(segments []events.Segment) (lines []line) {
	for _, c := range r.cues(segments) {
		l := line{lead: c.speaker, text: c.text}
		if r.times {
			l.at = clock(c.startMS)
		}
		lines = append(lines, l)
	}
	return lines
}

// aside is what stands in brackets after a sentence where there are no columns.
func (doc document) aside(l line) string {
	var all []string
	if l.owner != "" {
		all = append(all, exportWords.Say(doc.lang, "owner", l.owner))
	}
	if l.due != "" {
		all = append(all, exportWords.Say(doc.lang, "due", l.due))
	}
	if l.at != "" {
		all = append(all, l.at)
	}
	return strings.Join(all, exportWords.Say(doc.lang, "semicolon"))
}

// line is a fact as one line of text.
func (doc document) line(f fact) string {
	value := cmp.Or(f.value, exportWords.Say(doc.lang, "blank"))
	if f.label == "" {
		return value
	}
	return f.label + exportWords.Say(doc.lang, "colon") + value
}
