package reading

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
)

// Prefix is where the parts of books stand: Prefix, token, slash, the part's name.
const Prefix = "/library/content/"

// ErrNoBook is what a [Shelf] says of editions that it has not, or no longer shows.
var ErrNoBook = errors.New("there is no such book")

// Shelf finds books.
type Shelf interface {
	// Book returns what is read where somebody opens the edition, or ErrNoBook.
	Book(ctx context.Context, edition string) (events.BookCatalogued, error)
}

// Content serves the parts of books to whoever shows a token.
type Content struct {
	Server *Server
	Shelf  Shelf
	Key    Key
	Now    func() time.Time
	Log    *slog.Logger

	// Origin is that of the parts, https://host, where they have one of their own; it
	// is served nowhere else then. Page is the origin of the page that reads there.
	Origin, Page string
}

// Base is the address below which the parts of an edition stand until a time.
func (c *Content) Base(edition string, expires time.Time) string {
	return c.Origin + Prefix + c.Key.Sign(edition, expires) + "/"
}

// Own reports whether a request came to the origin that only parts are served from.
func (c *Content) Own(r *http.Request) bool {
	_, host, _ := strings.Cut(c.Origin, "://")
	return host != "" && bare(host) == bare(r.Host)
}

// bare is a host without the port that its scheme has anyway.
func bare(host string) string {
	if name, port, err := net.SplitHostPort(host); err == nil && (port == "443" || port == "80") {
		return name
	}
	return host
}

// securityPolicy lets nothing run, and nothing be fetched but what lies beside it. A
// document that was opened on its own has an origin that is nobody's.
const securityPolicy = "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self'; media-src 'self'; " +
	"base-uri 'none'; form-action 'none'; sandbox"

// drawingPolicy is that of SVG, which is given out as it is: as a picture on a page it
// fetches nothing, and so it does where somebody opens it on its own.
const drawingPolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'; sandbox"

// pdfPolicy lacks only the sandbox: in one, browsers show no PDF. Theirs is a viewer
// that runs a PDF's scripts, if at all, away from every page.
const pdfPolicy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf; base-uri 'none'; form-action 'none'"

// ServeHTTP answers GET and HEAD of a part, and of the manifest and the positions.
func (c *Content) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this address takes only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	token, href, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
	edition, err := c.Key.Open(token, c.Now())
	if err == nil && c.Origin != "" && !c.Own(r) {
		err = ErrToken
	}
	c.protect(w.Header())
	if err == nil {
		err = c.serve(w, r, edition, href)
	}
	if err != nil {
		c.refuse(w, r, err, edition+" "+href)
	}
}

// protect says what browsers may do with whatever is answered.
func (c *Content) protect(h http.Header) {
	h.Set("Content-Security-Policy", securityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("X-Robots-Tag", "noindex")
	if c.Page != "" {
		h.Set("Cross-Origin-Resource-Policy", "cross-origin") // the token in the address is what lets in
		h.Set("Access-Control-Allow-Origin", c.Page)
	}
}

func (c *Content) serve(w http.ResponseWriter, r *http.Request, edition, href string) error {
	catalogued, err := c.Shelf.Book(r.Context(), edition)
	if err != nil {
		return err
	}
	b, err := c.Server.Open(r.Context(), catalogued)
	if err != nil {
		return err
	}
	switch href {
	case ManifestName:
		w.Header().Set("Content-Type", ManifestType)
		give(w, r, encode(ManifestOf(b, c.base(r))))
		return nil
	case PositionsName:
		w.Header().Set("Content-Type", PositionsType)
		give(w, r, encode(PositionsOf(b)))
		return nil
	case PDF:
		w.Header().Set("Content-Security-Policy", pdfPolicy)
	}
	if part, has := b.Part(href); has && isDrawing(b, part) {
		w.Header().Set("Content-Security-Policy", drawingPolicy)
	}
	return c.Server.Serve(w, r, b, href)
}

// base is the address below which this very request came.
func (c *Content) base(r *http.Request) string {
	token, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
	return c.Origin + Prefix + token + "/"
}

// refuse tells a caller no more than what it can see: there is nothing here. The
// token is not logged: it lets in.
func (c *Content) refuse(w http.ResponseWriter, r *http.Request, err error, what string) {
	w.Header().Del("Etag")
	w.Header().Del("Content-Encoding")
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case errors.Is(err, ErrToken):
		http.Error(w, "open the book again: this address holds no longer", http.StatusForbidden)
	case errors.Is(err, ErrNoBook), errors.Is(err, ErrNoPart):
		http.Error(w, "there is no such part", http.StatusNotFound)
	case fault.Code(err) == events.RefusedTooLarge:
		http.Error(w, "this part is too large to be shown", http.StatusRequestEntityTooLarge)
	default:
		if r.Context().Err() == nil {
			c.Log.Error("part not given out", slog.String("part", what), slog.Any("error", err))
		}
		http.Error(w, "something went wrong here; try again", http.StatusInternalServerError)
	}
}
