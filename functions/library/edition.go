package library

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/library/text"
	"xietong.dev/shared/han"
)

// Edition is a book as it is listed and searched.
type Edition struct {
	Book       string              `json:"book"`
	Metadata   events.BookMetadata `json:"metadata"`
	Format     string              `json:"format"`
	Letters    int                 `json:"letters"` // characters of its text
	File       events.Object       `json:"file"`
	Contents   events.Object       `json:"contents"`
	Text       *events.Object      `json:"text,omitempty"`
	Cover      *events.Object      `json:"cover,omitempty"`
	Thumbnail  *events.Object      `json:"thumbnail,omitempty"`
	Licence    *events.Licence     `json:"licence,omitempty"`
	AddedAt    time.Time           `json:"added_at"`
	Reads      int64               `json:"reads"`
	Popularity int64               `json:"popularity"` // reads, as lists are ordered by them
	Withdrawn  bool                `json:"withdrawn"`
}

// Filter narrows a list. Empty values narrow nothing.
type Filter struct {
	Class     string `json:"class,omitempty"` // of the 中图法, with all below it: TP3 has TP312
	Author    string `json:"author,omitempty"`
	Subject   string `json:"subject,omitempty"`
	Language  string `json:"language,omitempty"` // the first subtag: zh
	Publisher string `json:"publisher,omitempty"`
	Format    string `json:"format,omitempty"`
	Series    string `json:"series,omitempty"`
	Year      int    `json:"year,omitempty"`
}

// deepestClass is how many characters of a class are looked up; the rest is
// compared.
const deepestClass = 8

// lines are what words are looked for in, folded.
type lines struct{ title, author, subject, other string }

// names is what a book is found by.
type names struct {
	lines
	authors  []string
	year     int
	language string
	keys     []int32
}

// describe works out what a book is found by.
func describe(m events.BookMetadata, format string) names {
	n := names{year: year(m.Published), language: language(m.Language), authors: []string{}}
	for _, c := range m.Contributors {
		if c.Name != "" && !slices.Contains(n.authors, c.Name) {
			n.authors = append(n.authors, c.Name)
		}
	}
	n.title = folded(m.Title, m.Subtitle, m.Series, han.Pinyin(m.Title))
	spelt := make([]string, len(n.authors))
	for i, a := range n.authors {
		spelt[i] = han.Pinyin(a)
	}
	n.author = folded(slices.Concat(n.authors, spelt)...)
	n.subject = folded(m.Subjects...)
	n.other = folded(m.Publisher, m.ISBN)
	n.keys = text.Lines(n.title, n.author, n.subject, n.other)
	n.keys = append(n.keys, tags(m, n, format)...)
	slices.Sort(n.keys)
	n.keys = slices.Compact(n.keys)
	return n
}

// folded is what is not empty, one a line.
func folded(all ...string) string {
	all = slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == "" })
	return text.Fold(strings.Join(all, "\n"))
}

// tags are the keys of everything that a filter may ask for.
func tags(m events.BookMetadata, n names, format string) []int32 {
	var all []int32
	class := []rune(m.CLC)
	for i := range class[:min(len(class), deepestClass)] {
		all = append(all, Filter{Class: string(class[:i+1])}.keys()...)
	}
	for _, a := range n.authors {
		all = append(all, Filter{Author: a}.keys()...)
	}
	for _, s := range m.Subjects {
		all = append(all, Filter{Subject: s}.keys()...)
	}
	return append(all, Filter{Language: n.language, Publisher: m.Publisher, Format: format, Series: m.Series, Year: n.year}.keys()...)
}

// keys are what a book must have to pass the filter.
func (f Filter) keys() []int32 {
	var all []int32
	class := []rune(f.Class)
	for _, tag := range []struct{ kind, value string }{
		{"class", string(class[:min(len(class), deepestClass)])}, {"author", f.Author}, {"subject", f.Subject}, {"language", f.Language},
		{"publisher", f.Publisher}, {"format", f.Format}, {"series", f.Series}, {"year", strconv.Itoa(f.Year)},
	} {
		if tag.value != "" && tag.value != "0" {
			all = append(all, text.Tag(tag.kind, tag.value))
		}
	}
	return all
}

// year is the year of a date such as 2024-05; 0 where there is none.
func year(published string) int {
	digits, _, _ := strings.Cut(published, "-")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > 9999 {
		return 0
	}
	return n
}

// language is the first subtag of a language: lists do not part zh-CN from zh-Hant.
func language(tag string) string {
	first, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return first
}

// clean returns metadata that a database takes: without U+0000, and in UTF-8.
func clean(m events.BookMetadata) events.BookMetadata {
	m.Subjects, m.Contributors, m.Accessibility = slices.Clone(m.Subjects), slices.Clone(m.Contributors), slices.Clone(m.Accessibility)
	fields := []*string{&m.Title, &m.Subtitle, &m.Publisher, &m.Published, &m.Language, &m.ISBN, &m.Series, &m.CLC, &m.Summary}
	for i := range m.Subjects {
		fields = append(fields, &m.Subjects[i])
	}
	for i := range m.Contributors {
		fields = append(fields, &m.Contributors[i].Name, &m.Contributors[i].Role)
	}
	for i := range m.Accessibility {
		fields = append(fields, &m.Accessibility[i])
	}
	for _, f := range fields {
		*f = strings.ToValidUTF8(strings.ReplaceAll(*f, "\x00", ""), "\ufffd")
	}
	return m
}
