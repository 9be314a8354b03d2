package minutes

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const bare = "Authorization: " // as a visitor comes: without the token of upstream apps

// link makes a link to the minutes.
func (d *desk) link(body string) linkView {
	d.Helper()
	return decoded[linkView](d, d.want(201, d.ask("POST", "/minutes/"+rec+"/links", body, "X-Auth-Id: owner")))
}

// TestLink: a link opens the minutes to be read without the token, and nothing else, is
// counted, and ends at once when it is revoked.
func TestLink(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。", "第二句。")
	l := d.link(`{"days":3,"name":"给审计局"}`)
	token := strings.TrimPrefix(l.Address, sharedPrefix)
	if len(token) != 43 || l.May != mayRead || l.Password || !l.Stands {
		t.Errorf("link %+v", l)
	}
	v := decoded[Detail](t, d.want(200, d.ask("GET", l.Address, "", bare)))
	if v.Title == "" || v.Summary == nil || v.Transcript == nil || v.Audio != nil || v.Access != nil || v.ID+v.Author+v.Unit+v.Name+v.Summary.Author != "" || v.Refusal != nil {
		t.Errorf("detail %+v", v)
	}
	if page := decoded[transcriptPage](t, d.want(200, d.ask("GET", l.Address+"/transcript", "", bare))); len(page.Segments) != 2 {
		t.Errorf("transcript %+v", page)
	}
	d.want(200, d.ask("GET", l.Address+"/export?format=md", "", bare))
	d.refused(400, "link_format", "", d.ask("GET", l.Address+"/export?format=json", "", bare))
	page := d.want(200, d.ask("GET", l.Address, "", bare, "Accept: text/html"))
	if page.header.Get("X-Robots-Tag") != "noindex, nofollow" || page.header.Get("Referrer-Policy") != "no-referrer" || strings.Contains(page.body, token) || !strings.Contains(page.body, "noindex") {
		t.Errorf("page %v %s", page.header, page.body)
	}
	for _, c := range []struct{ method, path string }{{"DELETE", ""}, {"PATCH", ""}, {"PUT", "/summary"}, {"GET", "/summary"}, {"GET", "/revisions"}, {"POST", "/uploads"}, {"GET", "/rights"}, {"POST", "/transcript"}} {
		if a := d.ask(c.method, l.Address+c.path, `{}`, bare); a.status/100 != 4 {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.body)
		}
	}
	d.refused(405, "not_allowed", "POST", d.ask("GET", l.Address+"/enter", "", bare))
	d.refused(401, "unauthorised", "", d.ask("GET", "/minutes/"+rec, "", bare))
	d.refused(404, "not_found", "", d.ask("GET", sharedPrefix+"A"+token[1:], "", bare))
	kept := decoded[struct{ Links []linkView }](t, d.want(200, d.ask("GET", "/minutes/"+rec+"/links", "", "X-Auth-Id: owner"))).Links
	if len(kept) != 1 || kept[0].Uses != 1 || kept[0].UsedAt == nil || kept[0].Address != "" {
		t.Errorf("links %+v", kept)
	}
	if left := d.holding(token); len(left) != 0 {
		t.Errorf("the token stands in %q", left)
	}
	for range 2 {
		d.want(204, d.ask("DELETE", "/minutes/"+rec+"/links/"+l.ID, "", "X-Auth-Id: owner"))
	}
	d.refused(410, "link_revoked", "revoked", d.ask("GET", l.Address, "", bare))
	d.refused(410, "link_revoked", "撤销", d.ask("GET", l.Address+"/transcript", "", bare, "Accept-Language: zh"))
	d.minutes.DB.Close() // and what goes wrong inside is logged without it
	var log bytes.Buffer
	d.minutes.Log = slog.New(slog.NewTextHandler(&log, nil))
	answered := httptest.NewRecorder()
	d.minutes.HTTP(nil).ServeHTTP(answered, httptest.NewRequest("GET", l.Address, nil))
	if answered.Code != 500 || strings.Contains(log.String(), token) || !strings.Contains(log.String(), sharedPrefix) {
		t.Errorf("logged %s", log.String())
	}
}

