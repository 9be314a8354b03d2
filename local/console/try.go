package console

// Try it: a file is dropped, or an event is made in a form, and its story is shown.

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/local/samples"
	"xietong.dev/shared/web"
)

func (d *desk) try() {
	d.mux.Handle("GET /console/try", d.page(func(v *visit) error {
		view, err := v.tryView(v.r.URL.Query().Get("type"))
		if err != nil {
			return err
		}
		view.Story = v.r.URL.Query().Get("story")
		view.Whole = Prefix + "story/" + url.PathEscape(view.Story)
		return v.showTry(http.StatusOK, view)
	}))
	d.mux.Handle("PUT /console/try/files", d.page((*visit).takeFile))
	d.mux.Handle("POST /console/try/samples", d.page((*visit).takeSample))
	d.mux.Handle("POST /console/try/events", d.page((*visit).takeEvent))
	d.mux.Handle("GET /console/try/story", d.page((*visit).trackStory))
}

// tryView is what the template shows.
type tryView struct {
	Kinds   []Bucket
	Samples []sampleRow
	Types   []typeRow
	Type    string // of the form; empty is none
	About   string
	Form    *formField
	Raw     string // the data as JSON
	AsRaw   bool   // the JSON was sent rather than the form
	Unit    string
	Problem string // why nothing was sent
	Field   string // which field that is about, as the form names it
	Who     string
	Limit   string // of a file
	Story   string // the correlation of what was sent
	Whole   string // the address of its page
}

type sampleRow struct{ File, Title, Kind string }

type typeRow struct{ Type, Title string }

func (v *visit) showTry(status int, view tryView) error {
	told := map[string]any{"csrf": v.who.csrf, "limit": maxUpload, "kinds": endings(v.Buckets)}
	return v.write(status, web.Page{File: "try.html", Told: told, View: view, Script: tryScript})
}

// tryView is the page with the form of a type of event, filled with its example.
func (v *visit) tryView(eventType string) (tryView, error) {
	view := tryView{Kinds: v.Buckets, Samples: sampleRows(v.Buckets), Unit: v.Unit, Who: v.who.Name, Limit: bytesText(maxUpload)}
	for _, data := range events.Types() {
		view.Types = append(view.Types, typeRow{data.EventType(), eventTitle(v.language, data.EventType(), events.Schema)})
	}
	if eventType == "" {
		return view, nil
	}
	return view, view.form(eventType, v.language)
}

// kindOfSample is the bucket that a sample goes to.
func kindOfSample(s samples.Sample) string {
	if s.Document {
		return "document"
	}
	return "recording"
}

func sampleRows(buckets []Bucket) (all []sampleRow) {
	for _, s := range samples.All() {
		if kind := kindOfSample(s); bucketOf(buckets, kind) != "" {
			all = append(all, sampleRow{s.File, s.Title, kind})
		}
	}
	return all
}

// takeSample puts a bundled sample where people put files.
func (v *visit) takeSample() error {
	for _, s := range samples.All() {
		if s.File != v.r.PostFormValue("file") {
			continue
		}
		body, err := samples.Files.Open(s.File)
		if err != nil {
			return err
		}
		defer body.Close()
		about, err := body.Stat()
		if err != nil {
			return err
		}
		put, err := v.put(v.r.Context(), dropped{Kind: kindOfSample(s), Name: s.File, Title: s.Title, Language: s.Language, Size: about.Size(), Body: body})
		if err != nil {
			return err
		}
		http.Redirect(v.w, v.r, storyShown(put.Story), http.StatusSeeOther)
		return nil
	}
	return web.NotFound
}

// storyShown is the page that shows a story.
func storyShown(correlation string) string {
	return Prefix + "try?" + url.Values{"story": {correlation}}.Encode() + "#story"
}

// storyTold is what became of a story since it was told last.
type storyTold struct {
	Events []eventTold `json:"events"`
	Next   int64       `json:"next"` // to be asked for after
	More   bool        `json:"more"` // there are more already
	Open   int         `json:"open"` // deliveries that have not ended
	Dead   int         `json:"dead"`
	Done   int         `json:"done"`
}

type eventTold struct {
	Type  string    `json:"type"`
	Title string    `json:"title"`
	At    time.Time `json:"at"`
	About string    `json:"about"` // the event's subject
}

const toldAtOnce = 100

// trackStory tells a script what is new in a story.
func (v *visit) trackStory() error {
	get := v.r.URL.Query().Get
	var after int64
	if text := get("after"); text != "" {
		if _, err := fmt.Sscan(text, &after); err != nil {
			return web.Field("field_cursor", "after")
		}
	}
	if get("id") == "" || len(get("id")) > 1024 {
		return web.Field("field_length", "id", 1, 1024)
	}
	told, err := track(v.r.Context(), v.Broker(), get("id"), after, v.language)
	if err != nil {
		return err
	}
	return web.Reply(v.w, http.StatusOK, told)
}

// track reads the states first: an event that comes in between is told, and its
// deliveries are counted the next time.
func track(ctx context.Context, b *broker.Broker, correlation string, after int64, language string) (storyTold, error) {
	t := storyTold{Events: []eventTold{}, Next: after}
	states, err := b.StoryStates(ctx, correlation)
	if err != nil {
		return t, err
	}
	t.Open = states[broker.Ready] + states[broker.Running] + states[broker.Waiting] + states[broker.Afar] + states[broker.AtWork]
	t.Dead, t.Done = states[broker.Dead], states[broker.Done]
	records, err := b.Events(ctx, broker.Query{Correlation: correlation, After: after, Limit: toldAtOnce})
	if err != nil {
		return t, err
	}
	for _, r := range records {
		t.Next = r.Seq
		t.Events = append(t.Events, eventTold{Type: r.Event.Type(), Title: eventTitle(language, r.Event.Type(), events.Schema), At: r.ReceivedAt, About: r.Event.Subject()})
	}
	t.More = len(records) == toldAtOnce
	return t, nil
}
