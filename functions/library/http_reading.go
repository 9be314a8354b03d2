package library

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"xietong.dev/functions/library/page"
	"xietong.dev/functions/library/reading"
	"xietong.dev/functions/library/text"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/web"
)

// reader is one request of somebody who reads.
type reader struct {
	*Readers
	w       http.ResponseWriter
	r       *http.Request
	who     Reader
	edition string
}

// Routes are the addresses of reading. Parts of books are apart: see [Readers.Parts].
func (r *Readers) Routes() map[string]map[string]web.Handler {
	routes := map[string]map[string]web.Handler{}
	for path, methods := range map[string]map[string]func(*reader) error{
		"/library/editions/{edition}/read":          {"GET": (*reader).page},
		"/library/editions/{edition}/open":          {"GET": (*reader).open},
		"/library/editions/{edition}/inside":        {"GET": (*reader).inside},
		"/library/editions/{edition}/place":         {"GET": (*reader).place},
		"/library/editions/{edition}/position":      {"GET": (*reader).position, "PUT": (*reader).move},
		"/library/editions/{edition}/marks":         {"GET": (*reader).marks},
		"/library/editions/{edition}/marks/{id}":    {"PUT": (*reader).mark, "DELETE": (*reader).unmark},
		"/library/editions/{edition}/sessions/{id}": {"PUT": (*reader).session},
		"/library/editions/{edition}/loan":          {"GET": (*reader).loan, "POST": (*reader).borrow, "DELETE": (*reader).giveBack},
		"/library/loans":                            {"GET": (*reader).loans},
		"/library/reading":                          {"GET": (*reader).recent},
		"/library/page/{file}":                      {"GET": (*reader).file},
	} {
		routes[path] = map[string]web.Handler{}
		for method, handle := range methods {
			routes[path][method] = r.as(handle)
		}
	}
	return routes
}

// Parts serves the parts of books, below [reading.Prefix].
func (r *Readers) Parts() http.Handler { return r.Content }

var (
	visible = regexp.MustCompile(`^[!-~]{1,128}$`)
	idents  = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,128}$`)
)

// as has a handler work for whoever asks. The origin of books' parts has nothing else.
func (r *Readers) as(handle func(*reader) error) web.Handler {
	return func(w http.ResponseWriter, req *http.Request) error {
		c := &reader{Readers: r, w: w, r: req, who: Reader{req.Header.Get("X-Unit"), req.Header.Get("X-Auth-Id")}, edition: req.PathValue("edition")}
		if c.who.Unit == "" {
			c.who.Unit = r.Unit
		}
		switch {
		case r.Content.Own(req):
			return web.NotFound
		case !visible.MatchString(c.who.Unit):
			return wrong("reading_ascii", "X-Unit", 128)
		case !visible.MatchString(c.who.Account):
			return wrong("reading_ascii", "X-Auth-Id", 128)
		case c.edition != "" && !idents.MatchString(c.edition):
			return web.NotFound
		}
		return handle(c)
	}
}

// wrong refuses a value; the first argument names where it stands.
func wrong(text string, args ...any) *web.Problem {
	return &web.Problem{Status: http.StatusBadRequest, Code: "invalid_field", Text: text, Args: args}
}

func (c *reader) reply(body any) error { return web.Reply(c.w, http.StatusOK, body) }

// take reads the request's JSON.
func (c *reader) take(into any) error {
	text, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, int64(c.MaxReading)))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return web.Refuse(http.StatusRequestEntityTooLarge, "reading_large", int64(c.MaxReading))
	case err == nil:
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return &web.Problem{Status: http.StatusBadRequest, Code: "invalid_body", Text: "reading_json", Args: []any{err.Error()}}
	}
	return nil
}

// number reads a parameter of the address.
func (c *reader) number(name string, least, most, otherwise int) (int, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return min(otherwise, most), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, wrong("reading_number", name, least, most)
	}
	return n, nil
}

// book finds the edition, and wants that this reader may read it until some time.
func (c *reader) book() (*reading.Book, time.Time, error) {
	catalogued, err := c.Content.Shelf.Book(c.r.Context(), c.edition)
	if errors.Is(err, reading.ErrNoBook) {
		return nil, time.Time{}, web.NotFound
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	until, may, err := c.mayRead(c.r.Context(), c.who, c.edition)
	switch {
	case errors.Is(err, errLicenceEnded):
		return nil, until, web.Refuse(http.StatusForbidden, "licence_ended")
	case err != nil:
		return nil, until, err
	case !may:
		return nil, until, web.Refuse(http.StatusForbidden, "loan_needed")
	}
	b, err := c.Content.Server.Open(c.r.Context(), catalogued)
	return b, until, err
}

// opened is what a page or an app needs to begin.
type opened struct {
	Base     string    `json:"base"` // the parts stand below it
	Manifest string    `json:"manifest"`
	Expires  time.Time `json:"expires"`
	Format   string    `json:"format"`
	Position *Position `json:"position,omitempty"`
}

// open answers GET /library/editions/{edition}/open.
func (c *reader) open() error {
	b, until, err := c.book()
	if err != nil {
		return err
	}
	o := opened{Format: b.Format, Expires: c.Now().Add(c.ContentExpiry).UTC().Truncate(time.Second)}
	if !until.IsZero() && until.Before(o.Expires) {
		o.Expires = until
	}
	o.Base = c.Content.Base(c.edition, o.Expires)
	o.Manifest = o.Base + reading.ManifestName
	p, known, err := c.ReadPosition(c.r.Context(), c.who, c.edition)
	if err != nil {
		return err
	}
	if known {
		o.Position = &p
	}
	return c.reply(o)
}

// inside answers GET /library/editions/{edition}/inside?q=&limit=.
func (c *reader) inside() error {
	query := c.r.URL.Query().Get("q")
	if n := len([]rune(query)); n < 1 || n > c.MaxInside {
		return wrong("reading_length", "q", 1, c.MaxInside)
	}
	limit, err := c.number("limit", 1, c.MaxFound, 100)
	if err != nil {
		return err
	}
	b, whole, err := c.text()
	if err != nil {
		return err
	}
	return c.reply(reading.Find(b, whole, query, limit, c.Fold))
}

// place answers GET /library/editions/{edition}/place?href=&offset=&length=: where a
// search of all books found something, as a locator.
func (c *reader) place() error {
	offset, err := c.number("offset", 0, int(c.Content.Server.Limits.Text), 0)
	if err != nil {
		return err
	}
	length, err := c.number("length", 1, text.MaxQuery, 1)
	if err != nil {
		return err
	}
	b, whole, err := c.text()
	if err != nil {
		return err
	}
	l, there := reading.Stretch(b, whole, c.r.URL.Query().Get("href"), offset, length)
	if !there {
		return web.NotFound
	}
	return c.reply(l)
}

// text is the book with its text.
func (c *reader) text() (*reading.Book, []booktext.Part, error) {
	b, _, err := c.book()
	if err != nil {
		return nil, nil, err
	}
	whole, err := c.Content.Server.Text(c.r.Context(), b)
	return b, whole, err
}

// page answers GET /library/editions/{edition}/read.
func (c *reader) page() error {
	origin := "'self'"
	if c.ContentURL != "" {
		origin = c.ContentURL
	}
	return page.Write(c.w, web.Language(c.r), c.edition, origin)
}

// file answers GET /library/page/{file}.
func (c *reader) file() error {
	if !page.File(c.w, c.r, c.r.PathValue("file")) {
		return web.NotFound
	}
	return nil
}
