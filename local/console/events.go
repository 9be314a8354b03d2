package console

// The list of events: the newest first, filtered by what stands in the address. Its
// script follows what comes (stream.go).

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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

// eventsAddress is that of the list with one parameter changed.
func eventsAddress(query url.Values, name, value string) string {
	query.Del("lang")
	if query.Set(name, value); value == "" {
		query.Del(name)
	}
	return "/console/events?" + query.Encode()
}

var searchParams = []string{"type", "function", "unit", "outcome", "text", "since", "until", "story", "before", "after", "lang", "seq"}

// eventsFiltered reports whether the address asks for anything but all events.
func eventsFiltered(query url.Values) bool {
	for _, name := range searchParams[:8] {
		if query.Get(name) != "" {
			return true
		}
	}
	return false
}

// followable reports whether what comes can be followed. How an event ends is not known when
// it comes, so a list by outcome stands still; so does one of the past.
func followable(s broker.Search) bool {
	return s.Outcome == "" && s.Until.IsZero() && s.Before == 0 && s.After == 0
}

// eventSearch reads the filters of an address.
func (v *visit) eventSearch() (s broker.Search, err error) {
	if err := web.Params(v.r, searchParams...); err != nil {
		return s, err
	}
	query := v.r.URL.Query()
	for _, name := range searchParams[:8] {
		if err := checkSearch(name, query.Get(name)); err != nil {
			return s, err
		}
	}
	s = broker.Search{Type: strings.TrimSpace(query.Get("type")), Service: query.Get("function"), Unit: strings.TrimSpace(query.Get("unit")), Text: query.Get("text"),
		Outcome: broker.Outcome(query.Get("outcome")), Correlation: query.Get("story"), Limit: eventsListed}
	switch s.Outcome {
	case "", broker.OnItsWay, broker.AllDone, broker.SomeDead, broker.Untaken:
	default:
		return s, web.Field("field_one_of", "outcome", "underway, done, dead, untaken")
	}
	if s.Since, err = v.eventMoment("since"); err != nil {
		return s, err
	}
	if s.Until, err = v.eventMoment("until"); err != nil {
		return s, err
	}
	if s.Before, err = eventNumber("before", query.Get("before")); err != nil {
		return s, err
	}
	s.After, err = eventNumber("after", query.Get("after"))
	return s, err
}

const longestSearch = 1024 // characters; ids and subjects may be as long

func checkSearch(name, text string) error {
	if utf8.RuneCountInString(text) > longestSearch || !utf8.ValidString(text) {
		return web.Field("field_length", name, 0, longestSearch)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return web.Field("field_control", name)
	}
	return nil
}

// eventMoment reads a time as a form writes it, in this machine's zone, or as a script does.
func (v *visit) eventMoment(name string) (time.Time, error) {
	text := v.r.URL.Query().Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, v.Now().Location()); err == nil {
			return at, nil
		}
	}
	return time.Time{}, web.Field("not_a_time", name)
}

func eventNumber(name, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, web.Field("not_a_number", name)
	}
	return n, nil
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
