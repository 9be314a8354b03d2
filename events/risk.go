package events

import "encoding/json"

// The story of risk: what is decided on a probe's report, the alerts and commands
// that come of decisions, and the rule sets behind them. A unit, the tenant, is named
// in the data too, because one function decides for many.

// RiskDecided says what was decided on a report, and why.
type RiskDecided struct {
	Report  string       `json:"report"` // the report's own id
	App     string       `json:"app"`
	Unit    string       `json:"unit"`
	Device  string       `json:"device"`            // hashed for the unit: 32 hexadecimal digits
	Account string       `json:"account,omitempty"` // the same
	Outcome string       `json:"outcome"`           // one of the Outcome… constants
	Score   int          `json:"score"`             // 0 to 100
	Reasons []RiskReason `json:"reasons"`           // strongest first
	Ruleset Ruleset      `json:"ruleset"`
	Limited string       `json:"limited,omitempty"` // why the outcome is milder than the score asks for
	Time    string       `json:"time"`              // of the report: see [Moment]
	Late    bool         `json:"late"`              // the report was kept for lack of a network: nobody waits for the outcome
}

// RiskReason is a rule that counted, in the words that people read.
type RiskReason struct {
	Rule string `json:"rule"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

// Ruleset names one version of the rules, and what it holds.
type Ruleset struct {
	Version int    `json:"version"`
	Hash    string `json:"hash"` // SHA-256 of its canonical JSON
}

// RiskEntity is what an alert or a command is about.
type RiskEntity struct {
	Kind string `json:"kind"` // device, account or address
	ID   string `json:"id"`   // hashed for the unit, or an IP address
}

// RiskAlert is one alert as it stands: one rule, one entity, one window of time.
type RiskAlert struct {
	Alert      string     `json:"alert"`
	Rule       string     `json:"rule"`
	Zh         string     `json:"zh"`
	En         string     `json:"en"`
	Entity     RiskEntity `json:"entity"`
	Unit       string     `json:"unit"`
	App        string     `json:"app"`
	Count      int64      `json:"count"` // hits so far
	First      string     `json:"first"` // the time of the first hit
	Last       string     `json:"last"`
	WindowEnds string     `json:"window_ends"` // later hits open another alert
}

// RiskAlertOpened says that a rule has hit an entity for the first time in a window.
type RiskAlertOpened struct{ RiskAlert }

// RiskAlertUpdated says that it has hit again.
type RiskAlertUpdated struct{ RiskAlert }

// RiskAlertClosed says that an alert has ended, by itself or by somebody.
type RiskAlertClosed struct {
	RiskAlert
	By  string `json:"by,omitempty"` // the account; empty where the window ended
	Why string `json:"why,omitempty"`
}

// RiskCommand is what an app is told to do with an entity.
type RiskCommand struct {
	Command string     `json:"command"`
	Kind    string     `json:"kind"` // block, unblock or step_up
	Entity  RiskEntity `json:"entity"`
	By      string     `json:"by"` // the account
	Why     string     `json:"why"`
	Until   string     `json:"until,omitempty"` // empty for good
	Issued  string     `json:"issued"`
}

// RiskCommandIssued asks an app to act.
type RiskCommandIssued struct{ RiskCommand }

// RiskCommandAcknowledged says that a probe has told that it was done.
type RiskCommandAcknowledged struct {
	RiskCommand
	Report string `json:"report"` // that tells it
	Time   string `json:"time"`
}

// RiskRulesetPublished says that decisions follow another rule set from now on.
type RiskRulesetPublished struct {
	Ruleset
	By        string   `json:"by"`
	Approvals []string `json:"approvals"`        // the accounts that agreed
	Replay    string   `json:"replay,omitempty"` // that showed what it would change
}

// The outcomes of a decision, from the mildest.
const (
	OutcomeAllow     = "allow"
	OutcomeMonitor   = "monitor"
	OutcomeWarn      = "warn"
	OutcomeChallenge = "challenge"
	OutcomeBlock     = "block"
)

// Outcomes are all of them, from the mildest.
func Outcomes() []string {
	return []string{OutcomeAllow, OutcomeMonitor, OutcomeWarn, OutcomeChallenge, OutcomeBlock}
}

func (RiskDecided) EventType() string             { return "dev.xietong.risk.decided.v1" }
func (RiskAlertOpened) EventType() string         { return "dev.xietong.risk.alert.opened.v1" }
func (RiskAlertUpdated) EventType() string        { return "dev.xietong.risk.alert.updated.v1" }
func (RiskAlertClosed) EventType() string         { return "dev.xietong.risk.alert.closed.v1" }
func (RiskCommandIssued) EventType() string       { return "dev.xietong.risk.command.issued.v1" }
func (RiskCommandAcknowledged) EventType() string { return "dev.xietong.risk.command.acknowledged.v1" }
func (RiskRulesetPublished) EventType() string    { return "dev.xietong.risk.ruleset.published.v1" }

func (d RiskDecided) EventSubject() string          { return d.Report }
func (a RiskAlert) EventSubject() string            { return a.Alert }
func (c RiskCommand) EventSubject() string          { return c.Command }
func (d RiskRulesetPublished) EventSubject() string { return d.Hash }

// MarshalJSON writes a decision without reasons with [], never with null.
func (d RiskDecided) MarshalJSON() ([]byte, error) {
	type plain RiskDecided
	d.Reasons = list(d.Reasons)
	return json.Marshal(plain(d))
}
