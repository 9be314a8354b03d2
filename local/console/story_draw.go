package console

// The rows of a story's drawing: what each event and each of its deliveries did, in
// words and as bars over time.

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"time"

	"xietong.dev/local/broker"
)

// storyRow is an event, or several that were folded, with one lane for each Trigger.
type storyRow struct {
	Depth   int // how many causes lie above it, up to the deepest that is indented
	Short   string
	Type    string
	Count   int
	To      string // the address of the event, or of the list of those folded
	Subject string
	After   string // how long after the story's beginning
	Lanes   []storyLane
}

// storyLane is where an event went by one Trigger; without a Function nobody took it.
type storyLane struct {
	Function string
	Marks    []eventMark // each with its number in Title where several were folded
	Took     string
	Reason   string
	Bars     []storyBar
}

// storyBar is a part of the drawing.
type storyBar struct {
	Kind     string // wait, busy, good or bad
	X, Width float64
}

const deepest = 8

// drawing makes rows of nodes.
type drawing struct {
	language  string
	now       time.Time
	began     time.Time
	scale     storyScale
	functions map[string]string // by Trigger
	list      string            // the address of the story's events, ending in type=
	rows      []storyRow
}

func (d *drawing) draw(nodes []storyNode, depth int) {
	for _, n := range nodes {
		d.rows = append(d.rows, d.row(n, min(depth, deepest)))
		d.draw(n.Below, depth+1)
	}
}

func (d *drawing) row(n storyNode, depth int) storyRow {
	first := n.Events[0]
	r := storyRow{Depth: depth, Short: eventShort(first.Event.Type()), Type: first.Event.Type(), Count: len(n.Events), Subject: first.Event.Subject(),
		To: eventAddress(first.Seq), After: spanText(d.language, max(0, first.ReceivedAt.Sub(d.began)))}
	if r.Count > 1 {
		r.To = d.list + url.QueryEscape(r.Type)
	}
	lanes := map[string][]storyWay{}
	var order []string
	for _, e := range n.Events {
		for _, delivery := range e.Deliveries {
			if lanes[delivery.Trigger] == nil {
				order = append(order, delivery.Trigger)
			}
			lanes[delivery.Trigger] = append(lanes[delivery.Trigger], storyWay{e.ReceivedAt, delivery})
		}
	}
	for _, trigger := range order {
		r.Lanes = append(r.Lanes, d.lane(trigger, lanes[trigger], r.Count > 1))
	}
	if len(order) == 0 {
		x := d.scale.x(first.ReceivedAt)
		r.Lanes = []storyLane{{Bars: []storyBar{{"mark", min(x, drawn-3), 3}}}}
	}
	return r
}

// storyWay is a delivery of a story, and when its event was accepted.
type storyWay struct {
	since time.Time
	broker.Delivery
}

// begins is when a delivery began: its event was accepted, or, where a cluster told of it
// late, its function was at work already.
func (w storyWay) begins() time.Time {
	if w.StartedAt != nil && w.StartedAt.Before(w.since) {
		return *w.StartedAt
	}
	return w.since
}

// ends is when a delivery ended, and now where it has not.
func (w storyWay) ends(now time.Time) time.Time {
	if w.EndedAt != nil {
		return *w.EndedAt
	}
	return now
}

func (d *drawing) lane(trigger string, ways []storyWay, folded bool) storyLane {
	l := storyLane{Function: cmp.Or(d.functions[trigger], trigger)}
	from := ways[0].begins()
	to := from
	counts := map[eventMark]int{}
	var marks []eventMark
	for _, w := range ways {
		kind, word := standWords(w.State, failuresOf(w.Delivery))
		m := eventMark{Kind: kind, Word: eventWords.Say(d.language, word)}
		if counts[m]++; counts[m] == 1 {
			marks = append(marks, m)
		}
		if end := w.ends(d.now); end.After(to) {
			to = end
		}
		if w.State != broker.Done && l.Reason == "" {
			l.Reason = w.Reason
		}
		l.Bars = append(l.Bars, d.bars(w)...)
	}
	for _, m := range marks {
		if folded {
			m.Title = strconv.Itoa(counts[m])
		}
		l.Marks = append(l.Marks, m)
	}
	if l.Bars = joinBars(l.Bars); to.After(from) {
		l.Took = spanText(d.language, to.Sub(from))
	}
	return l
}

// bars are the whole time of a delivery, and over it each attempt.
func (d *drawing) bars(w storyWay) []storyBar {
	all := []storyBar{d.bar("wait", w.since, w.ends(d.now))}
	for _, f := range w.Failures {
		all = append(all, d.bar("bad", f.StartedAt, f.EndedAt))
	}
	switch {
	case w.StartedAt == nil:
	case w.State == broker.Done:
		all = append(all, d.bar("good", *w.StartedAt, w.ends(d.now)))
	case w.State == broker.Running, w.State == broker.AtWork:
		all = append(all, d.bar("busy", *w.StartedAt, d.now))
	}
	return all
}

func (d *drawing) bar(kind string, from, to time.Time) storyBar {
	x := d.scale.x(from)
	b := storyBar{kind, x, max(d.scale.x(to)-x, 3)}
	b.X = min(b.X, drawn-b.Width)
	return b
}

// layers are the kinds of bars, the lowest first: a failure is never hidden.
var layers = []string{"wait", "good", "busy", "bad"}

// joinBars joins bars of a kind that touch: hundreds of folded deliveries are one.
func joinBars(all []storyBar) []storyBar {
	slices.SortFunc(all, func(a, b storyBar) int {
		return cmp.Or(cmp.Compare(slices.Index(layers, a.Kind), slices.Index(layers, b.Kind)), cmp.Compare(a.X, b.X))
	})
	var joined []storyBar
	for _, b := range all {
		n := len(joined)
		if n > 0 && joined[n-1].Kind == b.Kind && b.X <= joined[n-1].X+joined[n-1].Width+1 {
			last := &joined[n-1]
			last.Width = max(last.Width, b.X+b.Width-last.X)
			continue
		}
		joined = append(joined, b)
	}
	return joined
}
