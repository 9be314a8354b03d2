package console

// Who is let in. A person shows the console's token once, or comes from the
// organisation's own sign-in, and is given a cookie that names the person and ends;
// every change carries a second token that only a page of ours knows.

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xietong.dev/shared/web"
)

const (
	cookieName = "console"
	stay       = 12 * time.Hour // then the token is asked for again
	maxName    = 64             // characters
	maxWanted  = 2000           // bytes of an address to go on to: it must fit into a cookie, of which browsers keep 4096
	maxForm    = 1 << 20        // bytes of a form without files
)

// person is who looks at a page.
type person struct {
	Name         string    `json:"name"`
	Until        time.Time `json:"until"`
	Organisation bool      `json:"organisation,omitempty"` // came from its sign-in, which goes on when ours ends
	csrf         string
}

// mac is a token that only this console can make.
func (c *Console) mac(use, text string) string {
	m := hmac.New(sha256.New, []byte(c.Token.Reveal()))
	m.Write([]byte(use + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// signed is what a cookie holds, so that nobody else can have written it.
func (c *Console) signed(use string, what any) string {
	text, _ := json.Marshal(what) // texts and times always are JSON
	said := base64.RawURLEncoding.EncodeToString(text)
	return said + "." + c.mac(use, said)
}

// unsigned reads what a cookie holds, and reports whether we wrote it for this use.
func (c *Console) unsigned(use, cookie string, into any) bool {
	said, sign, _ := strings.Cut(cookie, ".")
	if subtle.ConstantTimeCompare([]byte(sign), []byte(c.mac(use, said))) != 1 {
		return false
	}
	text, err := base64.RawURLEncoding.DecodeString(said)
	return err == nil && json.Unmarshal(text, into) == nil
}

// admitted reads who a request's cookie names, and false where it names nobody.
func (c *Console) admitted(r *http.Request) (person, bool) {
	var p person
	cookie, err := r.Cookie(cookieName)
	if err != nil || !c.unsigned("session", cookie.Value, &p) || !c.Now().Before(p.Until) {
		return person{}, false
	}
	p.csrf = c.mac("csrf", cookie.Value)
	return p, true
}

// fromHere refuses a change that no page of ours asked for.
func (v *visit) fromHere() error {
	if v.r.Method == http.MethodGet || v.r.Method == http.MethodHead {
		return nil
	}
	if err := new(http.CrossOriginProtection).Check(v.r); err != nil {
		return web.Refuse(http.StatusForbidden, "not_from_here")
	}
	shown := v.r.Header.Get("X-Csrf")
	if shown == "" && strings.HasPrefix(v.r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
		shown = v.r.PostFormValue("csrf")
	}
	if subtle.ConstantTimeCompare([]byte(shown), []byte(v.who.csrf)) != 1 {
		return web.Refuse(http.StatusForbidden, "not_from_here")
	}
	return nil
}

// entrance is where people come in and go out.
func (d *desk) entrance() {
	d.mux.HandleFunc("GET /console/enter", d.enter)
	d.mux.HandleFunc("POST /console/enter", d.enter)
	d.mux.Handle("POST /console/leave", d.page((*visit).leave))
	d.oidc()
}

// leave ends the session. Whoever came from the organisation's sign-in is told that it
// goes on.
func (v *visit) leave() error {
	http.SetCookie(v.w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, HttpOnly: true, Secure: v.secure(v.r), SameSite: http.SameSiteStrictMode})
	to := Prefix
	if v.who.Organisation && v.Provider.is() {
		to = oidcLeft
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// enter lets in whoever shows the token, by the address that the runtime prints or by
// the form, and goes on to the page that was wanted.
func (d *desk) enter(w http.ResponseWriter, r *http.Request) {
	v := &visit{desk: d, w: w, r: r, language: languageOf(w, r)}
	w.Header().Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	token, name := r.FormValue("token"), strings.TrimSpace(r.FormValue("name"))
	switch {
	case token == "":
		v.askWho(http.StatusOK, "")
		return
	case subtle.ConstantTimeCompare([]byte(d.mac("shown", token)), []byte(d.mac("shown", d.Token.Reveal()))) != 1:
		v.askWho(http.StatusUnauthorized, "wrong_token")
		return
	case !fit(name):
		v.askWho(http.StatusBadRequest, "long_name")
		return
	case name == "":
		name = "operator"
	}
	d.admit(w, r, person{Name: name})
	http.Redirect(w, r, wanted(r.FormValue("to")), http.StatusSeeOther)
}

// fit reports whether a name can stand beside what its person does: it is short, and
// holds nothing that would make the text around it look otherwise.
func fit(name string) bool {
	hides := func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }
	return utf8.ValidString(name) && utf8.RuneCountInString(name) <= maxName && !strings.ContainsFunc(name, hides)
}

// admit gives a person the cookie.
func (d *desk) admit(w http.ResponseWriter, r *http.Request, who person) {
	who.Until = d.Now().Add(stay)
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: d.signed("session", who), Path: "/", MaxAge: int(stay.Seconds()),
		HttpOnly: true, Secure: d.secure(r), SameSite: http.SameSiteStrictMode})
}

// secure reports whether people reach the console over TLS, maybe as far as a proxy only.
func (c *Console) secure(r *http.Request) bool {
	return r.TLS != nil || c.Provider != nil && strings.HasPrefix(c.Provider.URL, "https://")
}

// wanted is the page to go on to: only one of this address.
func wanted(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) || len(to) > maxWanted {
		return Prefix
	}
	return u.RequestURI()
}

// askWho asks for the token. A script is only told that it is missing.
func (v *visit) askWho(status int, problem string) {
	if strings.Contains(v.r.Header.Get("Accept"), "application/json") {
		v.fail(web.Refuse(http.StatusUnauthorized, "not_in"))
		return
	}
	to := v.r.FormValue("to")
	if to == "" && v.r.Method == http.MethodGet && v.r.URL.Path != "/console/enter" {
		to = v.r.URL.RequestURI()
	}
	if problem != "" {
		problem = v.site.Words.Say(v.language, problem)
	}
	v.door(status, problem, to)
}

// door shows the ways in, and above them what was wrong with the way that was tried.
func (v *visit) door(status int, problem, to string) {
	view := struct{ Problem, To, Name, Organisation string }{problem, wanted(to), v.r.FormValue("name"), ""}
	if v.Provider.is() {
		view.Organisation = v.Provider.start(view.To)
	}
	if err := v.write(status, web.Page{File: "enter.html", View: view}); err != nil {
		v.fail(err)
	}
}
