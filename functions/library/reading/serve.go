package reading

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
)

// ErrNoPart is said of what is not a part of the book, or none that is given out.
var ErrNoPart = errors.New("the book has no such part")

// Serve gives out a part of a book. Ranges and conditions are those of HTTP.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, b *Book, href string) error {
	if b.Format == events.BookPDF && href == PDF {
		return s.file(w, r, b)
	}
	part, has := b.Part(href)
	how, media := kindOf(b, part)
	if !has || how == refused {
		return ErrNoPart
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Etag", version(b, href))
	switch {
	case how == chapter, how == style:
		w.Header().Set("Content-Type", media+"; charset=utf-8")
		return s.cleaned(w, r, b, part, how)
	case how == font && part.Scrambled != "":
		return s.readable(w, r, b, part)
	}
	return s.asItIs(w, r, b, part)
}

// policyVersion changes with the policy, so that no browser keeps what an older one
// let through.
const policyVersion = "2"

// version names what is given out for a part of this very file.
func version(b *Book, href string) string {
	sum := sha256.Sum256([]byte(policyVersion + "\x00" + b.File.Key + "\x00" + b.BookCatalogued.Contents.Key + "\x00" + href))
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}

// cleaned gives out a chapter or a style sheet.
func (s *Server) cleaned(w http.ResponseWriter, r *http.Request, b *Book, part events.BookPart, how kind) error {
	if known(w, r) {
		return nil
	}
	if made(b, part) {
		return s.made(w, r, b, part)
	}
	held, err := s.unpacked(r.Context(), b, part)
	if err != nil {
		return err
	}
	p := places{from: part.Href, has: func(href string) bool { _, has := b.Part(href); return has }}
	if how == style {
		held = []byte(cleanCSS(string(decoded(held)), p))
	} else {
		held = cleanChapter(held, p)
	}
	give(w, r, held)
	return nil
}

func (s *Server) made(w http.ResponseWriter, r *http.Request, b *Book, part events.BookPart) error {
	text, err := s.Text(r.Context(), b)
	if err != nil {
		return err
	}
	for _, t := range text {
		if t.Href == part.Href {
			give(w, r, makeChapter(t.Text, part, b.Metadata.Language))
			return nil
		}
	}
	give(w, r, makeChapter("", part, b.Metadata.Language))
	return nil
}

func (s *Server) readable(w http.ResponseWriter, r *http.Request, b *Book, part events.BookPart) error {
	held, err := s.unpacked(r.Context(), b, part)
	if err != nil {
		return err
	}
	if unscramble(held, part.Scrambled, b.Contents.Identifier) != nil {
		return ErrNoPart
	}
	give(w, r, held)
	return nil
}

// known reports whether the caller has this very version, and says so.
func known(w http.ResponseWriter, r *http.Request) bool {
	tag := w.Header().Get("Etag")
	for have := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(have), "W/") == tag {
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}

func give(w http.ResponseWriter, r *http.Request, held []byte) {
	http.ServeContent(w, r, "", noTime, bytes.NewReader(held))
}

// unpacked returns a whole part.
func (s *Server) unpacked(ctx context.Context, b *Book, part events.BookPart) ([]byte, error) {
	if part.Size > int64(s.Limits.Part) || part.Packed > int64(s.Limits.Part) {
		return nil, fault.Refusef(events.RefusedTooLarge, "part %q of book %s has over %d bytes; MAX_BOOK_PART sets the limit", part.Href, b.Book, s.Limits.Part)
	}
	body, err := s.stream(ctx, b, part)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return bounded(body, part.Href, "MAX_BOOK_PART", s.Limits.Part)
}

// stream reads a part, unpacked. It ends after the size that the catalogue knows.
func (s *Server) stream(ctx context.Context, b *Book, part events.BookPart) (io.ReadCloser, error) {
	packed, err := s.Objects.Range(ctx, b.File, part.Offset, part.Packed)
	if err != nil {
		return nil, fmt.Errorf("read part %q of book %s: %w", part.Href, b.Book, err)
	}
	if !part.Deflated {
		return packed, nil
	}
	return inflating{io.LimitReader(flate.NewReader(packed), part.Size), packed}, nil
}

type inflating struct {
	io.Reader
	io.Closer
}

// asItIs gives out a part that needs no work. Packed parts go out as they lie there,
// within gzip's header and trailer, to whoever takes gzip.
func (s *Server) asItIs(w http.ResponseWriter, r *http.Request, b *Book, part events.BookPart) error {
	switch {
	case !part.Deflated:
		return s.section(w, r, b, part.Offset, part.Packed)
	case known(w, r):
		return nil
	}
	w.Header().Add("Vary", "Accept-Encoding")
	if r.Header.Get("Range") == "" && takesGzip(r) {
		return s.zipped(w, r, b, part)
	}
	if part.Size <= int64(s.Limits.Part) {
		held, err := s.unpacked(r.Context(), b, part)
		if err == nil {
			give(w, r, held)
		}
		return err
	}
	body, err := s.stream(r.Context(), b, part)
	if err != nil {
		return err
	}
	defer body.Close()
	return send(w, r, part.Size, body)
}

func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(coding, ";")
		if n := strings.TrimSpace(name); n == "gzip" || n == "*" {
			return strings.Trim(strings.TrimSpace(quality), "q=.0 ") != "" || quality == ""
		}
	}
	return false
}

// gzipHeader says: deflated, no name, no time, unknown system (RFC 1952).
const gzipHeader = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

func (s *Server) zipped(w http.ResponseWriter, r *http.Request, b *Book, part events.BookPart) error {
	packed, err := s.Objects.Range(r.Context(), b.File, part.Offset, part.Packed)
	if err != nil {
		return fmt.Errorf("read part %q of book %s: %w", part.Href, b.Book, err)
	}
	defer packed.Close()
	trailer := binary.LittleEndian.AppendUint32(nil, uint32(part.CRC32))
	trailer = binary.LittleEndian.AppendUint32(trailer, uint32(part.Size))
	w.Header().Set("Content-Encoding", "gzip")
	whole := io.MultiReader(strings.NewReader(gzipHeader), io.LimitReader(packed, part.Packed), bytes.NewReader(trailer))
	return send(w, r, int64(len(gzipHeader)+len(trailer))+part.Packed, whole)
}

// send writes a whole answer. What fails on the way is the connection's end: the
// caller sees that bytes are missing.
func send(w http.ResponseWriter, r *http.Request, size int64, body io.Reader) error {
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		io.Copy(w, body)
	}
	return nil
}

func (s *Server) file(w http.ResponseWriter, r *http.Request, b *Book) error {
	w.Header().Set("Content-Type", typePDF)
	w.Header().Set("Etag", version(b, PDF))
	return s.section(w, r, b, 0, b.File.Size)
}

// Whole gives out the file of a book as it came, of a media type.
func (s *Server) Whole(w http.ResponseWriter, r *http.Request, c events.BookCatalogued, media string) error {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Etag", `"`+c.SHA256+`"`)
	return s.section(w, r, &Book{BookCatalogued: c}, 0, c.File.Size)
}
