package catalogue

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/book"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/fault"
)

// file is what was read of a book's file.
type file struct {
	sha256, format   string
	object, contents events.Object
	textRead         bool           // or is to be asked for
	text             *events.Object // nil where there is none
	letters          int
	hasCover         bool
	cover, thumbnail *events.Object // once they are made
}

// mediaTypes are those of the formats.
var mediaTypes = map[string]string{
	events.BookEPUB: "application/epub+zip", events.BookPDF: "application/pdf", events.BookTXT: "text/plain",
	events.BookFB2: "application/x-fictionbook+xml", events.BookMOBI: "application/x-mobipocket-ebook", events.BookCBZ: "application/vnd.comicbook+zip",
}

// obtain fetches a book and reads it, or finds that its file was read before. What
// the file says of itself comes with it: a file without a title goes by its name.
func (c *Catalogue) obtain(ctx context.Context, d events.BookUploaded, expected string) (f file, own events.BookMetadata, err error) {
	from, err := c.fetch(ctx, d.Object)
	if err != nil {
		return f, own, err
	}
	defer from.Close()
	if expected != "" && from.sum != expected {
		return f, own, fault.Refusef(CodeSum, "object %s/%s has SHA-256 %s, its row says %s; send the right file", d.Object.Bucket, d.Object.Key, from.sum, expected)
	}
	opened, err := c.Reader.Open(ctx, from, from.object.Size, d.Name)
	if err != nil {
		return f, own, err
	}
	f, there, err := findFile(ctx, c.DB, from.sum)
	if err == nil && !there {
		err = c.read(ctx, opened, &f, from)
	}
	return f, fit(opened.Metadata), err
}

// catalogued returns a file that was read before: its text and its cover are asked for
// once it was.
func (c *Catalogue) catalogued(ctx context.Context, sum string) (file, error) {
	f, there, err := findFile(ctx, c.DB, sum)
	if err == nil && !there {
		err = fault.Refusef(events.RefusedMissing, "no file with SHA-256 %s was catalogued; upload the book again", sum)
	}
	return f, err
}

// open begins to read an object, unless it was replaced since the event, and returns
// which of its versions that is.
func (c *Catalogue) open(ctx context.Context, o events.Object) (io.ReadCloser, events.Object, error) {
	body, info, err := c.Objects.Get(ctx, o.Bucket, o.Key, o.Version)
	if err != nil {
		return nil, o, missing(o, err)
	}
	if o.ETag != "" && info.ETag != o.ETag {
		body.Close()
		return nil, o, fault.Refusef(events.RefusedMissing, "object %s/%s was replaced by another; its own event asks for that", o.Bucket, o.Key)
	}
	o.ETag, o.Version, o.Size = info.ETag, info.Version, info.Size
	return body, o, nil
}

// read reads a book and puts what it is made of under the sum of its file. All of it
// was checked before any of it is there. A text that is not at hand is left for later.
func (c *Catalogue) read(ctx context.Context, opened *book.Book, f *file, from fetched) error {
	f.format = opened.Format
	_, f.hasCover = opened.Cover()
	var packed *os.File
	if f.textRead = opened.TextIsRead(); f.textRead {
		var err error
		if packed, f.letters, err = c.packText(ctx, opened); err != nil {
			return err
		}
		defer packed.Close()
	}
	if err := opened.Contents.Validate(); err != nil {
		return fault.Refusef(book.CodeUnreadable, "the contents of the book: %w", err)
	}
	contents, err := json.Marshal(opened.Contents)
	if err != nil {
		return err
	}
	return c.deposit(ctx, from, f, contents, packed)
}

// deposit puts a book and what was read of it into the store. The text comes last
// but for the row that points to all of it.
func (c *Catalogue) deposit(ctx context.Context, from fetched, f *file, contents []byte, packed *os.File) (err error) {
	if f.object, err = c.depositFile(ctx, from, f.format); err != nil {
		return err
	}
	if f.contents, err = c.put(ctx, f.sha256, "contents.json", bytes.NewReader(contents), int64(len(contents)), "application/json"); err != nil {
		return err
	}
	return c.depositText(ctx, f, packed)
}

// depositFile has the store copy the object that was read. Where that became another,
// or the store does not hash what it copies, it is sent what was read.
func (c *Catalogue) depositFile(ctx context.Context, from fetched, format string) (events.Object, error) {
	at, name := from.object, "file."+format
	o := events.Object{Bucket: c.Artifacts, Key: keyOf(from.sum, name), Size: at.Size}
	info, err := c.Objects.Copy(ctx, o.Bucket, o.Key, blob.Source{Bucket: at.Bucket, Key: at.Key, Version: at.Version, ETag: at.ETag, SHA256: from.sum},
		blob.Put{ContentType: mediaTypes[format], Size: at.Size})
	switch {
	case errors.Is(err, blob.ErrOther), errors.Is(err, blob.ErrVague), errors.Is(err, blob.ErrNotFound):
		return c.put(ctx, from.sum, name, io.NewSectionReader(from, 0, at.Size), at.Size, mediaTypes[format])
	case err != nil:
		return o, err
	}
	o.ETag, o.Version = info.ETag, info.Version
	return o, nil
}

// depositText puts the packed text of a book into the store, where it has one.
func (c *Catalogue) depositText(ctx context.Context, f *file, packed *os.File) error {
	if f.letters == 0 {
		return nil
	}
	size, err := packed.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	text, err := c.put(ctx, f.sha256, "text.zst", io.NewSectionReader(packed, 0, size), size, booktext.MediaType)
	f.text = &text
	return err
}

// put writes what is made of the file with a sum. Whoever makes it again makes the
// same.
func (c *Catalogue) put(ctx context.Context, sum, name string, body io.Reader, size int64, contentType string) (events.Object, error) {
	return c.putAt(ctx, keyOf(sum, name), body, size, contentType)
}

// keyOf is where what is made of the file with a sum lies.
func keyOf(sum, name string) string { return "books/" + sum + "/" + name }

func (c *Catalogue) putAt(ctx context.Context, key string, body io.Reader, size int64, contentType string) (events.Object, error) {
	o := events.Object{Bucket: c.Artifacts, Key: key, Size: size}
	info, err := c.Objects.Put(ctx, o.Bucket, o.Key, body, blob.Put{ContentType: contentType, Size: size})
	if err != nil {
		return o, fmt.Errorf("write object %s/%s: %w", o.Bucket, o.Key, err)
	}
	o.ETag, o.Version = info.ETag, info.Version
	return o, nil
}
