package score

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xietong.dev/events"
	"xietong.dev/functions/score/rules"
)

// two is one with roots blocked, too.
var two = rules.Set{Rules: append([]rules.Rule{
	{ID: "dev.many", Zh: "设备上账号过多", En: "many accounts on the device", When: "device_accounts_1d >= 3", Category: "behaviour", Weight: 50, Action: "warn"},
}, one.Rules...), Block: 70}

// drafted is what a request for a draft says.
type drafted struct {
	Rules   rules.Set `json:"rules"`
	Note    string    `json:"note"`
	BasedOn int       `json:"based_on,omitempty"`
}

// refusedAnswer is how a request is refused.
type refusedAnswer struct {
	Error struct {
		Code, Message string
		Problems      []struct {
			Code, Text, Rule, Field string
			Index                   int
		}
	}
}

func as(who string) []string { return []string{"X-Auth-Id", who} }

// draft drafts a set by chen.
func (c *city) draft(set rules.Set) int {
	c.Helper()
	var s shownRuleset
	c.ask("POST", "/score/rulesets", drafted{set, "试一试", 0}, 201, &s)
	return s.Version
}

func (c *city) approve(version int, by ...string) {
	c.Helper()
	for _, who := range by {
		c.ask("POST", fmt.Sprintf("/score/rulesets/%d/approvals", version), nil, 200, nil, as(who)...)
	}
}

func (c *city) move(version int, state string, status int, into any, headers ...string) {
	c.Helper()
	c.ask("PUT", fmt.Sprintf("/score/rulesets/%d/state", version), map[string]string{"state": state}, status, into, headers...)
}

// replayed requests a replay and delivers its events until it has ended.
func (c *city) replayed(want map[string]any) Replay {
	c.Helper()
	before := len(c.Sent())
	var r Replay
	c.ask("POST", "/score/replays", want, 202, &r)
	for c.deliverNext(before) {
		before++
	}
	c.ask("GET", "/score/replays/"+r.ID, nil, 200, &r)
	return r
}

// deliverNext delivers the event that was sent as the nth, where it asks for a page, and
// reports whether it does.
func (c *city) deliverNext(n int) bool {
	c.Helper()
	sent := c.Sent()
	if n >= len(sent) || sent[n].Type() != (events.RiskReplayRequested{}).EventType() {
		return false
	}
	if a := c.Deliver(c.TB, sent[n]); a.Status >= 300 {
		c.Fatalf("page: %d %s", a.Status, a.Body)
	}
	return true
}

// states are those of all versions, in their order.
func (c *city) states() (all []string) {
	c.Helper()
	var list struct{ Rulesets []Ruleset }
	c.ask("GET", "/score/rulesets", nil, 200, &list)
	for _, s := range list.Rulesets {
		all = append([]string{s.State}, all...)
	}
	return all
}

// published are the publications that were told, each id once.
func (c *city) published() (all []string) {
	c.Helper()
	seen := map[string]bool{}
	for _, e := range c.Sent() {
		if e.Type() != (events.RiskRulesetPublished{}).EventType() || seen[e.ID()] {
			continue
		}
		seen[e.ID()] = true
		d := must(events.Decode[events.RiskRulesetPublished](e))
		all = append(all, fmt.Sprintf("%d by %s, approved by %s, compared %t", d.Version, d.By, strings.Join(d.Approvals, " and "), d.Replay != ""))
	}
	return all
}

