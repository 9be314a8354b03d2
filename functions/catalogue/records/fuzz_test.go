package records

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"unicode/utf8"

	"xietong.dev/functions/catalogue/isbn"
	"xietong.dev/shared/clc"
	"xietong.dev/shared/fault"
)

// Whatever bytes come as ISO 2709: the reader ends, each byte belongs to one record at
// most, rows are what they promise to be, and all else is said to be bad.
func FuzzISO2709(f *testing.F) {
	for _, name := range []string{"marc21", "cnmarc_gbk", "cnmarc_utf8"} {
		c := caseOf(f, name)
		f.Add(batch(f, c.Name, string(c.Data)))
	}
	f.Add([]byte(utf8Record(mrk21, "a", "x") + utf8Record(mrk21, "b", "y")[:40] + utf8Record(mrkCN, "c", "z")))
	f.Fuzz(func(t *testing.T, content []byte) { ends(t, content) })
}

// The same for all other forms, which are told by their content.
func FuzzAnyForm(f *testing.F) {
	for _, name := range []string{"batch", "csv_chinese", "csv_english", "opf", "opf3", "onix_reference", "onix_short", "marcxml"} {
		c := caseOf(f, name)
		f.Add(batch(f, c.Name, string(c.Data)))
	}
	f.Fuzz(func(t *testing.T, content []byte) { ends(t, content) })
}

func ends(t *testing.T, content []byte) {
	limits := defaultsWithVersion(t)
	limits.Row, limits.Fields = 64<<10, 1000
	r, err := Open(context.Background(), bytes.NewReader(content), "in", limits)
	for rows := 0; err == nil; rows++ {
		var row Row
		var bad *RowError
		row, err = r.Next()
		switch {
		case err == nil:
			promised(t, row)
		case errors.As(err, &bad):
			err = nil
		}
		if rows > len(content)+1 {
			t.Fatal("more rows than bytes")
		}
	}
	if err != io.EOF && !fault.IsInvalid(err) {
		t.Errorf("not refused: %v", err)
	}
}

func promised(t *testing.T, row Row) {
	if row.SourceID == "" || row.Version <= 0 || row.Number <= 0 {
		t.Errorf("%+v", row)
	}
	m := row.Metadata
	if m == nil {
		return
	}
	number, _ := isbn.Normalise(m.ISBN)
	class, _ := clc.Parse(m.CLC)
	if number != m.ISBN || class.Mark != m.CLC || date(m.Published) != m.Published || language(m.Language) != m.Language {
		t.Errorf("not tidy: %+v", m)
	}
	for _, text := range []string{m.Title, m.Subtitle, m.Publisher, m.Series, m.Summary} {
		if !utf8.ValidString(text) {
			t.Errorf("no text: %q", text)
		}
	}
}
