package reading

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/library/librarytest"
	"xietong.dev/shared/blob"
)

// shelf has the books that a test puts there, by edition.
type shelf map[string]events.BookCatalogued

func (s shelf) Book(_ context.Context, edition string) (events.BookCatalogued, error) {
	c, has := s[edition]
	if !has {
		return c, ErrNoBook
	}
	return c, nil
}

// counted are objects that remember which ranges were read of books' files.
type countedObjects struct {
	Stored
	mu   sync.Mutex
	read [][2]int64
}

func (c *countedObjects) Range(ctx context.Context, o events.Object, offset, length int64) (io.ReadCloser, error) {
	if strings.HasPrefix(o.Key, "files/") {
		c.mu.Lock()
		c.read = append(c.read, [2]int64{offset, length})
		c.mu.Unlock()
	}
	return c.Stored.Range(ctx, o, offset, length)
}

var limits = Limits{Contents: 1 << 20, Text: 1 << 20, Part: 1 << 20, Parts: 1000}

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// room is a server with books in it.
type room struct {
	*testing.T
	*Content
	objects *countedObjects
	shelf   shelf
}

func enter(t *testing.T, books map[string]librarytest.Book) *room {
	t.Helper()
	store := &blob.Memory{}
	r := &room{T: t, shelf: shelf{}, objects: &countedObjects{Stored: Stored{store}}}
	for edition, b := range books {
		r.shelf[edition] = b.Put(t, store)
	}
	r.Content = &Content{Server: &Server{Objects: r.objects, Limits: limits}, Shelf: r.shelf, Key: "a key of the tests",
		Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	return r
}

// get asks for a part of an edition. Headers are "Name: value".
func (r *room) get(edition, href string, headers ...string) *http.Response {
	r.Helper()
	return r.at(r.Base(edition, noon.Add(time.Hour))+href, headers...)
}

func (r *room) at(address string, headers ...string) *http.Response {
	r.Helper()
	req := httptest.NewRequestWithContext(r.Context(), "GET", address, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (r *room) book(edition string) *Book {
	r.Helper()
	b, err := r.Server.Open(r.Context(), r.shelf[edition])
	if err != nil {
		r.Fatal(err)
	}
	return b
}
