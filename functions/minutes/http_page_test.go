package minutes

import (
	"strings"
	"testing"
)

// The same address shows a page to whoever looks, and answers programs as before.
func TestPages(t *testing.T) {
	d := open(t)
	d.minutes.StoreURL = "http://store.example:9000"
	d.summarise("今天讨论预算。")
	const browser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, c := range []struct {
		path, accept, kind, holds string
	}{
		{"/minutes", browser, "text/html", `<script type="module" src="/minutes/page/files/list.js`},
		{"/minutes?q=预算&state=summarised&anything=1", browser, "text/html", "list.js"},
		{"/minutes/" + rec, browser, "text/html", `&#34;id&#34;:&#34;` + rec + `&#34;`},
		{"/minutes/" + up2, browser, "text/html", "minutes.js"}, // the page says that there are none
		{"/minutes/nothing", browser, "text/html", `&#34;id&#34;:&#34;&#34;`},
		{"/minutes", "Accept: Text/HTML ; q=1", "text/html", "list.js"},
		{"/minutes", "Accept: */*", "application/json", `"minutes":[`},
		{"/minutes", "Accept: application/json, text/html", "application/json", `"minutes":[`},
		{"/minutes", "Accept: ", "application/json", `"minutes":[`},
		{"/minutes/" + rec, "Accept: application/json", "application/json", `"state":"summarised"`},
		{"/minutes/" + rec + "/export?format=md", browser, "text/markdown", "# "},
		{"/minutes/page/files/minutes.js", "Accept: */*", "text/javascript", "import"},
		{"/minutes/page/files/base.css", "Accept: text/css,*/*;q=0.1", "text/css", ":root"},
	} {
		a := d.want(200, d.ask("GET", c.path, "", c.accept))
		if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, c.kind) || !strings.Contains(a.body, c.holds) {
			t.Errorf("GET %s %s: %s without %q: %.300s", c.path, c.accept, got, c.holds, a.body)
		}
		if page := c.kind == "text/html"; page && (a.header.Get("Vary") != "Accept, Accept-Language" || !strings.Contains(a.header.Get("Content-Security-Policy"), "media-src http://store.example:9000;")) {
			t.Errorf("GET %s: header %v", c.path, a.header)
		}
	}
	d.refused(404, "not_found", "", d.ask("GET", "/minutes/page/files/minutes.html", ""))
	d.refused(404, "not_found", "", d.ask("GET", "/minutes/page/files/none.js", ""))
	d.refused(401, "unauthorised", "", d.ask("GET", "/minutes", "", browser, "Authorization: x"))
	d.want(200, d.ask("GET", "/minutes/page/files/minutes.js", "", "Authorization: x")) // links lead to a page too, without the token
	for path, want := range map[string]string{"/minutes": `lang="en"`, "/minutes?lang=zh": `lang="zh-CN"`, "/minutes?lang=fr": `lang="en"`} {
		if a := d.ask("GET", path, "", browser); !strings.Contains(a.body, want) {
			t.Errorf("GET %s: no %s", path, want)
		}
	}
}
