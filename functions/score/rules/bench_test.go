package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"xietong.dev/functions/score/rules"
)

const benchInputs = 256

func benchCase(b *testing.B) ([]twin, []*rules.Input) {
	r := seeded()
	all := twins(r)
	inputs := make([]*rules.Input, benchInputs)
	for i := range inputs {
		inputs[i] = randomInput(r)
	}
	b.ReportAllocs()
	return all, inputs
}

// One decision by 150 rules in CEL.
func BenchmarkDecide(b *testing.B) {
	all, inputs := benchCase(b)
	p := compiled(b, setOf(all))
	b.ResetTimer()
	for n := range b.N {
		p.Decide(inputs[n%benchInputs])
	}
}

// The same 150 verdicts by Go closures, without what is made of them.
func BenchmarkPlainGo(b *testing.B) {
	all, inputs := benchCase(b)
	hits := 0
	b.ResetTimer()
	for n := range b.N {
		for i := range all {
			if hit, _ := all[i].Holds(inputs[n%benchInputs]); hit {
				hits++
			}
		}
	}
}

// Parse, check and plan 150 rules.
func BenchmarkCompile(b *testing.B) {
	all, _ := benchCase(b)
	set := setOf(all)
	for b.Loop() {
		compiled(b, set)
	}
}

// Plan 150 rules from what was stored.
func BenchmarkLoad(b *testing.B) {
	all, _ := benchCase(b)
	set := setOf(all)
	checked, err := compiled(b, set).Checked()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := rules.Load(set, checked); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(checked)), "stored-bytes")
}

// The dearest input for the dearest set that is taken: what a unit of cost is
// worth in time.
func BenchmarkDecideAtTheLimit(b *testing.B) {
	in := &rules.Input{}
	for n := range rules.MaxEntries {
		in.Claimed = append(in.Claimed, fmt.Sprintf("%03d%s", n, strings.Repeat("a", rules.MaxText-3)))
	}
	for _, c := range []struct{ name, when string }{
		{"strings", `claimed.exists(s, s.endsWith('x') || s.contains('ab'))`},
		{"pattern", `model.matches('a+b$')`},
		{"repeated pattern", `model.matches('(a{0,9}){0,9}$')`},
		{"in", `claimed.exists(s, s in attested)`},
		{"long pattern", `model.matches('^([a-z0-9]+a)+([a-z0-9]+a)+([a-z0-9]+a)+([a-z0-9]+a)+x$')`},
	} {
		b.Run(c.name, func(b *testing.B) {
			one := rule("a app 10", c.when)
			cost := compiled(b, rules.Set{Rules: []rules.Rule{one}}).Cost()
			in.Attested, in.Model = in.Claimed[:0], in.Claimed[0]
			var set rules.Set
			for n := range min(rules.MaxSetCost/cost, rules.MaxRules) {
				one.ID = fmt.Sprintf("n%d", n)
				set.Rules = append(set.Rules, one)
			}
			p := compiled(b, set)
			for b.Loop() {
				p.Decide(in)
			}
			b.ReportMetric(float64(p.Cost()), "cost")
		})
	}
}