// A rule set from its draft to the end of its life, with each step that is refused.
func TestLifeOfARuleSet(t *testing.T) {
	c := begin(t)
	steps := func(version int, all ...string) {
		t.Helper()
		for _, step := range all {
			verb, want, refused := strings.Cut(step, ": ")
			who, state, _ := strings.Cut(verb, " ")
			c.wait(time.Second)
			method, path, body := "PUT", fmt.Sprintf("/score/rulesets/%d/state", version), any(map[string]string{"state": state})
			if state == "approves" {
				method, path, body = "POST", fmt.Sprintf("/score/rulesets/%d/approvals", version), nil
			}
			if !refused {
				c.ask(method, path, body, 200, nil, as(who)...)
				continue
			}
			var got refusedAnswer
			status := 409
			if strings.HasPrefix(want, "403 ") {
				status, want = 403, want[4:]
			}
			c.ask(method, path, body, status, &got, as(who)...)
			if got.Error.Code+", "+got.Error.Message != want {
				t.Errorf("%d %s:\ngot  %s, %s\nwant %s", version, step, got.Error.Code, got.Error.Message, want)
			}
		}
	}
	lacksReplay := "replay the newest 1000 reports with it first, or all where there are fewer, and wait for the end"
	lacksPeople := "people have approved, 2 have to (its author does not count; nor, in an emergency, does who publishes)"

	v := c.draft(two)
	steps(v,
		"chen live: not_ready, rule set 2 cannot go live yet: 0 "+lacksPeople+"; "+lacksReplay,
		"chen retired: wrong_state, rule set 2 is not live and cannot retire; a draft that nobody needs may stay",
		"chen approves: 403 own_ruleset, you wrote rule set 2; somebody else has to approve it",
		"chen shadow", "chen draft", "chen shadow", "chen shadow",
		"li approves", "li approves",
		"chen live: not_ready, rule set 2 cannot go live yet: 1 "+lacksPeople+"; "+lacksReplay,
		"wang approves",
		"chen live: not_ready, rule set 2 cannot go live yet: "+lacksReplay)
	c.replayed(map[string]any{"ruleset": v})
	steps(v, "chen live", "chen live",
		"li approves: live_already, rule set 2 is live, and needs no approval",
		"li retired: wrong_state, rule set 2 is live, and retires when another goes live: make that one live",
		"li draft: wrong_state, rule set 2 is live, and retires when another goes live: make that one live")

	var said refusedAnswer
	c.move(v, "retired", 409, &said, "Accept-Language", "zh-CN")
	if want := "规则集 2 正在生效，只有另一规则集生效时才会停用：请将另一规则集设为 live"; said.Error.Message != want {
		t.Errorf("in Chinese: %s, want %s", said.Error.Message, want)
	}

	// Back, in an emergency: one person more than the one who asks.
	steps(1,
		"li shadow: wrong_state, rule set 1 has retired and can only go live again; to change it or try it, draft its rules anew",
		"li live: not_ready, rule set 1 cannot go live yet: 0 people have approved, 1 have to (its author does not count; nor, in an emergency, does who publishes)",
		"li approves",
		"li live: not_ready, rule set 1 cannot go live yet: 0 people have approved, 1 have to (its author does not count; nor, in an emergency, does who publishes)",
		"wang live")
	// And forward again: what was said before it retired counts no more.
	steps(v,
		"chen live: not_ready, rule set 2 cannot go live yet: 0 people have approved, 1 have to (its author does not count; nor, in an emergency, does who publishes)",
		"li approves", "chen live")

	if diff := cmp.Diff([]string{StateRetired, StateLive}, c.states()); diff != "" {
		t.Error(diff)
	}
	// A set that retired before the last one is compared and approved anew.
	third := c.draft(one)
	steps(third, "li approves", "wang approves")
	c.replayed(map[string]any{"ruleset": third})
	steps(third, "li live")
	steps(1, "li approves", "li live: not_ready, rule set 1 cannot go live yet: 1 "+lacksPeople+"; "+lacksReplay)

	want := []string{"2 by chen, approved by li and wang, compared true", "1 by wang, approved by li, compared false",
		"2 by chen, approved by li, compared false", "3 by li, approved by li and wang, compared true"}
	if diff := cmp.Diff(want, c.published()); diff != "" {
		t.Errorf("published (-want +got)\n%s", diff)
	}
	if n := c.count(`SELECT count(*) FROM audit WHERE what LIKE 'ruleset.%'`); n != 16 {
		t.Errorf("%d changes are in the audit, want 16: 2 drafts, 3 turns, 7 approvals, 4 publications", n)
	}
}

