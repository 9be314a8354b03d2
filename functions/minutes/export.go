package minutes

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"xietong.dev/events"
)

// document is minutes as they are printed, before any format.
type document struct {
	template
	lang      string // of headings and labels
	langs     []string
	mark      string // masthead
	title     string
	facts     []fact
	parts     []part
	names     []fact
	keywords  []string
	issue     string // its number; this and the next two are empty where they are to be filled in
	issuer    string
	copies    string
	date      string // of the summary
	issued    string // the date as an imprint has it
	origin    string // what made the summary, or who edited it
	automatic bool   // nobody has edited it
}

// fact is one thing about the minutes. One without a value is to be filled in.
type fact struct{ key, label, value string }

// part is a section, or a topic within the section before it.
type part struct {
	heading string
	topic   bool
	span    string // from when to when a topic goes
	kind    partKind
	lines   []line
}

type partKind int

const (
	points partKind = iota
	tasks
	speech
	words
)

// line is one sentence, and what it is in other languages.
type line struct {
	lead       string // who says it
	at         string // when, or where the evidence stands
	text       string
	others     []string
	owner, due string
}

// reporter lays minutes out as they were asked for.
type reporter struct {
	exportChoice
	d    Detail
	zone *time.Location
}

func (r reporter) say(key string, args ...any) string { return exportWords.Say(r.lang, key, args...) }

// report lays the minutes out: what they are, their summary, their transcript.
func (r reporter) report(segments []events.Segment) document {
	t := templateOf(r.kind)
	doc := document{template: t, lang: r.lang, langs: r.langs, title: cmp.Or(oneLine(r.d.Title), r.say("untitled")), issuer: issuer(r.d),
		issue: oneLine(r.d.Issue), copies: oneLine(r.d.Copies)}
	if t.mark != "" {
		doc.mark = r.say(t.mark)
	}
	for _, key := range t.facts {
		if value := r.fact(key); value != "" || t.blanks {
			doc.facts = append(doc.facts, fact{key, r.label(key), value})
		}
	}
	for _, key := range t.names {
		doc.names = append(doc.names, fact{key, r.label(key), r.fact(key)})
	}
	made := r.d.CreatedAt
	if r.d.Summary != nil {
		made = r.d.Summary.At
		doc.automatic = r.d.Summary.Origin == ByMachine
		doc.parts = r.parts(*r.d.Summary.Document, t.sections)
		for _, k := range r.d.Summary.Document.Keywords {
			doc.keywords = append(doc.keywords, oneLine(k.Term))
		}
	}
	doc.origin = r.origin()
	doc.date = r.day(made)
	doc.issued = r.say("issued", doc.date)
	if r.transcript && len(segments) > 0 {
		doc.parts = append(doc.parts, part{heading: r.say("transcript"), kind: speech, lines: r.speech(segments)})
	}
	return doc
}

func speakerNames(d Detail, lang string) []string {
	var names []string
	for _, s := range d.Speakers {
		names = append(names, speakerName(s, lang))
	}
	return names
}

func speakerName(s events.Speaker, lang string) string {
	if s.Label != "" {
		return oneLine(s.Label)
	}
	return exportWords.Say(lang, "speaker", strings.TrimPrefix(s.ID, "s"))
}

// clock is a time as people read it: 12:05, or 1:02:03 after an hour.
func clock(ms int64) string {
	s := ms / 1000
	if s < 3600 {
		return fmt.Sprintf("%02d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// oneLine keeps text from another hand within its line: no control character,
// no line separator, single spaces.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029
	}), " ")
}
