package catalogue

import (
	"bufio"
	"context"
	"io"
	"os"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/book"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// text reads the text of a book's file, or finds that it was read: books share it
// with their file. The book is said again with it as it is by then, unless it has
// another file or is withdrawn; then whoever changes that says it with its text.
func (c *Catalogue) text(ctx context.Context, d events.BookTextRequested) (fn.Outcome, error) {
	f, err := c.catalogued(ctx, d.SHA256)
	if err != nil {
		return nil, err
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
		return events.NewAll(f.tell(k, nil, false)...)
	}, nil
}

// readText reads the text of a file and puts it into the store.
func (c *Catalogue) readText(ctx context.Context, f *file) error {
	from, err := c.fetch(ctx, f.object)
	if err != nil {
		return err
	}
	defer from.Close()
	opened, err := c.Reader.Open(ctx, from, from.object.Size, "")
	if err != nil {
		return err
	}
	packed, letters, err := c.packText(ctx, opened)
	if err != nil {
		return err
	}
	defer packed.Close()
	f.letters = letters
	return c.depositText(ctx, f, packed)
}

// packText writes the text of a book to a file, checked and packed, and returns how many
// characters it has. Only one part is in memory.
func (c *Catalogue) packText(ctx context.Context, b *book.Book) (packed *os.File, letters int, err error) {
	if packed, err = c.scratchFile(); err != nil {
		return nil, 0, err
	}
	buffered := bufio.NewWriter(packed)
	if letters, err = writeText(ctx, b, buffered); err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		packed.Close()
		return nil, 0, err
	}
	return packed, letters, nil
}

func writeText(ctx context.Context, b *book.Book, to io.Writer) (letters int, err error) {
	w, err := booktext.NewWriter(to)
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
	return letters, w.Close()
}
