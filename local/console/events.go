package console

// The list of events: the newest first, filtered by what stands in the address. Its
// script follows what comes (stream.go).

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/shared/web"
)

// eventsListed is how many events a page of the list shows, and eventsHeld how many its script
// keeps on the page while it follows.
const (
	eventsListed = 100
	eventsHeld   = 300
)

func (d *desk) events() {
	d.mux.Handle("GET /console/events", d.page((*visit).listEvents))
	d.mux.Handle("GET /console/events/stream", d.page((*visit).streamEvents))
	d.mux.Handle("GET /console/events/standing", d.page((*visit).tellStandings))
	d.mux.Handle("GET /console/events/{seq}", d.page((*visit).showEvent))
	d.mux.Handle("GET /console/events/{seq}/data", d.page((*visit).sendData))
	d.mux.Handle("GET /console/events/{seq}/objects/{place}", d.page((*visit).sendObject))
	d.mux.Handle("GET /console/story/{correlation}", d.page((*visit).showStory))
}

// eventList is what the list shows.
type eventList struct {
	Asked     url.Values // as the form shows it
	Types     []string
	Functions []string
	Zone      string
	Lines     []eventLine
	Live      bool
	Filtered  bool
	Older     string // the address of the next page
	Newest    string // the address of the first page with the same filters; empty where this is it
	Looked    int    // how many events were looked at, where that was not enough to fill the page
	Reached   time.Time
}

func (v *visit) listEvents() error {
	s, err := v.eventSearch()
	if err != nil {
		return err
	}
	b := v.Broker()
	head, err := b.Head(v.r.Context()) // before the list: what comes between the two is told twice, never missed
	if err != nil {
		return err
	}
	found, err := b.Find(v.r.Context(), s)
	if err != nil {
		return err
	}
	view := eventList{Asked: v.r.URL.Query(), Types: eventTypes(), Functions: v.functionNames(), Zone: v.Now().Format("MST"), Live: followable(s), Filtered: eventsFiltered(v.r.URL.Query()), Lines: v.eventLines(found.Entries)}
	if found.Next != 0 {
		view.Older = eventsAddress(v.r.URL.Query(), "before", strconv.FormatInt(found.Next, 10))
		if !found.Full {
			view.Looked, view.Reached = found.Looked, found.Reached
		}
	}
	if s.Before != 0 {
		view.Newest = eventsAddress(v.r.URL.Query(), "before", "")
	}
	return v.tell("events.html", view, map[string]any{"live": view.Live, "head": head, "held": eventsHeld}, eventScriptWords)
}

// maxStandings bounds how many events a script asks after at once.
const maxStandings = 200

// tellStandings tells a script where the deliveries of events stand now.
func (v *visit) tellStandings() error {
	var seqs []int64
	for part := range strings.SplitSeq(v.r.URL.Query().Get("seq"), ",") {
		seq, err := eventNumber("seq", part)
		if err != nil {
			return err
		}
		seqs = append(seqs, seq)
	}
	if len(seqs) > maxStandings {
		return web.Field("field_count", "seq", len(seqs), maxStandings)
	}
	all, err := v.Broker().Standings(v.r.Context(), seqs)
	if err != nil {
		return err
	}
	of := map[int64][]broker.Standing{}
	for _, s := range all {
		of[s.Seq] = append(of[s.Seq], s)
	}
	lines := make([]eventLine, 0, len(of))
	for seq, standings := range of {
		lines = append(lines, v.withMarks(eventLine{Seq: seq}, standings))
	}
	return web.Reply(v.w, http.StatusOK, map[string]any{"events": lines})
}

func eventTypes() []string {
	var all []string
	for _, data := range events.Types() {
		all = append(all, data.EventType())
	}
	return all
}

func (v *visit) functionNames() []string {
	var all []string
	for _, f := range v.Functions {
		all = append(all, f.Word)
	}
	return all
}
