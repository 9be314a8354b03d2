package broker

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg/pgtest"
)

func post(t *testing.T, b *Broker, method, host, body string, pairs ...string) (int, string, http.Header) {
	t.Helper()
	server := httptest.NewServer(b)
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = headers(pairs...)
	if host != "" {
		req.Host = host
	}
	res, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(text)), res.Header
}

var binary = []string{"Ce-Specversion", "1.0", "Ce-Id", "1", "Ce-Source", "/test", "Ce-Type", "t", "Ce-Subject", "%E4%BC%9A", "Content-Type", "application/json"}

func TestIngress(t *testing.T) {
	b := open(t, Config{MaxEvent: 200})
	for name, c := range map[string]struct {
		method, host, body string
		headers            []string
		status             int
		text               string
	}{
		"binary":            {"POST", "", `{}`, binary, 202, ""},
		"structured":        {"POST", "", `{"specversion":"1.0","id":"2","source":"/test","type":"t"}`, []string{"Content-Type", "application/cloudevents+json"}, 202, ""},
		"largest":           {"POST", "", strings.Repeat("x", 200), binary, 202, ""},
		"too large":         {"POST", "", strings.Repeat("x", 201), binary, 413, "the event is over 200 bytes; put large data into the object store and send its key"},
		"batch":             {"POST", "", `[]`, []string{"Content-Type", "application/cloudevents-batch+json"}, 415, "batches are not taken; send one event in each request"},
		"no event":          {"POST", "", `{}`, []string{"Content-Type", "application/json"}, 415, "not a CloudEvent: send ce- headers, or Content-Type: application/cloudevents+json"},
		"without an id":     {"POST", "", ``, []string{"Ce-Specversion", "1.0", "Ce-Source", "/test", "Ce-Type", "t"}, 400, "not a valid CloudEvent: id: MUST be a non-empty string"},
		"broken":            {"POST", "", `{"specversion":`, []string{"Content-Type", "application/cloudevents+json"}, 400, ""},
		"GET":               {"GET", "", ``, nil, 405, "send events with POST"},
		"localhost":         {"POST", "localhost:8080", `{}`, binary, 202, ""},
		"loopback address":  {"POST", "127.1.2.3:80", `{}`, binary, 202, ""},
		"IPv6":              {"POST", "[::1]:80", `{}`, binary, 202, ""},
		"IPv6 without port": {"POST", "[::1]", `{}`, binary, 202, ""},
		"another name":      {"POST", "evil.example:8080", `{}`, binary, 403, "this broker answers to localhost only"},
		"its own address":   {"POST", "10.0.0.5:8080", `{}`, binary, 403, "this broker answers to localhost only"},
		"lookalike":         {"POST", "127.0.0.1.evil.example", `{}`, binary, 403, "this broker answers to localhost only"},
	} {
		status, text, _ := post(t, b, c.method, c.host, c.body, c.headers...)
		if status != c.status || (c.text != "" && text != c.text) || (status == 202 && text != "") {
			t.Errorf("%s: answered %d %q, want %d %q", name, status, text, c.status, c.text)
		}
	}
	records, err := b.Events(t.Context(), Query{Subject: "会"})
	if err != nil || len(records) == 0 {
		t.Errorf("found %v (%v), want the events with a Chinese subject", records, err)
	}
}

func TestHandshake(t *testing.T) {
	_, _, h := post(t, open(t, Config{}), "OPTIONS", "", "", "WebHook-Request-Origin", "store.example")
	if h.Get("WebHook-Allowed-Origin") != "store.example" || h.Get("WebHook-Allowed-Rate") != "*" || h.Get("Allow") != "POST, OPTIONS" {
		t.Errorf("the handshake answered %v", h)
	}
}

func TestTheTraceOfTheRequestGoesOn(t *testing.T) {
	const trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"
	s := subscribe(t, status(204))
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 1)}})
	run(t, b)
	post(t, b, "POST", "", `{}`, append([]string{"Traceparent", trace}, binary...)...)
	idle(t, b)
	if got := s.received()[0].header.Get("Traceparent"); got != trace {
		t.Errorf("the subscriber saw the trace %s, want %s", got, trace)
	}
}

func TestWhatIsNotStoredIsNotAccepted(t *testing.T) {
	db := pgtest.Open(t, Schema, Migrations())
	b := open(t, Config{DB: db})
	db.Close()
	status, text, _ := post(t, b, "POST", "", `{}`, binary...)
	if status != 500 || text != "not stored; send it again" {
		t.Errorf("answered %d %q, want 500 and no details", status, text)
	}
}
