package reading

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"xietong.dev/events"
)

// noTime leaves out when a part was last changed: its version says more.
var noTime time.Time

// section gives out bytes that lie in a book's file one after the other.
func (s *Server) section(w http.ResponseWriter, r *http.Request, b *Book, offset, size int64) error {
	bytes := &section{ctx: r.Context(), objects: s.Objects, object: b.File, offset: offset, size: size, end: rangeEnd(r, size)}
	defer bytes.close()
	http.ServeContent(w, r, "", noTime, bytes)
	return nil
}

var oneRange = regexp.MustCompile(`^bytes=\d+-(\d+)$`)

// rangeEnd returns where the one range that is asked for ends, so that no more is
// fetched than is given out.
func rangeEnd(r *http.Request, size int64) int64 {
	if found := oneRange.FindStringSubmatch(r.Header.Get("Range")); found != nil {
		if last, err := strconv.ParseInt(found[1], 10, 64); err == nil && last < size {
			return last + 1
		}
	}
	return size
}

// section reads a part of an object with one request, begun by the first Read after
// a Seek.
type section struct {
	ctx          context.Context
	objects      Objects
	object       events.Object
	offset, size int64
	end, at      int64
	body         io.ReadCloser
}

func (s *section) Seek(offset int64, whence int) (int64, error) {
	s.close()
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, errors.New("before the beginning")
	}
	s.at = offset
	return offset, nil
}

func (s *section) Read(p []byte) (int, error) {
	if s.at >= s.size {
		return 0, io.EOF
	}
	if s.body == nil {
		end := s.end
		if s.at >= end {
			end = s.size
		}
		body, err := s.objects.Range(s.ctx, s.object, s.offset+s.at, end-s.at)
		if err != nil {
			return 0, err
		}
		s.body = body
	}
	n, err := s.body.Read(p)
	s.at += int64(n)
	return n, err
}

func (s *section) close() {
	if s.body != nil {
		s.body.Close()
		s.body = nil
	}
}
