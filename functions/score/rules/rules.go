// Package rules decides on a report by rules that people write, and says why.
//
//	in   a rule set (JSON) and an [Input]: what the probe claims, what a
//	     platform attests, what the server derives
//	out  a [Decision]: allow, monitor, warn, challenge or block, with reasons,
//	     the rules that failed, and the alerts that are asked for
//
// Refused are a rule set that is not well-formed, and a rule that does not
// type-check to bool, reads what there is not, or may cost too much. The refusal
// is an [*Invalid], which lists every problem of every rule at once.
//
// # How hits combine
//
// Ten faces of one rooting are one rooting: in each category the strongest
// weight counts, once, up to the category's cap. Categories are taken for
// independent: the score is 100·(1-Π(1-w/100)), rounded down, so that no
// threshold is reached by rounding. Integers only, because a compiler may fuse a
// multiplication and an addition of floats, and a replay on another CPU would
// then differ.
//
// The outcome is the worse of two: the threshold that the score reaches, and the
// strongest action that a hit asks for. It is worked out for three layers of
// trust, each with a ceiling, and the worst of the three counts:
//
//	attested and derived hits              up to block
//	these and claimed hits                 up to challenge; block if they are of two categories
//	these and hits on the address          up to warn
//
// A probe runs on a device that may be in its attacker's hands, and probes are
// wrong: each new version of a phone's system has set off a detector somewhere.
// So one kind of claim never blocks. An address says little of a person behind
// it: thousands share one. So addresses warn at most, and are no second category.
//
// A hit of a rule with the action "allow" exempts: the outcome is monitor at
// most, unless an attested rule that asks for block hits too. Such a rule must
// not read what a probe claims, or a probe could exempt itself.
package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// Rule is one condition, and what it means that it holds.
type Rule struct {
	ID       string `json:"id"`               // lower case, digits, underscore, parts with dots between: rt.frida
	Zh       string `json:"zh"`               // the reason that people read, Chinese
	En       string `json:"en"`               // and English
	When     string `json:"when"`             // CEL over [Variables], gives bool
	Category string `json:"category"`         // one of [Categories]
	Weight   int    `json:"weight"`           // 0..100
	Action   string `json:"action,omitempty"` // the least outcome it asks for; "allow" exempts; "" is its weight alone
	Alert    string `json:"alert,omitempty"`  // the entity that an alert is kept for: device, account, address; "" is none
	Off      bool   `json:"off,omitempty"`    // it is checked, and never run
}

// Set is a rule set. A threshold of 0 stands for its default.
type Set struct {
	Rules     []Rule         `json:"rules"`
	Caps      map[string]int `json:"caps,omitempty"` // the most that a category counts, 0..100; 100 where none is named
	Monitor   int            `json:"monitor,omitempty"`
	Warn      int            `json:"warn,omitempty"`
	Challenge int            `json:"challenge,omitempty"`
	Block     int            `json:"block,omitempty"`
}

// The thresholds of a set that names none.
const (
	DefaultMonitor   = 20
	DefaultWarn      = 40
	DefaultChallenge = 60
	DefaultBlock     = 85
)

const wholeCap = 100

// Categories returns those that a rule may be of, in the order of the alphabet.
// Rules of one category are faces of one thing, and count once.
func Categories() []string {
	return []string{"app", "behaviour", "config", "device", "list", "location", "malware", "multi",
		"network", "runtime", "system", "time", "token", "ui", "virtual"}
}

// Entities returns what an alert can be kept for.
func Entities() []string { return []string{"account", "address", "device"} }

// Hash is the SHA-256, in hex, of the set's canonical JSON: defaults written
// out, rules in the order of their ids. Sets with one hash decide alike.
func (s Set) Hash() string {
	text, err := json.Marshal(s.canonical())
	if err != nil {
		panic(err) // strings, numbers and a map of them
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (s Set) canonical() Set {
	rules := slices.Clone(s.Rules)
	slices.SortStableFunc(rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	caps := map[string]int{}
	for category, limit := range s.Caps {
		if limit != wholeCap {
			caps[category] = limit
		}
	}
	s = s.withDefaults()
	s.Rules, s.Caps = rules, caps
	return s
}

func (s Set) withDefaults() Set {
	for _, t := range []struct {
		at   *int
		full int
	}{{&s.Monitor, DefaultMonitor}, {&s.Warn, DefaultWarn}, {&s.Challenge, DefaultChallenge}, {&s.Block, DefaultBlock}} {
		if *t.at == 0 {
			*t.at = t.full
		}
	}
	return s
}

// limitOf is the most that a category counts.
func (s Set) limitOf(category string) int {
	if limit, named := s.Caps[category]; named {
		return limit
	}
	return wholeCap
}
