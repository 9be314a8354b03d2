package catalogue

import (
	"encoding/json"
	"errors"
	"io"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/records"
	"xietong.dev/shared/ce"
)

// The states of a row.
const (
	rowWaiting = "waiting"
	rowSent    = "sent" // its book's own event is on the way
	rowEnded   = "ended"
)

// staged reads the rows of a list as the database takes them, one at a time.
type staged struct {
	reader        *records.Reader
	batch, source string
	row           []any
	err           error
}

// Next reads the next row.
func (s *staged) Next() bool {
	row, err := s.reader.Next()
	var bad *records.RowError
	switch {
	case errors.As(err, &bad):
		s.row, s.err = s.refuse(records.Row{Number: bad.Row, SourceID: bad.SourceID}, bad.Code, bad.Reason), nil
	case err != nil:
		if !errors.Is(err, io.EOF) {
			s.err = err
		}
		return false
	default:
		s.row, s.err = s.take(row)
	}
	return s.err == nil
}

// Values are the columns of the row.
func (s *staged) Values() ([]any, error) { return s.row, nil }

// Err is what ended the rows before their end.
func (s *staged) Err() error { return s.err }

// take is a row to be carried out. What it says of the book is cut to what the
// contract takes.
func (s *staged) take(row records.Row) ([]any, error) {
	origin := events.Origin{Source: s.source, ID: row.SourceID, Version: row.Version}
	if err := origin.Validate(); err != nil {
		return s.refuse(row, records.CodeField, err.Error()), nil
	}
	if row.Licence != nil {
		if err := row.Licence.Validate(); err != nil {
			return s.refuse(row, records.CodeField, "licence: "+err.Error()), nil
		}
	}
	if row.Metadata != nil {
		m := fit(*row.Metadata)
		row.Metadata = &m
	}
	metadata, licence, err := pack2(row.Metadata, row.Licence)
	if err != nil {
		return nil, err
	}
	content := ce.ID(row.Op, row.Object, row.SHA256, string(metadata), string(licence))
	return []any{s.batch, row.Number, bookID(s.source, row.SourceID), row.SourceID, row.Op, row.Version, cut(row.Object, maxTitle), row.SHA256,
		content, nullable(metadata), nullable(licence), cut(row.Reason, 2000), rowWaiting, "", "", ""}, nil
}

// refuse is a row that cannot be carried out.
func (s *staged) refuse(row records.Row, code, why string) []any {
	id, book := cut(row.SourceID, maxWord), ""
	if id != "" {
		book = bookID(s.source, id)
	}
	return []any{s.batch, row.Number, book, id, row.Op, row.Version, "", "", "", nil, nil, "", rowEnded, string(refused), code, cut(why, 2000)}
}

func nullable(text []byte) any {
	if text == nil {
		return nil
	}
	return json.RawMessage(text)
}
