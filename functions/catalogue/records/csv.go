package records

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"io"
	"strings"

	"xietong.dev/shared/archive"
)

// table reads a CSV: a line of column names, and a book a row. Commas, semicolons
// and tabs part columns; the one is taken that makes most sense of the first line.
type table struct {
	lines    pieces
	again    []csvLine // to be read once more: a row was not what it seemed
	alphabet alphabet
	comma    rune
	columns  []string // what each column is, "" for nothing we know
	limits   Limits
}

// csvLine is a line, or the beginning of a long one.
type csvLine struct {
	text []byte
	long bool
}

func (r *Reader) openCSV(b *bufio.Reader) (rows, error) {
	t := &table{lines: pieces{r: b, limit: int(r.limits.Row)}, limits: r.limits}
	head, _ := b.Peek(headBytes)
	t.alphabet.learn(head)
	first, bad, err := t.row()
	if err != nil && err != io.EOF {
		return nil, err
	}
	first = bytes.TrimPrefix(first, []byte("\ufeff"))
	names, ok := t.alphabet.text(first)
	if err == io.EOF || bad != nil || !ok {
		return nil, r.unsupported()
	}
	var ignored []string
	t.comma, t.columns, ignored = columnsOf(names)
	if !usable(t.columns) {
		return nil, r.unsupported()
	}
	if len(t.columns) > r.limits.Fields {
		return nil, refusef(archive.CodeTooLarge, "batch %q has %d columns, MAX_BATCH_FIELDS allows %d", r.name, len(t.columns), r.limits.Fields)
	}
	r.header.Form, r.header.Ignored = FormCSV, ignored
	return t, nil
}

func (t *table) next() (Row, error) {
	text, bad, err := t.row()
	switch {
	case err != nil:
		return Row{}, err
	case bad != nil:
		return Row{}, bad
	}
	whole, ok := t.alphabet.text(text)
	if !ok {
		return Row{}, badf(CodeRow, "the row is not in the encoding of the others; save the table as UTF-8")
	}
	values, err := split(whole, t.comma)
	switch {
	case err != nil:
		return Row{}, badf(CodeRow, "the row is no CSV: %v", err)
	case len(values) != len(t.columns):
		return Row{}, badf(CodeRow, "the row has %d fields where there are %d columns", len(values), len(t.columns))
	}
	return rowOf(t.columns, values)
}

// row returns the bytes of the next row that is not blank. It ends with the first
// line that leaves no quote open. Where none does, or where the quotes make no sense,
// only the first line is bad, and reading goes on with the line behind it: one stray
// quote must not swallow the books after it.
func (t *table) row() ([]byte, *RowError, error) {
	first, err := t.line()
	for err == nil && len(bytes.TrimSpace(first.text)) == 0 && !first.long {
		first, err = t.line()
	}
	if err != nil {
		return nil, nil, err
	}
	if first.long {
		return nil, t.tooLong(), nil
	}
	whole, taken, closed, err := t.quoted(first.text)
	switch {
	case err != nil:
		return nil, nil, err
	case closed && (len(taken) == 0 || t.sound(whole)):
		return whole, nil, nil
	}
	t.again = append(taken, t.again...)
	return nil, badf(CodeRow, "the row has a quote too many or too few"), nil
}

// quoted adds lines to a first one until no quote is open, or the row is too large or
// at its end.
func (t *table) quoted(first []byte) (whole []byte, taken []csvLine, closed bool, err error) {
	whole, closed = first, !open(first)
	for !closed && len(whole) <= t.lines.limit {
		l, err := t.line()
		if err == io.EOF {
			return whole, taken, false, nil
		}
		if err != nil {
			return nil, nil, false, err
		}
		taken, whole = append(taken, l), append(whole, l.text...)
		if l.long {
			return whole, taken, false, nil
		}
		closed = open(l.text)
	}
	return whole, taken, closed && len(whole) <= t.lines.limit, nil
}

// open reports whether a text ends within quotes.
func open(text []byte) bool { return bytes.Count(text, []byte(`"`))%2 != 0 }

// sound reports whether a row of several lines is CSV.
func (t *table) sound(whole []byte) bool {
	if t.comma == 0 { // the names of columns, for which all separators will be tried
		return true
	}
	_, err := split(string(whole), t.comma)
	return err == nil
}

func (t *table) tooLong() *RowError {
	return badf(CodeTooLarge, "the line has more than %d bytes, MAX_BATCH_ROW allows no more", t.lines.limit)
}

func (t *table) line() (csvLine, error) {
	if len(t.again) > 0 {
		l := t.again[0]
		t.again = t.again[1:]
		return l, nil
	}
	text, long, err := t.lines.next('\n')
	if err != nil {
		return csvLine{}, err
	}
	return csvLine{bytes.Clone(text), long}, nil
}

// split parts one row.
func split(text string, comma rune) ([]string, error) {
	c := csv.NewReader(strings.NewReader(text))
	c.Comma, c.FieldsPerRecord = comma, -1
	return c.Read()
}
