package records

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"
)

// The signs of ISO 2709. None of them is part of a character in UTF-8, GBK or Big5.
const (
	recordsEnd = 0x1d
	fieldsEnd  = 0x1e
	subfield   = 0x1f
)

const leaderBytes = 24

// exchange reads records in ISO 2709, one behind the other.
type exchange struct {
	records  pieces
	rest     []byte // a record that was found behind a broken one
	alphabet alphabet
	limits   Limits
}

func (r *Reader) openMARC(b *bufio.Reader) (rows, error) {
	e := &exchange{records: pieces{r: b, limit: int(r.limits.Row)}, limits: r.limits}
	head, _ := b.Peek(headBytes)
	e.alphabet.learn(head)
	return e, nil
}

// leads reports whether bytes begin a record: its length, and what ISO 2709 fixes.
func leads(b []byte) bool {
	return len(b) >= leaderBytes && decimal(b[:5]) > leaderBytes && string(b[10:12]) == "22" && decimal(b[12:17]) > leaderBytes
}

// decimal is a number of digits alone, and -1 for anything else.
func decimal(b []byte) int {
	for _, d := range b {
		if d < '0' || d > '9' {
			return -1
		}
	}
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return -1
	}
	return n
}

func (e *exchange) next() (Row, error) {
	data, long, err := e.record()
	switch {
	case err != nil:
		return Row{}, err
	case long:
		return Row{}, badf(CodeTooLarge, "the record has more than %d bytes, MAX_BATCH_ROW allows no more", e.records.limit)
	}
	m, bad := e.parse(data)
	if bad != nil {
		return Row{}, bad
	}
	return m.row()
}

// record returns the bytes up to the next end of a record, without what some systems
// put between records.
func (e *exchange) record() ([]byte, bool, error) {
	if e.rest != nil {
		data := e.rest
		e.rest = nil
		return data, false, nil
	}
	data, long, err := e.records.next(recordsEnd)
	if err != nil {
		return nil, false, err
	}
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), "\r\n \x00\x1a")
	if len(data) == 0 && !long {
		return nil, false, io.EOF // only what stands between
	}
	return data, long, nil
}

// parse checks a record against its leader and directory, and decodes it.
func (e *exchange) parse(data []byte) (*marc, *RowError) {
	if !leads(data) {
		return nil, badf(CodeRow, "no record begins here: ISO 2709 wants a leader of 24 characters")
	}
	if length := decimal(data[:5]); length != len(data) || data[len(data)-1] != recordsEnd {
		e.rest = within(data)
		return nil, badf(CodeRow, "the record has %d bytes, its leader says %d; it is cut off, or was recoded without its lengths", len(data), length)
	}
	base := decimal(data[12:17])
	if base > len(data)-1 || data[base-1] != fieldsEnd || (base-1-leaderBytes)%12 != 0 {
		return nil, badf(CodeRow, "the directory of the record does not end at %d, where its leader says", base)
	}
	directory := data[leaderBytes : base-1]
	if len(directory)/12 > e.limits.Fields {
		return nil, badf(CodeTooLarge, "the record has %d fields, MAX_BATCH_FIELDS allows %d", len(directory)/12, e.limits.Fields)
	}
	m := &marc{leader: string(data[:leaderBytes])}
	for ; len(directory) > 0; directory = directory[12:] {
		value, ok := slice(data[base:], decimal(directory[7:12]), decimal(directory[3:7]))
		if !ok {
			return nil, badf(CodeRow, "field %q lies outside the record", directory[:3])
		}
		text, ok := e.text(m.leader, value)
		if !ok {
			return nil, badf(CodeRow, "field %q is neither UTF-8 nor GB18030 (MARC-8 is not read); export the records as UTF-8", directory[:3])
		}
		m.add(string(directory[:3]), text)
	}
	return m, nil
}

// slice is the value of a field, without the sign at its end.
func slice(data []byte, at, length int) ([]byte, bool) {
	if at < 0 || length < 1 || at+length > len(data) || data[at+length-1] != fieldsEnd {
		return nil, false
	}
	return data[at : at+length-1], true
}

// text decodes a field. MARC 21 says in its leader that it is UTF-8; whoever says
// nothing writes MARC-8, or what the rest of the batch is in.
func (e *exchange) text(leader string, value []byte) (string, bool) {
	if leader[9] == 'a' && leader[20:24] == "4500" {
		return string(value), utf8.Valid(value)
	}
	return e.alphabet.text(value)
}

// within finds a whole record behind one that lost its end.
func within(data []byte) []byte {
	for i := leaderBytes; i+leaderBytes < len(data); i++ {
		if leads(data[i:]) && decimal(data[i:i+5]) == len(data)-i {
			return bytes.Clone(data[i:])
		}
	}
	return nil
}
