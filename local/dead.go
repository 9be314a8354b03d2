package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"xietong.dev/local/broker"
)

type deadCommand struct {
	List    deadList    `cmd:"" default:"withargs" help:"List dead letters, the latest first."`
	Groups  deadGroups  `cmd:"" help:"Count dead letters by function and reason."`
	Show    deadShow    `cmd:"" help:"Show one dead letter whole."`
	Redrive deadRedrive `cmd:"" help:"Send dead letters on their way again."`
	Discard deadDiscard `cmd:"" help:"Give dead letters up for good."`
	Runs    deadRuns    `cmd:"" help:"List who sent dead letters on their way again, the latest first."`
	Abort   deadAbort   `cmd:"" help:"Stop a redrive run that goes on in another terminal."`
}

// deadFilter says which dead letters are meant.
type deadFilter struct {
	Trigger  string    `help:"Only those of this Trigger."`
	Function string    `help:"Only those for this function."`
	Type     string    `help:"Only events of this type."`
	Reason   string    `help:"Only those whose reason contains this."`
	Group    string    `help:"Only those of this group, by the name that groups shows." placeholder:"ID"`
	Since    time.Time `help:"Only those that died no earlier: 2026-03-01T08:00:00+08:00"`
	Until    time.Time `help:"Only those that died no later."`
}

func (f deadFilter) query(seqs []int64) broker.DeadQuery {
	return broker.DeadQuery{Trigger: f.Trigger, Service: f.Function, Type: f.Type, Reason: f.Reason, Group: f.Group, Since: f.Since, Until: f.Until, Seqs: seqs}
}

type deadList struct {
	deadFilter
	Limit int `help:"At most so many." default:"50"`
}

func (c deadList) Run(s *session) error {
	b, done, err := s.reach()
	if err != nil {
		return err
	}
	defer done()
	query := c.query(nil)
	query.Limit = c.Limit
	letters, err := b.Dead(s.ctx, query)
	if err != nil {
		return err
	}
	if len(letters) == 0 {
		s.say("no dead letters")
	}
	for _, l := range letters {
		fmt.Fprintf(s.out, "%6d  %-34s %-42s %d  %s\n", l.Delivery.Seq, l.Delivery.Trigger, l.Event.Type(), l.Delivery.Code, oneLine(l.Delivery.Reason))
	}
	return nil
}

type deadGroups struct{ deadFilter }

func (c deadGroups) Run(s *session) error {
	b, done, err := s.reach()
	if err != nil {
		return err
	}
	defer done()
	groups, err := b.DeadGroups(s.ctx, c.query(nil))
	if err != nil {
		return err
	}
	if len(groups) == 0 {
		s.say("no dead letters")
	}
	for _, g := range groups {
		s.say("dead group", g.ID, g.Count, g.Service, g.Code, oneLine(g.Reason), short(g.First), short(g.Last), g.Example)
	}
	return nil
}

// short is a moment as a person reads it in a list.
func short(at time.Time) string { return at.Local().Format("2006-01-02 15:04:05") }

type deadShow struct {
	Seq int64 `arg:"" help:"The number that list shows."`
}

func (c deadShow) Run(s *session) error {
	b, done, err := s.reach()
	if err != nil {
		return err
	}
	defer done()
	letters, err := b.Dead(s.ctx, broker.DeadQuery{Seqs: []int64{c.Seq}})
	if err != nil {
		return err
	}
	if len(letters) == 0 {
		return s.fail("no such dead letter", c.Seq)
	}
	for _, l := range letters {
		text, err := json.MarshalIndent(l.Event, "", "  ")
		if err != nil {
			return err
		}
		d := l.Delivery
		s.say("dead letter", d.Seq, d.Trigger, d.Attempts, d.Code, oneLine(d.Reason), l.Trace, len(d.Redrives))
		for _, r := range d.Redrives {
			s.say("dead letter redriven", short(r.At), r.Run, oneLine(r.Who), oneLine(r.Why), r.Code, oneLine(r.Reason))
		}
		fmt.Fprintf(s.out, "%s\n", text)
	}
	return nil
}

