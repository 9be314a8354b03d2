// Package reading gives out the parts of a book, so that a page or an app can show
// them and nothing in them can hurt the reader.
//
//	in   what [events.BookCatalogued] says of a book, and ranges of its objects
//	out  a Readium Web Publication Manifest, a list of positions, places where a
//	     text stands, and the parts themselves: chapters and style sheets cleaned by
//	     our own policy, fonts readable, pictures and sounds as they are
//
// A book's file is never unpacked: each part is one range of it. Parts that the
// catalogue knows no range of (those of TXT, FB2 and MOBI) are made of the book's
// text. What is not a part of the book is not found, and of what a part may be only
// text, style sheets, pictures, fonts, sound and film are given out.
package reading

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

// Objects are where books lie.
type Objects interface {
	// Range reads length bytes of an object from offset; fewer only at its end.
	Range(ctx context.Context, o events.Object, offset, length int64) (io.ReadCloser, error)
}

// Stored are the objects of a store.
type Stored struct{ blob.Store }

// Range reads a range of an object.
func (s Stored) Range(ctx context.Context, o events.Object, offset, length int64) (io.ReadCloser, error) {
	return s.Store.Range(ctx, o.Bucket, o.Key, o.Version, offset, length)
}

// Limits bound what is held in memory at the same moment.
type Limits struct {
	Contents conf.Bytes `env:"MAX_BOOK_CONTENTS,default=16MiB"` // of a book, in JSON
	Text     conf.Bytes `env:"MAX_BOOK_TEXT,default=64MiB"`     // of a book, unpacked
	Part     conf.Bytes `env:"MAX_BOOK_PART,default=16MiB"`     // a chapter, a style sheet, a scrambled font; unpacked
	Parts    int        `env:"MAX_BOOK_PARTS,default=50000"`    // of a book
}

// Book is one that can be read from.
type Book struct {
	events.BookCatalogued
	Contents events.BookContents
	parts    map[string]events.BookPart
}

// Part returns the part of a name, exactly as the catalogue writes it.
func (b *Book) Part(href string) (events.BookPart, bool) {
	p, has := b.parts[href]
	return p, has
}

// Server reads books. It keeps the contents of those that it opened last.
type Server struct {
	Objects Objects
	Limits  Limits

	mu   sync.Mutex
	kept []*Book // the one used last stands last
}

// keep is how many books' contents are kept: a few hundred kilobytes each.
const keep = 32

// Open reads how a book is put together.
func (s *Server) Open(ctx context.Context, c events.BookCatalogued) (*Book, error) {
	if b := s.recall(c); b != nil {
		return b, nil
	}
	text, err := s.whole(ctx, c.Contents, "MAX_BOOK_CONTENTS", s.Limits.Contents)
	if err != nil {
		return nil, err
	}
	b := &Book{BookCatalogued: c, parts: map[string]events.BookPart{}}
	if err := json.Unmarshal(text, &b.Contents); err != nil {
		return nil, fault.Invalidf("contents %s: %w", c.Contents.Key, err)
	}
	if n := len(b.Contents.Reading) + len(b.Contents.Resources); n > s.Limits.Parts {
		return nil, fault.Refusef(events.RefusedTooLarge, "contents %s: %d parts, want at most %d; MAX_BOOK_PARTS sets the limit", c.Contents.Key, n, s.Limits.Parts)
	}
	for _, list := range [][]events.BookPart{b.Contents.Resources, b.Contents.Reading} {
		for _, p := range list {
			b.parts[p.Href] = p
		}
	}
	s.remember(b)
	return b, nil
}

func (s *Server) recall(c events.BookCatalogued) *Book {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, b := range s.kept {
		if b.BookCatalogued.Contents == c.Contents && same(b.BookCatalogued.Text, c.Text) && b.SHA256 == c.SHA256 && b.Book == c.Book && b.Upload == c.Upload {
			s.kept = append(append(s.kept[:i:i], s.kept[i+1:]...), b)
			return b
		}
	}
	return nil
}

// same reports whether two texts are one, or neither is there.
func same(a, b *events.Object) bool { return a == b || a != nil && b != nil && *a == *b }

func (s *Server) remember(b *Book) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept = append(s.kept, b); len(s.kept) > keep {
		s.kept = s.kept[1:]
	}
}

// whole reads an object of at most limit bytes.
func (s *Server) whole(ctx context.Context, o events.Object, variable string, limit conf.Bytes) ([]byte, error) {
	body, err := s.Objects.Range(ctx, o, 0, int64(limit)+1)
	if err != nil {
		return nil, fmt.Errorf("read %s/%s: %w", o.Bucket, o.Key, err)
	}
	defer body.Close()
	return bounded(body, o.Key, variable, limit)
}

func bounded(r io.Reader, what, variable string, limit conf.Bytes) ([]byte, error) {
	held, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", what, err)
	case int64(len(held)) > int64(limit):
		return nil, fault.Refusef(events.RefusedTooLarge, "%s has over %d bytes; %s sets the limit", what, limit, variable)
	}
	return held, nil
}

// Text reads the text of a book. It has none where the book has none.
func (s *Server) Text(ctx context.Context, b *Book) (text []booktext.Part, err error) {
	if b.BookCatalogued.Text == nil {
		return nil, nil
	}
	o := *b.BookCatalogued.Text
	if o.Size > int64(s.Limits.Text) {
		return nil, fault.Refusef(events.RefusedTooLarge, "%s has over %d bytes; MAX_BOOK_TEXT sets the limit", o.Key, s.Limits.Text)
	}
	body, err := s.Objects.Range(ctx, o, 0, int64(s.Limits.Text)+1)
	if err != nil {
		return nil, fmt.Errorf("read %s/%s: %w", o.Bucket, o.Key, err)
	}
	defer body.Close()
	err = booktext.Read(body, int64(s.Limits.Text), func(p booktext.Part) bool {
		text = append(text, p)
		return true
	})
	switch {
	case errors.Is(err, booktext.ErrTooLarge):
		return nil, fault.Refusef(events.RefusedTooLarge, "%s has over %d bytes; MAX_BOOK_TEXT sets the limit", o.Key, s.Limits.Text)
	case err != nil:
		return nil, fault.Invalidf("read %s/%s: %w", o.Bucket, o.Key, err)
	}
	return text, nil
}

// made reports whether a part is made of the book's text, for lack of a range.
func made(b *Book, p events.BookPart) bool {
	return p.Packed == 0 && !strings.HasPrefix(p.MediaType, "image/")
}
