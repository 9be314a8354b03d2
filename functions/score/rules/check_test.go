package rules_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/fault"
)

// problemsOf gives each problem as "index field code line:column".
func problemsOf(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var invalid *rules.Invalid
	if !errors.As(err, &invalid) || fault.Code(err) != rules.CodeInvalid {
		t.Fatalf("got %v (%s), want a refusal of the rule set", err, fault.Code(err))
	}
	var found []string
	for _, p := range invalid.Problems {
		if p.Zh == "" || p.En == "" {
			t.Errorf("%+v says nothing in one language", p)
		}
		found = append(found, fmt.Sprintf("%d %s %s %d:%d", p.Index, p.Field, p.Code, p.Line, p.Column))
	}
	return found
}

// An expression that is refused, and why.
func TestHostileExpressions(t *testing.T) {
	for _, c := range []struct{ name, when, want string }{
		{"unknown variable", `app == 'x' && secret > 1`, "expression 1:15"},
		{"on a later line", "app == 'x' &&\n  密 == 1", "expression 2:3"},
		{"unknown function", `model.reverse() == 'x'`, "expression 1:14"},
		{"wrong types", `app > 1`, "expression 1:5"},
		{"no bool", `device_age_s + 1`, "not_bool 0:0"},
		{"a list", `[true]`, "not_bool 0:0"},
		{"dyn", `dyn(app) == 1`, "expression 1:4"},
		{"a list of many types", `'x' in ['x', 1]`, "expression 1:14"},
		{"a float", `1.5 + 1.5 > 2.5`, "expression 1:5"},
		{"a conversion", `int(app) > 1`, "expression 1:4"},
		{"time", `timestamp('2026-01-01T00:00:00Z') > timestamp('2025-01-01T00:00:00Z')`, "expression 1:10"},
		{"joined strings", `(app + app) == 'x'`, "expression 1:6"},
		{"joined lists", `size(claimed + claimed) > 1`, "expression 1:14"},
		{"mapped lists", `size(claimed.map(s, s)) > 1`, "expression 1:17"},
		{"empty", " \n", "empty 0:0"},
		{"not UTF-8", "app == '\xff'", "not_utf8 0:0"},
		{"unended", `app == 'x`, "expression 1:8"},
		{"nested loops", `claimed.all(a, claimed.all(b, claimed.all(c, a == b && b == c)))`, "expression 1:27"},
		{"a loop that matches", `claimed.exists(s, s.matches('a+b$'))`, "cost 0:0"},
		{"a short pattern of many steps", `model.matches('(a{0,15}){0,15}$')`, "cost 0:0"},
		{"a pattern from the probe", `model.matches(os_version)`, "pattern 0:0"},
		{"a broken pattern", `model.matches('(')`, "expression 1:15"},
		{"a huge pattern", `model.matches('((a{0,30}){0,30}){0,30}')`, "expression 1:15"},
		{"a variable's name for an entry", `['x'].exists(claimed, claimed == 'x')`, "shadow 0:0"},
		{"a large pattern", `model.matches('(a{0,30}){0,30}')`, "expression 1:15"},
		{"100 parentheses", strings.Repeat("(", 100) + "true" + strings.Repeat(")", 100), "expression "},
		{"10,000 parentheses", strings.Repeat("(", 10_000) + "true" + strings.Repeat(")", 10_000), "too_large 0:0"},
		{"1,000 parentheses", strings.Repeat("(", 1000) + "true" + strings.Repeat(")", 1000), "expression 0:0"},
		{"400 negations", strings.Repeat("!(", 400) + "true" + strings.Repeat(")", 400), "expression 0:0"},
		{"nested conditions", strings.Repeat("true?", 200) + "true" + strings.Repeat(":true", 200), "expression 0:0"},
		{"an enormous list", `device_age_s in [` + strings.Repeat("1,", 50_000) + `1]`, "too_large 0:0"},
		{"a long list", `device_age_s in [` + strings.Repeat("1,", 1000) + `1]`, "expression 0:0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := rules.Set{Rules: []rules.Rule{rule("fine app 10", `app == 'x'`), rule("hostile app 10", c.when)}}
			_, err := rules.Compile(set)
			got := problemsOf(t, err)
			if len(got) == 0 || !strings.HasPrefix(got[0], "1 when "+c.want) {
				t.Errorf("got %v (%v), want %s", got, err, c.want)
			}
		})
	}
}