// deadAsk says which dead letters something is done to, and who does it.
type deadAsk struct {
	deadFilter
	Seqs   []int64 `arg:"" optional:"" help:"The numbers that list shows."`
	All    bool    `help:"All that match, where neither a number nor a group is given."`
	Who    string  `help:"Who asks; kept with each."`
	Why    string  `help:"Why; kept with each."`
	DryRun bool    `help:"Count what matches, and do nothing."`
}

// refuse says what is missing. Without numbers, a group or --all it would be too easy
// to take everything by mistake.
func (c deadAsk) refuse(s *session, does string) error {
	switch {
	case len(c.Seqs) == 0 && c.Group == "" && !c.All:
		return s.fail(does + " what")
	case !c.DryRun && (c.Who == "" || c.Why == ""):
		return s.fail(does + " who")
	}
	return nil
}

type deadRedrive struct {
	deadAsk
	Rate int `help:"At most so many a second; 0 sends all at once." default:"50"`
}

// Run redrives.
func (c deadRedrive) Run(s *session) error {
	if err := c.refuse(s, "redrive"); err != nil {
		return err
	}
	b, done, err := s.reach()
	if err != nil {
		return err
	}
	defer done()
	query := c.query(c.Seqs)
	if c.DryRun {
		return s.dryRun(b, query, "would redrive")
	}
	run, err := b.Redrive(s.ctx, broker.Redrive{DeadQuery: query, Who: c.Who, Why: c.Why, Rate: c.Rate,
		Progress: func(r broker.RedriveRun) { s.say("redriving", r.ID, r.Done, r.Total) }})
	if err != nil {
		return err
	}
	if run.State == broker.Aborted {
		return s.fail("redrive aborted", run.ID, run.Done, run.Total)
	}
	s.say("redriven", run.Done)
	return nil
}

type deadDiscard struct{ deadAsk }

// Run gives dead letters up for good.
func (c deadDiscard) Run(s *session) error {
	if err := c.refuse(s, "discard"); err != nil {
		return err
	}
	b, done, err := s.reach()
	if err != nil {
		return err
	}
	defer done()
	query := c.query(c.Seqs)
	if c.DryRun {
		return s.dryRun(b, query, "would discard")
	}
	act, err := b.Discard(s.ctx, broker.Discard{DeadQuery: query, Who: c.Who, Why: c.Why})
	if err != nil {
		return err
	}
	s.say("discarded", act.Count)
	return nil
}

// dryRun prints how many dead letters match, by Trigger.
func (s *session) dryRun(b *broker.Broker, query broker.DeadQuery, would string) error {
	counts, err := b.DeadCounts(s.ctx, query)
	if err != nil {
		return err
	}
	total := 0
	for _, trigger := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(s.out, "%6d  %s\n", counts[trigger], trigger)
		total += counts[trigger]
	}
	s.say(would, total)
	return nil
}

type deadRuns struct {
	Limit int `help:"The latest so many." default:"20"`
}

func (c deadRuns) Run(s *session) error {
	b, done, err := s.reach()
	if err != nil {
		return err
	}
	defer done()
	runs, err := b.RedriveRuns(s.ctx, c.Limit)
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		s.say("no redrive runs")
	}
	for _, r := range runs {
		s.say("redrive run", r.ID, short(r.StartedAt), s.word("run "+r.State.String()), r.Done, r.Total, r.Rate, oneLine(r.Who), oneLine(r.Why), oneLine(r.Filter))
	}
	return nil
}

type deadAbort struct {
	ID  int64  `arg:"" help:"The number that runs shows."`
	Who string `help:"Who asks; by default whose terminal this is." env:"USER" default:"operator"`
	Why string `help:"Why; kept with who asks."`
}

func (c deadAbort) Run(s *session) error {
	b, done, err := s.reach()
	if err != nil {
		return err
	}
	defer done()
	switch err := b.AbortRedrive(s.ctx, c.ID, c.Who, c.Why); {
	case errors.Is(err, broker.ErrNotGoing):
		return s.fail("no such run", c.ID)
	case err != nil:
		return err
	}
	s.say("aborting", c.ID)
	return nil
}
