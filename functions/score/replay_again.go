package score

// A page of stored reports decided again, one after the other: reading features and
// running 150 rules takes about 30 µs a report (BenchmarkDecideAgain), so 100,000 are
// a matter of seconds, and the other processors are left to those who wait for the
// answer to a report.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/pg"
)

// past is a stored decision, or why it cannot be read.
type past struct {
	rules.Decision
	err error
}

func readPast(text []byte) *past {
	p := &past{}
	p.err = json.Unmarshal(text, &p.Decision)
	if p.err == nil && p.Outcome.Rank() < 0 {
		p.err = fmt.Errorf("there is no outcome %q", p.Outcome)
	}
	return p
}

// decideAgain decides a page of reports by one rule set, or by the own set of each
// where that is 0. A report whose set is gone is missing.
//
// A decision that is met again is read once: most reports are decided alike, and
// reading reasons takes longer than any other part.
func (s *Score) decideAgain(ctx context.Context, ruleset int, page []stored) ([]verdict, error) {
	sets, read := map[int]*loaded{}, map[string]*past{}
	again := make([]verdict, len(page))
	for i, report := range page {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if ruleset > 0 {
			report.ruleset = ruleset
		}
		set, there := sets[report.ruleset]
		if !there {
			var err error
			if set, err = s.Sets.of(ctx, s.DB, report.ruleset); err != nil && !errors.Is(err, pg.ErrNoRows) {
				return nil, err
			}
			sets[report.ruleset] = set
		}
		before, met := read[string(report.decision)]
		if !met {
			before = readPast(report.decision)
			read[string(report.decision)] = before
		}
		again[i] = report.again(set, before)
	}
	return again, nil
}

// again decides a report again by a rule set, nil where that is gone.
func (s stored) again(set *loaded, before *past) verdict {
	v := verdict{id: s.id, was: before.Decision}
	var in rules.Input
	err := json.Unmarshal(s.features, &in)
	v.unit, v.probe = in.Unit, in.ProbeVersion
	switch {
	case err != nil:
		v.missing = fmt.Sprintf("its features cannot be read: %v", err)
	case before.err != nil:
		v.missing = fmt.Sprintf("its decision cannot be read: %v", before.err)
	case set == nil:
		v.missing = fmt.Sprintf("rule set %d is gone", s.ruleset)
	default:
		v.is = set.program.Decide(&in)
		v.equal = alike(v.was, v.is)
	}
	return v
}
