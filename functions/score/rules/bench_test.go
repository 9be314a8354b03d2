package rules_test

import (
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
	b.ReportMetric(float64(len(checked)), "stored-bytes")
	for b.Loop() {
		if _, err := rules.Load(set, checked); err != nil {
			b.Fatal(err)
		}
	}
}
