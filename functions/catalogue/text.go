package catalogue

import (
	"bufio"
	"context"
	"os"
	"unicode/utf8"

	"xietong.dev/functions/catalogue/book"
	"xietong.dev/shared/booktext"
)

// writeText writes the text of a book to a file, checked and packed, and returns how
// many characters it has. Only one part is in memory.
func writeText(ctx context.Context, b *book.Book, path string) (letters int, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	buffered := bufio.NewWriter(f)
	w, err := booktext.NewWriter(buffered)
	if err != nil {
		return 0, err
	}
	err = b.Text(ctx, func(p booktext.Part) error {
		letters += utf8.RuneCountInString(p.Text)
		return w.Write(p)
	})
	if err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	if err := buffered.Flush(); err != nil {
		return 0, err
	}
	return letters, f.Close()
}
