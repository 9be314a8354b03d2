package records

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/isbn"
	"xietong.dev/shared/clc"
)

// idBytes is how long a source's name for a book may be, at most.
const idBytes = 255

// check is what holds for a row of any form. It completes the row, and tidies its
// metadata.
func (r *Reader) check(row Row) (Row, *RowError) {
	row.Version = cmp.Or(row.Version, r.header.Version)
	row.SHA256, row.Format = strings.ToLower(row.SHA256), strings.ToLower(row.Format)
	bad := r.wrong(row)
	if bad == nil && row.Metadata != nil {
		row.Metadata, row.Warnings = tidy(*row.Metadata)
	}
	if bad != nil {
		if len(row.SourceID) <= idBytes && utf8.ValidString(row.SourceID) {
			bad.SourceID = row.SourceID
		}
		return Row{}, bad
	}
	return row, nil
}

func (r *Reader) wrong(row Row) *RowError {
	switch {
	case row.SourceID == "":
		return badf(CodeNoID, "nothing names the book: give it a source id or an ISBN")
	case len(row.SourceID) > idBytes || unfit(row.SourceID):
		return badf(CodeNoID, "the source id must be at most %d bytes of text without control characters", idBytes)
	case row.Version == 0:
		return badf(CodeNoVer, "no version: state one that grows with each change")
	case row.Version < 0:
		return badf(CodeField, "version %d is negative", row.Version)
	case !slices.Contains([]string{Upsert, Metadata, Withdraw, Restore}, row.Op):
		return badf(CodeField, "op %q must be upsert, metadata, withdraw or restore", row.Op)
	case row.Op == Upsert && row.Object == "":
		return badf(CodeField, "an upsert must name the object that is the file; without one it is metadata")
	case row.Op == Metadata && row.Metadata == nil && row.Licence == nil:
		return badf(CodeField, "the row says nothing of the book")
	case len(row.Object) > 1024 || unfit(row.Object): // what S3 allows
		return badf(CodeField, "the object must be at most 1024 bytes of text without control characters")
	case row.SHA256 != "" && !sum64.MatchString(row.SHA256):
		return badf(CodeField, "sha256 %q must be 64 hexadecimal digits", row.SHA256)
	case row.Size < 0:
		return badf(CodeField, "size %d is negative", row.Size)
	case row.Format != "" && !slices.Contains(events.BookFormats(), row.Format):
		return badf(CodeField, "format %q must be one of %s", row.Format, strings.Join(events.BookFormats(), ", "))
	case entries(row.Metadata) > r.limits.Fields:
		return badf(CodeTooLarge, "%d contributors, subjects and features, MAX_BATCH_FIELDS allows %d", entries(row.Metadata), r.limits.Fields)
	}
	return wrongLicence(row.Licence)
}

func wrongLicence(l *events.Licence) *RowError {
	switch {
	case l == nil:
	case l.Copies < 0 || l.LendingDays < 0:
		return badf(CodeField, "the licence's copies and lending_days must not be negative")
	case l.Ends != "" && len(date(l.Ends)) != len("2030-12-31"):
		return badf(CodeField, "the licence ends on %q, which must be a day such as 2030-12-31", l.Ends)
	}
	return nil
}

func entries(m *events.BookMetadata) int {
	if m == nil {
		return 0
	}
	return len(m.Contributors) + len(m.Subjects) + len(m.Accessibility)
}

// unfit reports whether a text cannot be a name or key.
func unfit(text string) bool {
	return !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl)
}

// tidy brings metadata into the shape that [events.BookMetadata] promises. What
// does not fit is left out, with a warning: a wrong check digit is no reason to go
// without the book.
func tidy(m events.BookMetadata) (*events.BookMetadata, []string) {
	var warnings []string
	kept := func(what, was, is string) string {
		if is == "" && strings.TrimSpace(was) != "" {
			warnings = append(warnings, fmt.Sprintf("%s %q is none and was left out", what, short(was)))
		}
		return is
	}
	for _, text := range []*string{&m.Title, &m.Subtitle, &m.Publisher, &m.Series} {
		*text = line(*text)
	}
	m.Summary = prose(m.Summary)
	m.Published = kept("date of publication", m.Published, date(m.Published))
	m.Language = kept("language", m.Language, language(m.Language))
	number, _ := isbn.Normalise(m.ISBN)
	m.ISBN = kept("ISBN", m.ISBN, number)
	class, _ := clc.Parse(m.CLC)
	m.CLC = kept("class mark", m.CLC, class.Mark)
	m.Subjects, m.Accessibility = lines(m.Subjects), lines(m.Accessibility)
	m.Contributors = contributors(m.Contributors)
	return &m, warnings
}

// contributors are those with a name, each once in a role.
func contributors(all []events.Contributor) []events.Contributor {
	for i, c := range all {
		all[i] = events.Contributor{Name: line(c.Name), Role: cmp.Or(role(c.Role), "ctb")}
	}
	return once(all, func(c events.Contributor) bool { return c.Name != "" })
}

// lines are the texts that are not empty, each once.
func lines(all []string) []string {
	for i, text := range all {
		all[i] = line(text)
	}
	return once(all, func(text string) bool { return text != "" })
}

// once are the values that are wanted, each where it comes first.
func once[T comparable](all []T, wanted func(T) bool) []T {
	var kept []T
	seen := map[T]bool{}
	for _, v := range all {
		if wanted(v) && !seen[v] {
			kept, seen[v] = append(kept, v), true
		}
	}
	return kept
}

func short(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return text
}
