package console

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// An answer is good once: who finds it in a history or a log does not come in by it,
// nor who has the cookie too.
func TestAnAnswerIsTakenOnce(t *testing.T) {
	for name, keeps := range map[string]bool{"by another browser": false, "by one that has kept the cookie": true} {
		t.Run(name, func(t *testing.T) {
			o := openOrganisation(t)
			var answer, cookie string
			o.way = func(r *http.Request) {
				if r.URL.Path == oidcBack {
					answer = r.URL.String()
					cookie = o.browser.Jar.Cookies(r.URL)[0].Value
				}
			}
			o.signIn("/console/events")
			o.browser = o.newBrowser()
			if at, _ := url.Parse(o.console.URL + oidcBack); keeps {
				o.browser.Jar.SetCookies(at, []*http.Cookie{{Name: begunName, Value: cookie}})
			}
			res, page := o.look(answer)
			if !strings.Contains(page, words().Say("zh", "error.oidc_stale")) || res.StatusCode != http.StatusBadRequest {
				t.Errorf("%d\n%s", res.StatusCode, page)
			}
			if res, _ := o.look(o.console.URL + "/console/"); res.StatusCode != http.StatusUnauthorized {
				t.Errorf("let in: %d", res.StatusCode)
			}
		})
	}
}

// What the browser keeps of a sign-in is shown to nobody else, and cannot be written by
// another.
func TestWhatABrowserKeepsOfASignIn(t *testing.T) {
	o := openOrganisation(t)
	o.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, _ := o.look(o.console.URL + oidcStart + "?to=/library")
	got := res.Cookies()[0]
	if !got.HttpOnly || got.SameSite != http.SameSiteLaxMode || got.Path != "/console/oidc" || got.MaxAge != 600 || got.Secure {
		t.Errorf("the cookie: %v", got)
	}
	asked, _ := url.Parse(res.Header.Get("Location"))
	q := asked.Query()
	want := url.Values{"client_id": {"console"}, "response_type": {"code"}, "redirect_uri": {o.console.URL + oidcBack}, "scope": {"openid profile email"},
		"code_challenge_method": {"S256"}, "ui_locales": {"zh-CN zh"}, "state": q["state"], "nonce": q["nonce"], "code_challenge": q["code_challenge"]}
	if diff := cmp.Diff(want, q); diff != "" || len(q.Get("state")) < 26 || len(q.Get("nonce")) < 26 || len(q.Get("code_challenge")) != 43 {
		t.Errorf("asked %v (-want +got)\n%s", q, diff)
	}
	if res, _ := o.look(o.console.URL + oidcStart + "?to=/" + strings.Repeat("x", maxWanted-1)); len(res.Cookies()[0].Raw) > 4096 {
		t.Errorf("no browser keeps %d bytes", len(res.Cookies()[0].Raw))
	}
	said, sign, _ := strings.Cut(got.Value, ".")
	for name, value := range map[string]string{"none": "", "unsigned": said, "changed": said[:len(said)-1] + "." + sign, "a session": o.admitAs("张海")} {
		res := o.send(http.MethodGet, oidcBack+"?code=x&state="+q.Get("state"), nil, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: begunName, Value: value}) })
		if res.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, res.Code)
		}
	}
}

// Where a person wanted to go is kept, as far as it is of this console and short.
func TestWhoSignsInStaysAtThisAddress(t *testing.T) {
	long := "/console/events?text=" + strings.Repeat("x", maxWanted)
	for to, want := range map[string]string{"/library?q=%E6%B5%B7": "/library?q=%E6%B5%B7", "/console/events?text=海&type=x": "/console/events?text=%E6%B5%B7&type=x",
		"https://evil.example/": Prefix, "//evil.example": Prefix, long[:maxWanted]: long[:maxWanted], long: Prefix} {
		o := openOrganisation(t)
		if res, _ := o.signIn(to); res.Header.Get("Refresh") != "0; url="+want {
			t.Errorf("%.60q leads to %.60q, want %.60q", to, res.Header.Get("Refresh"), want)
		}
	}
}

