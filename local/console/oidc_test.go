package console

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// The whole round, as a person goes it.
func TestWhomTheOrganisationKnowsComesIn(t *testing.T) {
	for name, early := range map[string]bool{"the ID token says who it is": true, "the provider says so when it is asked again": false} {
		t.Run(name, func(t *testing.T) {
			o := openOrganisation(t)
			o.early, o.Provider.Group = early, "operators"
			o.says = func(u *oidc.UserInfo) {
				u.PreferredUsername = "张海"
				u.AppendClaims("groups", []string{"readers", "operators"})
			}
			res, page := o.look(o.console.URL + "/console/events?type=x")
			begin := o.console.URL + oidcStart + "?to=" + url.QueryEscape("/console/events?type=x")
			if res.StatusCode != http.StatusUnauthorized || !strings.Contains(page, `href="`+html.EscapeString(begin)+`"`) {
				t.Fatalf("%d, not led to %s by\n%s", res.StatusCode, begin, page)
			}
			res, page = o.signIn("/console/events?type=x")
			if got := res.Header.Get("Refresh"); res.StatusCode != http.StatusOK || got != "0; url=/console/events?type=x" || !strings.Contains(page, "张海") {
				t.Fatalf("%d, goes on to %q\n%s", res.StatusCode, got, page)
			}
			o.shows(res)
			o.actsAs("张海")
		})
	}
}

// shows checks which cookies a person has who has come in.
func (o *organisation) shows(res *http.Response) {
	o.Helper()
	got := map[string]http.Cookie{}
	for _, c := range res.Cookies() {
		got[c.Name] = *c
	}
	if c := got[cookieName]; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Value == "" {
		o.Errorf("the session's cookie: %v", c)
	}
	if c := got[begunName]; c.MaxAge >= 0 || c.Path != "/console/oidc" {
		o.Errorf("the sign-in is kept after its end: %v", c)
	}
}

// actsAs changes something, and reads who did it.
func (o *organisation) actsAs(want string) {
	o.Helper()
	_, page := o.look(o.console.URL + "/console/")
	csrf := csrfOf.FindStringSubmatch(page)
	if csrf == nil {
		o.Fatalf("not let in:\n%s", page)
	}
	res, page := o.read(o.browser.PostForm(o.console.URL+"/console/triggers", url.Values{"csrf": {csrf[1]}, "act": {"pause"}, "trigger": {"convert-told"}, "why": {"repairs"}}))
	acts, err := o.Broker().Acts(context.Background(), 0, 10)
	if err != nil || len(acts) != 1 || acts[0].Who != want {
		o.Errorf("%d %v %v, want an act of %s\n%s", res.StatusCode, acts, err, want, page)
	}
}

