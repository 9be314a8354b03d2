package score

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
)

// standsFor asks how a device stands, and returns the codes of what came since.
func (c *city) standsFor(device, account string, headers ...string) (a checked, codes []string) {
	c.Helper()
	c.ask("POST", "/score/checks", map[string]string{"app": "oa", "device": device, "account": account}, 200, &a, headers...)
	for _, r := range a.Reasons {
		if code, ours := r["code"].(string); ours {
			codes = append(codes, code)
		}
	}
	return a, codes
}

// A back end is told of the last decision, in its user's language.
func TestACheckTellsOfTheLastDecision(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	p := c.phone(report.SM)
	last := p.report(p.claiming("rt.frida"))
	c.wait(30 * time.Second)
	got, _ := c.standsFor(p.id, "zhang.wei", "Accept-Language", "zh")
	decided := noon
	want := checked{App: "oa", Device: p.id, Outcome: rules.Challenge, Score: 70, SilentS: 30, Lists: []string{}, Commands: []Command{}, Decided: &decided, Report: last.Report,
		Reasons: []map[string]any{{"rule": "rt.frida", "text": "发现 Frida", "category": "runtime", "weight": 70.0, "basis": "claimed"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("check (-want +got)\n%s", diff)
	}
}

// What came after the last report counts: lists, commands, silence, another account.
func TestACheckCountsWhatCameSince(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	p := c.phone(report.P256)
	want := func(outcome rules.Outcome, wanted ...string) checked {
		t.Helper()
		a, codes := c.standsFor(p.id, "")
		if a.Outcome != outcome || !slices.Equal(codes, wanted) {
			t.Errorf("%s because of %v, want %s, %v", a.Outcome, codes, outcome, wanted)
		}
		return a
	}
	want(rules.Challenge, "no_report")
	p.report(p.body)
	want(rules.Allow)
	if a, codes := c.standsFor(p.id, "li.na"); a.Outcome != rules.Challenge || !slices.Equal(codes, []string{"other_account"}) {
		t.Errorf("with another account: %s because of %v", a.Outcome, codes)
	}
	c.ask("PUT", "/score/lists/denied/items/address/203.0.113.0/24", map[string]any{"reason": "代理", "expires": c.Now().Add(time.Minute)}, 200, nil)
	if a := want(rules.Block, "denied"); !slices.Equal(a.Lists, []string{"denied"}) {
		t.Errorf("lists %v", a.Lists)
	}
	c.wait(2 * time.Minute)
	want(rules.Allow)
	c.ask("POST", "/score/commands", map[string]any{"kind": "step_up", "entity_kind": "account", "entity": "zhang.wei", "reason": "查"}, 201, nil)
	if a := want(rules.Challenge, "step_up"); len(a.Commands) != 1 || a.Commands[0].Kind != "step_up" {
		t.Errorf("commands %+v", a.Commands)
	}
	c.ask("POST", "/score/commands", map[string]any{"kind": "unblock", "entity_kind": "account", "entity": "zhang.wei", "reason": "查完"}, 201, nil)
	want(rules.Allow)
}

// The last report is decided on by the lists of now: who was unblocked, or is allowed
// since, need not wait for the next one.
func TestACheckDecidesByTheListsOfNow(t *testing.T) {
	c := begin(t)
	c.decideBy(rules.Set{Rules: append([]rules.Rule{
		{ID: "list.blocked", Zh: "已阻断", En: "blocked", When: "'blocked' in lists", Category: "list", Action: "block"},
		{ID: "list.allowed", Zh: "放行", En: "allowed", When: "'allowed' in lists && !('blocked' in lists)", Category: "list", Action: "allow"},
	}, one.Rules...)})
	p := c.phone(report.SM)
	command := blocking(p.id)
	c.ask("POST", "/score/commands", command, 201, nil)
	if a := p.report(p.claiming("rt.frida")); a.Outcome != rules.Block {
		t.Errorf("while it is blocked: %+v", a)
	}
	want := func(outcome rules.Outcome, rule string) {
		t.Helper()
		a, codes := c.standsFor(p.id, "")
		if a.Outcome != outcome || codes != nil || !slices.ContainsFunc(a.Reasons, func(r map[string]any) bool { return r["rule"] == rule }) {
			t.Errorf("%s because of %v, want %s because of %s", a.Outcome, a.Reasons, outcome, rule)
		}
	}
	command["kind"] = "unblock"
	c.ask("POST", "/score/commands", command, 201, nil)
	want(rules.Challenge, "rt.frida")
	c.ask("PUT", "/score/lists/allowed/items/device/"+p.id, map[string]any{"reason": "专家"}, 200, nil)
	want(rules.Monitor, "list.allowed")
}

// A report that was kept for later is not how a device stands.
func TestACheckLeavesOutWhatCameLate(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	online := d.of(named("d", 0), "", "203.0.113.7", noon, "rt.frida")
	d.decided(online)
	late := d.of(named("d", 0), "", "", noon.Add(time.Second))
	late.Offline = true
	d.decided(late)
	if a, _ := c.standsFor(named("d", 0), ""); a.Report != online.ID || a.Outcome != rules.Challenge {
		t.Errorf("%+v, want the decision on the online report", a)
	}
}

// A probe that says nothing is noticed, and its silence counts with its next reports.
func TestAMutedProbeIsCounted(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	p := c.phone(report.SM)
	p.report(p.body)
	c.wait(1000 * time.Second)
	if a, _ := c.standsFor(p.id, ""); a.Muted || a.Outcome != rules.Allow || a.SilentS != 1000 {
		t.Errorf("after 20 intervals: %+v", a)
	}
	c.wait(time.Second)
	if a, codes := c.standsFor(p.id, ""); !a.Muted || a.Outcome != rules.Challenge || !slices.Equal(codes, []string{"muted"}) {
		t.Errorf("after more: %+v", a)
	}
	if in := c.features(p.report(p.body).Report); !slices.Contains(in.Derived, "rt.probe_muted") {
		t.Errorf("the next report has derived %v, want rt.probe_muted", in.Derived)
	}
	if a, _ := c.standsFor(p.id, ""); a.Muted {
		t.Errorf("after its report: %+v", a)
	}
	if n := c.count(`SELECT sum(n) FROM minute WHERE kind = 'muted' AND key = $1`, p.id); n != 1 {
		t.Errorf("counted %d times, want once", n)
	}
}

// A device that is not of the app is one that nobody knows.
func TestACheckOfAnUnknownDevice(t *testing.T) {
	c := begin(t)
	c.ask("PUT", "/score/apps/other", App{Name: "另一", Fail: FailOpen, IntervalS: 50}, 200, nil)
	c.ask("PUT", "/score/apps/theirs", App{Name: "别处", Fail: FailOpen, IntervalS: 50}, 200, nil, county...)
	p := c.phone(report.SM)
	p.report(p.body)
	want := checked{App: "oa", Device: named("d", 0), Outcome: rules.Challenge, Lists: []string{}, Commands: []Command{},
		Reasons: []map[string]any{{"code": "unknown_device", "text": "the device is not enrolled"}}}
	got, _ := c.standsFor(named("d", 0), "")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("check (-want +got)\n%s", diff)
	}
	var a checked
	c.ask("POST", "/score/checks", map[string]string{"app": "other", "device": p.id}, 200, &a)
	if a.Outcome != rules.Challenge || a.Report != "" {
		t.Errorf("for another app: %+v", a)
	}
	c.ask("POST", "/score/checks", map[string]string{"app": "theirs", "device": p.id}, 200, &a, county...)
	if a.Outcome != rules.Challenge || a.Report != "" {
		t.Errorf("for another unit: %+v", a)
	}
	c.refused("POST", "/score/checks", `{"app":"oa","device":"`+p.id+`"}`, 404, "no_app", "", county...)
}