// Asking again for what is done sends the same event, and changes nothing.
func TestPublishingTwiceSaysTheSame(t *testing.T) {
	c := begin(t, "APPROVALS=1")
	v := c.draft(two)
	c.approve(v, "li")
	c.replayed(map[string]any{"ruleset": v})
	c.FailSink(1)
	c.move(v, "live", 500, nil)
	if c.count(`SELECT count(*) FROM ruleset WHERE state = 'live' AND version = $1`, v) != 1 {
		t.Fatal("the set is not live although its event was recorded")
	}
	c.wait(time.Minute)
	c.move(v, "live", 200, nil, as("wang")...) // another person asks, as the first was told to try again
	c.move(v, "live", 200, nil)
	if diff := cmp.Diff([]string{"2 by chen, approved by li, compared true"}, c.published()); diff != "" {
		t.Errorf("published (-want +got)\n%s", diff)
	}
	if n := c.count(`SELECT count(*) FROM audit WHERE what = 'ruleset.live'`); n != 1 {
		t.Errorf("%d publications in the audit, want 1", n)
	}
}

func TestDrafts(t *testing.T) {
	c := begin(t)
	var first, again, based shownRuleset
	c.ask("POST", "/score/rulesets", drafted{two, "试一试", 1}, 201, &first)
	c.ask("POST", "/score/rulesets", drafted{two, "又来", 0}, 200, &again, as("li")...)
	if diff := cmp.Diff(first, again, cmpopts.IgnoreFields(shownRuleset{}, "Lacks")); diff != "" {
		t.Errorf("the same rules again (-first +again)\n%s", diff)
	}
	from := 1
	want := Ruleset{Version: 2, State: StateDraft, Hash: two.Hash(), Note: "试一试", By: "chen", BasedOn: &from, CreatedAt: noon}
	if diff := cmp.Diff(want, first.Ruleset); diff != "" {
		t.Errorf("draft (-want +got)\n%s", diff)
	}
	c.move(2, "shadow", 200, nil)
	c.ask("POST", "/score/rulesets", drafted{two, "基于影子", 2}, 201, &based) // the other is no draft any more
	c.move(3, "shadow", 200, nil)
	if diff := cmp.Diff([]string{StateLive, StateDraft, StateShadow}, c.states()); diff != "" {
		t.Errorf("one is in shadow (-want +got)\n%s", diff)
	}
	for _, bad := range []struct {
		body   string
		status int
		code   string
	}{
		{`{"rules":{"rules":[]},"note":"x"}`, 400, "invalid_rules"},
		{`{"note":"x"}`, 400, "invalid_rules"},
		{`{"rules":{"rules":[{"id":"a","zh":"甲","en":"a","when":"true","category":"app","wait":1}]},"note":"x"}`, 400, "invalid_rules"},
		{`{"rules":[],"note":"x"}`, 400, "invalid_rules"},
		{`{"rules":{"rules":[]},"notes":"x"}`, 400, "invalid_body"},
		{`{"rules":` + string(must(jsonOf(two))) + `,"note":"x","based_on":9}`, 404, "no_ruleset"},
		{`{"rules":` + string(must(jsonOf(two))) + `,"note":"x","based_on":99999999999}`, 404, "no_ruleset"},
	} {
		status, text := c.send("POST", "/score/rulesets", []byte(bad.body), "Authorization", "Bearer token", "X-Auth-Id", "chen", "Accept-Language", "en")
		if status != bad.status || !strings.Contains(string(text), `"`+bad.code+`"`) {
			t.Errorf("%s: %d %s, want %d %s", bad.body, status, text, bad.status, bad.code)
		}
	}
	for _, path := range []string{"/score/rulesets/9", "/score/rulesets/0", "/score/rulesets/x", "/score/rulesets/99999999999"} {
		c.ask("GET", path, nil, 404, nil)
	}
	c.ask("POST", "/score/rulesets", drafted{one, "无名", 0}, 400, nil, as("")...)
	c.ask("PUT", "/score/rulesets/2/state", map[string]string{"state": "gone"}, 400, nil)
	c.ask("PUT", "/score/rulesets/9/state", map[string]string{"state": "live"}, 404, nil)
	c.ask("PUT", "/score/rulesets/9/state", map[string]string{"state": "shadow"}, 404, nil)
	c.ask("POST", "/score/rulesets/9/approvals", nil, 404, nil)
}

