package library

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"xietong.dev/functions/library/feeds"
	"xietong.dev/functions/library/reading"
	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

// feedsPrefix is where a reader's feeds stand: the prefix, token, slash, the version.
const feedsPrefix = "/library/opds/"

// app is one request of a reading app. It has no header of the upstream app's: the
// token in its address names the reader.
type app struct {
	*Library
	w        http.ResponseWriter
	r        *http.Request
	version  feeds.Version // empty for what both versions share
	language string
	who      Reader
	base     string // the reader's feeds stand below it, without a slash at its end
}

// feeds serves the addresses of reading apps, and the one that gives them out.
func (l *Library) feeds(mux *http.ServeMux, api web.API) {
	mux.Handle("/library/opds", api.Methods(map[string]web.Handler{http.MethodGet: l.as(l.giveFeeds)}))
	mux.HandleFunc("GET /library/opds/authentication", l.apart(api, func(w http.ResponseWriter, r *http.Request) { l.door(w, r, http.StatusOK) }))
	mux.Handle(feedsPrefix, l.app(api, "", (*app).nothing))
	for path, handle := range map[string]func(*app) error{
		"GET /library/opds/{token}/files/{edition}/{name}":          (*app).file,
		"GET /library/opds/{token}/covers/{edition}/{cover}":        (*app).cover,
		"GET /library/opds/{token}/blank.jpg":                       (*app).blank,
		"GET /library/opds/{token}/licences/{edition}":              (*app).licence,
		"GET /library/opds/{token}/read/{edition}":                  (*app).manifest,
		"GET /library/opds/{token}/" + string(feeds.V1) + "/search": (*app).description,
	} {
		mux.Handle(path, l.app(api, "", handle))
	}
	for _, v := range []feeds.Version{feeds.V1, feeds.V2} {
		below := feedsPrefix + "{token}/" + string(v)
		for path, handle := range map[string]func(*app) error{
			"GET " + below:                      (*app).start,
			"GET " + below + "/by/{facet}":      (*app).menu,
			"GET " + below + "/books":           (*app).list,
			"GET " + below + "/shelf":           (*app).shelf,
			"GET " + below + "/books/{edition}": (*app).book,
			below + "/books/{edition}/borrow":   (*app).borrow,
			below + "/books/{edition}/return":   (*app).giveBack,
		} {
			mux.Handle(path, l.app(api, v, handle))
		}
	}
}

// feedKey signs the addresses of feeds.
func (l *Library) feedKey() reading.Key { return l.Content.Key.For("feeds") }

// giveFeeds answers GET /library/opds, of the upstream app: where a reader's own
// reading apps find the library until the address expires.
func (l *Library) giveFeeds(c *reader) error {
	expires := c.Now().Add(l.FeedExpiry).UTC().Truncate(time.Second)
	base := l.FeedURL + feedsPrefix + l.feedKey().Sign(c.who.Unit+" "+c.who.Account, expires)
	return c.reply(map[string]any{"v1": base + "/" + string(feeds.V1), "v2": base + "/" + string(feeds.V2), "expires": expires})
}

// app has a handler work for the reader whom the token names.
func (l *Library) app(api web.API, v feeds.Version, handle func(*app) error) http.HandlerFunc {
	return l.apart(api, func(w http.ResponseWriter, r *http.Request) {
		token, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, feedsPrefix), "/")
		who, err := l.feedKey().Open(token, l.Now())
		if err != nil {
			l.door(w, r, http.StatusUnauthorized)
			return
		}
		a := &app{Library: l, w: w, r: r, version: v, language: web.Language(r), base: l.FeedURL + feedsPrefix + token}
		a.who.Unit, a.who.Account, _ = strings.Cut(who, " ")
		if err := handle(a); err != nil {
			api.Fail(w, nameless(r, token), err)
		}
	})
}

// apart serves an address, but not at the origin of books' parts, which has nothing
// else, and says what browsers may do with the answer.
func (l *Library) apart(api web.API, handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if l.Content.Own(r) {
			api.Fail(w, r, web.NotFound)
			return
		}
		for name, value := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; sandbox", "X-Robots-Tag": "noindex", "Vary": "Accept-Language", "Content-Language": web.Language(r)} {
			w.Header().Set(name, value)
		}
		handle(w, r)
	}
}

// nameless is a request as it may be logged: the token lets in.
func nameless(r *http.Request, token string) *http.Request {
	named := r.Clone(r.Context())
	named.URL.Path = strings.Replace(r.URL.Path, token, "{token}", 1)
	return named
}

// door tells how reading apps are let in. No app can do it by itself: the address to
// read by is given out where people have logged in already. It tells it in both
// languages, for many apps ask in English whatever their reader speaks.
func (l *Library) door(w http.ResponseWriter, r *http.Request, status int) {
	origin := cmp.Or(l.FeedURL, "http://"+r.Host)
	d := feeds.Door{ID: origin + feedsPrefix + "authentication", Title: messages.Say(web.Language(r), "feeds.library"),
		Description: messages.Say(say.Chinese, "feeds.door") + " " + messages.Say(say.English, "feeds.door"), Way: origin + "/library/opds"}
	media, text := d.Write()
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.Header().Set("Link", "<"+d.ID+`>; rel="http://opds-spec.org/auth/document"; type="`+media+`"`)
	}
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	w.Write(text)
}

// say puts a message of the feeds into the reader's language.
func (a *app) say(key string, args ...any) string {
	return messages.Say(a.language, "feeds."+key, args...)
}

// at is an address of this version.
func (a *app) at(path string) string { return a.base + "/" + string(a.version) + path }

func (a *app) give(media string, text []byte) error {
	a.w.Header().Set("Content-Type", media)
	a.w.Write(text) // who is cut off sees that bytes are missing
	return nil
}

func (a *app) nothing() error { return web.NotFound }

// description answers GET v1.2/search.
func (a *app) description() error {
	a.version = feeds.V1
	d := feeds.Description{Name: a.say("library"), About: a.say("about"), Template: a.at("/books?q={searchTerms}")}
	return a.give(d.Write())
}
