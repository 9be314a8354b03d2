package captions

// The pages on which people begin, speak and read captions.

import (
	"net/http"
	"strings"

	"xietong.dev/events"
	"xietong.dev/functions/captions/page"
	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

// asksPage reports whether a request comes from somebody who looks rather than from a
// program: what it would like best is HTML. Browsers put that first when they go to an
// address, and never when a script asks.
func asksPage(accept string) bool {
	best, _, _ := strings.Cut(accept, ",")
	kind, _, _ := strings.Cut(best, ";")
	return strings.EqualFold(strings.TrimSpace(kind), "text/html")
}

// seen answers a browser with a page, and a program as the API does.
func seen(show, answer func(*call) error) func(*call) error {
	return func(c *call) error {
		c.w.Header().Set("Vary", "Accept, Accept-Language")
		if asksPage(c.r.Header.Get("Accept")) {
			return show(c)
		}
		return answer(c)
	}
}

// language is the one that the address names, else that of the browser: a page cannot
// say its own when it opens a WebSocket.
func language(r *http.Request) string {
	if chosen := r.URL.Query().Get("lang"); chosen == say.Chinese || chosen == say.English {
		return chosen
	}
	return web.Language(r)
}

// beginPage answers GET /captions in a browser; with an id, for the minutes of that id.
func (c *call) beginPage() error {
	told := map[string]any{"title": maxTitle, "tracks": c.MaxTracks}
	if id := c.r.URL.Query().Get("id"); events.IsID(id) {
		told["id"] = id
	}
	return page.Begin(c.w, c.lang, told)
}

// unlisted answers GET /captions to a program: sessions are begun here and not listed.
func (c *call) unlisted() error {
	return &web.Problem{Status: http.StatusMethodNotAllowed, Code: "not_allowed", Args: []any{"POST"}, Header: http.Header{"Allow": {"POST"}}}
}

// captionsPage answers GET /captions/{id} in a browser. Whether there is such a session
// its script learns from the API, as everybody does.
func (c *call) captionsPage() error {
	id := c.r.PathValue("id")
	if !events.IsID(id) {
		id = ""
	}
	return page.Captions(c.w, c.lang, map[string]any{"id": id, "tracks": c.MaxTracks})
}

// file answers GET /captions/page/files/{file}.
func (c *call) file() error {
	if !page.File(c.w, c.r, c.r.PathValue("file")) {
		return web.NotFound
	}
	return nil
}
