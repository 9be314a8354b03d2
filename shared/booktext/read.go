package booktext

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// maxLine is the most bytes of a line between parts: a href with every character
// escaped.
const maxLine = 12*MaxHref + 64

// ErrTooLarge is the error of a text that has more bytes than were allowed.
var ErrTooLarge = errors.New("the text is larger than is allowed")

// Read yields the parts of a packed text until yield returns false. A text of more
// than limit bytes is [ErrTooLarge], found before memory is taken for it.
func Read(packed io.Reader, limit int64, yield func(Part) bool) error {
	return new(Reader).Read(packed, limit, yield)
}

// Reader reads many texts, any number at a time, with the memory of those before: two
// megabytes, which otherwise take longer to get than a text to unpack. The zero value
// is ready.
type Reader struct{ rest sync.Pool } // of *unpacker

// unpacker is what unpacks a text.
type unpacker struct {
	zstd *zstd.Decoder
	from *bufio.Reader
}

func newUnpacker() (*unpacker, error) {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		return nil, err
	}
	return &unpacker{z, bufio.NewReaderSize(z, maxLine)}, nil
}

// Read is [Read].
func (r *Reader) Read(packed io.Reader, limit int64, yield func(Part) bool) error {
	u, rested := r.rest.Get().(*unpacker)
	if !rested {
		var err error
		if u, err = newUnpacker(); err != nil {
			return fmt.Errorf("unpack the text: %w", err)
		}
	}
	if err := u.zstd.Reset(packed); err != nil {
		return fmt.Errorf("unpack the text: %w", err)
	}
	u.from.Reset(u.zstd)
	err := (&reader{from: u.from, left: limit}).all(yield)
	if u.zstd.Reset(nil) == nil { // it lets go of the text
		r.rest.Put(u)
	}
	return err
}

// reader reads what is unpacked, within what is left of the limit.
type reader struct {
	from *bufio.Reader
	left int64
}

// all yields every part.
func (r *reader) all(yield func(Part) bool) error {
	var s start
	if err := r.line(&s); err != nil {
		return err
	}
	if s.Version != Version {
		return fmt.Errorf("the text is of version %d: this program reads %d", s.Version, Version)
	}
	for n := 0; ; n++ {
		p, err := r.part()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case n == MaxParts:
			return fmt.Errorf("the text has more than %d parts", MaxParts)
		case !yield(p):
			return nil
		}
	}
}

// part returns the next part, or io.EOF where the text ends.
func (r *reader) part() (p Part, err error) {
	if _, err := r.from.Peek(1); err != nil {
		return p, broken(err)
	}
	var h head
	if err := r.line(&h); err != nil {
		return p, err
	}
	if h.Bytes < 0 || int64(h.Bytes) > r.left {
		return p, fmt.Errorf("%w: part %q has %d bytes", ErrTooLarge, h.Href, h.Bytes)
	}
	r.left -= int64(h.Bytes)
	var text strings.Builder
	text.Grow(min(h.Bytes, 1<<20))
	if _, err := io.CopyN(&text, r.from, int64(h.Bytes)); err != nil {
		return p, cut(err)
	}
	if end, err := r.from.ReadByte(); err != nil || end != '\n' {
		return p, cut(err)
	}
	p = Part{h.Href, text.String()}
	return p, p.check()
}

// line reads one line of JSON.
func (r *reader) line(into any) error {
	text, err := r.from.ReadSlice('\n')
	if r.left -= int64(len(text)); r.left < 0 {
		return ErrTooLarge
	}
	if err != nil {
		return cut(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("a line between the parts of the text: %w", err)
	}
	return nil
}

// broken is an error of unpacking; the end is none.
func broken(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return fmt.Errorf("unpack the text: %w", err)
}

// cut is an end in the middle of something.
func cut(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return errors.New("the text is cut off or not of its form")
	}
	return fmt.Errorf("unpack the text: %w", err)
}