// What is wrong with an answer is said, and nobody comes in by it.
func TestWrongAnswersLetNobodyIn(t *testing.T) {
	claim := func(name string, value any) func(*passport) {
		return func(id *passport) { id.Claims[name] = value }
	}
	named := func(name string) func(*oidc.UserInfo) {
		return func(u *oidc.UserInfo) { u.PreferredUsername = name }
	}
	query := func(path, name, value string) func(*organisation) {
		return func(o *organisation) {
			o.way = func(r *http.Request) {
				if q := r.URL.Query(); r.URL.Path == path {
					q.Set(name, value)
					r.URL.RawQuery = q.Encode()
				}
			}
		}
	}
	for name, c := range map[string]struct {
		set   func(*organisation)
		forge func(*passport)
		says  func(*oidc.UserInfo)
		want  string // the message
		args  []any
	}{
		"the person refuses":                {set: query(oidcBack, "error", "access_denied"), want: "oidc_denied"},
		"the provider refuses":              {set: query(oidcBack, "error", "server_error"), want: "oidc_refused"},
		"another state":                     {set: query(oidcBack, "state", "another"), want: "oidc_stale"},
		"no state":                          {set: query(oidcBack, "state", ""), want: "oidc_stale"},
		"another code":                      {set: query(oidcBack, "code", "another"), want: "oidc_stale"},
		"no code":                           {set: query(oidcBack, "code", ""), want: "oidc_unsure"},
		"another browser":                   {set: func(o *organisation) { o.while = func() { o.browser.Jar = o.newBrowser().Jar } }, want: "oidc_stale"},
		"the person comes too late":         {set: func(o *organisation) { o.while = func() { o.now = o.now.Add(begunFor) } }, want: "oidc_stale"},
		"another question's nonce":          {set: query("/auth", "nonce", "another"), want: "oidc_unsure"},
		"another question's PKCE":           {set: query("/auth", "code_challenge", "another"), want: "oidc_stale"},
		"the console's secret is wrong":     {set: func(o *organisation) { o.Provider.Secret = "wrong" }, want: "oidc_unsure"},
		"no nonce":                          {forge: func(id *passport) { delete(id.Claims, "nonce") }, want: "oidc_unsure"},
		"given to another client":           {forge: claim("aud", "another"), want: "oidc_unsure"},
		"given to another client too":       {forge: func(id *passport) { id.Claims["aud"] = []string{"another", "console"}; id.Claims["azp"] = "another" }, want: "oidc_unsure"},
		"given to two, and unclear to whom": {forge: func(id *passport) { id.Claims["aud"] = []string{"another", "console"}; delete(id.Claims, "azp") }, want: "oidc_unsure"},
		"of another issuer":                 {forge: claim("iss", "https://evil.example"), want: "oidc_unsure"},
		"expired":                           {forge: claim("exp", time.Now().Add(-time.Minute).Unix()), want: "oidc_unsure"},
		"never expires":                     {forge: func(id *passport) { delete(id.Claims, "exp") }, want: "oidc_unsure"},
		"unsigned":                          {forge: func(id *passport) { id.key, id.Header = nil, map[string]any{"alg": "none"} }, want: "oidc_unsure"},
		"unsigned, though it says RS256":    {forge: func(id *passport) { id.key = nil }, want: "oidc_unsure"},
		"signed by another":                 {forge: func(id *passport) { id.key = anotherKey }, want: "oidc_unsure"},
		"claims that are none":              {forge: claim("preferred_username", 7), want: "oidc_unsure"},
		"more is said of another":           {says: func(u *oidc.UserInfo) { u.Subject = "id2" }, want: "oidc_unsure"},
		"not in the group":                  {set: grouped, says: func(u *oidc.UserInfo) { u.AppendClaims("groups", []string{"operator", "operators "}) }, want: "oidc_group", args: []any{userName, "operators"}},
		"in no group":                       {set: grouped, want: "oidc_group", args: []any{userName, "operators"}},
		"a name that is too long":           {says: named(strings.Repeat("长", maxName+1)), want: "oidc_name"},
		"a name that turns the text":        {says: named("admin\u202egnp"), want: "oidc_name"},
		"a name of two lines":               {says: named("admin\nroot"), want: "oidc_name"},
	} {
		t.Run(name, func(t *testing.T) {
			o := openOrganisation(t)
			if c.set != nil {
				c.set(o)
			}
			o.forge, o.says = or(c.forge, o.forge), or(c.says, o.says)
			o.turnedAway("/console/events", c.want, c.args...)
		})
	}
}

var anotherKey, _ = rsa.GenerateKey(rand.Reader, 2048)

func grouped(o *organisation) { o.Provider.Group = "operators" }

func or[T any](f, otherwise func(T)) func(T) {
	if f == nil {
		return otherwise
	}
	return f
}

// turnedAway tries to come in, and reads why that does not work.
func (o *organisation) turnedAway(to, want string, args ...any) {
	o.Helper()
	res, page := o.signIn(to)
	said := alert.FindStringSubmatch(page)
	if words := words().Say("zh", "error."+want, args...); said == nil || html.UnescapeString(said[1]) != words || res.StatusCode < 400 {
		o.Errorf("%d says %q, want %q", res.StatusCode, said, words)
	}
	if !strings.Contains(page, `name="token"`) || !strings.Contains(page, o.Provider.start(to)) && !strings.Contains(page, o.Provider.start(Prefix)) {
		o.Errorf("no other way is shown:\n%s", page)
	}
	if res, _ := o.look(o.console.URL + "/console/"); res.StatusCode != http.StatusUnauthorized {
		o.Errorf("let in all the same: %d", res.StatusCode)
	}
	if strings.Contains(o.log.String(), clientSecret) {
		o.Errorf("the secret stands in the log:\n%s", o.log.String())
	}
}

// look opens a page in the browser and returns what came at the end of the way.
func (o *organisation) look(address string) (*http.Response, string) {
	o.Helper()
	res, err := o.browser.Get(address)
	return o.read(res, err)
}

func (o *organisation) read(res *http.Response, err error) (*http.Response, string) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		o.Fatal(err)
	}
	return res, string(text)
}

var (
	loginID = regexp.MustCompile(`name="id" value="([^"]+)"`)
	alert   = regexp.MustCompile(`role="alert">([^<]*)<`)
)

// signIn goes the whole way: from a page of the console over the provider's own, where
// the person is known by name and password, and back.
func (o *organisation) signIn(to string) (*http.Response, string) {
	o.Helper()
	res, page := o.look(o.console.URL + oidcStart + "?to=" + url.QueryEscape(to))
	id := loginID.FindStringSubmatch(page)
	if id == nil {
		return res, page
	}
	o.while()
	return o.read(o.browser.PostForm(o.server.URL+"/login/username", url.Values{"id": {id[1]}, "username": {userName}, "password": {userPassword}}))
}
