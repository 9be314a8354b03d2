// Package library is where people find books and read them.
//
//	in   dev.xietong.book.catalogued.v1, book.covered, book.withdrawn, book.restored
//	     HTTP under /library, for an account of a unit that the upstream
//	     app's headers name: lists, search, the pages to find and to read books, loans
//	     GET of a book's parts under /library/content, and of the feeds of a reader's
//	     apps under /library/opds, for whoever shows a token in the address
//	out  rows of its own, which HTTP reads; a Readium manifest with its parts; OPDS
//
// Events come twice, late and out of order. Of what a book is, and of whether it is
// withdrawn, the highest version counts (store_book.go), and of one version what has the
// text, so every order leads to the same shelf. A book is listed before its text is
// read. A withdrawn book is out of every list, search and reader at once; what readers
// wrote stays. Refused is to read what is lent to nobody who asks, and to lend more
// copies than there are.
package library

import (
	"context"
	"reflect"

	"xietong.dev/events"
	"xietong.dev/functions/library/reading"
	"xietong.dev/functions/library/text"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Word names the function everywhere.
const Word = "library"

// Library is the function.
type Library struct {
	Config
	*Readers
	*Shelf
	Server *reading.Server
	Store  blob.Store
	counts keptCounts
}

// Function is the library as its runtime sees it.
func (l *Library) Function() *fn.Function {
	return &fn.Function{Word: Word, DB: l.Shelf.DB, Handle: l.Handle, HTTP: l.HTTP}
}

// Handle takes one event's news into the rows of its book.
func (l *Library) Handle(ctx context.Context, e fn.Event) (fn.Outcome, error) {
	switch e.Type() {
	case events.BookCatalogued{}.EventType():
		return fn.Take(ctx, e, events.Decode, l.catalogued)
	case events.BookCovered{}.EventType():
		return fn.Take(ctx, e, events.Decode, l.covered)
	case events.BookWithdrawn{}.EventType():
		return fn.Take(ctx, e, events.Decode, l.withdrawn)
	case events.BookRestored{}.EventType():
		return fn.Take(ctx, e, events.Decode, l.restored)
	}
	return nil, fault.Invalidf("event type %q is not one that library takes", e.Type())
}

// catalogued puts a book on the shelf, or what is new of it.
func (l *Library) catalogued(ctx context.Context, d events.BookCatalogued) (fn.Outcome, error) {
	keys, err := l.keys(ctx, d)
	if err != nil {
		return nil, err
	}
	return tell(func(ctx context.Context, tx pg.Tx) error {
		b, err := lockBook(ctx, tx, d.Book)
		if err != nil || b.outdoes(d) {
			return err
		}
		b.content, b.catalogued = d.Origin.Version, &d
		if err := saveBook(ctx, tx, b); err != nil {
			return err
		}
		return l.shelve(ctx, tx, b, keys)
	}), nil
}

// shelve writes a book as it is listed, searched and lent.
func (l *Library) shelve(ctx context.Context, tx pg.Tx, b book, keys text.Keys) error {
	d := b.catalogued
	e := Edition{Book: d.Book, Metadata: d.Metadata, Format: d.Format, Letters: d.Letters, File: d.File, Contents: d.Contents, Text: d.Text,
		Licence: d.Licence, AddedAt: l.Now().UTC(), Withdrawn: b.withdrawn}
	if err := PutEdition(ctx, tx, e); err != nil {
		return err
	}
	if err := showCover(ctx, tx, d.Book, d.SHA256); err != nil {
		return err
	}
	if err := WriteLicence(ctx, tx, d.Book, d.Licence); err != nil {
		return err
	}
	if d.Text == nil {
		return Remove(ctx, tx, d.Book)
	}
	return Index(ctx, tx, d.Book, keys) // leaves out what is withdrawn
}

// keys are what a book's text is found by. They are worked out before the
// transaction, for that takes a while.
func (l *Library) keys(ctx context.Context, d events.BookCatalogued) (text.Keys, error) {
	if d.Text == nil {
		return text.Keys{}, nil
	}
	var whole []booktext.Part
	err := l.Texts.Read(ctx, *d.Text, func(p booktext.Part) bool {
		whole = append(whole, p)
		return true
	})
	if err != nil {
		return text.Keys{}, err
	}
	return text.Index(whole), nil
}

// covered shows a book's cover, now or once the book is there.
func (l *Library) covered(_ context.Context, d events.BookCovered) (fn.Outcome, error) {
	return tell(func(ctx context.Context, tx pg.Tx) error {
		b, err := lockBook(ctx, tx, d.Book)
		if err != nil {
			return err
		}
		if err := saveCover(ctx, tx, d); err != nil || b.catalogued == nil {
			return err
		}
		return showCover(ctx, tx, d.Book, b.catalogued.SHA256)
	}), nil
}

// withdrawn takes a book away from everybody.
func (l *Library) withdrawn(_ context.Context, d events.BookWithdrawn) (fn.Outcome, error) {
	return tell(func(ctx context.Context, tx pg.Tx) error {
		b, err := lockBook(ctx, tx, d.Book)
		if err != nil || d.Origin.Version <= b.state {
			return err
		}
		b.state, b.withdrawn = d.Origin.Version, true
		if err := saveBook(ctx, tx, b); err != nil {
			return err
		}
		if err := Withdraw(ctx, tx, d.Book); err != nil {
			return err
		}
		return EndLoans(ctx, tx, d.Book, l.Now())
	}), nil
}

// restored puts a book back as it is known by now.
func (l *Library) restored(ctx context.Context, d events.BookRestored) (fn.Outcome, error) {
	known, err := findBook(ctx, l.Shelf.DB, d.Book)
	if err != nil {
		return nil, err
	}
	var keys text.Keys
	if known.catalogued != nil {
		if keys, err = l.keys(ctx, *known.catalogued); err != nil {
			return nil, err
		}
	}
	return tell(func(ctx context.Context, tx pg.Tx) error {
		b, err := lockBook(ctx, tx, d.Book)
		if err != nil || d.Origin.Version <= b.state {
			return err
		}
		if !reflect.DeepEqual(b.catalogued, known.catalogued) {
			return fault.Busy(again, errChanged)
		}
		b.state, b.withdrawn = d.Origin.Version, false
		if err := saveBook(ctx, tx, b); err != nil {
			return err
		}
		if err := Restore(ctx, tx, d.Book); err != nil || b.catalogued == nil {
			return err
		}
		return l.shelve(ctx, tx, b, keys)
	}), nil
}

func tell(write func(context.Context, pg.Tx) error) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) { return nil, write(ctx, tx) }
}
