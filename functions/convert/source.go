package convert

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"xietong.dev/events"
	"xietong.dev/functions/convert/formats"
	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
)

// source is a document on disk, known for what it is.
type source struct {
	path     string
	format   formats.Format
	sum      string // SHA-256 of its bytes
	password string
	trusted  bool // from people of ours: engines may be used again after it
}

// scratch makes a directory for one piece of work, and what removes it.
func (c *Converter) scratch() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp(c.Scratch, "convert-")
	if err != nil {
		return "", nil, fmt.Errorf("make a directory to work in: %w", err)
	}
	return dir, func() { os.RemoveAll(dir) }, nil
}

// fetch brings a document from the store and looks at it.
func (c *Converter) fetch(ctx context.Context, w want, dir string) (source, error) {
	path := filepath.Join(dir, "source")
	sum, err := c.download(ctx, w.object, path)
	if err != nil {
		return source{}, err
	}
	s := source{path: path, sum: sum, password: w.Password, trusted: slices.Contains(c.Trusted, w.object.Bucket)}
	s.format, err = c.recognise(path, w.name, w.Password)
	return s, err
}

// download writes an object to a file, and returns the sum of its bytes.
func (c *Converter) download(ctx context.Context, o events.Object, path string) (sum string, err error) {
	body, info, err := c.Objects.Get(ctx, o.Bucket, o.Key, o.Version)
	if err != nil {
		return "", missing(o, err)
	}
	defer body.Close()
	if o.ETag != "" && info.ETag != o.ETag {
		return "", fault.Refusef(events.RefusedMissing, "object %s/%s was replaced by another; its own event asks for that", o.Bucket, o.Key)
	}
	sum, err = save(body, path, int64(c.MaxDocument))
	if err != nil {
		return "", fmt.Errorf("object %s/%s: %w", o.Bucket, o.Key, err)
	}
	return sum, nil
}

// save writes at most so many bytes to a file, and returns their sum.
func save(body io.Reader, path string, most int64) (sum string, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(body, most+1))
	switch {
	case err != nil:
		return "", err
	case n > most:
		return "", fault.Refusef(events.RefusedTooLarge, "the document has more than %d bytes, which is what MAX_DOCUMENT allows", most)
	case n == 0:
		return "", fault.Refusef(events.RefusedEmpty, "the document has no bytes; upload it again")
	}
	return hex.EncodeToString(h.Sum(nil)), f.Close()
}

// recognise says what a file is, and refuses it before any engine opens it where
// it is no document or built to hurt. Of an encrypted one only the name tells what
// it is; with a password its engine finds out.
func (w *Workshop) recognise(path, name, password string) (formats.Format, error) {
	f, size, err := openFile(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	format, err := formats.Detect(f, size, name)
	if fault.Code(err) == archive.CodeEncrypted && password != "" && formats.ByExtension(name).Family() != "" {
		return formats.ByExtension(name), nil
	}
	if err != nil || !isArchive(f) {
		return format, err
	}
	return format, archive.Check(f, size, w.Plain.Archive)
}

func isArchive(f io.ReaderAt) bool {
	head := make([]byte, 2)
	_, err := f.ReadAt(head, 0)
	return err == nil && string(head) == "PK"
}
