package events

// Decisions worked out again from what was stored with them: by the rule set of each,
// to prove that nothing has changed, or by another, to see what it would change.

// RiskReplayRequested asks for decisions to be replayed. A long replay is done in
// parts: each part asks for the next, and hands on its sums.
type RiskReplayRequested struct {
	Replay  string       `json:"replay"`
	Ruleset int          `json:"ruleset"` // version; 0 is each decision's own
	From    string       `json:"from"`    // the time of the first decision: see [Moment]
	To      string       `json:"to"`      // decisions of this time and later stay out
	Limit   int          `json:"limit"`   // decisions at most
	After   *ReplayPlace `json:"after,omitempty"`
	Sums    *ReplaySums  `json:"sums,omitempty"` // up to After
}

// ReplayPlace is the last decision that was replayed.
type ReplayPlace struct {
	Time   string `json:"time"`
	Report string `json:"report"`
}

// RiskReplayed says what a replay has found.
type RiskReplayed struct {
	Replay  string `json:"replay"`
	Ruleset int    `json:"ruleset"`
	ReplaySums
}

// ReplaySums counts decisions by what a replay makes of them.
type ReplaySums struct {
	Compared     int64           `json:"compared"`
	Same         int64           `json:"same"`          // outcome and reasons
	NewlyBlocked int64           `json:"newly_blocked"` // that were not blocked
	Missing      int64           `json:"missing"`       // that could not be compared: what they rest on is gone
	Changed      []OutcomeChange `json:"changed,omitempty"`
	Units        []ReplayCount   `json:"units,omitempty"`  // the 200 that change most
	Probes       []ReplayCount   `json:"probes,omitempty"` // the same, by the probe's version
}

// OutcomeChange counts decisions that go from one outcome to another, or keep theirs
// for other reasons.
type OutcomeChange struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int64  `json:"count"`
}

// ReplayCount is the sums of one unit or one version of a probe.
type ReplayCount struct {
	Name         string `json:"name"`
	Compared     int64  `json:"compared"`
	Same         int64  `json:"same"`
	NewlyBlocked int64  `json:"newly_blocked"`
}

const (
	maxReplay  = 1_000_000
	maxChanges = 25 // outcomes by outcomes
)

func (RiskReplayRequested) EventType() string { return "dev.xietong.risk.replay.requested.v1" }
func (RiskReplayed) EventType() string        { return "dev.xietong.risk.replayed.v1" }

func (d RiskReplayRequested) EventSubject() string { return d.Replay }
func (d RiskReplayed) EventSubject() string        { return d.Replay }

// Validate returns an error that names the first field that is wrong.
func (d RiskReplayRequested) Validate() error {
	return first(id("replay", d.Replay), atLeast("ruleset", int64(d.Ruleset), 0), moment("from", d.From), moment("to", d.To),
		order("to", d.To, "from", d.From), between("limit", d.Limit, 1, maxReplay),
		maybe("after", d.After, ReplayPlace.check), maybe("sums", d.Sums, ReplaySums.check))
}

// Validate returns an error that names the first field that is wrong.
func (d RiskReplayed) Validate() error {
	return first(id("replay", d.Replay), atLeast("ruleset", int64(d.Ruleset), 0), d.ReplaySums.check())
}

func (p ReplayPlace) check() error { return first(moment("time", p.Time), id("report", p.Report)) }

func (s ReplaySums) check() error {
	return first(atLeast("compared", s.Compared, 0), atLeast("same", s.Same, 0), atLeast("newly_blocked", s.NewlyBlocked, 0),
		atLeast("missing", s.Missing, 0), notBefore("compared", s.Compared, "same", s.Same),
		count("changed", len(s.Changed), 0, maxChanges), each("changed", s.Changed),
		count("units", len(s.Units), 0, maxWords), each("units", s.Units), count("probes", len(s.Probes), 0, maxWords), each("probes", s.Probes))
}

func (c OutcomeChange) check() error {
	return first(oneOf("from", c.From, Outcomes()...), oneOf("to", c.To, Outcomes()...), atLeast("count", c.Count, 1))
}

func (c ReplayCount) check() error {
	return first(text("name", c.Name, 1, 255), atLeast("compared", c.Compared, 0), atLeast("same", c.Same, 0),
		atLeast("newly_blocked", c.NewlyBlocked, 0), notBefore("compared", c.Compared, "same", c.Same))
}
