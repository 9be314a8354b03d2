package score

import (
	"slices"
	"testing"
	"time"

	"xietong.dev/functions/score/rules"
)

// How a device stands: what the rules say now, and what they cannot see.
func TestStance(t *testing.T) {
	for _, x := range []struct {
		name   string
		change func(*stance)
		want   rules.Outcome
		codes  []string
	}{
		{"nothing new", func(s *stance) {}, rules.Monitor, nil},
		{"never reported", func(s *stance) { s.report, s.last, s.enrolled = "", nil, noon }, rules.Challenge, []string{"no_report"}},
		{"silent for 20 intervals", func(s *stance) { s.last = at(-1000 * time.Second) }, rules.Monitor, nil},
		{"silent for more", func(s *stance) { s.last = at(-1001 * time.Second) }, rules.Challenge, []string{"muted"}},
		{"silent since it was enrolled", func(s *stance) { s.report, s.last, s.enrolled = "", nil, noon.Add(-time.Hour) }, rules.Challenge, []string{"no_report", "muted"}},
		{"its clock ahead", func(s *stance) { s.last = at(time.Minute) }, rules.Monitor, nil},
		{"silent after a block", func(s *stance) { s.last, s.decision = at(-time.Hour), rules.Decision{Outcome: rules.Block} }, rules.Block, []string{"muted"}},
		{"the account that it reported", func(s *stance) { s.asked = "a" }, rules.Monitor, nil},
		{"another account", func(s *stance) { s.asked = "b" }, rules.Challenge, []string{"other_account"}},
		{"nobody was logged in", func(s *stance) { s.account, s.asked = "", "a" }, rules.Challenge, []string{"other_account"}},
		{"blocked", func(s *stance) { s.commands = []Command{{Kind: "block"}} }, rules.Block, []string{"blocked"}},
		{"step up by command", func(s *stance) { s.commands = []Command{{Kind: "step_up"}} }, rules.Challenge, []string{"step_up"}},
		{"step up by list", func(s *stance) { s.lists = []string{"step_up"} }, rules.Challenge, []string{"step_up"}},
		{"denied", func(s *stance) { s.lists = []string{"denied"} }, rules.Block, []string{"denied"}},
		{"a list of one's own", func(s *stance) { s.lists = []string{"mine"} }, rules.Monitor, nil},
		{"denied, and silent", func(s *stance) { s.lists, s.last = []string{"denied"}, at(-time.Hour) }, rules.Block, []string{"muted", "denied"}},
	} {
		s := stance{enrolled: noon.Add(-24 * time.Hour), last: at(-time.Second), interval: 50 * time.Second, report: "r", account: "a", decision: rules.Decision{Outcome: rules.Monitor}}
		x.change(&s)
		if got, codes := s.verdict(noon); got != x.want || !slices.Equal(codes, x.codes) {
			t.Errorf("%s: %s because of %v, want %s, %v", x.name, got, codes, x.want, x.codes)
		}
	}
}

func at(d time.Duration) *time.Time {
	t := noon.Add(d)
	return &t
}
