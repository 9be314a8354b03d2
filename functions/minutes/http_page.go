package minutes

// The pages on which people read minutes.

import (
	"strings"

	"xietong.dev/events"
	"xietong.dev/functions/minutes/page"
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
func seen(show, answer handler) handler {
	return func(c *call) error {
		c.w.Header().Set("Vary", "Accept, Accept-Language")
		if asksPage(c.r.Header.Get("Accept")) {
			return show(c)
		}
		return answer(c)
	}
}

// pageLanguage is the one that the address names, else that of the browser.
func (c *call) pageLanguage() string {
	if chosen := c.r.URL.Query().Get("lang"); chosen == say.Chinese || chosen == say.English {
		return chosen
	}
	return c.lang
}

// listPage answers GET /minutes in a browser.
func (c *call) listPage() error {
	return page.List(c.w, c.pageLanguage(), c.StoreURL, map[string]any{"query": c.MaxQuery, "title": c.MaxTitle})
}

// minutesPage answers GET /minutes/{id} in a browser. Whether there are such minutes
// its script learns from the API, as everybody does.
func (c *call) minutesPage() error {
	id := c.r.PathValue("id")
	if !events.IsID(id) {
		id = ""
	}
	return page.Minutes(c.w, c.pageLanguage(), c.StoreURL, map[string]any{"id": id, "title": c.MaxTitle, "note": c.MaxNote, "segments": min(2000, c.MaxSegmentPage)})
}

// file answers GET /minutes/page/files/{file}.
func (c *call) file() error {
	if !page.File(c.w, c.r, c.r.PathValue("file")) {
		return web.NotFound
	}
	return nil
}
