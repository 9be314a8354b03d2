package library

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/functions/library/page"
	"xietong.dev/functions/library/reading"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/web"
)

// HTTP serves the API, the pages, the parts of books, and feeds.
func (l *Library) HTTP(fn.Apply) http.Handler {
	api := web.API{Token: l.Token, Messages: messages, Log: l.Log}
	mux := http.NewServeMux()
	routes := l.Routes()
	for path, handle := range map[string]web.Handler{
		"/library/editions":                   l.list,
		"/library/editions/{edition}":         l.detail,
		"/library/editions/{edition}/{cover}": l.picture,
		"/library/facets":                     l.facets,
	} {
		routes[path] = map[string]web.Handler{http.MethodGet: handle}
	}
	for _, path := range []string{"/library", "/library/{$}"} {
		routes[path] = map[string]web.Handler{http.MethodGet: l.as(l.shelf)}
	}
	for path, methods := range routes {
		mux.Handle(path, api.Methods(methods))
	}
	mux.Handle(reading.Prefix, l.Parts())
	l.feeds(mux, api)
	mux.Handle("/", api.Nothing())
	return mux
}

// shelf answers GET /library: the page on which books are looked for.
func (l *Library) shelf(c *reader) error { return page.Shelf(c.w, web.Language(c.r), l.MaxQuery) }

// query reads what a list is asked for from the address.
func (l *Library) query(r *http.Request) (q Query, err error) {
	v := r.URL.Query()
	get := func(name string) string { return storable(v.Get(name)) }
	q = Query{Words: get("q"), Field: Field(get("field")), Order: Order(get("order")), After: get("after"),
		Filter: Filter{Class: get("class"), Author: get("author"), Subject: get("subject"), Language: get("language"),
			Publisher: get("publisher"), Format: get("format"), Series: get("series")}}
	if utf8.RuneCountInString(q.Words) > l.MaxQuery {
		return q, wrong("reading_length", "q", 0, l.MaxQuery)
	}
	for name, into := range map[string]*int{"limit": &q.Limit, "places": &q.Places, "year": &q.Filter.Year} {
		if text := v.Get(name); text != "" {
			if *into, err = strconv.Atoi(text); err != nil || *into < 0 {
				return q, wrong("reading_number", name, 0, 9999)
			}
		}
	}
	return q, nil
}

// storable leaves out what no database takes, and so no book has.
func storable(s string) string { return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "") }

// list answers GET /library/editions: browse and search.
func (l *Library) list(w http.ResponseWriter, r *http.Request) error {
	q, err := l.query(r)
	if err != nil {
		return err
	}
	found, err := l.Search(r.Context(), q)
	if err != nil {
		return err
	}
	for _, u := range found.Unread {
		l.Log.Error("text not searched", "book", u.Book, "error", u.Err)
	}
	return web.Reply(w, http.StatusOK, map[string]any{"editions": namedHits(found.Hits, web.Language(r)), "next": found.Next, "too_short": found.TooShort})
}

// facets answers GET /library/facets: how many books of a list there are of each kind.
func (l *Library) facets(w http.ResponseWriter, r *http.Request) error {
	q, err := l.query(r)
	if err != nil {
		return err
	}
	counts, err := l.Facets(r.Context(), q, 20)
	if err != nil {
		return err
	}
	return web.Reply(w, http.StatusOK, counts.named(q.Filter.Class, web.Language(r)))
}

// detail answers GET /library/editions/{edition}.
func (l *Library) detail(w http.ResponseWriter, r *http.Request) error {
	e, there, err := findEdition(r.Context(), l.Shelf.DB, storable(r.PathValue("edition")))
	if err != nil {
		return err
	}
	if !there {
		return web.NotFound
	}
	return web.Reply(w, http.StatusOK, e.named(web.Language(r)))
}

// picture answers GET /library/editions/{edition}/cover and /thumbnail.
func (l *Library) picture(w http.ResponseWriter, r *http.Request) error {
	e, there, err := findEdition(r.Context(), l.Shelf.DB, storable(r.PathValue("edition")))
	if err != nil {
		return err
	}
	o := map[string]*events.Object{"cover": e.Cover, "thumbnail": e.Thumbnail}[r.PathValue("cover")]
	if !there || o == nil {
		return web.NotFound
	}
	body, info, err := l.Store.Get(r.Context(), o.Bucket, o.Key, o.Version)
	if errors.Is(err, blob.ErrNotFound) {
		return web.NotFound
	}
	if err != nil {
		return err
	}
	defer body.Close()
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "private, max-age=86400")
	w.Header().Set("Content-Length", strconv.FormatInt(info.Size, 10))
	io.Copy(w, body) // who is cut off sees that bytes are missing
	return nil
}
