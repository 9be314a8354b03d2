package catalogue

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/book"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// text reads the text of a book's file, or finds that it was read: books share it
// with their file. The book is said again with it as it is by then, unless it has
// another file or is withdrawn; then whoever changes that says it with its text.
func (c *Catalogue) text(ctx context.Context, d events.BookTextRequested) (fn.Outcome, error) {
	f, there, err := findFile(ctx, c.DB, d.SHA256)
	switch {
	case err != nil:
		return nil, err
	case !there:
		return nil, fault.Refusef(events.RefusedMissing, "no file with SHA-256 %s was catalogued", d.SHA256)
	}
	if !f.textRead {
		if err := c.readText(ctx, &f); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		k, err := lockRecord(ctx, tx, d.Book, "", "")
		if err != nil {
			return nil, err
		}
		if err := saveText(ctx, tx, f); err != nil || k.sha256 != f.sha256 || f.text == nil {
			return nil, err
		}
		return send(f.tell(k, nil, false)...)
	}, nil
}

// readText reads the text of a file and puts it into the store.
func (c *Catalogue) readText(ctx context.Context, f *file) error {
	dir, remove, err := c.scratch()
	if err != nil {
		return err
	}
	defer remove()
	path, texts := filepath.Join(dir, bookName), filepath.Join(dir, textName)
	if _, _, err := c.fetch(ctx, f.object, path); err != nil {
		return err
	}
	opened, err := c.openBook(ctx, path, "")
	if err != nil {
		return err
	}
	defer opened.Close()
	if f.letters, err = writeText(ctx, opened.Book, texts); err != nil {
		return err
	}
	return c.depositText(ctx, f, texts)
}

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
