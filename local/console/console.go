// Package console is the pages on which people see what happens, and act.
//
//	in   a browser whose person has shown the console's token, or has come from the
//	     organisation's own sign-in
//	out  HTML, a live stream of events, and changes that carry who and why
//
// It reads the broker's records, asks the supervisor how functions stand (beside a
// cluster, whose platform runs them, their ledgers: [Cluster]), and shows
// what lies in the object store through addresses that end soon. Whoever is let in
// here may use the functions' own pages too: the front door shows their token for
// the person ([Console.Lend]).
//
// Whatever came from outside is shown as text. No object is served from the
// console's own address, and its security policy lets no script run but its own.
package console

import (
	"context"
	"embed"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/manifest"
	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

// Prefix is where the console is served.
const Prefix = "/console/"

// Console is what the pages work with.
type Console struct {
	Broker    func() *broker.Broker // the one that runs now
	Publish   func(context.Context, events.Event) error
	Functions []manifest.Function
	States    func() []State
	Checks    []Check
	Store     blob.Store
	Buckets   []Bucket
	Logs      string      // directory of the functions' logs, <word>.log each
	Token     conf.Secret // that people show here
	Provider  *Provider   // of the organisation's own sign-in; nil: by the token alone
	API       conf.Secret // that upstream apps show to functions
	Unit      string      // for which unit a person asks who names none
	Log       *slog.Logger
	Now       func() time.Time

	Cluster  *Cluster        // nil on one machine
	Stopping <-chan struct{} // closed when streams must end, so that nobody waits for them
}

// State is how the processes of a function stand.
type State struct {
	Word      string
	Starting  int // processes that are not ready yet
	Instances int // all processes
	Busy      int // requests under way
	Starts    int // since the runtime began
	Crashes   int
}

// Check asks one thing that functions work with whether it works.
type Check struct {
	Name string // database, store, broker
	Ask  func(context.Context) error
}

// Bucket is where people drop files, and what becomes of them there.
type Bucket struct {
	Name string
	Kind string // recording, document, book, report: a word of the message table
}

//go:embed static
var static embed.FS

// HTTP serves everything below [Prefix].
func (c *Console) HTTP() http.Handler {
	d := &desk{Console: c, site: &web.Site{Files: web.Files(static), Words: words(), Funcs: funcs()}, mux: http.NewServeMux()}
	d.mux.HandleFunc("GET /console/files/{file}", d.file)
	d.entrance()
	d.routes()
	d.mux.Handle(Prefix, d.page(d.nothing))
	return d.mux
}

// routes are the pages, each in a file of its own.
func (d *desk) routes() {
	d.documents()
	d.events()
	d.overview()
	d.try()
	d.dead()
}

// desk is the console as it serves.
type desk struct {
	*Console
	site *web.Site
	mux  *http.ServeMux
}

// visit is one request of a person who was let in.
type visit struct {
	*desk
	w        http.ResponseWriter
	r        *http.Request
	who      person
	language string
	policy   string // Content-Security-Policy of a page that shows more than the console's own
}

// page serves whoever has been let in; others are asked who they are. Every change
// must come from a page of ours.
func (d *desk) page(serve func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		v := &visit{desk: d, w: w, r: r, language: languageOf(w, r)}
		who, in := d.admitted(r)
		if v.who = who; !in {
			v.askWho(http.StatusUnauthorized, "")
			return
		}
		if err := v.fromHere(); err != nil {
			v.fail(err)
			return
		}
		if err := serve(v); err != nil {
			v.fail(err)
		}
	})
}

// show writes a page with its view.
func (v *visit) show(file string, view any) error { return v.tell(file, view, nil, nil) }

// tell writes a page with its view, and tells its script something and what to say.
func (v *visit) tell(file string, view any, told map[string]any, script say.Table) error {
	if told == nil {
		told = map[string]any{}
	}
	told["csrf"] = v.who.csrf
	return v.write(http.StatusOK, web.Page{File: file, Told: told, View: view, Script: script})
}

// write writes a page in its frame.
func (v *visit) write(status int, p web.Page) error {
	words := maps.Clone(commonWords)
	maps.Copy(words, p.Script)
	p.Language, p.Policy, p.Script, p.View = v.language, v.policy, words, frame{Who: v.who.Name, CSRF: v.who.csrf, Cluster: v.Cluster, View: p.View}
	return v.site.Write(v.w, status, p)
}

// frame is what every template is given: who looks, what its forms must carry, and
// the page's own view.
type frame struct {
	Who     string
	CSRF    string
	Cluster *Cluster // nil on one machine
	View    any
}

func (d *desk) nothing(v *visit) error { return web.NotFound }

func (d *desk) file(w http.ResponseWriter, r *http.Request) {
	if !d.site.File(w, r, r.PathValue("file")) {
		http.NotFound(w, r)
	}
}
