package main

import (
	"maps"
	"math"
	"testing"
)

// Counts that follow a rule give the rule back.
func TestFit(t *testing.T) {
	var samples []sample
	for i := range 2000 {
		x, y := float64(i%10)/10, float64(i/10%10)/10
		samples = append(samples, sample{[]float64{1, x, y}, math.Exp(.5 + x - 2*y)})
	}
	for i, want := range []float64{.5, 1, -2} {
		if got := fit(samples)[i]; math.Abs(got-want) > .02 {
			t.Errorf("weight %d is %v, want %v", i, got, want)
		}
	}
}

func TestCommonIsCommonInEachKind(t *testing.T) {
	all := []example{
		{kind: "product", words: []string{"the", "remote"}, minutes: "the remote"},
		{kind: "product", words: []string{"the", "remote"}, minutes: "the the"},
		{kind: "committee", words: []string{"the", "school"}, minutes: "school"},
	}
	got := common(all, .8, .02, func(words []string) []string { return words })
	if want := map[string]float64{"the": 1.02}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
