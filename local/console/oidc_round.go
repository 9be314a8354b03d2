package console

// The way to the provider and back.

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

const (
	begunName = "console-oidc"
	begunFor  = 10 * time.Minute // a person may look for a password, or for a telephone
)

// begun is a sign-in whose answer is awaited. The browser keeps it, signed.
type begun struct {
	State    string    `json:"state"` // comes back with the answer
	Nonce    string    `json:"nonce"` // comes back in the ID token
	Verifier string    `json:"verifier"`
	To       string    `json:"to"` // the page that was wanted
	Until    time.Time `json:"until"`
}

// oidc serves the organisation's sign-in, where there is one.
func (d *desk) oidc() {
	if !d.Provider.is() {
		return
	}
	for path, serve := range map[string]func(*visit) error{oidcStart: (*visit).oidcStart, oidcBack: (*visit).oidcBack, oidcLeft: (*visit).oidcLeft} {
		d.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			v := &visit{desk: d, w: w, r: r, language: languageOf(w, r)}
			if err := serve(v); err != nil {
				v.turnAway(err)
			}
		})
	}
}

// oidcStart sends a person to the provider.
func (v *visit) oidcStart() error {
	k, err := v.Provider.knows(v.r.Context(), v.Now())
	if err != nil {
		return err
	}
	b := begun{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), To: wanted(v.r.FormValue("to")), Until: v.Now().Add(begunFor)}
	v.keep(v.signed("oidc", b), int(begunFor.Seconds()))
	http.Redirect(v.w, v.r, k.oauth.AuthCodeURL(b.State, oidc.Nonce(b.Nonce), oauth2.S256ChallengeOption(b.Verifier),
		oauth2.SetAuthURLParam("ui_locales", locales(v.language))), http.StatusFound)
	return nil
}

// keep has the browser keep a sign-in. The answer arrives from another site, so the
// cookie is not a strict one.
func (v *visit) keep(value string, seconds int) {
	http.SetCookie(v.w, &http.Cookie{Name: begunName, Value: value, Path: Prefix + "oidc", MaxAge: seconds,
		HttpOnly: true, Secure: v.secure(v.r), SameSite: http.SameSiteLaxMode})
}

// locales are a language as providers know it (BCP 47), the best first.
func locales(language string) string {
	if language == say.English {
		return "en"
	}
	return "zh-CN zh"
}

// oidcBack lets in who comes back with an answer that is right.
func (v *visit) oidcBack() error {
	b, is := v.begun()
	if !is {
		return web.Refuse(http.StatusBadRequest, "oidc_stale")
	}
	v.keep("", -1) // one answer each
	who, err := v.answered(b)
	if err != nil {
		return err
	}
	v.admit(v.w, v.r, who)
	return v.lead(who, b.To)
}

// begun is the sign-in that an answer is of.
func (v *visit) begun() (begun, bool) {
	var b begun
	cookie, err := v.r.Cookie(begunName)
	if err != nil || !v.unsigned("oidc", cookie.Value, &b) || !v.Now().Before(b.Until) {
		return b, false
	}
	return b, subtle.ConstantTimeCompare([]byte(v.r.FormValue("state")), []byte(b.State)) == 1
}

// answered is who the provider says has come.
func (v *visit) answered(b begun) (person, error) {
	switch said := v.r.FormValue("error"); {
	case said == "access_denied":
		return person{}, web.Refuse(http.StatusForbidden, "oidc_denied")
	case said != "":
		return person{}, fmt.Errorf("%w: %q %q", web.Refuse(http.StatusBadGateway, "oidc_refused"), said, v.r.FormValue("error_description"))
	}
	k, err := v.Provider.knows(v.r.Context(), v.Now())
	if err != nil {
		return person{}, err
	}
	c, err := v.Provider.redeem(v.r.Context(), k, b, v.r.FormValue("code"), v.Now)
	if err != nil {
		return person{}, err
	}
	return c.person(v.Provider.Group)
}

// lead takes a person to the page that was wanted. A redirect would not do: whoever
// comes by one from another site does not show the session's cookie, which is strict.
// The page that is written here is ours, and what it opens is asked for by us.
func (v *visit) lead(who person, to string) error {
	u, err := url.Parse(to)
	if err != nil {
		return err
	}
	u.RawQuery = u.Query().Encode() // headers are ASCII
	v.w.Header().Set("Refresh", "0; url="+u.String())
	return v.write(http.StatusOK, web.Page{File: "onward.html", View: map[string]string{"Name": who.Name, "To": u.String()}})
}

// ended comes back from the provider as the state, once its session has ended.
const ended = "ended"

// oidcLeft tells who has signed out here that the provider's session goes on, and where
// that ends.
func (v *visit) oidcLeft() error {
	view := struct {
		Ended bool
		End   string
	}{Ended: v.r.FormValue("state") == ended}
	if k, err := v.Provider.knows(v.r.Context(), v.Now()); err == nil && !view.Ended {
		view.End = k.ending(v.Provider.URL+oidcLeft, v.language)
	}
	return v.write(http.StatusOK, web.Page{File: "left.html", View: view})
}

// turnAway says why somebody is not let in, above the ways in. A refusal of ours with a
// cause is logged: it is not the person's to mend.
func (v *visit) turnAway(err error) {
	var p *web.Problem
	if !errors.As(err, &p) {
		p = web.Refuse(http.StatusInternalServerError, "internal")
	}
	if err != error(p) && v.r.Context().Err() == nil {
		v.Log.Error("sign-in failed", slog.String("path", v.r.URL.Path), slog.String("error", v.Provider.hide(err.Error())))
	}
	var b begun
	if cookie, err := v.r.Cookie(begunName); err == nil {
		v.unsigned("oidc", cookie.Value, &b)
	}
	v.door(p.Status, web.Say(words(), v.language, p), b.To)
}

// maxCause is how much of what a provider answers stands in the log: bytes.
const maxCause = 2000

// hide takes the secret out of a text, in case the provider has repeated it.
func (p *Provider) hide(text string) string {
	if p.Secret != "" {
		text = strings.ReplaceAll(text, p.Secret.Reveal(), p.Secret.String())
	}
	return strings.ToValidUTF8(text[:min(len(text), maxCause)], "")
}
