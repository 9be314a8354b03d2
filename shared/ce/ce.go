// Package ce carries CloudEvents over HTTP.
//
//	in   headers and a body, in binary or structured mode
//	out  an event, checked; or an [*Error] that says which status refuses it
//
// Attribute values are percent-coded in headers as the HTTP binding asks, so that
// a Chinese subject survives. Batches are refused.
package ce

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cloudevents/sdk-go/v2/binding"
	"github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	"github.com/cloudevents/sdk-go/v2/types"
)

// Event is a CloudEvent.
type Event = event.Event

// An attribute is small by nature; one that is not would not fit a header or an
// index.
const (
	MaxAttribute  = 1 << 10  // bytes of one attribute's value
	MaxAttributes = 16 << 10 // bytes of all attributes together, names included
)

// Error says with which HTTP status an event is refused, and why.
type Error struct {
	Status int
	Text   string
}

func (e *Error) Error() string { return e.Text }

func refusef(status int, format string, args ...any) error {
	return &Error{status, fmt.Sprintf(format, args...)}
}

// IsEvent reports whether a message with these headers claims to be an event or
// a batch of events.
func IsEvent(h http.Header) bool {
	return h.Get("Ce-Specversion") != "" || strings.HasPrefix(media(h), "application/cloudevents")
}

// Read returns the event that a message carries. Every error is an [*Error]:
// 400 for a malformed event, 415 for a batch and for what is no event.
func Read(ctx context.Context, h http.Header, body []byte) (Event, error) {
	if strings.HasPrefix(media(h), "application/cloudevents-batch") {
		return Event{}, refusef(http.StatusUnsupportedMediaType, "batches are not taken; send one event in each request")
	}
	message := cehttp.NewMessage(decoded(h), io.NopCloser(bytes.NewReader(body)))
	if message.ReadEncoding() == binding.EncodingUnknown {
		return Event{}, refusef(http.StatusUnsupportedMediaType, "not a CloudEvent: send ce- headers, or Content-Type: application/cloudevents+json")
	}
	e, err := binding.ToEvent(ctx, message)
	if err != nil {
		return Event{}, refusef(http.StatusBadRequest, "not a CloudEvent: %s", oneLine(err))
	}
	return *e, Check(*e)
}

func media(h http.Header) string {
	media, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return media
}

// Check holds an event against the specification and our limits.
func Check(e Event) error {
	if err := e.Validate(); err != nil {
		return refusef(http.StatusBadRequest, "not a valid CloudEvent: %s", oneLine(err))
	}
	total := 0
	for name, value := range Attributes(e) {
		total += len(name) + len(value)
		switch {
		case len(value) > MaxAttribute:
			return refusef(http.StatusBadRequest, "attribute %s has %d bytes, want at most %d", name, len(value), MaxAttribute)
		case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
			return refusef(http.StatusBadRequest, "attribute %s is not UTF-8 without control characters", name)
		}
	}
	if total > MaxAttributes {
		return refusef(http.StatusBadRequest, "the attributes have %d bytes together, want at most %d", total, MaxAttributes)
	}
	return nil
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// Attributes returns all attributes of an event that are set, each in the text
// form that the specification gives its type.
func Attributes(e Event) map[string]string {
	all := map[string]string{}
	set := func(name, value string) {
		if value != "" {
			all[name] = value
		}
	}
	set("specversion", e.SpecVersion())
	set("id", e.ID())
	set("source", e.Source())
	set("type", e.Type())
	set("subject", e.Subject())
	set("dataschema", e.DataSchema())
	set("datacontenttype", e.DataContentType())
	if !e.Time().IsZero() {
		set("time", e.Time().UTC().Format(time.RFC3339Nano))
	}
	for name, value := range e.Extensions() {
		text, err := types.Format(value)
		if err != nil {
			text = fmt.Sprint(value)
		}
		set(name, text)
	}
	return all
}

// New returns the event that attributes and data make up: what [Attributes]
// took apart.
func New(attributes map[string]string, data []byte) (Event, error) {
	h := http.Header{}
	for name, value := range attributes {
		h.Set(headerName(name), value)
	}
	e, err := binding.ToEvent(context.Background(), cehttp.NewMessage(h, io.NopCloser(bytes.NewReader(data))))
	if err != nil {
		return Event{}, fmt.Errorf("put an event together: %w", err)
	}
	return *e, nil
}

// Write lays an event's attributes out as the headers of binary mode.
func Write(h http.Header, e Event) { WriteAttributes(h, Attributes(e)) }

// WriteAttributes lays attributes out as the headers of binary mode.
func WriteAttributes(h http.Header, attributes map[string]string) {
	for name, value := range attributes {
		if name != "datacontenttype" {
			value = encode(value)
		}
		h.Set(headerName(name), value)
	}
}

func headerName(attribute string) string {
	if attribute == "datacontenttype" {
		return "Content-Type"
	}
	return "Ce-" + attribute
}

// encode percent-codes a value as section 3.1.3.2 of the CloudEvents HTTP
// binding asks: space, quote, percent, and all that is not printable ASCII.
func encode(v string) string {
	plain := func(c byte) bool { return c > ' ' && c <= '~' && c != '"' && c != '%' }
	n := 0
	for n < len(v) && plain(v[n]) {
		n++
	}
	if n == len(v) {
		return v
	}
	var b strings.Builder
	for i := range len(v) {
		if plain(v[i]) {
			b.WriteByte(v[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", v[i])
		}
	}
	return b.String()
}

// decoded undoes the coding of attributes. A value that is not percent-coded
// passes as it is: many senders do not encode.
func decoded(h http.Header) http.Header {
	plain := make(http.Header, len(h))
	for name, values := range h {
		if name == "Ce-" {
			continue // a name of nothing: the SDK would panic
		}
		if len(values) == 0 || !strings.HasPrefix(name, "Ce-") {
			plain[name] = values
			continue
		}
		plain[name] = []string{decode(values[0])}
	}
	return plain
}

func decode(v string) string {
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		v = unquote(v[1 : len(v)-1])
	}
	if plain, err := url.PathUnescape(v); err == nil {
		return plain
	}
	return v
}

// unquote takes the backslashes out of a quoted string (RFC 9110, 5.6.4).
func unquote(v string) string {
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		if v[i] == '\\' && i+1 < len(v) {
			i++
		}
		b.WriteByte(v[i])
	}
	return b.String()
}
