package console

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// again asks for the overview with another cookie.
func (o *front) again(cookie string) int {
	o.Helper()
	o.cookie = cookie
	return o.send(http.MethodGet, "/console/", nil, nil).Code
}

func TestACookieLetsInUntilItEnds(t *testing.T) {
	o := openFront(t)
	cookie := o.cookie
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, 200}, {stay - time.Second, 200}, {stay, 401}, {2 * stay, 401}} {
		at := o.now
		o.now = at.Add(c.after)
		if got := o.again(cookie); got != c.want {
			t.Errorf("after %v: %d, want %d", c.after, got, c.want)
		}
		o.now = at
	}
}

func TestAForgedCookieLetsNobodyIn(t *testing.T) {
	o := openFront(t)
	genuine := o.cookie
	said, sign, _ := strings.Cut(genuine, ".")
	other := base64.RawURLEncoding.EncodeToString([]byte(`{"name":"root","until":"2099-01-01T00:00:00Z"}`))
	short := &Console{Token: "another", Now: o.Now}
	for name, cookie := range map[string]string{
		"none": "", "no signature": said, "empty signature": said + ".", "another person": other + "." + sign, "another use": said + "." + o.mac("csrf", said),
		"another console's": said + "." + short.mac("session", said), "cut": genuine[:len(genuine)-1], "rubbish": "%%%.%%%",
		"signed rubbish": "!." + o.mac("session", "!"),
	} {
		if got := o.again(cookie); got != http.StatusUnauthorized {
			t.Errorf("%s: %d, want 401", name, got)
		}
	}
	if got := o.again(genuine); got != http.StatusOK {
		t.Errorf("the genuine one: %d", got)
	}
}

func TestAChangeMustComeFromAPageOfOurs(t *testing.T) {
	o := openFront(t)
	token := o.token()
	other := &front{T: t, Console: o.Console, now: o.now}
	other.cookie = other.admitAs("someone else")
	form := func(csrf string) url.Values { return url.Values{"csrf": {csrf}} }
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for _, c := range []struct {
		name   string
		form   url.Values
		change func(*http.Request)
		want   int
	}{
		{"with the token", form(token), nil, 303},
		{"with the token as a header", nil, header("X-Csrf", token), 303},
		{"from our own page", form(token), header("Sec-Fetch-Site", "same-origin"), 303},
		{"without a token", url.Values{}, nil, 403},
		{"with an empty token", form(""), nil, 403},
		{"with another's token", form(other.token()), nil, 403},
		{"with the cookie as the token", form(o.cookie), nil, 403},
		{"from another site", form(token), header("Sec-Fetch-Site", "cross-site"), 403},
		{"from another origin", form(token), header("Origin", "https://evil.example"), 403},
		{"from another port", form(token), header("Origin", "http://example.com:81"), 403},
		{"as another kind of form", form(token), header("Content-Type", "text/plain"), 403},
		{"with a form that is too long", url.Values{"csrf": {token}, "x": {strings.Repeat("x", maxForm)}}, nil, 403},
	} {
		if got := o.send(http.MethodPost, "/console/leave", c.form, c.change); got.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, got.Code, c.want)
		}
	}
}

func TestNamesThatPeopleGive(t *testing.T) {
	o := openFront(t)
	for name, want := range map[string]int{
		"": 303, "  ": 303, "张海": 303, "<script>alert(1)</script>": 303,
		strings.Repeat("长", maxName): 303, strings.Repeat("长", maxName+1): 400, strings.Repeat("x", 300): 400, "bad \xff": 400,
	} {
		got := o.send(http.MethodPost, "/console/enter", url.Values{"token": {shownToken}, "name": {name}}, nil)
		if got.Code != want || want == 400 && len(got.Result().Cookies()) > 0 {
			t.Errorf("%q: %d, want %d", name, got.Code, want)
		}
	}
	o.cookie = o.admitAs("<script>alert(1)</script>")
	if page := o.send(http.MethodGet, "/console/", nil, nil).Body.String(); strings.Contains(page, "<script>alert") || !strings.Contains(page, "&lt;script&gt;alert") {
		t.Error("a name is not shown as text")
	}
}

func TestOnlyTheTokenLetsIn(t *testing.T) {
	o := openFront(t)
	for token, want := range map[string]int{shownToken: 303, "wrong": 401, shownToken + "x": 401, shownToken[1:]: 401, "": 200} {
		got := o.send(http.MethodPost, "/console/enter", url.Values{"token": {token}}, nil)
		if got.Code != want || (len(got.Result().Cookies()) > 0) != (want == 303) {
			t.Errorf("%q: %d %v, want %d", token, got.Code, got.Result().Cookies(), want)
		}
	}
	cookie := o.send(http.MethodPost, "/console/enter", url.Values{"token": {shownToken}}, nil).Result().Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode {
		t.Errorf("scripts or other sites may use the cookie: %v", cookie)
	}
}

