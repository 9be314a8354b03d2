package console

// A story: everything that one upload or one request caused.

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"xietong.dev/local/broker"
	"xietong.dev/shared/web"
)

const (
	storyMost    = 5_000   // events of a story that are read
	storyData    = 8 << 10 // bytes of an event's data that are looked at for objects
	rowsMost     = 500
	failuresMost = 20
	writtenMost  = 50
)

// storyView is what the page of a story shows.
type storyView struct {
	Correlation string
	Began       time.Time
	Took        string
	Events      int
	Deliveries  int
	Open        int // deliveries on their way
	Dead        int
	Rows        []storyRow
	Hidden      int // rows that are too many
	More        bool
	Axis        []axisMark
	Gaps        []scalePiece
	Failures    []storyFailure
	Objects     []storyObject
	List        string // the address of the story's events in the list
}

// axisMark is a moment on the drawing's edge.
type axisMark struct {
	Text   string
	At     float64 // percent
	Anchor string  // which end of the text stands there: start, middle or end
	Gap    bool
}

// storyFailure is a delivery that failed, and why.
type storyFailure struct {
	Seq      int64
	Short    string
	Function string
	Code     int
	Reason   string
	Mark     eventMark
}

// storyObject is an object that an event of the story names.
type storyObject struct {
	Bucket, Key string
	Size        int64
	Seq         int64
	Short       string
}

func eventAddress(seq int64) string { return "/console/events/" + strconv.FormatInt(seq, 10) }

func (v *visit) showStory() error {
	correlation := v.r.PathValue("correlation")
	if err := checkSearch("story", correlation); err != nil {
		return err
	}
	story, err := v.Broker().Tell(v.r.Context(), broker.Query{Correlation: correlation, Limit: storyMost + 1, MaxData: storyData})
	if err != nil {
		return err
	}
	if len(story) == 0 {
		return web.Refuse(http.StatusNotFound, "no_story")
	}
	functions, err := v.Broker().Services(v.r.Context())
	if err != nil {
		return err
	}
	view := viewOfStory(correlation, story, functions, v.Now(), v.language)
	return v.tell("story.html", view, map[string]any{"open": view.Open > 0}, storyScriptWords)
}

// viewOfStory is the whole page of a story, whose functions are named by Trigger.
func viewOfStory(correlation string, story []broker.Told, functions map[string]string, now time.Time, language string) storyView {
	view := storyView{Correlation: correlation, List: "/console/events?story=" + url.QueryEscape(correlation), More: len(story) > storyMost}
	story = story[:min(len(story), storyMost)]
	happened := storySpans(story, now)
	scale := scaleOf(happened)
	began := story[0].ReceivedAt
	if first := scale[0].From; first.Before(began) {
		began = first // it was told of late
	}
	d := &drawing{language: language, now: now, began: began, scale: scale, functions: functions, list: view.List + "&type="}
	d.draw(storyTree(story), 0)
	view.Began, view.Events = began, len(story)
	view.Took = spanText(language, scale[len(scale)-1].To.Sub(view.Began))
	view.Rows, view.Hidden = d.rows[:min(len(d.rows), rowsMost)], max(0, len(d.rows)-rowsMost)
	view.addAxis(scale, language)
	for _, e := range story {
		view.count(e, functions, language)
		view.addObjects(e)
	}
	return view
}

// storySpans is when something of the story happened.
func storySpans(story []broker.Told, now time.Time) []span {
	var all []span
	for _, e := range story {
		all = append(all, span{e.ReceivedAt, e.ReceivedAt.Add(time.Millisecond)})
		for _, d := range e.Deliveries {
			for _, f := range d.Failures {
				all = append(all, span{f.StartedAt, f.EndedAt})
			}
			if end := (storyWay{e.ReceivedAt, d}).ends(now); d.StartedAt != nil && end.After(*d.StartedAt) {
				all = append(all, span{*d.StartedAt, end})
			}
		}
	}
	return all
}

// count counts how the deliveries of an event stand, and keeps the first that failed.
func (view *storyView) count(e broker.Told, functions map[string]string, language string) {
	for _, d := range e.Deliveries {
		view.Deliveries++
		if unended(d.State) {
			view.Open++
		}
		if d.State == broker.Dead {
			view.Dead++
		}
		if failing := d.State == broker.Dead || unended(d.State) && failuresOf(d) > 0; failing && len(view.Failures) < failuresMost {
			kind, word := standWords(d.State, failuresOf(d))
			view.Failures = append(view.Failures, storyFailure{e.Seq, eventShort(e.Event.Type()), cmp.Or(functions[d.Trigger], d.Trigger), d.Code, d.Reason, eventMark{Kind: kind, Word: eventWords.Say(language, word)}})
		}
	}
}

// addObjects keeps the objects that an event names first.
func (view *storyView) addObjects(e broker.Told) {
	for _, o := range objectsIn(e.Event.Data()) {
		if len(view.Objects) == writtenMost {
			return
		}
		known := slices.ContainsFunc(view.Objects, func(k storyObject) bool { return k.Bucket == o.Bucket && k.Key == o.Key })
		if !known {
			view.Objects = append(view.Objects, storyObject{o.Bucket, o.Key, o.Size, e.Seq, eventShort(e.Event.Type())})
		}
	}
}

// gapsNamed is how many gaps are named on the axis: more would not fit. Each name takes
// markRoom percent of it.
const (
	gapsNamed = 4
	markRoom  = 20
)

// addAxis marks the quarters of the drawing; where idle time was left out the longest
// gaps, which say more.
func (view *storyView) addAxis(scale storyScale, language string) {
	for _, p := range scale {
		if p.Gap {
			view.Gaps = append(view.Gaps, p)
		}
	}
	if len(view.Gaps) == 0 {
		whole := scale[len(scale)-1].To.Sub(scale[0].From)
		for i := range 5 {
			view.Axis = append(view.Axis, axisMark{Text: spanText(language, whole*time.Duration(i)/4), At: float64(i) * 25, Anchor: anchorAt(float64(i) * 25)})
		}
		return
	}
	longest := slices.Clone(view.Gaps)
	slices.SortFunc(longest, func(a, b scalePiece) int { return cmp.Compare(b.took(), a.took()) })
	for _, g := range longest[:min(len(longest), gapsNamed)] {
		at := (g.X + g.Width/2) / drawn * 100
		if slices.ContainsFunc(view.Axis, func(m axisMark) bool { return math.Abs(m.At-at) < markRoom }) {
			continue // a longer one is named there
		}
		view.Axis = append(view.Axis, axisMark{Text: "⋯ " + spanText(language, g.took()) + " ⋯", At: at, Anchor: anchorAt(at), Gap: true})
	}
}

// anchorAt keeps a text within the drawing.
func anchorAt(percent float64) string {
	switch {
	case percent < 15:
		return "start"
	case percent > 85:
		return "end"
	}
	return "middle"
}
