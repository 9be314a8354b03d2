package rules

// Outcomes and their order, and what a decision says.

import "slices"

// Outcome is what to do about a report.
type Outcome string

// The outcomes, each worse than the one before it.
const (
	Allow     Outcome = "allow"
	Monitor   Outcome = "monitor"   // go on, and look closer
	Warn      Outcome = "warn"      // go on, and tell the person
	Challenge Outcome = "challenge" // go on after a second proof of who it is
	Block     Outcome = "block"
)

// Outcomes returns all of them in their order.
func Outcomes() []Outcome { return []Outcome{Allow, Monitor, Warn, Challenge, Block} }

// Rank is an outcome's place in the order, from 0, or -1 where there is no such
// outcome.
func (o Outcome) Rank() int { return slices.Index(Outcomes(), o) }

// WorseThan reports whether o comes after other.
func (o Outcome) WorseThan(other Outcome) bool { return o.Rank() > other.Rank() }

// worse is the later of two in the order.
func worse(a, b Outcome) Outcome {
	if b.WorseThan(a) {
		return b
	}
	return a
}

// atMost is o under a ceiling.
func (o Outcome) atMost(ceiling Outcome) Outcome {
	if o.WorseThan(ceiling) {
		return ceiling
	}
	return o
}

func actions() []string {
	var names []string
	for _, o := range Outcomes() {
		names = append(names, string(o))
	}
	return names
}

// Why an outcome is milder than the score and the actions ask for.
const (
	LimitedClaimed = "claimed_alone" // the worse outcome would rest on one kind of claim
	LimitedAddress = "address_alone" // it would rest on the address
	LimitedAllowed = "allowed"       // a rule exempts
)

// Decision is what the rules say of one report. One input and one rule set
// always give the same decision. Lists are never null in JSON.
type Decision struct {
	Outcome Outcome  `json:"outcome"`
	Score   int      `json:"score"`             // 0..100, of all hits
	Reasons []Reason `json:"reasons"`           // the hits, by weight, heaviest first, then by id
	Failed  []string `json:"failed"`            // ids of rules that could not be worked out on this input; the others count
	Limited string   `json:"limited,omitempty"` // why the outcome is milder than was asked for
	Alerts  []Alert  `json:"alerts"`            // that hits ask for, by id
}

// Reason is a hit.
type Reason struct {
	Rule     string `json:"rule"`
	Category string `json:"category"`
	Weight   int    `json:"weight"`
	Action   string `json:"action,omitempty"`
	Basis    Basis  `json:"basis"`
}

// Alert asks for one to be kept for an entity of the report.
type Alert struct {
	Rule   string `json:"rule"`
	Entity string `json:"entity"` // device, account, address
}
