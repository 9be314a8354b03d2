package catalogue

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

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
	dir, remove, err := c.scratch()
	if err != nil {
		return f, own, err
	}
	defer remove()
	path := filepath.Join(dir, bookName)
	from, sum, err := c.fetch(ctx, d.Object, path)
	if err != nil {
		return f, own, err
	}
	if expected != "" && sum != expected {
		return f, own, fault.Refusef(CodeSum, "object %s/%s has SHA-256 %s, its row says %s; send the right file", d.Object.Bucket, d.Object.Key, sum, expected)
	}
	opened, err := c.openBook(ctx, path, d.Name)
	if err != nil {
		return f, own, err
	}
	defer opened.Close()
	f, there, err := findFile(ctx, c.DB, sum)
	if err == nil && !there {
		err = c.read(ctx, opened, &f, from, dir)
	}
	return f, fit(opened.Metadata), err
}

// scratch makes a directory for one piece of work, and what removes it.
func (c *Catalogue) scratch() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp(c.Scratch, "catalogue-")
	if err != nil {
		return "", nil, fmt.Errorf("make a directory to work in: %w", err)
	}
	return dir, func() { os.RemoveAll(dir) }, nil
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
	o.ETag, o.Version = info.ETag, info.Version
	return body, o, nil
}

// fetch writes an object to a file, and returns it as it was read, with the sum of its
// bytes.
func (c *Catalogue) fetch(ctx context.Context, o events.Object, path string) (from events.Object, sum string, err error) {
	body, from, err := c.open(ctx, o)
	if err != nil {
		return from, "", err
	}
	defer body.Close()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return from, "", err
	}
	defer f.Close()
	h, most := sha256.New(), int64(c.Reader.Limits.File)
	from.Size, err = io.Copy(io.MultiWriter(f, h), io.LimitReader(body, most+1))
	switch {
	case err != nil:
		return from, "", fmt.Errorf("object %s/%s: %w", o.Bucket, o.Key, err)
	case from.Size > most:
		return from, "", fault.Refusef(events.RefusedTooLarge, "object %s/%s has more than %d bytes, which is what MAX_BOOK allows", o.Bucket, o.Key, most)
	}
	return from, hex.EncodeToString(h.Sum(nil)), f.Close()
}

// read reads a book and puts what it is made of under the sum of its file. All of it
// was checked before any of it is there. A text that is not at hand is left for later.
func (c *Catalogue) read(ctx context.Context, opened openedBook, f *file, from events.Object, dir string) (err error) {
	f.format = opened.Format
	_, f.hasCover = opened.Cover()
	texts := filepath.Join(dir, textName)
	if f.textRead = opened.TextIsRead(); f.textRead {
		if f.letters, err = writeText(ctx, opened.Book, texts); err != nil {
			return err
		}
	}
	if err := opened.Contents.Validate(); err != nil {
		return fault.Refusef(book.CodeUnreadable, "the contents of the book: %w", err)
	}
	contents, err := json.Marshal(opened.Contents)
	if err != nil {
		return err
	}
	return c.deposit(ctx, from, f, filepath.Join(dir, bookName), contents, texts)
}

// What a book's file is called where it is worked on, and its text, there and beside
// the file.
const (
	bookName = "book"
	textName = "text.zst"
)

// openedBook is a book with the file that it is read from.
type openedBook struct {
	*book.Book
	io.Closer
}

func (c *Catalogue) openBook(ctx context.Context, path, name string) (openedBook, error) {
	f, err := os.Open(path)
	if err != nil {
		return openedBook{}, err
	}
	stat, err := f.Stat()
	if err != nil {
		f.Close()
		return openedBook{}, err
	}
	b, err := c.Reader.Open(ctx, f, stat.Size(), name)
	if err != nil {
		f.Close()
		return openedBook{}, err
	}
	return openedBook{b, f}, nil
}

// deposit puts a book and what was read of it into the store. The text comes last
// but for the row that points to all of it.
func (c *Catalogue) deposit(ctx context.Context, from events.Object, f *file, path string, contents []byte, texts string) (err error) {
	if f.object, err = c.depositFile(ctx, from, f, path); err != nil {
		return err
	}
	if f.contents, err = c.put(ctx, f.sha256, "contents.json", bytes.NewReader(contents), int64(len(contents)), "application/json"); err != nil {
		return err
	}
	return c.depositText(ctx, f, texts)
}

// depositFile has the store copy the object that was read. Where that became another,
// or the store does not hash what it copies, it is sent what was read.
func (c *Catalogue) depositFile(ctx context.Context, from events.Object, f *file, path string) (o events.Object, err error) {
	o = events.Object{Bucket: c.Artifacts, Key: keyOf(f.sha256, "file."+f.format), Size: from.Size}
	info, err := c.Objects.Copy(ctx, o.Bucket, o.Key, blob.Source{Bucket: from.Bucket, Key: from.Key, Version: from.Version, ETag: from.ETag, SHA256: f.sha256},
		blob.Put{ContentType: mediaTypes[f.format], Size: from.Size})
	switch {
	case errors.Is(err, blob.ErrOther), errors.Is(err, blob.ErrVague), errors.Is(err, blob.ErrNotFound):
		return c.putFile(ctx, f.sha256, "file."+f.format, path, mediaTypes[f.format])
	case err != nil:
		return o, err
	}
	o.ETag, o.Version = info.ETag, info.Version
	return o, nil
}

// depositText puts the text of a book into the store, where it has one.
func (c *Catalogue) depositText(ctx context.Context, f *file, texts string) error {
	if f.letters == 0 {
		return nil
	}
	text, err := c.putFile(ctx, f.sha256, textName, texts, booktext.MediaType)
	f.text = &text
	return err
}

func (c *Catalogue) putFile(ctx context.Context, sum, name, path, contentType string) (events.Object, error) {
	f, err := os.Open(path)
	if err != nil {
		return events.Object{}, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return events.Object{}, err
	}
	return c.put(ctx, sum, name, f, stat.Size(), contentType)
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
