package score

// Replay: stored decisions worked out again from their features, by the rule set of
// each, which must come to the same, or by another, to see what that would change. A
// stored decision is never changed.
//
// A replay walks the reports in the order in which they came, one page an event. What
// it has found so far stands in its row, and so does the place where the next page
// begins: a page that comes again, or from elsewhere, finds the row past it and adds
// nothing. The sums in the events are for those who watch.

import (
	"context"
	"errors"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// replayPage is how many reports one event works through: a quarter of a second with
// 150 rules (BenchmarkReplay), and some 10 MB of features.
const replayPage = 5_000

// Replay is a request to decide past reports again, and what it has found.
type Replay struct {
	ID          string     `json:"replay"`
	Ruleset     int        `json:"ruleset"` // 0: the set that decided each
	From        time.Time  `json:"from"`
	To          time.Time  `json:"to"` // reports of this time and later stay out
	By          string     `json:"by"`
	RequestedAt time.Time  `json:"requested"`
	EndedAt     *time.Time `json:"ended,omitempty"`
	Result
}

// Result is what a replay has found so far, as its row holds it.
type Result struct {
	Limit       int          `json:"limit"`            // the newest so many
	Newest      bool         `json:"newest"`           // it goes up to the newest report there was
	All         bool         `json:"all"`              // and begins at the oldest
	After       *reached     `json:"after,omitempty"`  // the last report that is behind it
	Failed      string       `json:"failed,omitempty"` // why it was given up
	Sums        Sums         `json:"sums"`
	Differences []Difference `json:"differences"` // the first of them
}

// reached is a report's place in the order in which they came.
type reached struct {
	Time   time.Time `json:"time"`
	Report string    `json:"report"`
}

// shows reports whether a replay shows what a rule set would change: it has compared
// the newest reports there were, so many or all.
func (r Replay) shows(version, least int) bool {
	return r.Ruleset == version && r.EndedAt != nil && r.Failed == "" && r.Newest && (r.All || r.Sums.Compared >= int64(least))
}

// event asks for the page after the place that the replay has reached.
func (r Replay) event() events.RiskReplayRequested {
	d := events.RiskReplayRequested{Replay: r.ID, Ruleset: r.Ruleset, From: micro(r.From), To: micro(r.To), Limit: r.Limit}
	if r.After != nil {
		d.After = &events.ReplayPlace{Time: micro(r.After.Time), Report: r.After.Report}
	}
	if r.Sums.Compared+r.Sums.Missing > 0 {
		sums := r.Sums.event()
		d.Sums = &sums
	}
	return d
}

// awaits reports whether an event asks for the page that is next.
func (r Replay) awaits(d events.RiskReplayRequested) bool {
	want := r.event().After
	if r.EndedAt != nil || want == nil || d.After == nil {
		return r.EndedAt == nil && want == nil && d.After == nil
	}
	return *want == *d.After
}

// micro writes a time as exactly as the database keeps it.
func micro(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// replay handles RiskReplayRequested: one page.
func (s *Score) replay(ctx context.Context, d events.RiskReplayRequested) (fn.Outcome, error) {
	r, err := findReplay(ctx, s.DB, d.Replay)
	if errors.Is(err, errNoReplay) {
		return nil, fault.Refusef("no_replay", "replay %s is not known here; ask for one with POST /score/replays", d.Replay)
	}
	if err != nil {
		return nil, err
	}
	if err := s.kept(ctx, r.Ruleset); err != nil || !r.awaits(d) {
		return nil, err
	}
	page, err := readPage(ctx, s.DB, r, replayPage)
	if err != nil {
		return nil, err
	}
	again, err := s.decideAgain(ctx, r.Ruleset, page)
	if err != nil {
		return nil, err
	}
	r.add(again)
	if len(page) > 0 {
		last := page[len(page)-1]
		r.After = &reached{last.received, last.id}
	}
	if len(page) < replayPage {
		now := s.Now()
		r.EndedAt = &now
		r.Sums = r.Sums.bounded(namesShown)
	}
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) { return r.advance(ctx, tx, d) }, nil
}

// add takes what a page came to.
func (r *Replay) add(page []verdict) {
	t := r.Sums.tally()
	for _, v := range page {
		t.add(v)
		if !v.same() && len(r.Differences) < differencesKept {
			r.Differences = append(r.Differences, v.difference())
		}
	}
	r.Sums = t.sums().bounded(namesKept)
}

// advance writes what a page came to, unless that was done before, and asks for the
// next or tells of the end.
func (r Replay) advance(ctx context.Context, tx pg.Tx, d events.RiskReplayRequested) ([]fn.Event, error) {
	kept, err := lockReplay(ctx, tx, r.ID)
	if err != nil || !kept.awaits(d) {
		return nil, err
	}
	if err := saveReplay(ctx, tx, r); err != nil {
		return nil, err
	}
	if r.EndedAt == nil {
		return events.NewAll(r.event())
	}
	return events.NewAll(events.RiskReplayed{Replay: r.ID, Ruleset: r.Ruleset, ReplaySums: r.Sums.event()})
}

// refused ends a replay of which a page is given up.
func (s *Score) refused(_ context.Context, e fn.Event, why error) (fn.Outcome, error) {
	d, err := events.Decode[events.RiskReplayRequested](e)
	if err != nil {
		return nil, nil // another event, or none that says which replay
	}
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		return nil, s.endReplay(ctx, tx, d.Replay, why)
	}, nil
}

// endReplay ends a replay that cannot go on.
func (s *Score) endReplay(ctx context.Context, tx pg.Tx, id string, why error) error {
	r, err := lockReplay(ctx, tx, id)
	if errors.Is(err, errNoReplay) || err == nil && r.EndedAt != nil {
		return nil
	}
	if err != nil {
		return err
	}
	now := s.Now()
	r.EndedAt, r.Failed = &now, events.Brief(why.Error(), 500)
	return saveReplay(ctx, tx, r)
}

// kept refuses a rule set that is gone. 0 is each report's own, of which some may be.
func (s *Score) kept(ctx context.Context, ruleset int) error {
	if ruleset == 0 {
		return nil
	}
	_, err := findRuleset(ctx, s.DB, ruleset)
	if errors.Is(err, errNoRuleset) {
		return fault.Refusef("ruleset_gone", "rule set %d is gone; ask for a replay of one that is kept", ruleset)
	}
	return err
}

// errNoReplay says that there is no replay of an id.
var errNoReplay = errors.New("there is no such replay")
