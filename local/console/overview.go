package console

// The overview: how everything stands, and what needs somebody. Where the database is
// away it still says how the functions stand, and that the database is away.

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"xietong.dev/local/broker"
)

// overview is the page and the other one that shows figures: they share what is read
// for them.
func (d *desk) overview() {
	w := &watch{desk: d, crashes: map[string]crash{}}
	d.metrics(w)
	d.mux.Handle("GET /console/{$}", d.page(func(v *visit) error {
		view := w.see(v.r.Context()).view(v.language)
		if done := v.r.URL.Query().Get("done"); done == "pause" || done == "resume" {
			view.Done = "done " + done
		}
		return v.tell("overview.html", view, nil, overviewScript)
	}))
	d.mux.Handle("POST /console/triggers", d.page(w.hold))
}

// see reads everything that the overview shows.
func (w *watch) see(ctx context.Context) seen {
	s := seen{now: w.Now(), load: w.Broker().Load(), checks: w.checkedNow(ctx)}
	for _, f := range w.Functions {
		s.words = append(s.words, f.Word)
	}
	if w.Cluster != nil {
		s.cluster, s.ready = true, w.answering(ctx)
	}
	if w.States != nil {
		states := w.States()
		s.states = map[string]State{}
		for _, state := range states {
			s.states[state.Word] = state
		}
		s.crashed = w.crashedLately(states, s.now)
	}
	if s.blind = s.away("database"); s.blind {
		return s // and nobody waits for figures that will not come
	}
	var err error
	if s.standings, err = w.standing(ctx); err == nil {
		s.measured, err = w.measured(ctx, hour)
	}
	if s.blind = err != nil; s.blind {
		w.Log.Warn("the overview has no figures", slog.Any("error", err))
	}
	return s
}

// overviewView is what the overview's template shows.
type overviewView struct {
	At        string // RFC 3339
	Blind     bool
	Still     bool   // nothing happened within the hour
	Partly    string // since when the figures are whole, where that is less than an hour
	Done      string // what was just changed: pause or resume
	Needs     []line
	Health    []line
	Functions []functionRow
	Triggers  []triggerRow
	Paused    int
}

// line is a state in words.
type line struct {
	Name  string // of what
	Class string // of the state
	Text  string
	Link  string
}

type functionRow struct {
	Word     string
	State    line
	Rate     string
	P95      string
	Failures int
	Dead     int
	Waiting  int
	Oldest   string
	Spark    spark
}

type triggerRow struct {
	broker.TriggerStanding
	OldestSaid string
	PausedAt   string // RFC 3339
}

func (s seen) view(language string) overviewView {
	v := overviewView{At: s.now.Format(time.RFC3339), Blind: s.blind, Still: !s.blind && s.measured.All.Total.Ended() == 0, Health: s.health(language)}
	for _, n := range s.needs(language) {
		v.Needs = append(v.Needs, line{Class: n.Class, Text: overviewWords.Say(language, n.Word, n.Args...), Link: n.Link})
	}
	if s.measured.Since.After(s.measured.From) {
		v.Partly = s.measured.Since.Format(time.RFC3339)
	}
	counts := queues(s.standings)
	for _, word := range s.services() {
		v.Functions = append(v.Functions, s.row(word, counts[word], language))
	}
	for _, t := range s.standings {
		row := triggerRow{TriggerStanding: t, OldestSaid: spanText(language, t.Oldest)}
		if t.Paused != nil {
			row.PausedAt = t.Paused.Format(time.RFC3339)
			v.Paused++
		}
		v.Triggers = append(v.Triggers, row)
	}
	return v
}

func (s seen) row(word string, q queue, language string) functionRow {
	own := s.measured.Functions[word]
	d := s.doing(word)
	r := functionRow{Word: word, State: line{Class: d.Class, Text: overviewWords.Say(language, d.Word, d.Args...)},
		Rate: rate(perMinute(own)), P95: spanText(language, own.Total.Handled.P95), Failures: own.Total.Failed + own.Total.Dead,
		Dead: q.Dead, Waiting: q.Waiting, Oldest: spanText(language, q.Oldest), Spark: sparkOf(own.Steps)}
	if own.Total.Handled == (broker.Times{}) {
		r.P95 = "–" // nothing ended, or nobody knows how long it took
	}
	return r
}

// rate writes how many a minute, exactly where they are few.
func rate(v float64) string {
	if v > 0 && v < 10 {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	}
	return fmt.Sprintf("%.0f", v)
}

func (s seen) health(language string) (all []line) {
	say := func(name, class, state string, args ...any) {
		all = append(all, line{Name: overviewWords.Say(language, "health "+name), Class: class, Text: overviewWords.Say(language, "health "+state, args...)})
	}
	for _, c := range s.checks {
		if c.Fine {
			say(c.Name, "good", "fine", spanText(language, c.Took))
		} else {
			say(c.Name, "bad", "away")
		}
	}
	switch {
	case s.cluster: // how full its broker is only that one knows
	case s.load.Refusing:
		say("broker", "bad", "refusing", s.load.Queued, s.load.Most)
	default:
		say("broker", "good", "queued", s.load.Queued, s.load.Most)
	}
	return all
}
