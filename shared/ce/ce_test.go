package ce

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
)

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestBinaryAndStructuredSayTheSame(t *testing.T) {
	want := map[string]string{"specversion": "1.0", "id": "1", "source": "/test", "type": "dev.xietong.test.v1",
		"subject": "三月 会议 100%", "time": "2026-03-01T02:00:00Z", "datacontenttype": "application/json", "unit": "办公室"}
	binary := http.Header{}
	WriteAttributes(binary, want)
	structured := header("Content-Type", "application/cloudevents+json; charset=UTF-8")
	body := `{"specversion":"1.0","id":"1","source":"/test","type":"dev.xietong.test.v1","subject":"三月 会议 100%",
		"time":"2026-03-01T10:00:00+08:00","datacontenttype":"application/json","unit":"办公室","data":{"n":1}}`
	for name, message := range map[string]struct {
		h    http.Header
		body string
	}{"binary": {binary, `{"n":1}`}, "structured": {structured, body}} {
		e, err := Read(t.Context(), message.h, []byte(message.body))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := Attributes(e); !maps.Equal(got, want) || string(e.Data()) != `{"n":1}` {
			t.Errorf("%s: attributes %v and data %s, want %v", name, got, e.Data(), want)
		}
		again, err := New(Attributes(e), e.Data())
		if err != nil || !maps.Equal(Attributes(again), want) || string(again.Data()) != `{"n":1}` {
			t.Errorf("%s: put together again: %v, error %v", name, again, err)
		}
	}
}

func TestHeadersAreASCII(t *testing.T) {
	h := http.Header{}
	WriteAttributes(h, map[string]string{"subject": "会 \"x\" 50%"})
	if got, want := h.Get("Ce-Subject"), "%E4%BC%9A%20%22x%22%2050%25"; got != want {
		t.Errorf("subject went out as %q, want %q", got, want)
	}
}

func TestDecode(t *testing.T) {
	for coded, want := range map[string]string{
		"plain":         "plain",
		"%E4%BC%9A":     "会",
		"50%":           "50%", // not percent-coded: passes as it is
		"a+b":           "a+b",
		`"a \"b\" %20"`: `a "b"  `,
		"会":             "会",
	} {
		if got := decode(coded); got != want {
			t.Errorf("decode(%q) = %q, want %q", coded, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	good := func(more ...string) http.Header {
		return header(append([]string{"Ce-Specversion", "1.0", "Ce-Id", "1", "Ce-Source", "/test", "Ce-Type", "t"}, more...)...)
	}
	many := good()
	for i := range 20 {
		many.Set("Ce-Many"+string(rune('a'+i)), strings.Repeat("x", 1000))
	}
	for name, c := range map[string]struct {
		h      http.Header
		body   string
		status int
		text   string
	}{
		"no event":                {header("Content-Type", "text/plain"), "hello", 415, "not a CloudEvent: send ce- headers"},
		"batch":                   {header("Content-Type", "application/cloudevents-batch+json"), "[]", 415, "batches are not taken"},
		"broken JSON":             {header("Content-Type", "application/cloudevents+json"), "{", 400, "not a CloudEvent"},
		"no id":                   {header("Ce-Specversion", "1.0", "Ce-Source", "/t", "Ce-Type", "t"), "", 400, "id: MUST be a non-empty string"},
		"bad time":                {good("Ce-Time", "yesterday"), "", 400, "not a CloudEvent"},
		"extension's name":        {good("Ce-Bad_name", "x"), "", 400, "not a "},
		"long attribute":          {good("Ce-Subject", strings.Repeat("x", MaxAttribute+1)), "", 400, "attribute subject has 1025 bytes, want at most 1024"},
		"many attributes":         {many, "", 400, "together, want at most 16384"},
		"NUL in a subject":        {good("Ce-Subject", "a%00b"), "", 400, "attribute subject is not UTF-8 without control characters"},
		"a new line in a subject": {good("Ce-Subject", "a%0Ab"), "", 400, "attribute subject is not UTF-8 without control characters"},
		"subject not UTF-8":       {good("Ce-Subject", "%FF%FE"), "", 400, "attribute subject is not UTF-8 without control characters"},
		"unknown version":         {header("Ce-Specversion", "7.0", "Ce-Id", "1", "Ce-Source", "/test", "Ce-Type", "t"), "", 415, "not a CloudEvent"},
	} {
		_, err := Read(t.Context(), c.h, []byte(c.body))
		var refused *Error
		if !errors.As(err, &refused) || refused.Status != c.status || !strings.Contains(refused.Text, c.text) {
			t.Errorf("%s: error %v, want status %d and %q", name, err, c.status, c.text)
		}
	}
}

func TestHeaderWithoutANameIsIgnored(t *testing.T) {
	h := header("Ce-Specversion", "1.0", "Ce-Id", "1", "Ce-Source", "/test", "Ce-Type", "t", "Ce-", "x")
	if _, err := Read(t.Context(), h, nil); err != nil {
		t.Error(err)
	}
}

func TestLongestAttributePasses(t *testing.T) {
	h := header("Ce-Specversion", "1.0", "Ce-Id", "1", "Ce-Source", "/test", "Ce-Type", "t", "Ce-Subject", strings.Repeat("x", MaxAttribute))
	if _, err := Read(t.Context(), h, nil); err != nil {
		t.Error(err)
	}
}
