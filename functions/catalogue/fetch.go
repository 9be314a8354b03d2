package catalogue

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
)

// small is the size up to which a book's file is held in memory while it is read: a
// file on the disk costs a tenth of the time that such a book takes to be listed.
const small = 4 << 20

// fetched is a book's file as it was read from the store.
type fetched struct {
	io.ReaderAt
	io.Closer
	object events.Object // which version of it, and its size
	sum    string        // SHA-256
}

// fetch reads a book's file from the store, and hashes it. The caller closes it.
func (c *Catalogue) fetch(ctx context.Context, o events.Object) (f fetched, err error) {
	body, o, err := c.open(ctx, o)
	if err != nil {
		return f, err
	}
	defer body.Close()
	h, most := sha256.New(), int64(c.Reader.Limits.File)
	hashed := io.TeeReader(io.LimitReader(body, most+1), h)
	if o.Size <= small {
		f, err = hold(hashed, o.Size)
	} else {
		f, err = c.spool(hashed)
	}
	if err != nil {
		return f, fmt.Errorf("object %s/%s: %w", o.Bucket, o.Key, err)
	}
	if f.object.Size > most {
		f.Close()
		return f, fault.Refusef(events.RefusedTooLarge, "object %s/%s has more than %d bytes, which is what MAX_BOOK allows", o.Bucket, o.Key, most)
	}
	o.Size = f.object.Size
	f.object, f.sum = o, hex.EncodeToString(h.Sum(nil))
	return f, nil
}

// hold reads a small file into memory.
func hold(r io.Reader, size int64) (fetched, error) {
	var b bytes.Buffer
	b.Grow(int(size) + bytes.MinRead) // no more is needed to see the end
	n, err := b.ReadFrom(r)
	return fetched{ReaderAt: bytes.NewReader(b.Bytes()), Closer: io.NopCloser(nil), object: events.Object{Size: n}}, err
}

// spool writes a file to the disk.
func (c *Catalogue) spool(r io.Reader) (fetched, error) {
	file, err := c.scratchFile()
	if err != nil {
		return fetched{}, err
	}
	n, err := io.Copy(file, r)
	if err != nil {
		file.Close()
	}
	return fetched{ReaderAt: file, Closer: file, object: events.Object{Size: n}}, err
}

// scratchFile makes a file to work in. Its name is gone at once, so that the file is
// too when it is closed or the process ends.
func (c *Catalogue) scratchFile() (*os.File, error) {
	f, err := os.CreateTemp(c.Scratch, "catalogue-")
	if err != nil {
		return nil, fmt.Errorf("make a file to work in: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, fmt.Errorf("make a file to work in: %w", err)
	}
	return f, nil
}
