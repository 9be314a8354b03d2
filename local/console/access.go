package console

// Who is let in. A person shows the console's token once and is given a cookie that
// names the person and ends; every change carries a second token that only a page of
// ours knows.

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
	"unicode/utf8"

	"xietong.dev/shared/web"
)

const (
	cookieName = "console"
	stay       = 12 * time.Hour // then the token is asked for again
	maxName    = 64             // characters
	maxForm    = 1 << 20        // bytes of a form without files
)

// person is who looks at a page.
type person struct {
	Name  string    `json:"name"`
	Until time.Time `json:"until"`
	csrf  string
}

// mac is a token that only this console can make.
func (c *Console) mac(use, text string) string {
	m := hmac.New(sha256.New, []byte(c.Token.Reveal()))
	m.Write([]byte(use + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// admitted reads who a request's cookie names, and false where it names nobody.
func (c *Console) admitted(r *http.Request) (person, bool) {
	var p person
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return p, false
	}
	said, sign, _ := strings.Cut(cookie.Value, ".")
	if subtle.ConstantTimeCompare([]byte(sign), []byte(c.mac("session", said))) != 1 {
		return p, false
	}
	text, err := base64.RawURLEncoding.DecodeString(said)
	if err != nil || json.Unmarshal(text, &p) != nil || !c.Now().Before(p.Until) {
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
	d.mux.Handle("POST /console/leave", d.page(func(v *visit) error {
		http.SetCookie(v.w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode})
		http.Redirect(v.w, v.r, Prefix, http.StatusSeeOther)
		return nil
	}))
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
	case utf8.RuneCountInString(name) > maxName || !utf8.ValidString(name):
		v.askWho(http.StatusBadRequest, "long_name")
		return
	case name == "":
		name = "operator"
	}
	d.admit(w, r, name)
	http.Redirect(w, r, wanted(r.FormValue("to")), http.StatusSeeOther)
}

// admit gives a person the cookie.
func (d *desk) admit(w http.ResponseWriter, r *http.Request, name string) {
	text, _ := json.Marshal(person{Name: name, Until: d.Now().Add(stay)}) // a text and a time always are JSON
	said := base64.RawURLEncoding.EncodeToString(text)
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: said + "." + d.mac("session", said), Path: "/", MaxAge: int(stay.Seconds()),
		HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode})
}

// wanted is the page to go on to: only one of this address.
func wanted(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) {
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
	if err := v.write(status, web.Page{File: "enter.html", View: map[string]string{"Problem": problem, "To": wanted(to), "Name": v.r.FormValue("name")}}); err != nil {
		v.fail(err)
	}
}