// Every problem of a set is told at once, in the language that is asked for.
func TestInvalidRulesAreAllListed(t *testing.T) {
	c := begin(t)
	bad := rules.Set{Rules: []rules.Rule{
		{ID: "a", Zh: "甲", En: "a", When: "nonsense > 1", Category: "app"},
		{ID: "b", Zh: "乙", En: "b", When: "hour", Category: "app"},
		{ID: "c", Zh: "丙", En: "", When: "hour > 1", Category: "none"},
		{ID: "n", Zh: "零", En: "n", When: "model == '\x00'", Category: "app"},
		{ID: "d", Zh: "丁", En: "d", When: "claimed.all(a, claimed.all(b, claimed.all(c, a + b != c)))", Category: "app"},
	}, Block: 101}
	for language, begins := range map[string]string{"en": "the rule set has ", "zh": "规则集有 "} {
		var got refusedAnswer
		c.ask("POST", "/score/rulesets", drafted{bad, "坏", 0}, 400, &got, "Accept-Language", language)
		if got.Error.Code != "invalid_rules" || !strings.HasPrefix(got.Error.Message, begins) {
			t.Errorf("%s: %s, %s", language, got.Error.Code, got.Error.Message)
		}
		at := map[string]bool{}
		for _, p := range got.Error.Problems {
			at[p.Rule+" "+p.Field] = true
		}
		want := map[string]bool{" monitor": true, "a when": true, "b when": true, "c en": true, "c category": true, "d when": true, "n when": true}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Errorf("%s (-want +got)\n%s", language, diff)
		}
		if n := strings.Count(got.Error.Message, "\n"); n != len(got.Error.Problems) {
			t.Errorf("%s: %d problems in the message, %d in the list", language, n, len(got.Error.Problems))
		}
	}
}

// Many draft and publish at once: versions are apart, and one set is live.
func TestManyAtOnce(t *testing.T) {
	c := begin(t, "APPROVALS=1")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			set := one
			set.Block = 86 + i
			c.ask("POST", "/score/rulesets", drafted{set, "同时", 0}, 201, nil)
		})
	}
	group.Wait()
	if n := c.count(`SELECT count(DISTINCT hash) FROM ruleset WHERE version BETWEEN 2 AND 9`); n != 8 {
		t.Fatalf("%d sets under the versions 2 to 9, want 8", n)
	}
	for v := 2; v <= 9; v++ {
		c.approve(v, "li")
		c.replayed(map[string]any{"ruleset": v})
	}
	before := len(c.Sent())
	for v := 2; v <= 9; v++ {
		group.Go(func() { c.move(v, "live", 200, nil) })
	}
	group.Wait()
	if n := c.count(`SELECT count(*) FROM ruleset WHERE state = 'live'`); n != 1 {
		t.Errorf("%d sets are live, want 1", n)
	}
	if n := c.count(`SELECT count(*) FROM ruleset WHERE state = 'retired'`); n != 8 {
		t.Errorf("%d sets retired, want 8", n)
	}
	if n := len(c.Sent()) - before; n != 8 {
		t.Errorf("%d events, want 8: each was live for a moment", n)
	}
}

// The event checks for itself what the request has checked.
func TestPublicationByEvent(t *testing.T) {
	c := begin(t, "APPROVALS=1")
	v := c.draft(two)
	for _, bad := range []struct {
		name, who string
		d         PublicationRequested
		want      string
	}{
		{"nobody is named", "", PublicationRequested{Version: v}, "no_person"},
		{"not approved, not compared", "li", PublicationRequested{Version: v}, "lacks [approvals replay]"},
		{"there is no such set", "li", PublicationRequested{Version: 9}, "no_ruleset"},
		{"of a life before", "li", PublicationRequested{Version: v, Round: "2026-03-04T04:00:00Z"}, "changed"},
		{"no version", "li", PublicationRequested{}, "version"},
		{"no time", "li", PublicationRequested{Version: v, Round: "then"}, "round"},
		{"no id", "li", PublicationRequested{Version: v, Replay: "?"}, "replay"},
	} {
		e := c.event(PublicationRequested{Version: 1})
		e.SetData("application/json", bad.d)
		if bad.who != "" {
			e.SetExtension(events.AuthID, bad.who)
		}
		if a := c.Twice(t, e); a.Status != 422 || !strings.Contains(a.Body, bad.want) {
			t.Errorf("%s: %d %s, want 422 with %q", bad.name, a.Status, a.Body, bad.want)
		}
	}
	c.approve(v, "li")
	first, second := c.replayed(map[string]any{"ruleset": v}), c.replayed(map[string]any{"ruleset": v, "limit": 1})
	move := func(replay string, status int) {
		t.Helper()
		c.ask("PUT", fmt.Sprintf("/score/rulesets/%d/state", v), map[string]string{"state": "live", "replay": replay}, status, nil)
	}
	move("?", 400)
	move("another-replay", 409)
	move(first.ID, 200)
	told := c.Sent()
	if d := must(events.Decode[events.RiskRulesetPublished](told[len(told)-1])); d.Replay != first.ID {
		t.Errorf("published on the word of replay %s, want %s and not %s", d.Replay, first.ID, second.ID)
	}
}

