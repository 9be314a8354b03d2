// Package fntest runs a function behind its real HTTP edge, with a sink that
// keeps what is sent.
//
//	h := fntest.Start(t, f)
//	answer := h.Twice(t, e)
package fntest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fn"
)

// Harness is a running function.
type Harness struct {
	URL  string // of the function
	Stop func() // asks the function to drain and stop, as the test's end does
	sink *Sink
}

// Answer is what one delivery came to.
type Answer struct {
	Status int
	Body   string
	Header http.Header
	Sent   []fn.Event // what reached the sink
}

// Start runs f until the test ends. Variables are NAME=value settings of fn
// itself, such as MAX_FAILURES=2.
func Start(t testing.TB, f *fn.Function, variables ...string) *Harness {
	t.Helper()
	h := &Harness{sink: StartSink(t)}
	settings := map[string]string{"HOST": "127.0.0.1", "PORT": "0", "K_SINK": h.sink.URL}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		settings[name] = value
	}
	ctx, stop := context.WithCancel(context.Background())
	h.Stop = stop
	logs := &logs{t: t, address: make(chan string, 1)}
	done := make(chan error, 1)
	go func() {
		open := func(context.Context, func(string) string) (*fn.Function, error) { return f, nil }
		done <- fn.Run(ctx, open, func(name string) string { return settings[name] }, logs)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the function ended with %v", err)
		}
	})
	select {
	case address := <-logs.address:
		h.URL = "http://" + address
	case err := <-done:
		done <- nil
		t.Fatal(err)
	}
	return h
}

// Deliver delivers e once, in structured mode.
func (h *Harness) Deliver(t testing.TB, e fn.Event) Answer {
	t.Helper()
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return h.Post(t, http.Header{"Content-Type": {"application/cloudevents+json"}}, body)
}

// Sent is all that has reached the sink.
func (h *Harness) Sent() []fn.Event { return h.sink.Since(0) }

// Post sends any request to the function's edge.
func (h *Harness) Post(t testing.TB, header http.Header, body []byte) Answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+"/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	before := h.sink.Count()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Answer{Status: res.StatusCode, Body: string(text), Header: res.Header, Sent: h.sink.Since(before)}
}

// Twice delivers e twice, as every event is one day, and returns the first
// answer. The second must be the same, and send the same events with the same
// ids, unless the event was refused: a refusal is tried afresh.
func (h *Harness) Twice(t testing.TB, e fn.Event) Answer {
	t.Helper()
	first := h.Deliver(t, e)
	second := h.Deliver(t, e)
	if first.Status != second.Status || first.Body != second.Body {
		t.Errorf("delivered twice: first %d %q, then %d %q", first.Status, first.Body, second.Status, second.Body)
	}
	if first.Status < 300 {
		if diff := cmp.Diff(printed(first.Sent), printed(second.Sent)); diff != "" {
			t.Errorf("delivered twice: other events were sent (-first +second)\n%s", diff)
		}
	}
	return first
}

func printed(events []fn.Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, e.String())
	}
	return all
}

// FailSink makes the sink answer 500 to the next n events.
func (h *Harness) FailSink(n int) {
	h.sink.refuse(n, http.StatusInternalServerError)
}

// FillSink makes the sink answer 429 and Retry-After: 3 to the next n events, as
// a broker does whose queue is full.
func (h *Harness) FillSink(n int) {
	h.sink.refuse(n, http.StatusTooManyRequests)
}

// logs passes the function's log to the test and picks its address out of it.
type logs struct {
	t       testing.TB
	address chan string
}

func (l *logs) Write(line []byte) (int, error) {
	var entry struct{ Msg, Address string }
	if json.Unmarshal(line, &entry) == nil && entry.Msg == "ready" {
		l.address <- entry.Address
	}
	l.t.Logf("%s", bytes.TrimSpace(line))
	return len(line), nil
}
