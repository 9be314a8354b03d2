package main

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestPlan(t *testing.T) {
	faults := []fault{{name: "kill", per: 400}, {name: "pause", per: 20, tail: 40 * time.Second}, {name: "long", per: 1, tail: time.Minute}}
	type due struct {
		at   time.Duration
		name string
		seed uint64
	}
	of := func(seed uint64, length time.Duration) (all []due) {
		for _, s := range plan(seed, length, faults) {
			all = append(all, due{s.at, s.fault.name, s.seed})
		}
		return all
	}
	if !reflect.DeepEqual(of(1, time.Minute), of(1, time.Minute)) {
		t.Error("one seed gives two plans")
	}
	if reflect.DeepEqual(of(1, time.Minute), of(2, time.Minute)) {
		t.Error("two seeds give one plan")
	}
	for length, want := range map[time.Duration]map[string]int{
		10 * time.Minute: {"kill": 400, "pause": 20, "long": 1},
		2 * time.Minute:  {"kill": 80, "pause": 4, "long": 1},
		50 * time.Second: {"kill": 34, "pause": 2},
	} {
		got := map[string]int{}
		for _, s := range plan(3, length, faults) {
			got[s.fault.name]++
			if s.at+s.fault.tail > length {
				t.Errorf("in %s %s begins at %s and takes %s", length, s.fault.name, s.at, s.fault.tail)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("in %s: %v, want %v", length, got, want)
		}
	}
}

// A fault that finds no room in a run is not silently left out.
func TestChoice(t *testing.T) {
	faults := []fault{{name: "kill"}, {name: "pause", tail: 45 * time.Second}}
	for _, c := range []struct {
		named  string
		length time.Duration
		want   string
	}{
		{"", time.Second, ""},
		{"kill", time.Second, ""},
		{"pause", 46 * time.Second, ""},
		{"pause", 45 * time.Second, "pause takes 45s: give --for more than that"},
		{"pausing", time.Minute, `there is no fault "pausing" here`},
	} {
		chosen, err := choice(faults, strings.Fields(c.named), c.length)
		if got := fmt.Sprint(err); err != nil && got != c.want || err == nil && (c.want != "" || len(chosen) == 0) {
			t.Errorf("%s in %s: %v, %v", c.named, c.length, chosen, err)
		}
	}
}

// Every story is chosen sooner or later.
func TestChoose(t *testing.T) {
	chosen := map[uintptr]int{}
	dice := rand.New(rand.NewPCG(1, 1))
	for range 5000 {
		chosen[reflect.ValueOf(choose(dice)).Pointer()]++
	}
	if len(chosen) != 8 {
		t.Errorf("%d stories are chosen, want 8: %v", len(chosen), chosen)
	}
}

func TestSilence(t *testing.T) {
	if got := wav(); len(got) != 44+32000 || string(got[:4]) != "RIFF" || string(got[36:40]) != "data" {
		t.Errorf("%d bytes, beginning with %q", len(got), got[:44])
	}
}
