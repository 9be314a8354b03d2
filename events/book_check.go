package events

import (
	"regexp"
)

const (
	// maxWords bounds the contributors, the subjects and other lists of words.
	maxWords = 200
	// maxPosition bounds the number of a book in its series.
	maxPosition = 1_000_000
	// maxCopies and maxLendingDays bound what a licence grants: a century.
	maxCopies      = 1_000_000
	maxLendingDays = 36_525
)

// What may be absent may be empty too.
var (
	sources = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)
	roles   = regexp.MustCompile(`^[a-z]{3}$`)
	hashes  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	isbns   = regexp.MustCompile(`^(97[89][0-9]{10})?$`)
	dates   = regexp.MustCompile(`^([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?$`)
	days    = regexp.MustCompile(`^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?$`)
	classes = regexp.MustCompile(`^([A-Z][A-Z0-9./+()"=:-]{0,62})?$`)
)

func (d BookUploaded) Validate() error {
	return first(id("book", d.Book), id("upload", d.Upload), in("origin", d.Origin.Validate()), in("object", d.Object.check()),
		text("name", d.Name, 1, 1024), maybe("row", d.Row, BatchRow.check),
		maybe("metadata", d.Metadata, BookMetadata.Validate), maybe("licence", d.Licence, Licence.Validate))
}

func (d BookCatalogued) Validate() error {
	return first(id("book", d.Book), id("upload", d.Upload), in("origin", d.Origin.Validate()), maybe("row", d.Row, BatchRow.check),
		oneOf("format", d.Format, BookFormats()...), in("file", d.File.check()), sha256("sha256", d.SHA256),
		in("metadata", d.Metadata.Validate()), in("contents", d.Contents.check()), maybe("text", d.Text, Object.check),
		atLeast("letters", int64(d.Letters), 0), maybe("licence", d.Licence, Licence.Validate))
}

func (d BookTextRequested) Validate() error {
	return first(id("book", d.Book), id("upload", d.Upload), oneOf("format", d.Format, BookFormats()...),
		in("file", d.File.check()), sha256("sha256", d.SHA256))
}

func (d BookCoverRequested) Validate() error {
	return first(id("book", d.Book), id("upload", d.Upload), oneOf("format", d.Format, BookFormats()...),
		in("file", d.File.check()), sha256("sha256", d.SHA256))
}

func (d BookCovered) Validate() error {
	return first(id("book", d.Book), id("upload", d.Upload), sha256("sha256", d.SHA256),
		in("cover", d.Cover.check()), in("thumbnail", d.Thumbnail.check()))
}

func (d BookWithdrawn) Validate() error {
	return first(id("book", d.Book), in("origin", d.Origin.Validate()), maybe("row", d.Row, BatchRow.check), text("reason", d.Reason, 1, 2048))
}

func (d BookRestored) Validate() error {
	return first(id("book", d.Book), in("origin", d.Origin.Validate()), maybe("row", d.Row, BatchRow.check), text("reason", d.Reason, 1, 2048))
}

func (d BookRefused) Validate() error {
	return first(id("book", d.Book), id("upload", d.Upload), maybe("row", d.Row, BatchRow.check),
		text("stage", d.Stage, 1, 63), code("code", d.Code), text("reason", d.Reason, 1, 2048))
}

// Validate returns an error that names the first field that is wrong.
func (o Origin) Validate() error {
	return first(source("source", o.Source), text("source_id", o.ID, 1, 255), atLeast("version", o.Version, 0))
}

// Validate returns an error that names the first field that is wrong.
func (l Licence) Validate() error {
	return first(between("copies", l.Copies, 0, maxCopies), between("lending_days", l.LendingDays, 0, maxLendingDays),
		matches("ends", l.Ends, days, "a day such as 2030-12-31"))
}

// Validate returns an error that names the first field that is wrong.
func (m BookMetadata) Validate() error {
	return first(text("title", m.Title, 1, 1024), text("subtitle", m.Subtitle, 0, 1024),
		count("contributors", len(m.Contributors), 0, maxWords), each("contributors", m.Contributors),
		text("publisher", m.Publisher, 0, 255), matches("published", m.Published, dates, "a date such as 2024, 2024-05 or 2024-05-17"),
		language("language", m.Language), isbn("isbn", m.ISBN),
		text("series", m.Series, 0, 255), position("position", m.Position), words("subjects", m.Subjects),
		matches("clc", m.CLC, classes, "a class such as TP312"), text("summary", m.Summary, 0, 16384),
		words("accessibility", m.Accessibility))
}

func (c Contributor) check() error {
	return first(text("name", c.Name, 1, 255), matches("role", c.Role, roles, "a code of three lower-case letters such as aut"))
}

// maybe checks what may be absent.
func maybe[T any](field string, v *T, check func(T) error) error {
	if v == nil {
		return nil
	}
	return in(field, check(*v))
}

func matches(field, v string, form *regexp.Regexp, want string) error {
	if form.MatchString(v) {
		return nil
	}
	return wrong(field, "is %q, want "+want, brief(v))
}

func source(field, v string) error {
	return matches(field, v, sources, "1 to 63 of a-z, 0-9, dot, _ and -")
}

func sha256(field, v string) error {
	return matches(field, v, hashes, "64 hexadecimal digits in lower case")
}

// words checks a list of names, such as the subjects.
func words(field string, list []string) error {
	err := count(field, len(list), 0, maxWords)
	for i := 0; err == nil && i < len(list); i++ {
		err = in(field, text(element(i), list[i], 1, 255))
	}
	return err
}

func position(field string, v float64) error {
	if 0 <= v && v <= maxPosition {
		return nil
	}
	return wrong(field, "is %g, want 0 to %d", v, maxPosition)
}

// isbn checks the last digit too: the digits, weighed 1, 3, 1, 3, …, make a
// multiple of ten (ISO 2108).
func isbn(field, v string) error {
	if err := matches(field, v, isbns, "13 digits that begin with 978 or 979"); err != nil {
		return err
	}
	sum := 0
	for i, digit := range v {
		sum += int(digit-'0') * (1 + 2*(i%2))
	}
	if sum%10 == 0 {
		return nil
	}
	return wrong(field, "is %q, which does not fit its last digit: the digits before want another", v)
}
