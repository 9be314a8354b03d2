package catalogue

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/book"
	"xietong.dev/shared/fault"
)

// textWriter writes a [events.BookText] part by part: only one part is in memory.
type textWriter struct {
	out     io.Writer
	parts   int
	letters int
}

// writeText writes the text of a book to a file, checked and packed, and returns how
// many characters it has.
func writeText(ctx context.Context, b *book.Book, path string) (letters int, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	buffered := bufio.NewWriter(f)
	packed := gzip.NewWriter(buffered)
	w := &textWriter{out: packed}
	if err := w.write(ctx, b); err != nil {
		return 0, err
	}
	if err := packed.Close(); err != nil {
		return 0, err
	}
	if err := buffered.Flush(); err != nil {
		return 0, err
	}
	return w.letters, f.Close()
}

func (w *textWriter) write(ctx context.Context, b *book.Book) error {
	if _, err := io.WriteString(w.out, `{"document_version":1,"parts":[`); err != nil {
		return err
	}
	if err := b.Text(ctx, w.part); err != nil {
		return err
	}
	_, err := io.WriteString(w.out, "]}")
	return err
}

func (w *textWriter) part(p events.PartText) error {
	if err := (events.BookText{DocumentVersion: events.DocumentVersion, Parts: []events.PartText{p}}).Validate(); err != nil {
		return fault.Refusef(book.CodeUnreadable, "the text of part %q: %w", p.Href, err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if w.parts > 0 {
		text = append([]byte{','}, text...)
	}
	w.parts++
	w.letters += utf8.RuneCountInString(p.Text)
	_, err = w.out.Write(text)
	return err
}
