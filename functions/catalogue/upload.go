package catalogue

import (
	"context"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/records"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// upload catalogues a book's file, unless that would change nothing.
func (c *Catalogue) upload(ctx context.Context, d events.BookUploaded) (fn.Outcome, error) {
	if d.Book != bookID(d.Origin.Source, d.Origin.ID) {
		return nil, fault.Invalidf("book %s is not the one that %s calls %q", d.Book, d.Origin.Source, d.Origin.ID)
	}
	wish := change{op: records.Upsert, version: d.Origin.Version, upload: d.Upload, metadata: d.Metadata, licence: d.Licence}
	row, err := findRow(ctx, c.DB, d.Row, d.Book)
	if err != nil {
		return nil, err
	}
	if wish.metadata == nil {
		wish.metadata = row.change().metadata
	}
	k, err := findRecord(ctx, c.DB, d.Book, d.Origin.Source, d.Origin.ID)
	if err != nil {
		return nil, err
	}
	switch result, err := k.judge(wish); {
	case err != nil:
		return nil, err
	case result != catalogued: // nothing needs to be fetched to know that
		return c.noted(d, wish), nil
	}
	f, own, err := c.obtain(ctx, d, row.sha256)
	if err != nil {
		return nil, err
	}
	wish.sha256, wish.own = f.sha256, &own
	return c.catalogue(d, wish, f), nil
}

// noted is the outcome of an upload that changed nothing when it was looked at. In
// the meantime that is certain: versions only grow.
func (c *Catalogue) noted(d events.BookUploaded, wish change) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		k, err := lockRecord(ctx, tx, d.Book, d.Origin.Source, d.Origin.ID)
		if err != nil {
			return nil, err
		}
		result, err := k.judge(wish)
		if err != nil {
			return nil, err
		}
		woken, err := endRow(ctx, tx, d.Row, d.Book, end{result: result})
		if err != nil {
			return nil, err
		}
		return events.NewAll(woken...)
	}
}

// catalogue is the outcome of a file that was read.
func (c *Catalogue) catalogue(d events.BookUploaded, wish change, f file) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		k, err := lockRecord(ctx, tx, d.Book, d.Origin.Source, d.Origin.ID)
		if err != nil {
			return nil, err
		}
		result, err := k.judge(wish)
		if err != nil {
			return nil, err
		}
		told, err := settle(ctx, tx, k, wish, result, f, d.Row)
		if err != nil {
			return nil, err
		}
		woken, err := endRow(ctx, tx, d.Row, d.Book, end{result: result})
		if err != nil {
			return nil, err
		}
		return events.NewAll(append(told, woken...)...)
	}
}

// settle writes what an upload came to, and returns what is to be said of it. The
// record is locked.
func settle(ctx context.Context, tx pg.Tx, k known, wish change, result result, f file, row *events.BatchRow) ([]events.Data, error) {
	switch result {
	case unchanged:
		return nil, saveSeen(ctx, tx, k, wish)
	case catalogued:
	default:
		return nil, nil
	}
	next := k.apply(wish)
	next.edition = next.describe().ISBN
	if err := saveFile(ctx, tx, f); err != nil {
		return nil, err
	}
	return f.tell(next, row, true), saveRecord(ctx, tx, next)
}

// describe is the metadata of a book: what stands beside its file wins over what the
// file says.
func (k known) describe() events.BookMetadata {
	return fit(*over(k.beside, k.own))
}

// tell says what a book is, and asks for its text and the pictures of its cover where
// it shall. Of a book that is withdrawn nothing is said.
func (f file) tell(k known, row *events.BatchRow, ask bool) []events.Data {
	if k.withdrawn {
		return nil
	}
	all := []events.Data{events.BookCatalogued{Book: k.book, Upload: k.upload, Origin: events.Origin{Source: k.source, ID: k.sourceID, Version: k.content},
		Row: row, Format: f.format, File: f.object, SHA256: f.sha256, Metadata: k.describe(), Contents: f.contents, Text: f.text,
		Letters: f.letters, HasCover: f.hasCover, Licence: k.licence}}
	if ask && !f.textRead {
		all = append(all, events.BookTextRequested{Book: k.book, Upload: k.upload, Format: f.format, File: f.object, SHA256: f.sha256})
	}
	if ask && f.hasCover {
		all = append(all, events.BookCoverRequested{Book: k.book, Upload: k.upload, Format: f.format, File: f.object, SHA256: f.sha256})
	}
	return all
}
