package console

// What people are told where something fails.

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

// fail answers with an error: of its own making the person learns what to do, of
// any other that it was logged. A script is answered in JSON, as by every function.
func (v *visit) fail(err error) {
	if strings.Contains(v.r.Header.Get("Accept"), "application/json") {
		api := web.API{Messages: words(), Log: v.Log}
		r := v.r.Clone(v.r.Context())
		r.Header.Set("Accept-Language", v.language)
		api.Fail(v.w, r, err)
		return
	}
	var p *web.Problem
	if !errors.As(err, &p) {
		if v.r.Context().Err() == nil {
			v.Log.Error("page failed", slog.String("path", v.r.URL.Path), slog.Any("error", err))
		}
		p = web.Refuse(http.StatusInternalServerError, "internal")
	}
	if err := v.write(p.Status, web.Page{File: "failed.html", View: failure{Status: p.Status, Message: web.Say(words(), v.language, p)}}); err != nil {
		http.Error(v.w, err.Error(), http.StatusInternalServerError)
	}
}

type failure struct {
	Status  int
	Message string
}

// languageOf is the language that the person chose last, else that of the browser. A
// choice stands in the address as lang, and is remembered.
func languageOf(w http.ResponseWriter, r *http.Request) string {
	if chosen := r.URL.Query().Get("lang"); chosen == say.Chinese || chosen == say.English {
		http.SetCookie(w, &http.Cookie{Name: "lang", Value: chosen, Path: "/", MaxAge: 365 * 24 * 3600, SameSite: http.SameSiteLaxMode})
		return chosen
	}
	if c, err := r.Cookie("lang"); err == nil && (c.Value == say.Chinese || c.Value == say.English) {
		return c.Value
	}
	return web.Language(r)
}
