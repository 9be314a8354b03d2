// Package book reads one book's file.
//
//	in   the file, of any size, as nobody trusts it
//	out  its format, what it says about itself, how it is put together, its text
//	     part by part, and the bytes of its cover
//
// The formats are EPUB 2 and 3, PDF, TXT in any encoding that is used for Chinese,
// FB2, MOBI with AZW3, and CBZ. The content tells the format, never the name.
//
// Refused, with a code: books under DRM, by its name (drm_adept, drm_lcp,
// drm_kindle, …), encrypted ones, archives that are built to hurt, what is larger
// than the limits, what cannot be read, what is no book, and books with nothing to
// read. What is only odd or partly broken is read as far as it goes, and a warning
// says so. Fonts that are obfuscated are no DRM.
package book

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
)

// Reader reads books. It is safe for use by many; the books are not.
type Reader struct {
	Limits Limits
	PDF    *pages.Reader // nil refuses PDFs
}

// Book is one that was opened. What it reads later it reads from the same file.
type Book struct {
	Format   string // one of the formats of events
	Metadata events.BookMetadata
	Contents events.BookContents
	Warnings []string // what is wrong with it without keeping it from being read

	limits Limits
	// part returns the text of one of Contents.Reading; nil where a book has none.
	part  func(context.Context, events.BookPart) (string, error)
	texts func(context.Context, func(index int, text string) error) error // instead of part
	ready bool                                                            // the text was read already
	cover func() (io.Reader, error)                                       // nil where there is none
}

// Open tells the format of a file and reads what it says about itself. The name is
// what people called the file: a title, where the book has none of its own.
func (r *Reader) Open(ctx context.Context, file io.ReaderAt, size int64, name string) (*Book, error) {
	if err := r.Limits.checkSize(size); err != nil {
		return nil, err
	}
	format, err := detect(file, size)
	if err != nil {
		return nil, err
	}
	s := source{ctx, file, size, name}
	b := &Book{Format: format, limits: r.Limits}
	b.Contents.DocumentVersion = 1
	if err := r.read(b, s); err != nil {
		return nil, err
	}
	b.finish(name)
	return b, nil
}

// source is where a book is read from.
type source struct {
	ctx  context.Context
	file io.ReaderAt
	size int64
	name string
}

// all returns the whole file.
func (s source) all() ([]byte, error) {
	held := make([]byte, s.size)
	if n, err := s.file.ReadAt(held, 0); n < len(held) {
		return nil, fmt.Errorf("read the book: %w", err)
	}
	return held, nil
}

func (r *Reader) read(b *Book, s source) error {
	switch b.Format {
	case zipped:
		return b.openZip(s)
	case events.BookPDF:
		return b.openPDF(s, r.PDF)
	case events.BookFB2:
		held, err := b.whole(s)
		if err != nil {
			return err
		}
		return b.openFB2(held)
	case events.BookMOBI:
		return b.openMOBI(s)
	}
	return b.openTXT(s)
}

// whole reads a book that must fit into memory.
func (b *Book) whole(s source) ([]byte, error) {
	if err := b.limits.checkWhole(s.size); err != nil {
		return nil, err
	}
	return s.all()
}

// TextIsRead reports whether reading the text takes no time any more: it was read to
// tell the parts, or there is none.
func (b *Book) TextIsRead() bool { return b.ready || b.texts == nil && b.part == nil }

// Text hands over the text of each part that has some, in the order of reading,
// and counts its letters in Contents. A part that is damaged is left out, with a
// warning. An error of yield ends it and is returned.
func (b *Book) Text(ctx context.Context, yield func(booktext.Part) error) error {
	total, failed := 0, error(nil)
	give := func(i int, text string) error {
		part := &b.Contents.Reading[i]
		part.Letters = utf8.RuneCountInString(text)
		if total += part.Letters; total > b.limits.Letters {
			return fault.Refusef(CodeTooLarge, "the text has more than %d letters, which is what MAX_BOOK_LETTERS allows", b.limits.Letters)
		}
		if text == "" {
			return nil
		}
		return yield(booktext.Part{Href: part.Href, Text: text})
	}
	if b.texts != nil {
		return b.texts(ctx, give)
	}
	if b.part == nil {
		return nil
	}
	for i, part := range b.Contents.Reading {
		if err := ctx.Err(); err != nil {
			return err
		}
		text, err := b.part(ctx, part)
		switch {
		case err == nil:
			err = give(i, text)
		case harmless(err):
			b.warn("%s: %s", part.Href, err)
			failed, err = err, nil
		}
		if err != nil {
			return err
		}
	}
	if total == 0 {
		return failed // all that there was could not be read
	}
	return nil
}

// Cover returns the bytes of the cover, as they are in the book, and whether it
// has one. They are a picture only if the book says the truth. Reading ends with a
// refusal where there are more than the limit.
func (b *Book) Cover() (io.Reader, bool) {
	if b.cover == nil {
		return nil, false
	}
	r, err := b.cover()
	if err != nil {
		return failing{err}, true
	}
	return &bounded{r, int64(b.limits.Cover)}, true
}

// held is a cover that is in memory.
func held(picture []byte) func() (io.Reader, error) {
	return func() (io.Reader, error) { return bytes.NewReader(picture), nil }
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// bounded ends what is longer than it may be.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fault.Refusef(CodeTooLarge, "the cover has more bytes than MAX_BOOK_COVER allows")
	}
	return n, err
}
