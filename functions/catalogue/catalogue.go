// Package catalogue turns the files of books into metadata, contents, text and
// covers, and carries out the lists by which sources add, change, withdraw and
// restore books.
//
//	in   dev.xietong.book.uploaded.v1              a book's file is read
//	     dev.xietong.book.text.requested.v1        our own: its text
//	     dev.xietong.book.cover.requested.v1       our own: the pictures of its cover
//	     dev.xietong.book.batch.uploaded.v1        a list is planned
//	     dev.xietong.book.batch.approved.v1        a list that waits for it begins
//	     dev.xietong.book.batch.rows.requested.v1  our own: some rows are carried out
//	out  dev.xietong.book.catalogued.v1, book.covered, book.withdrawn, book.restored
//	     dev.xietong.book.refused.v1               a code, and what to do
//	     dev.xietong.book.batch.planned.v1         what a list would change
//	     dev.xietong.book.batch.refused.v1         a list that was given up: a code, and what to do
//	     dev.xietong.book.batch.completed.v1       what became of each row
//
// A book is what one source calls by one id. A version that is not higher than the
// one that is there changes nothing; see rules.go. What a book is, its content says;
// package book refuses what is no book, is under DRM, damaged, built to hurt or over
// a limit. A file is read once, whoever sends it, and what is made of it lies under
// its own SHA-256. A book is catalogued before its text is read, where that takes its
// time, and once more with it; a text or a cover that fails holds up no book. Absence
// from a list never withdraws a book.
package catalogue

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/book"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Word names the function everywhere.
const Word = "catalogue"

// Catalogue is the function.
type Catalogue struct {
	Config
	DB      *pg.DB
	Objects blob.Store
	Reader  *book.Reader
}

// Handle does what an event asks for.
func (c *Catalogue) Handle(ctx context.Context, e events.Event) (fn.Outcome, error) {
	switch e.Type() {
	case events.BookUploaded{}.EventType():
		return fn.Take(ctx, e, events.Decode, c.upload)
	case events.BookTextRequested{}.EventType():
		return fn.Take(ctx, e, events.Decode, c.text)
	case events.BookCoverRequested{}.EventType():
		return fn.Take(ctx, e, events.Decode, c.cover)
	case events.BatchUploaded{}.EventType():
		return fn.Take(ctx, e, events.Decode, c.plan)
	case events.BatchApproved{}.EventType():
		return fn.Take(ctx, e, events.Decode, c.approve)
	case events.BatchRowsRequested{}.EventType():
		return fn.Take(ctx, e, events.Decode, c.carryOut)
	}
	return nil, fault.Invalidf("catalogue does not know events of type %q", e.Type())
}

// Refuse tells those who wait why an event was given up, and ends the rows that
// depend on it.
func (c *Catalogue) Refuse(_ context.Context, e events.Event, reason error) (fn.Outcome, error) {
	why := refusal{cmp.Or(fault.Code(reason), events.RefusedFailed), events.Brief(reason.Error(), 2000)}
	switch e.Type() {
	case events.BookUploaded{}.EventType():
		return refuseUpload(e, why), nil
	case events.BatchUploaded{}.EventType():
		return refuseBatch(e, why), nil
	case events.BatchRowsRequested{}.EventType():
		return refuseRows(e, why), nil
	}
	return nil, nil // a book without a text or a cover is a book all the same
}

// refusal is why something was given up.
type refusal struct{ code, reason string }

// refuseUpload ends a book's file, and the row that named it.
func refuseUpload(e events.Event, why refusal) fn.Outcome {
	// The rest of the data may be what was wrong with it.
	var d struct {
		Book, Upload string
		Row          *events.BatchRow
	}
	if e.DataAs(&d) != nil || !events.IsID(d.Book) || !events.IsID(d.Upload) {
		return nil
	}
	told := events.BookRefused{Book: d.Book, Upload: d.Upload, Row: d.Row, Stage: Word, Code: why.code, Reason: why.reason}
	if told.Validate() != nil {
		told.Row = nil
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		woken, err := endRow(ctx, tx, told.Row, d.Book, end{result: refused, refusal: why})
		if err != nil {
			return nil, err
		}
		return events.NewAll(append([]events.Data{told}, woken...)...)
	}
}

// missing turns the store's answer for an object that is gone into a refusal.
func missing(o events.Object, err error) error {
	if errors.Is(err, blob.ErrNotFound) {
		return fault.Refusef(events.RefusedMissing, "there is no object %s/%s; upload it, and send the event again", o.Bucket, o.Key)
	}
	if err != nil {
		return fmt.Errorf("read object %s/%s: %w", o.Bucket, o.Key, err)
	}
	return nil
}
