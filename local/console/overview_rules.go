package console

// What the overview makes of what was read: how a function is doing, and what needs
// somebody.

import (
	"cmp"
	"slices"
	"time"

	"xietong.dev/local/broker"
)

// seen is everything that the overview is made of.
type seen struct {
	now       time.Time
	words     []string         // of the functions
	states    map[string]State // nil where nobody knows: on a cluster the platform runs the processes
	crashed   map[string]bool  // lately
	measured  broker.Measured  // of the last hour
	standings []broker.TriggerStanding
	checks    []checked
	load      broker.Load
	blind     bool // the figures could not be read
	cluster   bool
	ready     map[string]bool // on a cluster: what functions said that were asked whether they are ready
}

// The last quarter of an hour decides how a function is doing, the last five minutes
// how much it does.
const (
	doingSteps = 15
	rateSteps  = 5
	fewFailed  = 3 // failures are no pattern
)

// doing is how a function is doing: a word of the message table and a class.
type doing struct {
	Class, Word string
	Args        []any
}

// doingOf judges a function. What fails is said before what runs.
func doingOf(s State, recent broker.Figures, crashed bool) doing {
	failures := recent.Failed + recent.Dead
	switch {
	case crashed:
		return doing{"bad", "state crashed", []any{s.Crashes}}
	case failures >= fewFailed && failures > recent.Done:
		return doing{"bad", "state failing", []any{failures}}
	case s.Instances > 0 && s.Starting == s.Instances:
		return doing{"wait", "state starting", nil}
	case s.Busy > 0:
		return doing{"busy", "state busy", []any{s.Busy}}
	case s.Instances > 0:
		return doing{"good", "state running", []any{s.Instances}}
	}
	return doing{"", "state asleep", nil}
}

// doing is how a function is doing, as far as that is known.
func (s seen) doing(word string) doing {
	recent := last(s.measured.Functions[word], doingSteps)
	for _, t := range s.standings {
		if t.Service == word {
			recent.Failed += t.Failing // of the cluster's attempts no ledger says when each was
		}
	}
	d := doingOf(s.states[word], recent, s.crashed[word])
	if s.states == nil && d.Word == "state asleep" {
		return s.doingAfar(word)
	}
	return d
}

// doingAfar is how a function is doing whose processes the platform knows alone.
func (s seen) doingAfar(word string) doing {
	running := 0
	for _, t := range s.standings {
		if t.Service == word {
			running += t.Running
		}
	}
	ready, asked := s.ready[word]
	switch {
	case asked && !ready:
		return doing{"bad", "state silent", nil}
	case running > 0:
		return doing{"busy", "state at work", []any{running}}
	case asked:
		return doing{"good", "state answers", nil}
	case s.cluster:
		return doing{"", "state unasked", nil}
	}
	return doing{"", "state unknown", nil}
}

// last sums up the last steps of a series. Percentiles cannot be summed up and stay zero.
func last(s broker.Series, steps int) (f broker.Figures) {
	for _, step := range s.Steps[max(0, len(s.Steps)-steps):] {
		f.Done, f.Dead, f.Failed = f.Done+step.Done, f.Dead+step.Dead, f.Failed+step.Failed
	}
	return f
}

// perMinute is how many deliveries ended in a minute, of the last that are over.
func perMinute(s broker.Series) float64 {
	if len(s.Steps) < rateSteps+1 {
		return 0
	}
	whole := s.Steps[:len(s.Steps)-1] // the last is not over yet
	return float64(last(broker.Series{Steps: whole}, rateSteps).Ended()) / rateSteps
}

// queue is what a function's Triggers hold, together.
type queue struct {
	Waiting, Dead, DeadLately int
	Oldest                    time.Duration
}

func queues(standings []broker.TriggerStanding) map[string]queue {
	all := map[string]queue{}
	for _, s := range standings {
		q := all[s.Service]
		q.Waiting, q.Dead, q.DeadLately, q.Oldest = q.Waiting+s.Queue(), q.Dead+s.Dead, q.DeadLately+s.DeadLately, max(q.Oldest, s.Oldest)
		all[s.Service] = q
	}
	return all
}

// need is one thing that needs somebody.
type need struct {
	Class string // bad or wait
	Word  string // of the message table
	Args  []any
	Link  string
}

// needs is what needs somebody, the gravest first.
func (s seen) needs(language string) []need {
	all := s.brokenNeeds()
	for _, word := range s.words {
		switch d := s.doing(word); d.Word {
		case "state crashed", "state failing", "state silent":
			all = append(all, need{"bad", "need " + d.Word, append([]any{word}, d.Args...), "/console/metrics?function=" + word})
		}
	}
	for _, t := range s.standings {
		all = append(all, triggerNeeds(t, s.now, language)...)
	}
	counts := queues(s.standings)
	for _, word := range s.services() {
		if n := counts[word].DeadLately; n > 0 {
			all = append(all, need{"bad", "need dead", []any{word, n}, "/console/dead?function=" + word})
		}
	}
	slices.SortStableFunc(all, func(a, b need) int { return cmp.Compare(a.Class, b.Class) })
	return all
}

// away reports whether a check failed.
func (s seen) away(name string) bool {
	return slices.ContainsFunc(s.checks, func(c checked) bool { return c.Name == name && !c.Fine })
}

// brokenNeeds are those of what everything works with.
func (s seen) brokenNeeds() (all []need) {
	for _, c := range s.checks {
		if !c.Fine {
			all = append(all, need{"bad", "need " + c.Name, nil, "#health"})
		}
	}
	if s.blind && len(all) == 0 {
		all = append(all, need{"bad", "need figures", nil, "#health"})
	}
	if s.load.Refusing {
		all = append(all, need{"bad", "need refusing", []any{s.load.Queued}, "#health"})
	}
	return all
}

// triggerNeeds are those of one Trigger.
func triggerNeeds(t broker.TriggerStanding, now time.Time, language string) (all []need) {
	if t.Overdue() {
		all = append(all, need{"bad", "need overdue", []any{t.Service, spanText(language, t.Longest), spanText(language, t.Limit)}, "/console/events?function=" + t.Service})
	}
	if t.Growing() {
		all = append(all, need{"wait", "need growing", []any{t.Service, t.Queue(), spanText(language, t.Oldest)}, "/console/metrics?function=" + t.Service})
	}
	if t.Paused != nil {
		all = append(all, need{"wait", "need paused", []any{t.Trigger, spanText(language, now.Sub(*t.Paused)), t.Queue()}, "#triggers"})
	}
	return all
}

// services are those that anything was read of, the functions of today first.
func (s seen) services() []string {
	all := slices.Clone(s.words)
	for _, t := range s.standings {
		if !slices.Contains(all, t.Service) {
			all = append(all, t.Service)
		}
	}
	return all
}