// What stands just inside the limits is taken.
func TestHeavyExpressions(t *testing.T) {
	for _, when := range []string{
		`device_age_s in [` + strings.Repeat("1,", 900) + `1]`,
		strings.Repeat("(", 30) + "app == 'x'" + strings.Repeat(")", 30),
		"app == 'x'" + strings.Repeat(" || app == 'x'", 100),
		`claimed.exists(s, s.startsWith('rt.') && s.endsWith('x'))`,
		`claimed.exists(s, s in attested) && attested.all(s, s in claimed)`,
		`model.matches('^(a+)+$') && matches(app, '^[a-z]{3,9}$')`,
		`claimed.exists(s, s.startsWith('rt.') && s.contains('a') || s.endsWith('b') || size(s) > 9)`,
	} {
		if _, err := rules.Compile(rules.Set{Rules: []rules.Rule{rule("heavy app 10", when)}}); err != nil {
			t.Errorf("%.60s: %v", when, err)
		}
	}
}

// A pattern that other engines take years for ends at once, even on a string
// twenty times as long as an input may hold.
func TestExponentialPattern(t *testing.T) {
	p := compiled(t, rules.Set{Rules: []rules.Rule{rule("a app 10", `model.matches('^(a+)+$')`)}})
	if d := p.Decide(&rules.Input{Model: strings.Repeat("a", 4000) + "b"}); d.Score != 0 || len(d.Failed) > 0 {
		t.Errorf("got %+v", d)
	}
}

// The rules together have a limit too. A rule that is off does not count.
func TestSetCost(t *testing.T) {
	var set rules.Set
	for n := range 60 {
		set.Rules = append(set.Rules, rule(fmt.Sprintf("n%d app 1", n), `claimed.exists(s, s.startsWith('rt.') && s.contains('frida') || s.endsWith('hook'))`))
	}
	_, err := rules.Compile(set)
	if diff := cmp.Diff([]string{"-1 rules set_cost 0:0"}, problemsOf(t, err)); diff != "" {
		t.Error(diff)
	}
	for n := range 30 {
		set.Rules[n].Off = true
	}
	if p := compiled(t, set); p.Cost() > rules.MaxSetCost {
		t.Errorf("cost %d", p.Cost())
	}
}

// A set's problems are all told at once, in the order of its rules.
func TestAllProblems(t *testing.T) {
	long := strings.Repeat("字", rules.MaxWords)
	set := rules.Set{Monitor: 50, Caps: map[string]int{"app": 101, "none": 5}, Rules: []rules.Rule{
		{ID: "Bad", Zh: "", En: "a\nb", When: "app", Category: "odd", Weight: 101, Action: "kill", Alert: "unit"},
		{ID: "ok", Zh: long, En: long, When: `model == 'x'`, Category: "app", Action: "allow"},
		{ID: "ok", Zh: long + "字", En: "\xff", When: `x || y`, Category: "app", Weight: -1},
		{ID: strings.Repeat("a", rules.MaxID+1), Zh: "理由", En: "reason", When: "true", Category: "app", Off: true},
	}}
	_, err := rules.Compile(set)
	want := []string{
		"-1 caps cap 0:0", "-1 caps cap 0:0", "-1 monitor thresholds 0:0",
		"0 id id 0:0", "0 zh text 0:0", "0 en text 0:0", "0 weight weight 0:0", "0 category category 0:0", "0 action action 0:0", "0 alert alert 0:0", "0 when not_bool 0:0",
		"1 action allow_claimed 0:0",
		"2 zh text 0:0", "2 en text 0:0", "2 weight weight 0:0", "2 id id_twice 0:0", "2 when expression 1:1", "2 when expression 1:6",
		"3 id id 0:0",
	}
	if diff := cmp.Diff(want, problemsOf(t, err)); diff != "" {
		t.Error(diff)
	}
}

