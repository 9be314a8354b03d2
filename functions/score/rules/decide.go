package rules

// Deciding: run the rules on one input, and put what hits together.

import (
	"cmp"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"
)

// Decide runs every rule on an input that passed [Input.Check]. It changes
// nothing, and many may call it at once. A rule that fails on this input, as by
// a division by zero, is named in Failed and counts as no hit.
func (p *Program) Decide(in *Input) Decision {
	hits, failed := p.run(in)
	d := p.combine(hits)
	d.Failed = failed
	return d
}

// run returns the rules that hit and those that fail, in the order of their ids.
func (p *Program) run(in *Input) (hits []*planned, failed []string) {
	failed = []string{}
	frame, err := interpreter.NewExecutionFrame(bind(in, p.places))
	if err != nil {
		panic(err) // it refuses what is no activation
	}
	defer frame.Close()
	for i := range p.rules {
		verdict, _, err := p.rules[i].run.Eval(frame)
		switch {
		case err != nil:
			failed = append(failed, p.rules[i].ID)
		case verdict == types.True:
			hits = append(hits, &p.rules[i])
		}
	}
	return hits, failed
}

// combine applies the rule of the package comment.
func (p *Program) combine(hits []*planned) Decision {
	d := Decision{Reasons: make([]Reason, 0, len(hits)), Alerts: []Alert{}}
	d.Outcome, d.Limited, d.Score = p.weigh(hits)
	for _, h := range hits {
		d.Reasons = append(d.Reasons, Reason{h.ID, h.Category, h.Weight, h.Action, h.basis})
		if h.Alert != "" {
			d.Alerts = append(d.Alerts, Alert{h.ID, h.Alert})
		}
	}
	slices.SortFunc(d.Reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), strings.Compare(a.Rule, b.Rule))
	})
	return d
}

// weigh puts the three layers of trust under their ceilings, and says what kept
// the outcome from being worse.
func (p *Program) weigh(hits []*planned) (o Outcome, limited string, score int) {
	firm, claims, all := p.layer(hits, trusted(Derived)), p.layer(hits, trusted(Claimed)), p.layer(hits, trusted(Address))
	ceiling := Block
	if claims.categories < 2 {
		ceiling = Challenge
	}
	o = worse(firm.outcome, worse(claims.outcome.atMost(ceiling), all.outcome.atMost(Warn)))
	switch {
	case exempt(hits) && o.WorseThan(Monitor):
		return Monitor, LimitedAllowed, all.score
	case claims.outcome.WorseThan(o):
		limited = LimitedClaimed
	case all.outcome.WorseThan(o):
		limited = LimitedAddress
	}
	return o, limited, all.score
}

// exempt reports whether a hit exempts, and no platform's word stands against it.
func exempt(hits []*planned) bool {
	allowed := slices.ContainsFunc(hits, func(h *planned) bool { return h.Action == string(Allow) })
	return allowed && !slices.ContainsFunc(hits, func(h *planned) bool { return h.basis == Attested && h.Action == string(Block) })
}

// trusted tells which bases a layer takes: the named one, and the firmer ones.
func trusted(least Basis) func(Basis) bool {
	return func(b Basis) bool {
		switch b {
		case Address:
			return least == Address
		case Claimed:
			return least == Address || least == Claimed
		}
		return true
	}
}

// verdict is what the hits of one layer ask for.
type verdict struct {
	score      int
	outcome    Outcome
	categories int // that have weight, or ask for an outcome
}

// layer weighs the hits of trusted bases. A hit that exempts weighs nothing.
func (p *Program) layer(hits []*planned, trusts func(Basis) bool) verdict {
	var heaviest [32]int // by category; there are fewer
	var present [32]bool
	asked := Allow
	for _, h := range hits {
		if !trusts(h.basis) || h.Action == string(Allow) {
			continue
		}
		weight := min(h.Weight, p.set.limitOf(h.Category))
		heaviest[h.category] = max(heaviest[h.category], weight)
		if weight > 0 || h.Action != "" {
			present[h.category] = true
		}
		asked = worse(asked, Outcome(cmp.Or(h.Action, string(Allow))))
	}
	v := verdict{score: scoreOf(heaviest[:])}
	v.outcome = worse(asked, p.threshold(v.score))
	for _, there := range present {
		if there {
			v.categories++
		}
	}
	return v
}

// scoreOf is 100·(1-Π(1-w/100)), rounded down. What is left after nine weights
// is still exact; after fifteen it is short by less than 10⁻¹⁶.
func scoreOf(weights []int) int {
	const whole = 1_000_000_000_000_000_000
	left := int64(whole)
	for _, w := range weights {
		if w > 0 {
			left = left / 100 * int64(100-w)
		}
	}
	return int((whole - left) / (whole / 100))
}

// threshold is the outcome that a score reaches.
func (p *Program) threshold(score int) Outcome {
	switch {
	case score >= p.set.Block:
		return Block
	case score >= p.set.Challenge:
		return Challenge
	case score >= p.set.Warn:
		return Warn
	case score >= p.set.Monitor:
		return Monitor
	}
	return Allow
}
