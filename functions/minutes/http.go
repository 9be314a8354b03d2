package minutes

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/say"
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
	mux := http.NewServeMux()
	for path, methods := range routes() {
		mux.Handle(path, m.serve(apply, func(c *call) error {
			handle, has := methods[c.r.Method]
			if !has {
				return notAllowed(methods)
			}
			return handle(c)
		}))
	}
	mux.Handle("/", m.serve(apply, func(*call) error { return notFound }))
	return mux
}

// serve lets in whoever shows the token, and puts every error into words.
func (m *Minutes) serve(apply fn.Apply, handle handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		c := &call{Minutes: m, apply: apply, w: w, r: r, lang: say.Pick(r.Header.Get("Accept-Language"))}
		err := c.identify()
		if err == nil {
			err = handle(c)
		}
		if err != nil {
			c.fail(err)
		}
	})
}

var visible = regexp.MustCompile(`^[!-~]{1,128}$`)

// identify checks the token and takes from the upstream app's headers for which
// unit and account it asks.
func (c *call) identify() error {
	token, _ := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	// Hashes have one length, so the comparison tells nothing of the token's.
	shown, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(c.Token.Reveal()))
	if subtle.ConstantTimeCompare(shown[:], want[:]) != 1 {
		return &problem{status: http.StatusUnauthorized, code: "unauthorised", header: http.Header{"Www-Authenticate": {"Bearer"}}}
	}
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

// problem is a refusal of a request. Its message stands under error.<text>, or
// under error.<code> where the text is empty.
type problem struct {
	status int
	code   string
	text   string
	args   []any
	header http.Header
}

func (p *problem) Error() string { return p.message(say.English) }

func (p *problem) message(lang string) string {
	text := p.text
	if text == "" {
		text = p.code
	}
	return messages.Say(lang, "error."+text, p.args...)
}

var notFound = &problem{status: http.StatusNotFound, code: "not_found"}

func refuse(status int, code string, args ...any) *problem {
	return &problem{status: status, code: code, args: args}
}

// field refuses a value; the first argument names where it stands.
func field(text string, args ...any) *problem {
	return &problem{status: http.StatusBadRequest, code: "invalid_field", text: text, args: args}
}

func notAllowed(methods map[string]handler) *problem {
	var names []string
	for name := range methods {
		names = append(names, name)
	}
	slices.Sort(names)
	allowed := strings.Join(names, ", ")
	return &problem{status: http.StatusMethodNotAllowed, code: "not_allowed", args: []any{allowed}, header: http.Header{"Allow": {allowed}}}
}

func (c *call) fail(err error) {
	var p *problem
	if !errors.As(err, &p) {
		p = c.hidden(err)
	}
	for name, values := range p.header {
		c.w.Header()[name] = values
	}
	var body struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	body.Error.Code, body.Error.Message = p.code, p.message(c.lang)
	c.reply(p.status, body)
}

// hidden is what a caller learns of an error that is not of its making.
func (c *call) hidden(err error) *problem {
	if after, busy := fault.RetryAfter(err); busy {
		return &problem{status: http.StatusServiceUnavailable, code: "busy", header: http.Header{"Retry-After": {strconv.Itoa(max(1, int(after.Seconds())))}}}
	}
	if c.r.Context().Err() == nil {
		c.Log.Error("request failed", slog.String("method", c.r.Method), slog.String("path", c.r.URL.Path), slog.Any("error", err))
	}
	return refuse(http.StatusInternalServerError, "internal")
}

func (c *call) reply(status int, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	c.w.Write(append(text, '\n'))
	return nil
}

// body reads the request's JSON. Unknown fields are refused: here they are
// typing errors, not news from a newer sender.
func (c *call) body(limit int64, into any) error {
	text, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, limit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return refuse(http.StatusRequestEntityTooLarge, "body_large", limit)
	case err != nil:
		return &problem{status: http.StatusBadRequest, code: "invalid_body", text: "body_json", args: []any{"it ended too early"}}
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

func unreadable(err error) *problem {
	var wrong *json.UnmarshalTypeError
	name, unknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	p := &problem{status: http.StatusBadRequest, code: "invalid_body", text: "body_json"}
	switch {
	case unknown:
		p.text, p.args = "unknown_field", []any{name}
	case errors.As(err, &wrong):
		p.args = []any{fmt.Sprintf("%q is a JSON %s, want %s", wrong.Field, wrong.Value, wrong.Type)}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		p.args = []any{"it ends too early"}
	default:
		p.args = []any{err.Error()}
	}
	return p
}

// params refuses parameters of the address that are not known.
func (c *call) params(known ...string) error {
	for name := range c.r.URL.Query() {
		if !slices.Contains(known, name) {
			return &problem{status: http.StatusBadRequest, code: "invalid_field", text: "unknown_param", args: []any{name, strings.Join(known, ", ")}}
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
		return s, notFound
	}
	var err error
	s.given, err = readGiven(c.r.Context(), db, selectGiven, s.id)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return s, notFound
	case err != nil:
		return s, wrap("read minutes", s.id, err)
	}
	return c.fill(db, s)
}

func (c *call) fill(db reader, s story) (story, error) {
	if s.given.Unit != c.unit {
		return s, notFound
	}
	if s.given.DeletedAt != nil {
		return s, refuse(http.StatusGone, "deleted")
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
