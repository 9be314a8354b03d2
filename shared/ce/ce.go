// Package ce reads and writes CloudEvents over HTTP, where the SDK falls short:
// it answers nothing to the question which requests are final, takes bodies of
// any size, and does not percent-code header values (section 3.1.3.2 of the
// HTTP binding), so that a Chinese subject would be lost.
//
//	in   a request or a response in binary or structured mode
//	out  an event that holds to the specification and to our limits, or an
//	     [Error] with the status that refuses it
package ce

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/cloudevents/sdk-go/v2/binding"
	"github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
)

// An attribute is small by nature; one that is not would fit neither a header
// nor an index.
const (
	MaxAttribute  = 1 << 10  // bytes of one attribute
	MaxAttributes = 16 << 10 // bytes of all names and values together
)

// ErrNoEvent says that a message is HTTP, but no CloudEvent.
var ErrNoEvent = &Error{http.StatusUnsupportedMediaType, "not a CloudEvent: send ce- headers, or Content-Type: application/cloudevents+json"}

// Error is a message that is refused, and with which HTTP status.
type Error struct {
	Status int
	Text   string // fit to be shown to the sender
}

func (e *Error) Error() string { return e.Text }

// Read reads one event from a message. The body is returned besides, for
// whoever can make something of a message that is [ErrNoEvent].
func Read(ctx context.Context, header http.Header, body io.Reader, limit int64) (event.Event, []byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, limit+1))
	switch {
	case err != nil:
		return event.Event{}, nil, &Error{http.StatusBadRequest, "the message ended too early"}
	case int64(len(text)) > limit:
		return event.Event{}, nil, &Error{http.StatusRequestEntityTooLarge, fmt.Sprintf("the message is over %d bytes; put large data into the object store and send its key", limit)}
	}
	media, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	if strings.HasPrefix(media, "application/cloudevents-batch") {
		return event.Event{}, text, &Error{http.StatusUnsupportedMediaType, "batches are not taken; send one event in each request"}
	}
	message := cehttp.NewMessage(decoded(header), io.NopCloser(bytes.NewReader(text)))
	if message.ReadEncoding() == binding.EncodingUnknown {
		return event.Event{}, text, ErrNoEvent
	}
	e, err := binding.ToEvent(ctx, message)
	if err != nil {
		return event.Event{}, text, &Error{http.StatusBadRequest, "not a CloudEvent: " + err.Error()}
	}
	return *e, text, Check(*e)
}

// Check holds an event against the specification and our limits.
func Check(e event.Event) error {
	if err := e.Validate(); err != nil {
		return &Error{http.StatusBadRequest, "not a valid CloudEvent: " + strings.Join(strings.Fields(err.Error()), " ")}
	}
	total := 0
	for name, value := range Attributes(e) {
		total += len(name) + len(value)
		switch {
		case len(value) > MaxAttribute:
			return &Error{http.StatusBadRequest, fmt.Sprintf("attribute %s has %d bytes, want at most %d", name, len(value), MaxAttribute)}
		case !utf8.ValidString(value) || strings.ContainsRune(value, 0):
			return &Error{http.StatusBadRequest, fmt.Sprintf("attribute %s is not UTF-8 without NUL", name)}
		}
	}
	if total > MaxAttributes {
		return &Error{http.StatusBadRequest, fmt.Sprintf("the attributes have %d bytes together, want at most %d", total, MaxAttributes)}
	}
	return nil
}

// Attributes returns the attributes of an event that are present, by name, in
// the form in which they travel.
func Attributes(e event.Event) map[string]string {
	all := map[string]string{"specversion": e.SpecVersion(), "id": e.ID(), "source": e.Source(), "type": e.Type(),
		"subject": e.Subject(), "dataschema": e.DataSchema(), "datacontenttype": e.DataContentType()}
	if !e.Time().IsZero() {
		all["time"] = e.Time().UTC().Format("2006-01-02T15:04:05.999999999Z07:00")
	}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	for name, value := range e.Extensions() {
		all[name] = fmt.Sprint(value)
	}
	return all
}

// WriteHeader lays the attributes of an event out in binary mode; the body is
// e.Data().
func WriteHeader(h http.Header, e event.Event) {
	for name, value := range Attributes(e) {
		if name == "datacontenttype" {
			h.Set("Content-Type", value)
			continue
		}
		h.Set("Ce-"+name, encode(value))
	}
}

// NewRequest returns a POST of an event to an address, in binary mode.
func NewRequest(ctx context.Context, address string, e event.Event) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(e.Data()))
	if err != nil {
		return nil, err
	}
	WriteHeader(req.Header, e)
	return req, nil
}

// Send posts an event and returns an error unless the answer is a success.
func Send(client *http.Client, req *http.Request) error {
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %s: %s", req.URL.Host, res.Status, bytes.TrimSpace(text))
	}
	return nil
}

// NoRedirect is for http.Client.CheckRedirect: a redirected POST becomes a GET
// without its body, so the event would be lost while it counts as delivered.
func NoRedirect(*http.Request, []*http.Request) error {
	return errors.New("the receiver redirects; name the address it leads to")
}

// encode percent-codes space, quote, percent, and all that is not printable
// ASCII.
func encode(v string) string {
	var b strings.Builder
	for i := range len(v) {
		if c := v[i]; c <= ' ' || c > '~' || c == '"' || c == '%' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// decoded undoes encode for the attributes of an event. A value that is not
// percent-coded passes as it is, because many senders do not encode.
func decoded(h http.Header) http.Header {
	plain := h.Clone()
	for name, values := range plain {
		if !strings.HasPrefix(strings.ToLower(name), "ce-") {
			continue
		}
		for i, v := range values {
			if text, err := url.PathUnescape(v); err == nil {
				values[i] = text
			}
		}
	}
	return plain
}
