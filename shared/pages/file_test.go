package pages

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages/pdftest"
)

// A PDF says the same whether it is held in memory or read as it is looked at.
func TestWithFileSaysTheSame(t *testing.T) {
	for name, pdf := range made {
		var held, read []string
		gather := func(into *[]string) func(*Document) error {
			return func(d *Document) error {
				for page := range d.Count() {
					text, err := d.Text(page + 1)
					if err != nil {
						return err
					}
					*into = append(*into, text)
				}
				return nil
			}
		}
		if err := reader.With(t.Context(), pdf, "", gather(&held)); err != nil {
			t.Fatal(err)
		}
		if err := reader.WithFile(t.Context(), bytes.NewReader(pdf), int64(len(pdf)), "", gather(&read)); err != nil {
			t.Fatal(err)
		}
		if len(held) == 0 || len(held) != len(read) {
			t.Fatalf("%s: %d pages and %d", name, len(held), len(read))
		}
		for i := range held {
			if held[i] != read[i] {
				t.Errorf("%s, page %d: %q and %q", name, i+1, held[i], read[i])
			}
		}
	}
}

// broken is a file that cannot be read from some byte on.
type broken struct {
	io.ReaderAt
	from int64
}

func (b broken) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > b.from {
		return 0, io.ErrUnexpectedEOF
	}
	return b.ReaderAt.ReadAt(p, at)
}

func TestWithFileRefuses(t *testing.T) {
	pdf := made["report.html"]
	none := func(*Document) error { return nil }
	if err := reader.WithFile(t.Context(), broken{bytes.NewReader(pdf), 100}, int64(len(pdf)), "", none); !errors.Is(err, io.ErrUnexpectedEOF) || fault.IsInvalid(err) {
		t.Errorf("a file that cannot be read: %v, want an error that is tried again", err)
	}
	if err := reader.WithFile(t.Context(), bytes.NewReader(pdf), 256<<20+1, "", none); fault.Code(err) != CodeTooLarge {
		t.Errorf("one byte too many: %v", err)
	}
	small := pdftest.Page("", "")
	if err := reader.WithFile(t.Context(), bytes.NewReader(small), int64(len(small))-30, "", none); err != nil && fault.Code(err) != CodeUnreadable {
		t.Errorf("cut off: %v", err)
	}
}
