package catalogue

import (
	"bytes"
	"context"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/cover"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// CodeNoCover says that a book was asked for a cover that it does not have.
const CodeNoCover = "no_cover"

// cover makes the pictures of a book's cover, or finds that they are made: books
// share them with their file.
func (c *Catalogue) cover(ctx context.Context, d events.BookCoverRequested) (fn.Outcome, error) {
	f, err := c.catalogued(ctx, d.SHA256)
	if err != nil {
		return nil, err
	}
	if f.cover == nil {
		if err := c.draw(ctx, &f); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		if err := saveCover(ctx, tx, f); err != nil {
			return nil, err
		}
		return events.NewAll(events.BookCovered{Book: d.Book, Upload: d.Upload, SHA256: d.SHA256, Cover: *f.cover, Thumbnail: *f.thumbnail})
	}, nil
}

// draw makes the pictures of a file's cover and puts them into the store.
func (c *Catalogue) draw(ctx context.Context, f *file) error {
	from, err := c.fetch(ctx, f.object)
	if err != nil {
		return err
	}
	defer from.Close()
	opened, err := c.Reader.Open(ctx, from, from.object.Size, "")
	if err != nil {
		return err
	}
	bytes, has := opened.Cover()
	if !has {
		return fault.Refusef(CodeNoCover, "the book has no cover")
	}
	large, small, err := cover.Make(ctx, bytes, c.Cover)
	if err != nil {
		return err
	}
	if f.cover, err = c.putPicture(ctx, f.sha256, "cover.jpg", large); err != nil {
		return err
	}
	f.thumbnail, err = c.putPicture(ctx, f.sha256, "thumbnail.jpg", small)
	return err
}

func (c *Catalogue) putPicture(ctx context.Context, sum, name string, p cover.Picture) (*events.Object, error) {
	o, err := c.put(ctx, sum, name, bytes.NewReader(p.JPEG), int64(len(p.JPEG)), "image/jpeg")
	return &o, err
}