// TestLinkEnds: on the last day it opens, a moment later it does not.
func TestLinkEnds(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	l := d.link(`{"days":3,"name":"a","may":"read+audio"}`)
	for _, c := range []struct {
		after  time.Duration
		status int
	}{{72*time.Hour - time.Second, 200}, {72 * time.Hour, 410}} {
		d.minutes.Now = func() time.Time { return l.At.Add(c.after) }
		a := d.want(c.status, d.ask("GET", l.Address, "", bare))
		if c.status != 200 {
			d.refused(410, "link_ended", "has ended", a)
			continue
		}
		if v := decoded[Detail](t, a); v.Audio == nil || v.Audio.Expires.After(l.EndsAt) {
			t.Errorf("a sound that outlives its link: %+v", v.Audio)
		}
	}
}

// TestLinkPassword: without it nothing is told; too many attempts are halted, also when
// they come at once; the right one gives a pass.
func TestLinkPassword(t *testing.T) {
	d := open(t, "MAX_ATTEMPTS=3")
	d.summarise("今天讨论预算。")
	l := d.link(`{"days":3,"name":"a","password":"correct horse"}`)
	for _, path := range []string{"", "/transcript", "/export?format=md"} {
		d.refused(401, "link_password", "password", d.ask("GET", l.Address+path, "", bare, "X-Link-Pass: x"))
	}
	pass := decoded[struct{ Pass string }](t, d.want(200, d.ask("POST", l.Address+"/enter", `{"password":"correct horse"}`, bare))).Pass
	d.want(200, d.ask("GET", l.Address, "", bare, "X-Link-Pass: "+pass))
	d.want(200, d.ask("GET", l.Address+"/transcript", "", bare, "X-Link-Pass: "+pass))
	var wrong, halted int
	var all sync.WaitGroup
	var mu sync.Mutex
	for range 6 {
		all.Go(func() {
			a := d.ask("POST", l.Address+"/enter", `{"password":"guess"}`, bare)
			mu.Lock()
			defer mu.Unlock()
			switch a.status {
			case 403:
				wrong++
			case 429:
				halted++
			}
		})
	}
	all.Wait()
	if wrong != 3 || halted != 3 {
		t.Errorf("%d attempts were looked at and %d halted, want 3 and 3", wrong, halted)
	}
	d.refused(429, "link_attempts", "15 minutes", d.ask("POST", l.Address+"/enter", `{"password":"correct horse"}`, bare))
	d.want(200, d.ask("GET", l.Address, "", bare, "X-Link-Pass: "+pass)) // who is in stays in
	d.minutes.Now = func() time.Time { return time.Now().Add(attemptsWithin + time.Minute) }
	d.want(200, d.ask("POST", l.Address+"/enter", `{"password":"correct horse"}`, bare))
}

func TestLinkRefusals(t *testing.T) {
	d := open(t, "MAX_LINKS=1", "MAX_LINK_DAYS=5", "MAX_REASON=10")
	d.summarise("今天讨论预算。")
	for body, message := range map[string]string{
		`{"days":0,"name":"a"}`:                    "1 to 5",
		`{"days":6,"name":"a"}`:                    "1 to 5",
		`{"days":1}`:                               "name",
		`{"days":1,"name":"12345678901"}`:          "name",
		`{"days":1,"name":"a","may":"edit"}`:       "read, read+audio",
		`{"days":1,"name":"a","password":"short"}`: "password",
		`{"days":1,"name":"a\u0000"}`:              "name",
	} {
		if a := d.ask("POST", "/minutes/"+rec+"/links", body); a.status != 400 || !strings.Contains(a.body, message) {
			t.Errorf("%s: %d %s, want 400 with %q", body, a.status, a.body, message)
		}
	}
	l := d.link(`{"days":5,"name":"a"}`)
	d.refused(409, "too_many_links", "at most 1", d.ask("POST", "/minutes/"+rec+"/links", `{"days":1,"name":"b"}`))
	d.want(204, d.ask("DELETE", "/minutes/"+rec+"/links/"+l.ID, ""))
	d.refused(404, "not_found", "", d.ask("DELETE", "/minutes/"+rec+"/links/none", ""))
	d.link(`{"days":5,"name":"b"}`)
}

func TestStands(t *testing.T) {
	now := time.Date(2026, 3, 4, 2, 0, 0, 0, time.UTC)
	for code, l := range map[string]Link{
		"":             {EndsAt: now.Add(1)},
		"link_ended":   {EndsAt: now},
		"link_revoked": {EndsAt: now.Add(1), RevokedAt: &now},
		"deleted":      {EndsAt: now.Add(1), RevokedAt: &now, Deleted: true},
	} {
		got := ""
		if err := l.stands(now); err != nil {
			got = strings.TrimPrefix(err.Error(), "error.")
		}
		if diff := cmp.Diff(code, got); diff != "" {
			t.Error(diff)
		}
	}
}