func TestWhoComesInStaysAtThisAddress(t *testing.T) {
	o := openFront(t)
	for to, want := range map[string]string{
		"": Prefix, "/console/events?type=x": "/console/events?type=x", "/library": "/library",
		"https://evil.example/": Prefix, "//evil.example/": Prefix, `/\evil.example`: Prefix, `\\evil.example`: Prefix, "///evil.example": Prefix,
		"http:evil.example": Prefix, "javascript:alert(1)": Prefix, "evil.example": Prefix, "/%zz": Prefix, "/a\nSet-Cookie: x": Prefix,
	} {
		got := o.send(http.MethodPost, "/console/enter", url.Values{"token": {shownToken}, "to": {to}}, nil)
		if at := got.Header().Get("Location"); at != want {
			t.Errorf("%q leads to %q, want %q", to, at, want)
		}
	}
}

func TestWhatFunctionsAreGivenOfThePerson(t *testing.T) {
	o := openFront(t)
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		want   map[string]string
	}{
		{"a person", func(*http.Request) {}, map[string]string{"Authorization": "Bearer the-token-of-apps", "X-Auth-Id": account("张海"), "X-Unit": "default", "Cookie": "", "Accept-Language": "zh"}},
		{"a person of a unit", func(r *http.Request) { r.Header.Set("X-Unit", "binhai") }, map[string]string{"Authorization": "Bearer the-token-of-apps", "X-Auth-Id": account("张海"), "X-Unit": "binhai", "Cookie": "", "Accept-Language": "zh"}},
		{"a person who claims to be another", func(r *http.Request) { r.Header.Set("X-Auth-Id", "root") }, map[string]string{"Authorization": "Bearer the-token-of-apps", "X-Auth-Id": account("张海"), "X-Unit": "default", "Cookie": "", "Accept-Language": "zh"}},
		{"an app with a token of its own", func(r *http.Request) { r.Header.Set("Authorization", "Bearer own") }, map[string]string{"Authorization": "Bearer own", "X-Auth-Id": "", "X-Unit": "", "Cookie": "", "Accept-Language": ""}},
		{"nobody", func(r *http.Request) { r.Header.Del("Cookie") }, map[string]string{"Authorization": "", "X-Auth-Id": "", "X-Unit": "", "Cookie": "", "Accept-Language": ""}},
	} {
		got := map[string]string{}
		function := o.Lend(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			for name := range c.want {
				got[name] = r.Header.Get(name)
			}
		}))
		r := httptest.NewRequest(http.MethodGet, "/library", nil)
		r.AddCookie(&http.Cookie{Name: cookieName, Value: o.cookie})
		c.change(r)
		function.ServeHTTP(httptest.NewRecorder(), r)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

// Who opens a page that wants to know who it is is asked, and nobody else.
func TestWhoOpensAPageIsAsked(t *testing.T) {
	o := openFront(t)
	for _, c := range []struct {
		accept, authorization string
		answers, want         int
	}{
		{"text/html,*/*;q=0.8", "", 401, 302}, {"text/html", "", 200, 200}, {"text/html", "", 404, 404},
		{"application/json", "", 401, 401}, {"", "", 401, 401}, {"text/html", "Bearer wrong", 401, 401},
	} {
		function := o.Lend(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(c.answers); io.WriteString(w, "said") }))
		r := httptest.NewRequest(http.MethodGet, "/minutes?q=%E9%A2%84%E7%AE%97", nil)
		r.Header.Set("Accept", c.accept)
		if c.authorization != "" {
			r.Header.Set("Authorization", c.authorization)
		}
		w := httptest.NewRecorder()
		function.ServeHTTP(w, r)
		if w.Code != c.want || (w.Body.String() == "said") == (c.want == 302) {
			t.Errorf("%+v: %d %q", c, w.Code, w.Body)
		}
		if to := w.Header().Get("Location"); c.want == 302 && to != "/console/enter?to=%2Fminutes%3Fq%3D%25E9%25A2%2584%25E7%25AE%2597" {
			t.Errorf("asked at %s", to)
		}
	}
}

func TestNoOtherSiteChangesAnythingInAPersonsName(t *testing.T) {
	o := openFront(t)
	reached := false
	function := o.Lend(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	r := httptest.NewRequest(http.MethodPost, "/library/loans", nil)
	r.AddCookie(&http.Cookie{Name: cookieName, Value: o.cookie})
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	function.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || reached {
		t.Errorf("a change from another site: %d, reached the function: %v", w.Code, reached)
	}
}
