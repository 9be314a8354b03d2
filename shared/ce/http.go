package ce

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/shared/fault"
)

// Body reads a message's body up to a limit. Its errors are [*Error]s: 413 for
// a larger one, 400 for one that breaks off.
func Body(body io.Reader, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, limit+1))
	switch {
	case err != nil:
		return nil, refusef(http.StatusBadRequest, "the message ended too early")
	case int64(len(text)) > limit:
		return nil, refusef(http.StatusRequestEntityTooLarge, "the message is over %d bytes; put large data into the object store and send its key", limit)
	}
	return text, nil
}

// NewRequest returns a POST of an event to an address, in structured mode: see
// [Structured].
func NewRequest(ctx context.Context, address string, e Event) (*http.Request, error) {
	body, err := Structured(e)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", StructuredType)
	return req, nil
}

// StructuredType is the media type of an event in structured mode.
const StructuredType = event.ApplicationCloudEventsJSON

// Structured returns an event as JSON. What we send, we send so: in binary mode a
// value that is not plain ASCII stands percent-coded in its header, Knative's
// broker compares the code, and a Trigger's filter for a Chinese unit would never
// match (measured: test/knative).
func Structured(e Event) ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("write event %s %s as JSON: %w", e.Type(), e.ID(), err)
	}
	return body, nil
}

// Send posts an event, and returns an error unless the answer is a success. A
// receiver that answers 429 is busy, and its error a [fault.Busy].
func Send(client *http.Client, req *http.Request) error {
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
	if res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s answered %s: %s", req.URL.Host, res.Status, bytes.TrimSpace(text))
	}
	if res.StatusCode == http.StatusTooManyRequests {
		err = fault.Busy(RetryAfter(res.Header, time.Now()), err)
	}
	return err
}

// RetryAfter reads the header of RFC 9110, 10.2.3: seconds, or a date. It is 0
// where there is none.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// NoRedirect is for http.Client.CheckRedirect: a redirected POST becomes a GET
// without its body, so the event would be lost while it counts as delivered.
func NoRedirect(*http.Request, []*http.Request) error {
	return errors.New("the receiver redirects; name the address it leads to")
}
