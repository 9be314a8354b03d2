package probe

// What goes over the network, and what makes it unique.

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"xietong.dev/shared/fault"
)

// maxAnswer is more than any answer of the function has.
const maxAnswer = 1 << 20

func (p *Probe) get(ctx context.Context, path string, into any) error {
	return p.ask(ctx, http.MethodGet, path, "", nil, into)
}

func (p *Probe) post(ctx context.Context, path, contentType string, body []byte, into any) error {
	return p.ask(ctx, http.MethodPost, path, contentType, body, into)
}

func (p *Probe) ask(ctx context.Context, method, path, contentType string, body []byte, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, p.URL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	answer, err := p.Client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", path, err)
	}
	if answer.StatusCode >= 300 {
		return refusal(answer, data)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(data, into)
}

// refusal tells what must not be sent again from what is worth another try.
func refusal(answer *http.Response, data []byte) error {
	var said struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	_ = json.Unmarshal(data, &said) // a proxy in between answers in its own words
	err := fmt.Errorf("the server answers %s: %s", answer.Status, said.Error.Message)
	if seconds, numeric := strconv.Atoi(answer.Header.Get("Retry-After")); numeric == nil {
		return fault.Busy(time.Duration(seconds)*time.Second, err)
	}
	if said.Error.Code == "" || answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests {
		return err
	}
	return fault.Refusef(said.Error.Code, "%w", err)
}

// newID makes a UUIDv7 (RFC 9562, section 5.7): milliseconds, then random bits.
func newID(now time.Time, random io.Reader) (string, error) {
	var id [16]byte
	if _, err := io.ReadFull(random, id[6:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	ms := now.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i)))
	}
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]), nil
}

func newNonce(random io.Reader) (string, error) {
	var nonce [12]byte
	if _, err := io.ReadFull(random, nonce[:]); err != nil {
		return "", fmt.Errorf("make a nonce: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(nonce[:]), nil
}
