package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxKey      = 1024 // bytes, of S3
	maxSegment  = 255  // bytes, of the file systems below many stores
	maxMetadata = 2048 // bytes of names and encoded values, of S3
	maxExpiry   = 7 * 24 * time.Hour
)

// metadataPrefix marks user metadata among the headers.
const metadataPrefix = "X-Amz-Meta-"

// checkKey says why some store would not take a key.
func checkKey(key string) error {
	switch {
	case key == "":
		return errors.New("the key is empty")
	case len(key) > maxKey:
		return fmt.Errorf("the key has %d bytes, at most %d are allowed", len(key), maxKey)
	case !utf8.ValidString(key):
		return errors.New("the key is not valid UTF-8")
	case strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return errors.New("the key holds a control character")
	}
	for segment := range strings.SplitSeq(key, "/") {
		switch {
		case segment == "" || segment == "." || segment == "..":
			return fmt.Errorf("the key has a segment %q", segment)
		case len(segment) > maxSegment:
			return fmt.Errorf("a segment of the key has %d bytes, at most %d are allowed", len(segment), maxSegment)
		}
	}
	return nil
}

// erases reports whether an object is one of those that a key to be erased means.
func erases(key, object string) bool {
	return object == key || strings.HasSuffix(key, "/") && strings.HasPrefix(object, key)
}

// checkMetadata says why some store would not take metadata.
func checkMetadata(m map[string]string) error {
	size := 0
	for name, value := range m {
		if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("the metadata name %q holds more than a-z, 0-9 and -", name)
		}
		size += len(name) + len(encode(value))
	}
	if size > maxMetadata {
		return fmt.Errorf("the metadata has %d bytes, at most %d are allowed (each Chinese character is nine)", size, maxMetadata)
	}
	return nil
}

// checkExpiry says why a signature cannot last so long.
func checkExpiry(expiry time.Duration) error {
	if expiry < time.Second || expiry > maxExpiry {
		return fmt.Errorf("a signature lasts from 1s to %v, not %v", maxExpiry, expiry)
	}
	return nil
}

func badRange(offset, length int64) error {
	return fmt.Errorf("no %d bytes can be read from %d", length, offset)
}

// lastByte is the place of a range's last byte, however long it is said to be.
func lastByte(offset, length int64) int64 {
	if length > math.MaxInt64-offset {
		return math.MaxInt64
	}
	return offset + length - 1
}

// metadataHeaders is how metadata travels.
func metadataHeaders(m map[string]string) http.Header {
	h := http.Header{}
	for name, value := range m {
		h.Set(metadataPrefix+name, encode(value))
	}
	return h
}

// encode writes a value so that it survives in a header: there only visible
// ASCII is safe, and stores trim and fold spaces.
func encode(value string) string {
	var b strings.Builder
	for i := range len(value) {
		if c := value[i]; c <= ' ' || c > '~' || c == '%' {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

// decode reads what encode wrote. Values of other people's making that are not
// encoded are taken as they are.
func decode(value string) string {
	if text, err := url.PathUnescape(value); err == nil && utf8.ValidString(text) {
		return text
	}
	return value
}

// whole reads a body of a known size, and fails before its end where there is
// more or less than that. Its errors are never io.EOF or io.ErrUnexpectedEOF
// themselves, because clients take those for a good end.
type whole struct {
	body io.Reader
	left int64 // negative where the size is not known
}

func (w *whole) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if w.left >= 0 && int64(len(b)) >= w.left {
		return w.readLast(b)
	}
	n, err := w.body.Read(b)
	if w.left >= 0 {
		w.left -= int64(n)
		if err == io.EOF && w.left > 0 {
			return n, fmt.Errorf("the body is %d bytes short", w.left)
		}
	}
	return n, spoken(err)
}

// readLast reads all that is left. It shows the last byte only when it has seen
// that none follows.
func (w *whole) readLast(b []byte) (int, error) {
	n, err := io.ReadFull(w.body, b[:w.left])
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return 0, fmt.Errorf("the body is %d bytes short", w.left-int64(n))
	}
	if err != nil {
		return 0, spoken(err)
	}
	extra, err := io.ReadFull(w.body, make([]byte, 1))
	if extra > 0 {
		return 0, errors.New("the body holds more than was announced")
	}
	if err != io.EOF {
		return 0, spoken(err)
	}
	w.left = 0
	return n, io.EOF
}

// cancellable is a body that ends with its context.
type cancellable struct {
	ctx  context.Context
	body io.Reader
}

func (c cancellable) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.body.Read(b)
}

func spoken(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return fmt.Errorf("read the body: %w", err)
}