// What is asked for in an approval's or a comparison's place.
func TestWhatSpeaksForARuleSet(t *testing.T) {
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	at := func(n int) *time.Time { d := day(n); return &d }
	ended := func(id string, n int, r Result) Replay {
		return Replay{ID: id, Ruleset: 7, RequestedAt: day(n), EndedAt: at(n), Result: r}
	}
	full := Result{Newest: true, Sums: Sums{Compared: 100}}
	people := []Approval{{"li", day(1)}, {"wang", day(2)}, {"chen", day(2)}}
	draft := Ruleset{Version: 7, State: StateDraft, By: "chen"}
	retired := Ruleset{Version: 7, State: StateRetired, By: "chen", RetiredAt: at(1)}
	for _, c := range []struct {
		name   string
		s      candidacy
		named  string
		lacks  []string
		replay string
	}{
		{"all there", candidacy{Ruleset: draft, Approvals: people, Replays: []Replay{ended("b", 2, full), ended("a", 1, full)}}, "", nil, "b"},
		{"the one that is named", candidacy{Ruleset: draft, Approvals: people, Replays: []Replay{ended("b", 2, full), ended("a", 1, full)}}, "a", nil, "a"},
		{"one that is not of it", candidacy{Ruleset: draft, Approvals: people, Replays: []Replay{ended("a", 1, full)}}, "z", []string{"replay_named"}, ""},
		{"one approval", candidacy{Ruleset: draft, Approvals: people[1:], Replays: []Replay{ended("a", 1, full)}}, "", []string{"approvals"}, "a"},
		{"too few compared", candidacy{Ruleset: draft, Approvals: people, Replays: []Replay{ended("a", 1, Result{Newest: true, Sums: Sums{Compared: 99}})}}, "", []string{"replay"}, ""},
		{"few, and all", candidacy{Ruleset: draft, Approvals: people, Replays: []Replay{ended("a", 1, Result{Newest: true, All: true})}}, "", nil, "a"},
		{"many, and old", candidacy{Ruleset: draft, Approvals: people, Replays: []Replay{ended("a", 1, Result{All: true, Sums: Sums{Compared: 1000}})}}, "", []string{"replay"}, ""},
		{"given up", candidacy{Ruleset: draft, Approvals: people, Replays: []Replay{ended("a", 1, Result{Newest: true, All: true, Failed: "x"})}}, "", []string{"replay"}, ""},
		{"not ended", candidacy{Ruleset: draft, Approvals: people, Replays: []Replay{{ID: "a", Ruleset: 7, Result: full}}}, "", []string{"replay"}, ""},
		{"retired since", candidacy{Ruleset: retired, Approvals: people, Replays: []Replay{ended("a", 1, full)}}, "", []string{"approvals", "replay"}, ""},
		{"live before", candidacy{Ruleset: retired, Before: true, Approvals: people}, "", nil, ""},
		{"live before, nobody but who asks", candidacy{Ruleset: retired, Before: true, Approvals: []Approval{{"zhao", day(2)}, {"li", day(1)}}}, "", []string{"approvals"}, ""},
	} {
		missing, _, replay := c.s.lacks(Config{Approvals: 2, Compared: 100}, "zhao", c.named)
		var codes []string
		for _, l := range missing {
			codes = append(codes, l.Code)
		}
		if diff := cmp.Diff(c.lacks, codes); diff != "" || replay != c.replay {
			t.Errorf("%s: replay %q, want %q; lacks (-want +got)\n%s", c.name, replay, c.replay, diff)
		}
	}
}

func jsonOf(v any) ([]byte, error) { return json.Marshal(v) }
