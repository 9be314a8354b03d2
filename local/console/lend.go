package console

// The functions' own pages, for whoever has been let in here.

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"xietong.dev/shared/web"
)

// Lend shows the functions' token for whoever has been let in, as the gateway of an
// office does, so that the functions' own pages can be used. A request that brings a
// token of its own keeps it. The cookie, which would open the console, goes no further.
// A person who opens a page and has not been let in is asked who it is.
func (c *Console) Lend(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, in := c.admitted(r)
		shown := r
		r = r.Clone(r.Context())
		r.Header.Del("Cookie")
		switch bare := r.Header.Get("Authorization") == ""; {
		case !in && bare && opensPage(r):
			next.ServeHTTP(&asking{ResponseWriter: w, r: r}, r)
			return
		case !in || !bare:
			next.ServeHTTP(w, r)
			return
		}
		if err := new(http.CrossOriginProtection).Check(r); err != nil {
			http.Error(w, "this change was not asked for by a page of ours", http.StatusForbidden)
			return
		}
		r.Header.Set("Accept-Language", languageOf(w, shown))
		r.Header.Set("Authorization", "Bearer "+c.API.Reveal())
		r.Header.Set("X-Auth-Id", account(who.Name))
		if r.Header.Get("X-Unit") == "" {
			r.Header.Set("X-Unit", c.Unit)
		}
		next.ServeHTTP(w, r)
	})
}

// opensPage reports whether a request comes of an address that somebody opened: a
// browser then asks for HTML first.
func opensPage(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.Header.Get("Accept"), "text/html")
}

// asking passes an answer on, but where it is that the token is missing, the person is
// asked for it instead.
type asking struct {
	http.ResponseWriter
	r     *http.Request
	asked bool
}

func (a *asking) WriteHeader(status int) {
	if status != http.StatusUnauthorized {
		a.ResponseWriter.WriteHeader(status)
		return
	}
	a.asked = true
	clear(a.Header()) // they were of the other answer
	a.Header().Set("Cache-Control", "no-store")
	http.Redirect(a.ResponseWriter, a.r, Prefix+"enter?to="+url.QueryEscape(a.r.URL.RequestURI()), http.StatusFound)
}

func (a *asking) Write(text []byte) (int, error) {
	if a.asked {
		return len(text), nil
	}
	return a.ResponseWriter.Write(text)
}

// account is a person's name as a header takes it: visible ASCII.
func account(name string) string {
	if web.Visible(name) {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return "person-" + base64.RawURLEncoding.EncodeToString(sum[:9])
}
