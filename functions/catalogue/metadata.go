package catalogue

import (
	"strings"

	"xietong.dev/events"
)

// over lays metadata over other metadata: what the upper does not say, the lower
// does. Neither is changed.
func over(upper, lower *events.BookMetadata) *events.BookMetadata {
	if upper == nil || lower == nil {
		if upper == nil {
			return lower
		}
		return upper
	}
	m := *lower
	for _, f := range []struct{ to, from *string }{
		{&m.Title, &upper.Title}, {&m.Subtitle, &upper.Subtitle}, {&m.Publisher, &upper.Publisher}, {&m.Published, &upper.Published},
		{&m.Language, &upper.Language}, {&m.ISBN, &upper.ISBN}, {&m.CLC, &upper.CLC}, {&m.Summary, &upper.Summary},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if upper.Series != "" { // a position belongs to its series
		m.Series, m.Position = upper.Series, upper.Position
	}
	if len(upper.Contributors) > 0 {
		m.Contributors = upper.Contributors
	}
	if len(upper.Subjects) > 0 {
		m.Subjects = upper.Subjects
	}
	if len(upper.Accessibility) > 0 {
		m.Accessibility = upper.Accessibility
	}
	return &m
}

// The bounds of the contract for lists and texts.
const (
	maxList    = 200
	maxWord    = 255
	maxTitle   = 1024
	maxSummary = 16384
)

// fit cuts metadata to what the contract takes: a book is not refused for what its
// description says.
func fit(m events.BookMetadata) events.BookMetadata {
	m.Title, m.Subtitle, m.Summary = cut(m.Title, maxTitle), cut(m.Subtitle, maxTitle), cut(m.Summary, maxSummary)
	m.Publisher, m.Series = cut(m.Publisher, maxWord), cut(m.Series, maxWord)
	m.Subjects, m.Accessibility = words(m.Subjects), words(m.Accessibility)
	for _, f := range []struct {
		value *string
		alone events.BookMetadata
	}{
		{&m.Published, events.BookMetadata{Published: m.Published}}, {&m.Language, events.BookMetadata{Language: m.Language}},
		{&m.ISBN, events.BookMetadata{ISBN: m.ISBN}}, {&m.CLC, events.BookMetadata{CLC: m.CLC}},
	} {
		if !fits(f.alone) {
			*f.value = ""
		}
	}
	if !fits(events.BookMetadata{Position: m.Position}) {
		m.Position = 0
	}
	var people []events.Contributor
	for _, p := range m.Contributors {
		p.Name = cut(p.Name, maxWord)
		if len(people) < maxList && fits(events.BookMetadata{Contributors: []events.Contributor{p}}) {
			people = append(people, p)
		}
	}
	m.Contributors = people
	return m
}

// fits reports whether the contract takes what is said besides the title.
func fits(m events.BookMetadata) bool {
	m.Title = "x"
	return m.Validate() == nil
}

func words(all []string) (kept []string) {
	for _, w := range all {
		if w = cut(w, maxWord); w != "" && len(kept) < maxList {
			kept = append(kept, w)
		}
	}
	return kept
}

func cut(text string, most int) string {
	return events.Brief(strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\ufffd"), most)
}
