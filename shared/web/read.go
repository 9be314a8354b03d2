package web

// What requests hold, read and checked.

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
)

// Field refuses a value. Its words stand under error.<text>; the first argument
// names where it stands.
func Field(text string, args ...any) *Problem {
	return &Problem{Status: http.StatusBadRequest, Code: "invalid_field", Text: text, Args: args}
}

// Caller is for whom an upstream app asks.
type Caller struct {
	Unit    string
	Account string // empty where nobody is named
}

var visible = regexp.MustCompile(`^[!-~]{1,128}$`)

// Visible reports whether a text is 1 to 128 visible ASCII characters, as names in
// headers are.
func Visible(text string) bool { return visible.MatchString(text) }

// CallerOf reads the headers X-Unit, which otherwise is the unit given, and
// X-Auth-Id.
func CallerOf(r *http.Request, unit string) (Caller, error) {
	c := Caller{Unit: r.Header.Get("X-Unit"), Account: r.Header.Get("X-Auth-Id")}
	if c.Unit == "" {
		c.Unit = unit
	}
	switch {
	case !Visible(c.Unit):
		return c, Field("field_ascii", "X-Unit", 128)
	case c.Account != "" && !Visible(c.Account):
		return c, Field("field_ascii", "X-Auth-Id", 128)
	}
	return c, nil
}

// Body reads the request's JSON, up to a limit in bytes. Unknown fields are refused:
// here they are typing errors, not news from a newer sender.
func Body(w http.ResponseWriter, r *http.Request, limit int64, into any) error {
	text, err := Bytes(w, r, limit)
	if err != nil {
		return err
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

// Bytes reads the request's body, up to a limit in bytes.
func Bytes(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, Refuse(http.StatusRequestEntityTooLarge, "body_large", limit)
	case err != nil:
		return nil, &Problem{Status: http.StatusBadRequest, Code: "invalid_body", Text: "body_json", Args: []any{"it ended too early"}}
	}
	return text, nil
}

func unreadable(err error) *Problem {
	var wrong *json.UnmarshalTypeError
	name, unknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	p := &Problem{Status: http.StatusBadRequest, Code: "invalid_body", Text: "body_json"}
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

// Params refuses parameters of the address that are not known.
func Params(r *http.Request, known ...string) error {
	for name := range r.URL.Query() {
		if !slices.Contains(known, name) {
			return Field("unknown_param", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// Number reads a parameter of the address; otherwise is its value where it is
// missing.
func Number(r *http.Request, name string, least, most, otherwise int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, Field("field_number", name, least, most)
	}
	return n, nil
}
