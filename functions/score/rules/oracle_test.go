package rules_test

// A second way to the same decisions: rules as Go closures, and a combiner that
// is written straight from the words of the brief, with fractions.

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"

	"xietong.dev/functions/score/rules"
)

// twin is a rule in CEL, and what it means in Go. The closure says whether the
// rule hits, and whether it fails.
type twin struct {
	rules.Rule
	Basis rules.Basis
	Holds func(in *rules.Input) (hit, fails bool)
}

const perShape = 15

// twins makes 150 rules of ten shapes.
func twins(r *rand.Rand) []twin {
	var made []twin
	for n := range perShape {
		for shape, shaped := range shapes() {
			t := shaped(n)
			t.ID = fmt.Sprintf("shape%d.n%02d", shape, n)
			t.Zh, t.En = "理由", "reason"
			t.Category = rules.Categories()[r.IntN(len(rules.Categories()))]
			t.Weight = []int{0, 1, 5, 10, 25, 40, 60, 90, 100}[r.IntN(9)]
			t.Action = pick(r, []string{"", "", "", "", "monitor", "warn", "challenge", "block"})
			if t.Basis != rules.Claimed && r.IntN(12) == 0 {
				t.Action = "allow"
			}
			t.Alert = pick(r, []string{"", "", "device", "account", "address"})
			made = append(made, t)
		}
	}
	return made
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func signal(n int) string { return fmt.Sprintf("%s.s%02d", []string{"rt", "sys", "app"}[n%3], n) }
func list(n int) string   { return fmt.Sprintf("list%02d", n) }
func model(n int) string {
	return fmt.Sprintf("%s Phone %d", []string{"Huawei", "Xiaomi", "Meizu"}[n%3], n)
}

func shapes() []func(n int) twin {
	of := func(b rules.Basis, when string, holds func(*rules.Input) bool) twin {
		return twin{rules.Rule{When: when}, b, func(in *rules.Input) (bool, bool) { return holds(in), false }}
	}
	return []func(n int) twin{
		func(n int) twin { // a flag with a threshold on the address
			unit := fmt.Sprintf("u%d", n)
			return of(rules.Address, fmt.Sprintf(`address_shared && address_accounts_1d > %d && unit != 'u%d'`, n*9, n), func(in *rules.Input) bool {
				return in.AddressShared && in.AddressAccounts1D > int64(n*9) && in.Unit != unit
			})
		},
		func(n int) twin { // a threshold
			return of(rules.Derived, fmt.Sprintf(`device_accounts_7d >= %d`, n+2), func(in *rules.Input) bool { return in.DeviceAccounts7D >= int64(n+2) })
		},
		func(n int) twin { // a negation
			return of(rules.Derived, fmt.Sprintf(`!offline && !(hour > %d)`, n+4), func(in *rules.Input) bool { return !in.Offline && in.Hour <= int64(n+4) })
		},
		func(n int) twin { // a literal list
			one, two := model(n), model(n+1)
			return of(rules.Claimed, fmt.Sprintf(`model in ['%s', '%s', 'other']`, one, two), func(in *rules.Input) bool {
				return in.Model == one || in.Model == two || in.Model == "other"
			})
		},
		func(n int) twin { // managed lists
			one, two := list(n), list(n+20)
			return of(rules.Derived, fmt.Sprintf(`'%s' in lists || '%s' in lists`, one, two), func(in *rules.Input) bool {
				return slices.Contains(in.Lists, one) || slices.Contains(in.Lists, two)
			})
		},
		func(n int) twin { // membership
			id := signal(n)
			return of(rules.Attested, fmt.Sprintf(`'%s' in attested && attestation == 'valid'`, id), func(in *rules.Input) bool {
				return slices.Contains(in.Attested, id) && in.Attestation == "valid"
			})
		},
		func(n int) twin { // strings
			digit, number, minor := fmt.Sprint(n%10), fmt.Sprint(n), fmt.Sprintf(".%d", n)
			return of(rules.Claimed, fmt.Sprintf(`model.startsWith('Huawei') && model.endsWith('%d') || os_version.contains('.%d') || model.matches('^Mei.*%d$')`, n%10, n, n), func(in *rules.Input) bool {
				return strings.HasPrefix(in.Model, "Huawei") && strings.HasSuffix(in.Model, digit) || strings.Contains(in.OSVersion, minor) ||
					strings.HasPrefix(in.Model, "Mei") && strings.HasSuffix(in.Model, number)
			})
		},
		func(n int) twin { // one look at each entry of a set
			digit := fmt.Sprint(n % 10)
			return of(rules.Claimed, fmt.Sprintf(`claimed.exists(s, s.startsWith('rt.') && s.endsWith('%d')) && size(claimed) > %d`, n%10, n/2), func(in *rules.Input) bool {
				return len(in.Claimed) > n/2 && slices.ContainsFunc(in.Claimed, func(s string) bool { return strings.HasPrefix(s, "rt.") && strings.HasSuffix(s, digit) })
			})
		},
		func(n int) twin { // velocity
			return of(rules.Derived, fmt.Sprintf(`device_reports_1m > %d && device_age_s < %d || account_devices_1d > %d`, n, n*1000, n+30), func(in *rules.Input) bool {
				return in.DeviceReports1M > int64(n) && in.DeviceAgeS < int64(n*1000) || in.AccountDevices1D > int64(n+30)
			})
		},
		func(n int) twin { // arithmetic that fails where there were no reports in an hour
			return twin{rules.Rule{When: fmt.Sprintf(`(account_reports_1d * 100) / account_reports_1h > %d`, n*150)}, rules.Derived, func(in *rules.Input) (bool, bool) {
				if in.AccountReports1H == 0 {
					return false, true
				}
				return in.AccountReports1D*100/in.AccountReports1H > int64(n*150), false
			}}
		},
	}
}

func setOf(all []twin) rules.Set {
	s := rules.Set{Caps: map[string]int{"device": 50, "ui": 0}}
	for _, t := range all {
		s.Rules = append(s.Rules, t.Rule)
	}
	return s
}

// randomInput makes one of which some rules hold.
func randomInput(r *rand.Rand) *rules.Input {
	some := func(most, of int, name func(int) string) rules.Strings {
		var names []string
		for range r.IntN(most + 1) {
			names = append(names, name(r.IntN(of)))
		}
		return rules.NewStrings(names...)
	}
	small := func(most int64) int64 { return int64(float64(most) * r.Float64() * r.Float64() * r.Float64()) }
	return &rules.Input{
		Claimed: some(9, 30, signal), Attested: some(2, 40, signal), Derived: some(3, 30, signal), Lists: some(2, 60, list),
		Platform: "android", OSVersion: fmt.Sprintf("%d.%d", r.IntN(9), r.IntN(40)), Model: model(r.IntN(60)),
		AppVersion: "1.2.3", ProbeVersion: "1.0", App: "hall", Unit: fmt.Sprintf("u%d", r.IntN(20)), Suite: "sm",
		Attestation: pick(r, []string{"none", "valid", "invalid"}), Offline: r.IntN(2) == 0, Hour: int64(r.IntN(24)),
		DeviceReports1M: small(30), DeviceAgeS: small(100_000), DeviceAccounts7D: small(20), AccountDevices1D: small(60),
		AccountReports1H: small(20), AccountReports1D: small(200),
		AddressShared: r.IntN(2) == 0, AddressAccounts1D: small(300),
	}
}

// expect is the decision as the words of the package comment have it.
func expect(set rules.Set, all []twin, in *rules.Input) rules.Decision {
	d := rules.Decision{Outcome: "allow", Reasons: []rules.Reason{}, Failed: []string{}, Alerts: []rules.Alert{}}
	var hits []twin
	for _, t := range all {
		hit, fails := t.Holds(in)
		if fails {
			d.Failed = append(d.Failed, t.ID)
		} else if hit {
			hits = append(hits, t)
			d.Reasons = append(d.Reasons, rules.Reason{Rule: t.ID, Category: t.Category, Weight: t.Weight, Action: t.Action, Basis: t.Basis})
			if t.Alert != "" {
				d.Alerts = append(d.Alerts, rules.Alert{Rule: t.ID, Entity: t.Alert})
			}
		}
	}
	sort.Strings(d.Failed)
	sort.Slice(d.Alerts, func(i, j int) bool { return d.Alerts[i].Rule < d.Alerts[j].Rule })
	sort.Slice(d.Reasons, func(i, j int) bool {
		if d.Reasons[i].Weight != d.Reasons[j].Weight {
			return d.Reasons[i].Weight > d.Reasons[j].Weight
		}
		return d.Reasons[i].Rule < d.Reasons[j].Rule
	})

	var exempts, attestedBlock bool
	var firm, withClaims, everything []twin
	for _, t := range hits {
		exempts = exempts || t.Action == "allow"
		attestedBlock = attestedBlock || t.Action == "block" && t.Basis == rules.Attested
		if t.Action == "allow" {
			continue
		}
		everything = append(everything, t)
		if t.Basis != rules.Address {
			withClaims = append(withClaims, t)
		}
		if t.Basis == rules.Attested || t.Basis == rules.Derived {
			firm = append(firm, t)
		}
	}
	order := map[string]int{"": 0, "allow": 0, "monitor": 1, "warn": 2, "challenge": 3, "block": 4}
	asked := func(hits []twin) (outcome, score, categories int) {
		weights := map[string]int{}
		counted := map[string]bool{}
		for _, t := range hits {
			w := t.Weight
			if limit, has := set.Caps[t.Category]; has && w > limit {
				w = limit
			}
			if w > weights[t.Category] {
				weights[t.Category] = w
			}
			if w > 0 || t.Action != "" {
				counted[t.Category] = true
			}
			outcome = max(outcome, order[t.Action])
		}
		left := big.NewRat(1, 1)
		for _, w := range weights {
			left.Mul(left, big.NewRat(int64(100-w), 100))
		}
		risk := new(big.Rat).Sub(big.NewRat(100, 1), left.Mul(left, big.NewRat(100, 1)))
		score = int(new(big.Int).Quo(risk.Num(), risk.Denom()).Int64())
		for rank, from := range []int{0, 20, 40, 60, 85} {
			if score >= from {
				outcome = max(outcome, rank)
			}
		}
		return outcome, score, len(counted)
	}
	a, _, _ := asked(firm)
	b, _, categories := asked(withClaims)
	c, score, _ := asked(everything)
	claimed := b
	if categories < 2 && claimed == 4 {
		claimed = 3
	}
	outcome := max(a, claimed, min(c, 2))
	if c > outcome {
		d.Limited = rules.LimitedAddress
	}
	if b > outcome {
		d.Limited = rules.LimitedClaimed
	}
	if exempts && !attestedBlock && outcome > 1 {
		outcome, d.Limited = 1, rules.LimitedAllowed
	}
	d.Score, d.Outcome = score, []rules.Outcome{"allow", "monitor", "warn", "challenge", "block"}[outcome]
	return d
}
