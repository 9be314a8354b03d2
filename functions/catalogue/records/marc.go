package records

import (
	"cmp"
	"slices"
	"strings"

	"xietong.dev/events"
)

// marc is a record of MARC 21 or CNMARC.
type marc struct {
	leader string
	fields []field
}

// field is a control field with a value, or a data field with subfields.
type field struct {
	tag        string
	indicators string
	value      string
	subs       []sub
}

type sub struct {
	code byte
	text string
}

// add takes a field as ISO 2709 writes it.
func (m *marc) add(tag, text string) {
	if strings.HasPrefix(tag, "00") {
		m.fields = append(m.fields, field{tag: tag, value: text})
		return
	}
	parts := strings.Split(text, string(rune(subfield)))
	f := field{tag: tag, indicators: parts[0]}
	for _, part := range parts[1:] {
		if part != "" {
			f.subs = append(f.subs, sub{part[0], strings.TrimSpace(part[1:])})
		}
	}
	m.fields = append(m.fields, f)
}

// control is the value of a control field.
func (m *marc) control(tag string) string {
	for _, f := range m.fields {
		if f.tag == tag {
			return f.value
		}
	}
	return ""
}

// all are the data fields with any of the tags, in the record's order.
func (m *marc) all(tags ...string) []field {
	var found []field
	for _, f := range m.fields {
		if slices.Contains(tags, f.tag) {
			found = append(found, f)
		}
	}
	return found
}

// first is the first subfield that is not empty, in the tags' order.
func (m *marc) first(code string, tags ...string) string {
	for _, tag := range tags {
		for _, f := range m.all(tag) {
			if text := f.get(code); text != "" {
				return text
			}
		}
	}
	return ""
}

// get is the first subfield with any of the codes that is not empty.
func (f field) get(codes string) string { return first(f.each(codes)) }

// each are the subfields with any of the codes that are not empty, in their order.
func (f field) each(codes string) []string {
	var texts []string
	for _, s := range f.subs {
		if strings.IndexByte(codes, s.code) >= 0 && s.text != "" {
			texts = append(texts, s.text)
		}
	}
	return texts
}

// indicator is an indicator from 1, and a space where there is none.
func (f field) indicator(n int) byte {
	if len(f.indicators) < n {
		return ' '
	}
	return f.indicators[n-1]
}

// isCNMARC tells the two formats apart: both have titles, in different fields.
func (m *marc) isCNMARC() bool { return len(m.all("200")) > 0 && len(m.all("245")) == 0 }

// row is what a record asks for. Its leader says n, c or d; MARC 21 has a and p for
// changes too.
func (m *marc) row() (Row, error) {
	var book *events.BookMetadata
	switch {
	case m.isCNMARC():
		book = m.cnmarc()
	default:
		book = m.marc21()
	}
	row := Row{SourceID: cmp.Or(strings.TrimSpace(m.control("001")), book.ISBN), Version: stamp(m.control("005")), Object: m.object(), Metadata: book}
	row.Op = opOf(row.Object)
	if m.leader[5] == 'd' {
		row.Op, row.Metadata, row.Object, row.Reason = Withdraw, nil, "", "deleted record (leader/05 d)"
		return row, nil
	}
	if book.Title == "" {
		bad := badf(CodeField, "the record has no title: neither field 245 nor 200 has $a")
		bad.SourceID = row.SourceID
		return Row{}, bad
	}
	return row, nil
}

// object is the name of a file in field 856. What lies elsewhere is not fetched, so
// an address is none.
func (m *marc) object() string {
	for _, f := range m.all("856") {
		for _, name := range f.each("uf") {
			if !strings.Contains(name, "://") {
				return name
			}
		}
	}
	return ""
}

// validISBN is the first number of some that is an ISBN, or else the first at all,
// for the warning.
func validISBN(numbers []string) string {
	for _, text := range numbers {
		text, _, _ = strings.Cut(text, " ")
		if number := leadingISBN(text); len(number) == 13 {
			return number
		}
	}
	return leadingISBN(first(numbers))
}

func (m *marc) isbns(tag string) []string {
	var numbers []string
	for _, f := range m.all(tag) {
		numbers = append(numbers, f.each("a")...)
	}
	return numbers
}
