package minutes

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"xietong.dev/events"
)

// document is minutes as they are printed, before any format.
type document struct {
	title string
	facts []string
	parts []part
}

// part is a section. A numbered one is a topic within the section before it.
type part struct {
	heading string
	topic   bool
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

// line is one sentence. The lead is who says it, the tail stands in brackets
// after it.
type line struct{ lead, text, tail string }

// report lays the minutes out: what they are, their summary, their transcript.
func report(d Detail, segments []events.Segment, lang string, zone *time.Location) document {
	say := func(key string, args ...any) string { return messages.Say(lang, "export."+key, args...) }
	doc := document{title: d.Title}
	if doc.title == "" {
		doc.title = say("untitled")
	}
	fact := func(key, value string) {
		if value != "" {
			doc.facts = append(doc.facts, say(key)+say("colon")+value)
		}
	}
	fact("date", d.CreatedAt.In(zone).Format("2006-01-02 15:04"))
	if d.DurationMS > 0 {
		fact("duration", clock(d.DurationMS))
	}
	fact("speakers", strings.Join(speakerNames(d, lang), say("comma")))
	if d.State != Summarised {
		fact("state", d.StateText)
	}
	if d.Summary != nil {
		doc.facts = append(doc.facts, origin(*d.Summary, say, zone))
		doc.parts = summaryParts(*d.Summary.Document, lang)
	}
	if len(segments) > 0 {
		doc.parts = append(doc.parts, part{heading: say("transcript"), kind: speech, lines: speechLines(d, segments, lang)})
	}
	return doc
}

func origin(s SummaryView, say func(string, ...any) string, zone *time.Location) string {
	at := s.At.In(zone).Format("2006-01-02 15:04")
	switch {
	case s.Origin != ByPerson:
		return say("automatic", s.Document.Engine.Name)
	case s.Author == "":
		return say("edited_on", at)
	}
	return say("edited", s.Author, at)
}

func summaryParts(s events.Summary, lang string) []part {
	label := func(key string) string { return messages.Say(lang, "export."+key) }
	parts := []part{
		{heading: label("abstract"), lines: pointLines(s.Abstract)},
		{heading: label("decisions"), lines: pointLines(s.Decisions)},
		{heading: label("actions"), kind: tasks, lines: actionLines(s.Actions, lang)},
		{heading: label("keywords"), kind: words, lines: keywordLines(s.Keywords, lang)},
	}
	if len(s.Topics) > 0 {
		parts = append(parts, part{heading: label("topics"), lines: []line{}}) // nothing but a heading
	}
	for i, t := range s.Topics {
		heading := fmt.Sprintf("%d. %s", i+1, t.Title) + messages.Say(lang, "export.brackets", clock(t.StartMS)+"–"+clock(t.EndMS))
		parts = append(parts, part{heading: heading, topic: true, lines: pointLines(t.Points)})
	}
	return parts
}

func pointLines(all []events.Point) []line {
	var lines []line
	for _, p := range all {
		lines = append(lines, line{text: p.Text, tail: evidence(p)})
	}
	return lines
}

// evidence is where a sentence can be heard.
func evidence(p events.Point) string {
	var times []string
	for _, e := range p.Evidence {
		times = append(times, clock(e.StartMS))
	}
	return strings.Join(times, ", ")
}

func actionLines(all []events.Action, lang string) []line {
	var lines []line
	for _, a := range all {
		var tail []string
		if a.Owner != "" {
			tail = append(tail, messages.Say(lang, "export.owner", a.Owner))
		}
		if a.Due != "" {
			tail = append(tail, messages.Say(lang, "export.due", a.Due))
		}
		if at := evidence(a.Point); at != "" {
			tail = append(tail, at)
		}
		lines = append(lines, line{text: a.Text, tail: strings.Join(tail, messages.Say(lang, "export.semicolon"))})
	}
	return lines
}

func keywordLines(all []events.Keyword, lang string) []line {
	var terms []string
	for _, k := range all {
		terms = append(terms, k.Term)
	}
	if len(terms) == 0 {
		return nil
	}
	return []line{{text: strings.Join(terms, messages.Say(lang, "export.comma"))}}
}

func speechLines(d Detail, segments []events.Segment, lang string) []line {
	var lines []line
	for _, c := range cues(d, segments, lang) {
		lead := clock(c.startMS)
		if c.speaker != "" {
			lead += " " + c.speaker
		}
		lines = append(lines, line{lead: lead, text: c.text})
	}
	return lines
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
	return messages.Say(lang, "export.speaker", strings.TrimPrefix(s.ID, "s"))
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

// markdown prints a document as CommonMark with task lists.
func markdown(doc document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", escape(doc.title))
	for _, f := range doc.facts {
		fmt.Fprintf(&b, "- %s\n", escape(f))
	}
	for _, p := range doc.parts {
		if p.lines == nil && !p.topic {
			continue
		}
		level := "##"
		if p.topic {
			level = "###"
		}
		fmt.Fprintf(&b, "\n%s %s\n", level, escape(p.heading))
		if len(p.lines) > 0 {
			b.WriteString("\n")
		}
		for _, l := range p.lines {
			b.WriteString(markdownLine(p.kind, l))
		}
	}
	return b.String()
}

func markdownLine(kind partKind, l line) string {
	text := escape(l.text)
	if l.tail != "" {
		text += " *(" + escape(l.tail) + ")*"
	}
	switch kind {
	case tasks:
		return "- [ ] " + text + "\n"
	case speech:
		return "**" + escape(l.lead) + "** " + text + "\n\n"
	case words:
		return text + "\n"
	}
	return "- " + text + "\n"
}

var (
	special = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "|", "\\|", "~", "\\~", "&", "&amp;", "<", "&lt;", ">", "&gt;")
	// What would begin a heading, a list or a rule at the start of a line.
	opening = regexp.MustCompile(`^(#|\+|-|=|[0-9]{1,9}[.)])`)
)

// escape makes Markdown of a text from another hand, so that it stays text.
func escape(s string) string {
	s = special.Replace(oneLine(s))
	if found := opening.FindString(s); found != "" {
		last := len(found) - 1
		return s[:last] + `\` + s[last:]
	}
	return s
}

// plainText prints a document without any marks.
func plainText(doc document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", oneLine(doc.title))
	for _, f := range doc.facts {
		fmt.Fprintf(&b, "%s\n", oneLine(f))
	}
	for _, p := range doc.parts {
		if p.lines == nil && !p.topic {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", oneLine(p.heading))
		for _, l := range p.lines {
			b.WriteString(plainLine(p.kind, l))
		}
	}
	return b.String()
}

func plainLine(kind partKind, l line) string {
	text := oneLine(l.text)
	if l.tail != "" {
		text += " (" + oneLine(l.tail) + ")"
	}
	switch kind {
	case speech:
		return oneLine(l.lead) + "  " + text + "\n"
	case words:
		return text + "\n"
	}
	return "- " + text + "\n"
}
