package minutes

import (
	"errors"
	"maps"
	"net/http"

	"xietong.dev/events"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// call is one request, and for whom it is made.
type call struct {
	*Minutes
	apply  fn.Apply
	w      http.ResponseWriter
	r      *http.Request
	unit   string
	author string
	lang   string

	visitor *Link // that let the caller in; nil where an upstream app calls
}

type handler func(*call) error

// routes are the addresses of the API, and those of its pages: a browser that goes to
// the list or to one recording's minutes is shown a page.
func routes() map[string]map[string]handler {
	all := map[string]map[string]handler{
		"/minutes":                            {"POST": (*call).create, "GET": seen((*call).listPage, (*call).list)},
		"/minutes/{id}":                       {"GET": seen((*call).minutesPage, (*call).detail), "PATCH": (*call).describe, "DELETE": (*call).delete},
		"/minutes/{id}/uploads":               {"POST": (*call).upload},
		"/minutes/{id}/transcript":            {"GET": (*call).transcript},
		"/minutes/{id}/summary":               {"GET": (*call).summary, "PUT": (*call).edit, "POST": (*call).summariseAgain},
		"/minutes/{id}/revisions":             {"GET": (*call).history},
		"/minutes/{id}/revisions/{revision}":  {"GET": (*call).revision},
		"/minutes/{id}/export":                {"GET": (*call).export, "POST": (*call).askExport},
		"/minutes/{id}/exports/{export}":      {"GET": (*call).madeExport},
		"/minutes/{id}/exports/{export}/file": {"GET": (*call).exportFile},
		"/minutes/{id}/rights":                {"GET": (*call).showRights, "PUT": (*call).setRights},
		"/minutes/{id}/trail":                 {"GET": (*call).trail},
		"/minutes/{id}/hold":                  {"PUT": (*call).hold, "DELETE": (*call).lift},
		"/minutes/{id}/deletion":              {"GET": (*call).deletion},
		"/minutes/{id}/links":                 {"GET": (*call).links, "POST": (*call).share},
		"/minutes/{id}/links/{link}":          {"DELETE": (*call).unshare},
		"/minutes/retention":                  {"GET": (*call).showRetention, "PUT": (*call).setRetention},
		"/minutes/page/files/{file}":          {"GET": (*call).file},
	}
	maps.Copy(all, peopleRoutes())
	return all
}

// HTTP serves the API.
func (m *Minutes) HTTP(apply fn.Apply) http.Handler {
	api := web.API{Token: m.Token, Messages: messages, Log: m.Log}
	mux := http.NewServeMux()
	for path, methods := range routes() {
		mux.Handle(path, api.Methods(m.serve(apply, methods)))
	}
	mux.Handle("/", api.Nothing())
	return m.besides(mux)
}

// serve has each handler work for whoever calls.
func (m *Minutes) serve(apply fn.Apply, methods map[string]handler) map[string]web.Handler {
	all := map[string]web.Handler{}
	for method, handle := range methods {
		all[method] = func(w http.ResponseWriter, r *http.Request) error {
			c := &call{Minutes: m, apply: apply, w: w, r: r, lang: web.Language(r)}
			if err := c.identify(); err != nil {
				return err
			}
			return handle(c)
		}
	}
	return all
}

// identify takes from the upstream app's headers for which unit and account it
// asks.
func (c *call) identify() error {
	who, err := web.CallerOf(c.r, c.Unit)
	c.unit, c.author = who.Unit, who.Account
	return err
}

func (c *call) reply(status int, body any) error { return web.Reply(c.w, status, body) }

// load returns the caller's own minutes. Those of another unit are not found:
// not even that they exist is told.
func (c *call) load(db reader) (story, error) {
	s := story{id: c.r.PathValue("id")}
	if !events.IsID(s.id) {
		return s, web.NotFound
	}
	var err error
	s.given, err = readGiven(c.r.Context(), db, selectGiven, s.id)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return s, web.NotFound
	case err != nil:
		return s, wrap("read minutes", s.id, err)
	}
	return c.fill(db, s)
}

func (c *call) fill(db reader, s story) (story, error) {
	if s.given.Unit != c.unit {
		return s, web.NotFound
	}
	if s.given.DeletedAt != nil {
		return s, web.Refuse(http.StatusGone, "deleted")
	}
	if err := c.permit(db, &s); err != nil {
		return s, err
	}
	return s.rest(c.r.Context(), db)
}
