package ce

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
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

// NewRequest returns a POST of an event to an address, in binary mode.
func NewRequest(ctx context.Context, address string, e Event) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(e.Data()))
	if err != nil {
		return nil, err
	}
	Write(req.Header, e)
	return req, nil
}

// Send posts an event, and returns an error unless the answer is a success.
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
