package broker

import (
	"slices"
	"time"
)

// tally is what figures are made of.
type tally struct {
	Figures
	handled, waited []time.Duration
}

func (t *tally) end(e end) {
	switch e.state {
	case Done:
		t.Done++
	case Dead:
		t.Dead++
	}
	if e.untimed {
		return
	}
	t.handled, t.waited = append(t.handled, e.handled), append(t.waited, e.waited)
}

func (t *tally) figures() Figures {
	t.Handled, t.Waited = timesOf(t.handled), timesOf(t.waited)
	return t.Figures
}

// timesOf are the percentiles by the nearest rank: each is a time that one took.
func timesOf(all []time.Duration) Times {
	if len(all) == 0 {
		return Times{}
	}
	slices.Sort(all)
	rank := func(percent int) time.Duration { return all[(len(all)*percent+99)/100-1] }
	return Times{P50: rank(50), P95: rank(95), P99: rank(99)}
}

// count sums up what was read, by function and step.
func (m *Measured) count(ends []end, failures []failed, services map[string]string) {
	steps := int((m.To.Sub(m.From) + m.Step - 1) / m.Step)
	all, functions := make([]tally, steps+1), map[string][]tally{}
	of := func(trigger string, at time.Time) []*tally {
		service, known := services[trigger]
		if !known {
			service = trigger
		}
		own := functions[service]
		if own == nil {
			own = make([]tally, steps+1)
			functions[service] = own
		}
		step := int(at.Sub(m.From) / m.Step)
		return []*tally{&all[step], &all[steps], &own[step], &own[steps]}
	}
	for _, e := range ends {
		for _, t := range of(e.trigger, e.at) {
			t.end(e)
		}
	}
	for _, f := range failures {
		for _, t := range of(f.trigger, f.at) {
			t.Failed++
		}
	}
	m.All, m.Functions = seriesOf(all), map[string]Series{}
	for name, own := range functions {
		m.Functions[name] = seriesOf(own)
	}
}

// seriesOf takes the tally of each step and, last, of all.
func seriesOf(all []tally) Series {
	s := Series{Steps: make([]Figures, len(all)-1)}
	for i := range s.Steps {
		s.Steps[i] = all[i].figures()
	}
	s.Total = all[len(all)-1].figures()
	return s
}
