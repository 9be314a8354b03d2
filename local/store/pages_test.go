package store_test

import (
	"net/http"
	"testing"
)

// A browser asks before a page's script may send a file, and is told yes for our own
// pages alone.
func TestPagesUpload(t *testing.T) {
	c := config(t, &inbox{})
	c.Origins = []string{"http://127.0.0.1:7400", "http://localhost:7400"}
	s := open(t, c)
	for _, ask := range []struct{ origin, method, want string }{
		{"http://127.0.0.1:7400", "PUT", "http://127.0.0.1:7400"},
		{"http://localhost:7400", "PUT", "http://localhost:7400"},
		{"http://127.0.0.1:7400", "GET", "http://127.0.0.1:7400"},
		{"http://127.0.0.1:7400", "DELETE", ""},
		{"http://127.0.0.1:7401", "PUT", ""},
		{"https://elsewhere.example", "PUT", ""},
		{"null", "PUT", ""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, s.URL()+"/recordings/a/talk.wav", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", ask.origin)
		req.Header.Set("Access-Control-Request-Method", ask.method)
		req.Header.Set("Access-Control-Request-Headers", "content-type,x-amz-meta-title")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := res.Header.Get("Access-Control-Allow-Origin"); got != ask.want {
			t.Errorf("%s %s: allowed for %q, want %q", ask.origin, ask.method, got, ask.want)
		}
	}
}
