package captions

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/web"
)

// call is one request, and for whom it is made.
type call struct {
	*Captions
	apply fn.Apply
	w     http.ResponseWriter
	r     *http.Request
	who   web.Caller
	lang  string
}

// HTTP serves the API.
func (c *Captions) HTTP(apply fn.Apply) http.Handler {
	api := web.API{Token: c.Token, Messages: messages, Log: c.Log}
	mux := http.NewServeMux()
	for path, methods := range map[string]map[string]func(*call) error{
		"/captions":                   {"GET": seen((*call).beginPage, (*call).unlisted), "POST": (*call).begin},
		"/captions/{id}":              {"GET": seen((*call).captionsPage, (*call).show)},
		"/captions/{id}/speak":        {"GET": (*call).speak},
		"/captions/{id}/watch":        {"GET": (*call).watch},
		"/captions/{id}/end":          {"POST": (*call).finish},
		"/captions/page/files/{file}": {"GET": (*call).file},
	} {
		all := map[string]web.Handler{}
		for method, handle := range methods {
			all[method] = func(w http.ResponseWriter, r *http.Request) error {
				who, err := web.CallerOf(r, c.Unit)
				if err == nil {
					err = handle(&call{Captions: c, apply: apply, w: w, r: r, who: who, lang: language(r)})
				}
				if err == errAnswered {
					return nil
				}
				return err
			}
		}
		mux.Handle(path, api.Methods(all))
	}
	mux.Handle("/", api.Nothing())
	return mux
}

// begun is what whoever begins a session is told.
type begun struct {
	ID    string `json:"id"`
	Speak string `json:"speak"` // where to connect to, for each track
	Watch string `json:"watch"`
}

// begin answers POST /captions. With the id of minutes that wait for a recording, they
// become these; the same id or the same Idempotency-Key is the same session.
func (c *call) begin() error {
	var want struct {
		ID string `json:"id"`
		About
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	if err := want.About.check(c.MaxTracks); err != nil {
		return err
	}
	switch key := c.r.Header.Get("Idempotency-Key"); {
	case want.ID != "" && !events.IsID(want.ID):
		return web.Field("field_id", "id")
	case want.ID == "" && key != "" && !web.Visible(key):
		return web.Field("field_ascii", "Idempotency-Key", 128)
	case want.ID == "" && key != "":
		want.ID = ce.ID("begin", c.who.Unit, c.who.Account, key)
	case want.ID == "":
		want.ID = c.NewID()
	}
	s, err := begin(c.r.Context(), c.DB, session{ID: want.ID, Unit: c.who.Unit, Author: c.who.Account, About: want.About, BeganAt: c.Now().UTC()})
	switch {
	case err != nil:
		return err
	case s.Unit != c.who.Unit:
		return web.NotFound
	case s.Deleted:
		return web.Refuse(http.StatusGone, "deleted")
	}
	return web.Reply(c.w, http.StatusCreated, begun{ID: s.ID, Speak: "/captions/" + s.ID + "/speak?track=0", Watch: "/captions/" + s.ID + "/watch"})
}

const maxTitle = 200 // characters

// check bounds what is said of a meeting.
func (a About) check(maxTracks int) error {
	switch {
	case utf8.RuneCountInString(a.Title) > maxTitle:
		return web.Field("field_length", "title", 0, maxTitle)
	case strings.ContainsFunc(a.Title, unicode.IsControl):
		return web.Field("field_control", "title")
	case a.Language != "" && !events.IsLanguage(a.Language):
		return web.Field("field_language", "language")
	}
	e := events.RecordingUploaded{Recording: "00000000", Upload: "00000000", Object: events.Object{Bucket: "b", Key: "k"}, Name: "n", MediaType: "m",
		Kind: a.Kind, Participants: a.Participants}
	if err := e.Validate(); err != nil {
		field, _, _ := events.WrongField(err)
		return web.Field("field_wrong", field)
	}
	return checkTracks(a.Participants, maxTracks)
}

// checkTracks wants each participant to have a track of their own, and one that may be
// spoken on.
func checkTracks(all []events.Participant, most int) error {
	names := map[int]string{}
	for i, p := range all {
		if p.Track == nil {
			continue
		}
		field := fmt.Sprintf("participants[%d].track", i)
		if *p.Track >= most {
			return web.Field("field_number", field, 0, most-1)
		}
		if other, has := names[*p.Track]; has {
			return web.Field("field_twice", field, *p.Track, other)
		}
		names[*p.Track] = p.Name
	}
	return nil
}

// load returns the caller's own session. One of another unit is not found.
func (c *call) load() (session, error) {
	id := c.r.PathValue("id")
	if !events.IsID(id) {
		return session{}, web.NotFound
	}
	s, found, err := readSession(c.r.Context(), c.DB, selectSession, id)
	switch {
	case err != nil:
		return s, err
	case !found || s.Unit != c.who.Unit:
		return s, web.NotFound
	case s.Deleted:
		return s, web.Refuse(http.StatusGone, "deleted")
	}
	return s, nil
}

// show answers GET /captions/{id}: what has been said so far.
func (c *call) show() error {
	s, err := c.load()
	if err != nil {
		return err
	}
	after, err := web.Number(c.r, "after", 0, 1<<31-1, 0)
	if err != nil {
		return err
	}
	now, err := readSaid(c.r.Context(), c.DB, s, int64(after))
	if err != nil {
		return err
	}
	answer := struct {
		ID       string    `json:"id"`
		About    About     `json:"about"`
		Ended    bool      `json:"ended"`
		Lines    []Caption `json:"lines"` // at most 500; ask for more with after
		Partials []Caption `json:"partials"`
	}{s.ID, s.About, now.over, append([]Caption{}, now.lines...), append([]Caption{}, now.partials...)}
	return web.Reply(c.w, http.StatusOK, answer)
}
