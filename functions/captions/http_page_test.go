package captions

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// The same address shows a page to whoever looks, and answers programs as before.
func TestPages(t *testing.T) {
	d := open(t, nil)
	id := d.begin(meeting)
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, c := range []struct {
		path, accept string
		status       int
		kind, holds  string
	}{
		{"/captions", browser, 200, "text/html", `<script type="module" src="/captions/page/files/begin.js?`},
		{"/captions?id=" + id, browser, 200, "text/html", id},
		{"/captions?id=%22%3E%3Cscript%3E", browser, 200, "text/html", `&#34;title&#34;:200,&#34;tracks&#34;:16`},
		{"/captions?lang=zh", browser, 200, "text/html", `<html lang="zh-CN">`},
		{"/captions", "application/json", 405, "application/json", "this address takes only: POST"},
		{"/captions/" + id, browser, 200, "text/html", id},
		{"/captions/NO", browser, 200, "text/html", `&#34;id&#34;:&#34;&#34;`},
		{"/captions/" + id, "application/json", 200, "application/json", `"title":"Weekly meeting"`},
		{"/captions/" + id, "*/*", 200, "application/json", `"lines":[]`},
		{"/captions/page/files/microphone.js", "*/*", 200, "text/javascript", "registerProcessor"},
		{"/captions/page/files/base.js", "*/*", 200, "text/javascript", "export"},
		{"/captions/page/files/begin.html", "*/*", 404, "application/json", "not found"},
	} {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", d.URL+c.path, nil)
		req.Header = http.Header{"Authorization": {"Bearer " + token}, "Accept": {c.accept}, "Accept-Language": {"en"}}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != c.status || !strings.HasPrefix(res.Header.Get("Content-Type"), c.kind) || !strings.Contains(string(text), c.holds) {
			t.Errorf("%s as %s: %d %s, want %d and %s in\n%s", c.path, c.accept, res.StatusCode, res.Header.Get("Content-Type"), c.status, c.holds, text)
		}
	}
}
