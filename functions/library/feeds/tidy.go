package feeds

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
)

// Limits of what one book may take, in characters and in names. Apps hold a whole
// page of books in memory, on devices that have little.
const (
	MaxLine    = 1000 // a title, a name
	MaxSummary = 500  // in a list
	MaxNames   = 20   // contributors or subjects, in a list
)

// holds reports whether a character may stand in XML 1.0 and in front of people.
func holds(r rune) bool {
	return r == '\n' || r == '\t' || !unicode.IsControl(r) && r != 0xfffe && r != 0xffff
}

// prose is a text without what documents cannot hold, of at most so many characters.
func prose(s string, most int) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !holds(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd")))
	if most == 0 || utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// line is prose in one line.
func line(s string) string {
	return prose(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) }), " "), MaxLine)
}

// tidied is what a document holds of a book: in a list, less.
func tidied(b Book, whole bool) events.BookMetadata {
	m, names, summary := b.Metadata, MaxNames, MaxSummary
	if whole {
		names, summary = len(m.Contributors)+len(m.Subjects), 0
	}
	m.Contributors = slices.Clone(m.Contributors[:min(len(m.Contributors), names)])
	for i := range m.Contributors {
		m.Contributors[i] = events.Contributor{Name: line(m.Contributors[i].Name), Role: line(m.Contributors[i].Role)}
	}
	m.Contributors = slices.DeleteFunc(m.Contributors, func(c events.Contributor) bool { return c.Name == "" })
	m.Subjects = lines(m.Subjects[:min(len(m.Subjects), names)])
	for _, s := range []*string{&m.Title, &m.Subtitle, &m.Publisher, &m.Series, &m.CLC} {
		*s = line(*s)
	}
	if m.Title == "" {
		m.Title = b.ID // every document wants one
	}
	m.Summary = prose(m.Summary, summary)
	return m
}

func lines(all []string) (kept []string) {
	for _, s := range all {
		if s = line(s); s != "" && !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}
