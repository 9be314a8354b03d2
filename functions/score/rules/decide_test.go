package rules_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/score/rules"
)

// rule makes one for a test: "id category weight [action]".
func rule(words, when string) rules.Rule {
	r := rules.Rule{Zh: "理由", En: "reason", When: when}
	fmt.Sscan(words, &r.ID, &r.Category, &r.Weight, &r.Action)
	return r
}

// What rules rest on in these tests.
const (
	onClaim    = `'s' in claimed`
	onPlatform = `'s' in attested`
	onServer   = `device_accounts_1d > 0`
	onAddress  = `address_reports_1m > 0 && app == 'hall'`
)

func TestDecide(t *testing.T) {
	tenFaces := []rules.Rule{rule("system.n0 system 60", onClaim)}
	for n := 1; n < 10; n++ {
		tenFaces = append(tenFaces, rule(fmt.Sprintf("system.n%d system 50", n), onClaim))
	}
	for _, c := range []struct {
		name    string
		rules   []rules.Rule
		outcome rules.Outcome
		score   int
		limited string
	}{
		{"nothing hits", []rules.Rule{rule("a app 100 block", `'other' in claimed`)}, "allow", 0, ""},
		{"ten faces of one rooting count once", tenFaces, "challenge", 60, ""},
		{"weights of two categories combine", []rules.Rule{rule("a app 50", onClaim), rule("b system 50", onServer)}, "challenge", 75, ""},
		{"a score is rounded down", []rules.Rule{rule("a app 13", onServer), rule("b system 8", onServer)}, "allow", 19, ""},
		{"an action is the least outcome", []rules.Rule{rule("a app 1 warn", onServer)}, "warn", 1, ""},
		{"a claim alone never blocks, whatever its weight", []rules.Rule{rule("a app 100", onClaim)}, "challenge", 100, "claimed_alone"},
		{"nor whatever its action", []rules.Rule{rule("a app 100 block", onClaim)}, "challenge", 100, "claimed_alone"},
		{"two claims of one category are one", []rules.Rule{rule("a app 100 block", onClaim), rule("b app 90", onClaim)}, "challenge", 100, "claimed_alone"},
		{"claims of two categories may block", []rules.Rule{rule("a app 90 block", onClaim), rule("b system 10", onClaim)}, "block", 91, ""},
		{"a category without weight or action is no second one", []rules.Rule{rule("a app 90", onClaim), rule("b system 0", onClaim)}, "challenge", 90, "claimed_alone"},
		{"a weak derived hit of the same category is no second one", []rules.Rule{rule("a app 90", onClaim), rule("b app 1", onServer)}, "challenge", 90, "claimed_alone"},
		{"the address is no second category", []rules.Rule{rule("a app 90", onClaim), rule("b network 90", onAddress)}, "challenge", 99, "claimed_alone"},
		{"a platform's word blocks alone", []rules.Rule{rule("a system 10 block", onPlatform)}, "block", 10, ""},
		{"so does what the server derives", []rules.Rule{rule("a behaviour 10 block", onServer)}, "block", 10, ""},
		{"so does its weight", []rules.Rule{rule("a behaviour 85", onServer)}, "block", 85, ""},
		{"an address alone warns at most", []rules.Rule{rule("a network 100 block", onAddress)}, "warn", 100, "address_alone"},
		{"two address categories too", []rules.Rule{rule("a network 100 block", onAddress), rule("b location 100", onAddress)}, "warn", 100, "address_alone"},
		{"an address does not push another hit over warn", []rules.Rule{rule("a network 90", onAddress), rule("b behaviour 20", onServer)}, "warn", 92, "address_alone"},
		{"an address does not weaken another hit", []rules.Rule{rule("a network 90", onAddress), rule("b behaviour 70", onServer)}, "challenge", 97, "address_alone"},
		{"an exempt report is monitored", []rules.Rule{rule("a behaviour 100 block", onServer), rule("b list 0 allow", `'s' in lists`)}, "monitor", 100, "allowed"},
		{"an exemption makes nothing worse", []rules.Rule{rule("a behaviour 10", onServer), rule("b list 0 allow", `'s' in lists`)}, "allow", 10, ""},
		{"an exemption has no weight", []rules.Rule{rule("a list 100 allow", `'s' in lists`)}, "allow", 0, ""},
		{"an exemption yields to a platform's block", []rules.Rule{rule("a system 10 block", onPlatform), rule("b list 0 allow", `'s' in lists`)}, "block", 10, ""},
		{"but not to its weight", []rules.Rule{rule("a system 90", onPlatform), rule("b list 0 allow", `'s' in lists`)}, "monitor", 90, "allowed"},
		{"a rule that is off does not count", []rules.Rule{{ID: "a", Zh: "理由", En: "reason", When: onServer, Category: "app", Weight: 90, Off: true}}, "allow", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := compiled(t, rules.Set{Rules: c.rules})
			d := p.Decide(&rules.Input{
				Claimed: rules.NewStrings("s"), Attested: rules.NewStrings("s"), Lists: rules.NewStrings("s"),
				DeviceAccounts1D: 1, AddressReports1M: 1, App: "hall",
			})
			got := fmt.Sprint(d.Outcome, d.Score, d.Limited)
			if want := fmt.Sprint(c.outcome, c.score, c.limited); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// A whole decision, as it is stored.
func TestDecisionAsJSON(t *testing.T) {
	light, heavy := rule("rt.frida runtime 30", onClaim), rule("sys.boot system 80 warn", onPlatform)
	light.Alert, heavy.Alert = "account", "device"
	set := rules.Set{
		Rules: []rules.Rule{light, heavy, rule("many behaviour 30", onServer), rule("rate time 90", `100 / gaps > 1`), rule("sum time 90", `gaps + 9223372036854775807 - 1 > 0 && late_s * 9223372036854775807 > 0`)},
		Caps:  map[string]int{"system": 50},
		Block: 90,
	}
	got, err := json.Marshal(compiled(t, set).Decide(&rules.Input{Claimed: rules.NewStrings("s"), Attested: rules.NewStrings("s"), DeviceAccounts1D: 1, LateS: 2}))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"outcome":"challenge","score":75,"reasons":[` +
		`{"rule":"sys.boot","category":"system","weight":80,"action":"warn","basis":"attested"},` +
		`{"rule":"many","category":"behaviour","weight":30,"basis":"derived"},` +
		`{"rule":"rt.frida","category":"runtime","weight":30,"basis":"claimed"}],` +
		`"failed":["rate","sum"],` +
		`"alerts":[{"rule":"rt.frida","entity":"account"},{"rule":"sys.boot","entity":"device"}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	empty, err := json.Marshal(compiled(t, set).Decide(&rules.Input{Gaps: 1000}))
	if want := `{"outcome":"allow","score":0,"reasons":[],"failed":[],"alerts":[]}`; err != nil || string(empty) != want {
		t.Errorf("got %s (%v), want %s", empty, err, want)
	}
}

// On whose word a rule stands follows from what it reads.
func TestBases(t *testing.T) {
	set := rules.Set{}
	want := map[string]rules.Basis{}
	for i, c := range []struct {
		when  string
		basis rules.Basis
	}{
		{`'s' in claimed`, rules.Claimed},
		{`claimed.exists(s, s in attested)`, rules.Claimed},
		{`model == 'x' && 's' in lists`, rules.Claimed},
		{`'s' in attested && address_shared`, rules.Attested},
		{`'s' in derived || 's' in lists`, rules.Derived},
		{`address_shared`, rules.Address},
		{`address_reports_1m > 100 && app == 'hall' && unit != '' && hour < 6 && !offline && suite == 'sm'`, rules.Address},
		{`address_reports_1m > 100 && device_age_s < 60`, rules.Derived},
		{`address_shared && 's' in lists`, rules.Derived},
		{`hour < 6`, rules.Derived},
		{`true || model == 'x'`, rules.Claimed},
	} {
		r := rule(fmt.Sprintf("n%02d time 1", i), c.when)
		set.Rules = append(set.Rules, r)
		want[r.ID] = c.basis
	}
	if diff := cmp.Diff(want, compiled(t, set).Bases()); diff != "" {
		t.Error(diff)
	}
}

func TestOutcomesAreInOrder(t *testing.T) {
	for i, o := range rules.Outcomes() {
		if o.Rank() != i || o.WorseThan(o) || i > 0 && !o.WorseThan(rules.Outcomes()[i-1]) {
			t.Errorf("%s has rank %d, want %d, and worse than those before it", o, o.Rank(), i)
		}
	}
	if got := rules.Outcome("other").Rank(); got != -1 {
		t.Errorf("got %d, want -1", got)
	}
}
