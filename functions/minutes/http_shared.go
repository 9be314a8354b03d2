package minutes

// Minutes as whoever has a link sees them: without the token of upstream apps, to be
// read, and heard where the link says so; nothing else.

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/functions/minutes/page"
	"xietong.dev/shared/web"
)

// exported are the formats that a link exports: what can be read, without what only
// colleagues shall see.
var exported = []string{"md", "txt", "srt", "vtt", "docx", "pdf"}

// besides serves the addresses that need no token beside those that do: links, and the
// files that pages are made of.
func (m *Minutes) besides(next http.Handler) http.Handler {
	api := web.API{Token: m.Token, Messages: messages, Log: m.Log}
	mux := http.NewServeMux()
	for path, methods := range map[string]map[string]handler{
		sharedPrefix + "{token}":            {"GET": seen((*call).sharedPage, (*call).sharedDetail)},
		sharedPrefix + "{token}/enter":      {"POST": (*call).enter},
		sharedPrefix + "{token}/transcript": {"GET": (*call).sharedTranscript},
		sharedPrefix + "{token}/export":     {"GET": (*call).sharedExport},
	} {
		mux.Handle(path, m.visited(api, methods))
	}
	files := m.visited(api, map[string]handler{"GET": (*call).file})
	mux.Handle("/minutes/page/files/{file}", files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// visited serves an address that needs no token. What is logged of a request must not
// hold the token of its link, so the handler is given an address without it.
func (m *Minutes) visited(api web.API, methods map[string]handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Referrer-Policy", "no-referrer")
		token := r.PathValue("token")
		r = r.Clone(r.Context())
		r.URL.Path, r.URL.RawPath, r.RequestURI = sharedPrefix, "", sharedPrefix
		c := &call{Minutes: m, w: w, r: r, lang: web.Language(r), visitor: &Link{Hash: hashOf(token)}}
		allowed := strings.Join(slices.Sorted(maps.Keys(methods)), ", ")
		err := error(&web.Problem{Status: http.StatusMethodNotAllowed, Code: "not_allowed", Args: []any{allowed}, Header: http.Header{"Allow": {allowed}}})
		if handle, has := methods[r.Method]; has {
			err = handle(c)
		}
		if err != nil {
			api.Fail(w, r, err)
		}
	})
}

// visit finds the link that a visitor came by, and the minutes that it opens.
func (c *call) visit() (story, error) {
	if err := c.arrive(); err != nil {
		return story{}, err
	}
	if !c.visitor.passes(c.r.Header.Get("X-Link-Pass")) {
		return story{}, web.Refuse(http.StatusUnauthorized, "link_password")
	}
	return c.load(c.DB)
}

// arrive finds the link, whether or not its password was given.
func (c *call) arrive() error {
	l, found, err := findLink(c.r.Context(), c.DB, c.visitor.Hash)
	switch {
	case err != nil:
		return err
	case !found:
		return web.NotFound
	}
	if err := l.stands(c.Now()); err != nil {
		return err
	}
	c.visitor, c.unit = &l, l.Unit
	c.r.SetPathValue("id", l.Recording)
	return nil
}

// sharedPage answers a browser at a link's address. What the link opens its script asks
// for.
func (c *call) sharedPage() error {
	return page.Shared(c.w, c.pageLanguage(), c.StoreURL, map[string]any{"segments": min(2000, c.MaxSegmentPage)})
}

// enter answers POST {password} at a link's address, with the pass that the other
// requests show as X-Link-Pass.
func (c *call) enter() error {
	if err := c.arrive(); err != nil {
		return err
	}
	var want struct {
		Password string `json:"password"`
	}
	if err := web.Body(c.w, c.r, 4096, &want); err != nil {
		return err
	}
	ctx, l := c.r.Context(), c.visitor
	may, err := tryPassword(ctx, c.DB, l.ID, c.now(), c.MaxAttempts)
	switch {
	case err != nil:
		return err
	case !may:
		wait := strconv.Itoa(int(attemptsWithin / time.Second))
		return &web.Problem{Status: http.StatusTooManyRequests, Code: "link_attempts", Header: http.Header{"Retry-After": {wait}}}
	}
	right := l.Password == ""
	if !right && utf8.ValidString(want.Password) {
		if right, err = isPassword(want.Password, l.Password); err != nil {
			return err
		}
	}
	if !right {
		return web.Refuse(http.StatusForbidden, "link_password_wrong")
	}
	if err := forgive(ctx, c.DB, l.ID); err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]string{"pass": l.pass()})
}

// sharedDetail answers GET at a link's address, and counts it.
func (c *call) sharedDetail() error {
	s, err := c.visit()
	if err != nil {
		return err
	}
	d := forVisitors(detail(s, c.lang))
	if c.visitor.May == mayHear {
		if d.Audio, err = c.audio(s); err != nil {
			return err
		}
	}
	if err := countUse(c.r.Context(), c.DB, c.visitor.ID, c.now()); err != nil {
		return err
	}
	return c.reply(http.StatusOK, d)
}

// forVisitors is what a visitor learns of minutes: what is named here and no more,
// whatever else colleagues may see one day.
func forVisitors(d Detail) Detail {
	v := Detail{Title: d.Title, Language: d.Language, CreatedAt: d.CreatedAt, State: d.State, StateText: d.StateText,
		DurationMS: d.DurationMS, Speakers: strangers(d.Speakers), Transcript: d.Transcript}
	if s := d.Summary; s != nil {
		v.Summary = &SummaryView{Revision: s.Revision, ETag: s.ETag, Origin: s.Origin, At: s.At, Document: s.Document}
	}
	return v
}

// strangers are speakers without their accounts, which visitors have no use for.
func strangers(speakers []events.Speaker) []events.Speaker {
	speakers = slices.Clone(speakers)
	for i := range speakers {
		speakers[i].Account = ""
	}
	return speakers
}

// speakersShown are those of a transcript, as the caller may know them.
func (c *call) speakersShown(all []events.Speaker) []events.Speaker {
	if c.visitor != nil {
		all = strangers(all)
	}
	return append([]events.Speaker{}, all...)
}

// hearing is how long an address plays: for a visitor no longer than the link stands.
func (c *call) hearing() time.Duration {
	if c.visitor == nil {
		return c.AudioExpiry
	}
	return max(time.Second, min(c.AudioExpiry, c.visitor.EndsAt.Sub(c.Now())))
}

func (c *call) sharedTranscript() error {
	if _, err := c.visit(); err != nil {
		return err
	}
	return c.transcript()
}

func (c *call) sharedExport() error {
	if _, err := c.visit(); err != nil {
		return err
	}
	if !slices.Contains(exported, strings.ToLower(c.r.URL.Query().Get("format"))) {
		return web.Refuse(http.StatusBadRequest, "link_format")
	}
	return c.export()
}
