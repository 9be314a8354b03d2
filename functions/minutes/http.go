package minutes

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// call is one request, and for whom it is made.
type call struct {
	*Minutes
	apply  fn.Apply
	w      http.ResponseWriter
	r      *http.Request
	unit   string
	author string
	lang   string
}

type handler func(*call) error

// routes are the addresses of the API.
func routes() map[string]map[string]handler {
	return map[string]map[string]handler{
		"/minutes":                           {"POST": (*call).create, "GET": (*call).list},
		"/minutes/{id}":                      {"GET": (*call).detail, "PATCH": (*call).rename, "DELETE": (*call).delete},
		"/minutes/{id}/uploads":              {"POST": (*call).upload},
		"/minutes/{id}/transcript":           {"GET": (*call).transcript},
		"/minutes/{id}/summary":              {"GET": (*call).summary, "PUT": (*call).edit},
		"/minutes/{id}/revisions":            {"GET": (*call).history},
		"/minutes/{id}/revisions/{revision}": {"GET": (*call).revision},
		"/minutes/{id}/export":               {"GET": (*call).export},
	}
}

// HTTP serves the API.
func (m *Minutes) HTTP(apply fn.Apply) http.Handler {
	api := web.API{Token: m.Token, Messages: messages, Log: m.Log}
	mux := http.NewServeMux()
	for path, methods := range routes() {
		mux.Handle(path, api.Methods(m.serve(apply, methods)))
	}
	mux.Handle("/", api.Nothing())
	return mux
}

// serve has each handler work for whoever calls.
func (m *Minutes) serve(apply fn.Apply, methods map[string]handler) map[string]web.Handler {
	all := map[string]web.Handler{}
	for method, handle := range methods {
		all[method] = func(w http.ResponseWriter, r *http.Request) error {
			c := &call{Minutes: m, apply: apply, w: w, r: r, lang: web.Language(r)}
			if err := c.identify(); err != nil {
				return err
			}
			return handle(c)
		}
	}
	return all
}

var visible = regexp.MustCompile(`^[!-~]{1,128}$`)

// identify takes from the upstream app's headers for which unit and account it
// asks.
func (c *call) identify() error {
	c.unit, c.author = c.r.Header.Get("X-Unit"), c.r.Header.Get("X-Auth-Id")
	if c.unit == "" {
		c.unit = c.Unit
	}
	switch {
	case !visible.MatchString(c.unit):
		return field("field_ascii", "X-Unit", 128)
	case c.author != "" && !visible.MatchString(c.author):
		return field("field_ascii", "X-Auth-Id", 128)
	}
	return nil
}

// field refuses a value; the first argument names where it stands.
func field(text string, args ...any) *web.Problem {
	return &web.Problem{Status: http.StatusBadRequest, Code: "invalid_field", Text: text, Args: args}
}

func (c *call) reply(status int, body any) error { return web.Reply(c.w, status, body) }

// body reads the request's JSON. Unknown fields are refused: here they are
// typing errors, not news from a newer sender.
func (c *call) body(limit int64, into any) error {
	text, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, limit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return web.Refuse(http.StatusRequestEntityTooLarge, "body_large", limit)
	case err != nil:
		return &web.Problem{Status: http.StatusBadRequest, Code: "invalid_body", Text: "body_json", Args: []any{"it ended too early"}}
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err = d.Decode(into); err == nil {
		if _, err = d.Token(); err == io.EOF {
			return nil
		}
		err = errors.New("there is more after the JSON value")
	}
	return unreadable(err)
}

func unreadable(err error) *web.Problem {
	var wrong *json.UnmarshalTypeError
	name, unknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	p := &web.Problem{Status: http.StatusBadRequest, Code: "invalid_body", Text: "body_json"}
	switch {
	case unknown:
		p.Text, p.Args = "unknown_field", []any{name}
	case errors.As(err, &wrong):
		p.Args = []any{fmt.Sprintf("%q is a JSON %s, want %s", wrong.Field, wrong.Value, wrong.Type)}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		p.Args = []any{"it ends too early"}
	default:
		p.Args = []any{err.Error()}
	}
	return p
}

// params refuses parameters of the address that are not known.
func (c *call) params(known ...string) error {
	for name := range c.r.URL.Query() {
		if !slices.Contains(known, name) {
			return &web.Problem{Status: http.StatusBadRequest, Code: "invalid_field", Text: "unknown_param", Args: []any{name, strings.Join(known, ", ")}}
		}
	}
	return nil
}

// number reads a parameter of the address; otherwise is its value where it is
// missing.
func (c *call) number(name string, least, most, otherwise int) (int, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, field("field_number", name, least, most)
	}
	return n, nil
}

// load returns the caller's own minutes. Those of another unit are not found:
// not even that they exist is told.
func (c *call) load(db reader) (story, error) {
	s := story{id: c.r.PathValue("id")}
	if !events.IsID(s.id) {
		return s, web.NotFound
	}
	var err error
	s.given, err = readGiven(c.r.Context(), db, selectGiven, s.id)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return s, web.NotFound
	case err != nil:
		return s, wrap("read minutes", s.id, err)
	}
	return c.fill(db, s)
}

func (c *call) fill(db reader, s story) (story, error) {
	if s.given.Unit != c.unit {
		return s, web.NotFound
	}
	if s.given.DeletedAt != nil {
		return s, web.Refuse(http.StatusGone, "deleted")
	}
	uploads, err := readUploads(c.r.Context(), db, s.id)
	if err != nil {
		return s, err
	}
	s.own = owned(s.given, uploads)
	current, found, err := readCurrent(c.r.Context(), db, s.id, s.current())
	if found {
		s.summary = &current
	}
	return s, err
}