func TestDecode(t *testing.T) {
	const good = `{"rules":[{"id":"a","zh":"理由","en":"reason","when":"app == 'x'","category":"app","weight":1}]}`
	for _, c := range []struct{ name, text, want string }{
		{"good", good, ""},
		{"no rule", `{"rules":[]}`, "-1 rules empty 0:0"},
		{"another field", `{"rules":[],"version":1}`, "-1 rules not_json 0:0"},
		{"another field of a rule", strings.Replace(good, `"weight"`, `"wait"`, 1), "-1 rules not_json 0:0"},
		{"a fraction", strings.Replace(good, `:1}`, `:1.5}`, 1), "-1 rules not_json 0:0"},
		{"two sets", good + good, "-1 rules not_json 0:0"},
		{"cut", good[:40], "-1 rules not_json 0:0"},
		{"not UTF-8", strings.Replace(good, "reason", "\xff", 1), "-1 rules not_utf8 0:0"},
		{"too many", `{"rules":[` + strings.Repeat("{},", rules.MaxRules) + `{}]}`, "-1 rules too_many 0:0"},
		{"too large", good + strings.Repeat(" ", rules.MaxSet), "-1 rules too_large 0:0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := rules.Decode([]byte(c.text))
			if got := strings.Join(problemsOf(t, err), ", "); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// The hash is of what a set means, not of how it is written. It is stored with
// decisions, so it must never change for a set that does not.
func TestHash(t *testing.T) {
	set := rules.Set{Rules: []rules.Rule{rule("a app 10", `app == 'x'`), rule("b app 20 warn", `app < 'y'`)}}
	const want = "d2bca1a13179c3b33a03891de7c48e53ae6bf70bb211de82423db4fba5d4ecf5"
	if got := set.Hash(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := rules.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		set  rules.Set
		same bool
	}{
		"decoded":           {decoded, true},
		"in another order":  {rules.Set{Rules: []rules.Rule{set.Rules[1], set.Rules[0]}}, true},
		"defaults written":  {rules.Set{Rules: set.Rules, Monitor: 20, Block: 85, Caps: map[string]int{"app": 100}}, true},
		"another threshold": {rules.Set{Rules: set.Rules, Monitor: 21}, false},
		"a cap":             {rules.Set{Rules: set.Rules, Caps: map[string]int{"app": 99}}, false},
		"one rule less":     {rules.Set{Rules: set.Rules[:1]}, false},
	} {
		if got := c.set.Hash() == want; got != c.same {
			t.Errorf("%s: the hash is the same is %v, want %v", name, got, c.same)
		}
	}
}

// Checked expressions that do not fit are an error that says so.
func TestLoadRefuses(t *testing.T) {
	set := rules.Set{Rules: []rules.Rule{rule("a app 10", `app == 'x'`)}}
	checked, err := compiled(t, set).Checked()
	if err != nil {
		t.Fatal(err)
	}
	other := rules.Set{Rules: []rules.Rule{rule("a app 11", `app == 'x'`)}}
	for _, c := range []struct {
		set           rules.Set
		checked, want string
	}{
		{set, "", "unexpected end"},
		{set, "{}", "their format"},
		{rules.Set{}, string(checked), "there is no rule"},
		{other, string(checked), "they are of rule set"},
		{set, strings.Replace(string(checked), `"exprs":["`, `"exprs":["AAAA`, 1), "damaged"},
		{set, strings.Replace(string(checked), `"variables":"`, `"variables":"0`, 1), "another table"},
	} {
		if _, err := rules.Load(c.set, []byte(c.checked)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

// Whatever is read as a set either is refused with its problems or decides.
func FuzzCompile(f *testing.F) {
	for _, when := range []string{`app == 'x'`, `claimed.exists(s, s.matches('^a'))`, `1/gaps > 0`, `((((`, `[[[[1]]]] == [[[[1]]]]`, `{'a':1}.a == 1`, `"\\ud800" == app`} {
		text, err := json.Marshal(rules.Set{Rules: []rules.Rule{rule("a app 10", when)}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := rules.Decode(text)
		if err != nil {
			problemsOf(t, err)
			return
		}
		p, err := rules.Compile(set)
		if err != nil {
			problemsOf(t, err)
			return
		}
		checked, err := p.Checked()
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := rules.Load(set, checked)
		if err != nil {
			t.Fatal(err)
		}
		in := &rules.Input{Claimed: rules.NewStrings("a", "b"), App: "x", Gaps: 3}
		if diff := cmp.Diff(p.Decide(in), loaded.Decide(in)); diff != "" {
			t.Fatal(diff)
		}
	})
}