// Whoever signs out is told that the provider's session goes on, and ends it if asked.
func TestWhoSignsOutIsToldWhatGoesOn(t *testing.T) {
	o := openOrganisation(t)
	o.signIn("/console/")
	_, page := o.look(o.console.URL + "/console/")
	res, page := o.read(o.browser.PostForm(o.console.URL+"/console/leave", url.Values{"csrf": csrfOf.FindStringSubmatch(page)[1:]}))
	if res.Request.URL.Path != oidcLeft || !strings.Contains(page, "仍然有效") {
		t.Fatalf("%s\n%s", res.Request.URL, page)
	}
	if res, _ := o.look(o.console.URL + "/console/"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the session goes on: %d", res.StatusCode)
	}
	end := o.server.URL + "/end_session?client_id=console&post_logout_redirect_uri=" + url.QueryEscape(o.console.URL+oidcLeft) + "&state=ended&ui_locales=zh-CN+zh"
	if !strings.Contains(html.UnescapeString(page), end) {
		t.Fatalf("no way to %s\n%s", end, page)
	}
	res, page = o.look(end)
	if res.Request.URL.Path != oidcLeft || !strings.Contains(page, "统一身份认证也已退出") || o.ended != "console" {
		t.Errorf("%s, ended %q\n%s", res.Request.URL, o.ended, page)
	}
}

// While the provider is down everything else works, and once it is back it is asked
// again.
func TestAProviderThatIsDownHindersNothing(t *testing.T) {
	o := openOrganisation(t)
	up, down := o.answer, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusBadGateway) }
	o.answer = down
	o.turnedAway("/console/events", "oidc_silent")
	if got := o.again(o.admitAs("张海")); got != http.StatusOK {
		t.Errorf("by the token: %d", got)
	}
	if res, page := o.look(o.console.URL + oidcLeft); res.StatusCode != http.StatusOK || !strings.Contains(page, "请到统一身份认证的页面退出") {
		t.Errorf("signed out: %d\n%s", res.StatusCode, page)
	}
	o.answer = func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path == "/oauth/token" { // it goes between two steps
			next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { down(w, r, nil) })
		}
		next.ServeHTTP(w, r)
	}
	o.turnedAway("/console/events", "oidc_silent")
	o.answer = up
	if res, page := o.signIn("/console/events"); res.Header.Get("Refresh") == "" {
		t.Errorf("not let in: %d\n%s", res.StatusCode, page)
	}
	if o.asked != 1 {
		t.Errorf("asked what it is %d times", o.asked)
	}
	o.now = o.now.Add(knownFor)
	if o.look(o.console.URL + oidcStart); o.asked != 2 {
		t.Errorf("asked what it is %d times, an hour later", o.asked)
	}
}

// A provider that says too much, nothing at all, or sends the secret on is not waited
// for, and what it says is not believed.
func TestAProviderIsNotTrustedWithMoreThanItsTask(t *testing.T) {
	const whatItIs, redeems = "/.well-known/openid-configuration", "/oauth/token"
	caught := ""
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, caught, _ = r.BasicAuth() }))
	defer thief.Close()
	long := func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"issuer":"`+strings.Repeat("x", maxSaid)+`"}`)
	}
	never := func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() }
	another := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"issuer":"https://evil.example"}`) }
	sendOn := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
	}
	repeats := func(before string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, secret, _ := r.BasicAuth()
			http.Error(w, before+secret, http.StatusInternalServerError)
		}
	}
	for name, c := range map[string]struct {
		at   string
		does http.HandlerFunc
		want string
	}{
		"says too much of itself":      {whatItIs, long, "oidc_silent"},
		"says nothing of itself":       {whatItIs, never, "oidc_silent"},
		"says that it is another":      {whatItIs, another, "oidc_silent"},
		"says too much of its keys":    {"/keys", long, "oidc_unsure"},
		"says too much of the person":  {"/userinfo", long, "oidc_unsure"},
		"says too much of the code":    {redeems, long, "oidc_silent"},
		"says nothing of the code":     {redeems, never, "oidc_silent"},
		"sends the secret to another":  {redeems, sendOn, "oidc_silent"},
		"repeats the secret":           {redeems, repeats("got "), "oidc_silent"},
		"repeats the secret at length": {redeems, repeats(strings.Repeat("x", maxCause)), "oidc_silent"},
	} {
		t.Run(name, func(t *testing.T) {
			o := openOrganisation(t)
			o.Provider.Timeout = time.Second
			o.answer = func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				if r.URL.Path == c.at {
					next = c.does
				}
				next.ServeHTTP(w, r)
			}
			o.turnedAway("/console/events", c.want)
			if caught != "" {
				t.Error("the secret went on to another address")
			}
			if n := o.log.Len(); n > maxCause+500 {
				t.Errorf("%d bytes of it stand in the log", n)
			}
		})
	}
}
