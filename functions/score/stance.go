package score

// How a device stands now: its last report, decided on with the lists as they are now,
// and what rules cannot see. So an unblock counts at once, and not with the next
// report. Nothing here reads a clock or a database.

import (
	"slices"
	"time"

	"xietong.dev/functions/score/rules"
)

// stance is what is known of a device when it is asked for.
type stance struct {
	enrolled time.Time
	last     *time.Time // of its newest report
	interval time.Duration

	report   string // its last online report; empty where there is none
	account  string // that it reported, hashed
	decided  time.Time
	features rules.Input
	ruleset  int            // that decided
	decision rules.Decision // by that rule set, now

	asked    string   // the account that was asked for, hashed; empty where none was
	lists    []string // now
	commands []Command
}

// silences is how many intervals a probe may be silent: phones sleep, and a hooked
// probe that says nothing is the oldest trick.
const silences = 20

func (s stance) silent(now time.Time) time.Duration {
	from := s.enrolled
	if s.last != nil {
		from = *s.last
	}
	return max(now.Sub(from), 0)
}

func (s stance) muted(now time.Time) bool { return s.silent(now) > silences*s.interval }

// met are the lists as rules meet them: commands in force are lists too.
func (s stance) met() rules.Strings {
	names := slices.Clone(s.lists)
	for kind, list := range map[string]string{CommandBlock: "blocked", CommandStepUp: "step_up"} {
		if s.commanded(kind) {
			names = append(names, list)
		}
	}
	return rules.NewStrings(names...)
}

func (s stance) commanded(kind string) bool {
	return slices.ContainsFunc(s.commands, func(c Command) bool { return c.Kind == kind })
}

// verdict is the outcome now, and the codes of what may make it worse than the rules
// do. Commands and the list of the denied hold whatever the rule set says of them.
func (s stance) verdict(now time.Time) (outcome rules.Outcome, codes []string) {
	outcome = rules.Allow
	if s.report != "" {
		outcome = s.decision.Outcome
	}
	add := func(is bool, code string, least rules.Outcome) {
		if !is {
			return
		}
		codes = append(codes, code)
		if least.WorseThan(outcome) {
			outcome = least
		}
	}
	add(s.report == "", "no_report", rules.Challenge)
	add(s.muted(now), "muted", rules.Challenge)
	add(s.report != "" && s.asked != "" && s.asked != s.account, "other_account", rules.Challenge)
	add(s.commanded(CommandBlock), "blocked", rules.Block)
	add(s.commanded(CommandStepUp) || slices.Contains(s.lists, "step_up"), "step_up", rules.Challenge)
	add(slices.Contains(s.lists, "denied"), "denied", rules.Block)
	return outcome, codes
}
