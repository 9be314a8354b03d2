package score

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/pg"
)

// remembered is a report as somebody may have stored it.
type remembered struct {
	in       rules.Input
	ruleset  int
	decision rules.Decision
	at       time.Time
}

// remember stores reports that the function never took.
func (c *city) remember(all []remembered) {
	c.Helper()
	err := c.DB.InTx(c.Context(), func(tx pg.Tx) error {
		b := &pg.Batch{}
		for i, r := range all {
			b.Queue(`INSERT INTO report (id, at, received_at, app, unit, device, account, address, digest, features, ruleset, outcome, rank, decision)
				VALUES ($1, $2, $2, 'oa', $3, 'd', 'a', '', '', $4, $5, $6, $7, $8)`,
				fmt.Sprintf("report-%07d", i), r.at, r.in.Unit, r.in, r.ruleset, r.decision.Outcome, r.decision.Outcome.Rank(), r.decision)
		}
		return tx.SendBatch(c.Context(), b).Close()
	})
	if err != nil {
		c.Fatal(err)
	}
}

// people are inputs that some rules hit, ten a millisecond.
func people(n, ruleset int, set rules.Set) []remembered {
	r := rand.New(rand.NewPCG(1, 2))
	program := must(rules.Compile(set))
	all := make([]remembered, n)
	for i := range all {
		in := rules.Input{Platform: "android", Unit: fmt.Sprintf("unit%d", r.IntN(4)), ProbeVersion: fmt.Sprintf("1.%d", r.IntN(3)), Attestation: "none", DeviceAccounts1D: int64(r.IntN(5))}
		for _, id := range []string{"rt.frida", "sys.root", "net.vpn"} {
			if r.IntN(4) == 0 {
				in.Claimed = append(in.Claimed, id)
			}
		}
		in.Claimed = rules.NewStrings(in.Claimed...)
		all[i] = remembered{in, ruleset, program.Decide(&in), noon.Add(-time.Hour + time.Duration(i/10)*time.Millisecond)}
	}
	return all
}

// What phones reported is decided again by the sets that decided, and comes to the
// same: outcome, score, reasons, all of it.
func TestReplayOfOwnSetsIsIdentical(t *testing.T) {
	c := begin(t)
	var phones []*phone
	for _, suite := range []report.Suite{report.SM, report.P256, report.HMAC} {
		phones = append(phones, c.phone(suite))
	}
	random := rand.New(rand.NewPCG(3, 4))
	for _, set := range []rules.Set{one, two} {
		c.decideBy(set)
		for n := range 200 {
			c.wait(time.Second)
			p := phones[n%3]
			b := p.body
			if p.signing.Suite() != report.HMAC {
				b.Account = fmt.Sprintf("account%d", random.IntN(4))
			}
			for _, id := range []string{"rt.frida", "sys.root"} {
				if random.IntN(3) == 0 {
					b.Claimed = append(b.Claimed, report.Claim{ID: id})
				}
			}
			p.report(b)
		}
	}
	before := c.count(`SELECT hashtext(string_agg(report::text, '' ORDER BY id)) FROM report`)
	r := c.replayed(map[string]any{"ruleset": 0})
	if r.EndedAt == nil || r.Sums.Compared != 400 || r.Sums.Same != 400 || r.Sums.Missing != 0 || len(r.Differences) != 0 {
		t.Errorf("replay of 400 decisions: %+v", r)
	}
	if n := c.count(`SELECT count(DISTINCT outcome) FROM report`); n < 4 {
		t.Errorf("only %d outcomes were met", n)
	}
	if after := c.count(`SELECT hashtext(string_agg(report::text, '' ORDER BY id)) FROM report`); after != before {
		t.Error("the replay has changed reports")
	}

	// Somebody changes what is stored: that shows.
	c.exec(`UPDATE report SET decision = jsonb_set(decision, '{score}', '99') WHERE id = (SELECT min(id) FROM report)`)
	c.exec(`UPDATE report SET features = jsonb_set(features, '{claimed}', '["rt.frida", "sys.root"]') WHERE id = (SELECT max(id) FROM report WHERE outcome = 'allow')`)
	c.exec(`UPDATE report SET decision = jsonb_set(decision, '{outcome}', '"fine"') WHERE id = (SELECT min(id) FROM report WHERE outcome = 'block')`)
	c.exec(`UPDATE report SET features = '[]' WHERE id = (SELECT max(id) FROM report WHERE outcome = 'block')`)
	r = c.replayed(map[string]any{"ruleset": 0})
	if r.Sums.Same != 396 || r.Sums.Different != 2 || r.Sums.Missing != 2 || len(r.Differences) != 4 {
		t.Errorf("replay after four were changed: %+v", r)
	}
	told := c.Sent()
	last := must(events.Decode[events.RiskReplayed](told[len(told)-1]))
	if last.Replay != r.ID || last.Compared != 398 || last.Same != 396 {
		t.Errorf("told %+v, want 398 compared and 396 the same", last)
	}
}

// Run with -many 100000, this gives the figure of the README.
func TestManyDecisionsAreIdentical(t *testing.T) {
	c := begin(t)
	first, second := manyRules(150), manyRules(120)
	c.decideBy(first)
	c.decideBy(second)
	all := append(people(*many/2, 2, first), people(*many-*many/2, 3, second)...)
	c.remember(all)
	began := time.Now()
	r := c.replayed(map[string]any{"ruleset": 0, "limit": len(all)})
	t.Logf("%d decisions of two sets in %v: %d identical", r.Sums.Compared, time.Since(began), r.Sums.Same)
	if r.Sums.Compared != int64(len(all)) || r.Sums.Same != r.Sums.Compared {
		t.Errorf("%+v", r)
	}
}

func (c *city) exec(sql string, args ...any) {
	c.Helper()
	if _, err := c.DB.Exec(c.Context(), sql, args...); err != nil {
		c.Fatalf("%s: %v", sql, err)
	}
}

// Another set shows whom it would block that was not blocked, by unit and by version
// of the probe, as a count over all rows says too.
func TestReplayShowsWhatASetWouldChange(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	all := people(600, 2, one)
	c.remember(all)
	c.ask("POST", "/score/rulesets", drafted{two, "更严", 2}, 201, nil)
	got := c.replayed(map[string]any{"ruleset": 3})

	program := must(rules.Compile(two))
	want := Sums{Compared: 600}
	units, probes, changed := map[string]*Share{}, map[string]*Share{}, map[string]int64{}
	for i := range all {
		was, is := all[i].decision, program.Decide(&all[i].in)
		same := string(must(json.Marshal(was))) == string(must(json.Marshal(is)))
		if !same {
			changed[string(was.Outcome)+"→"+string(is.Outcome)]++
		}
		for _, s := range []*Share{shareOf(units, all[i].in.Unit), shareOf(probes, all[i].in.ProbeVersion)} {
			s.Compared++
			if !same {
				s.Different++
			}
			if was.Outcome != rules.Block && is.Outcome == rules.Block {
				s.NewlyBlocked++
			}
		}
	}
	for _, s := range units {
		want.Different, want.NewlyBlocked = want.Different+s.Different, want.NewlyBlocked+s.NewlyBlocked
	}
	want.Same = want.Compared - want.Different
	if got.Sums.Compared != 600 || got.Sums.Same != want.Same || got.Sums.Different != want.Different || got.Sums.NewlyBlocked != want.NewlyBlocked || want.NewlyBlocked == 0 {
		t.Errorf("sums %+v, want %+v", got.Sums, want)
	}
	for _, of := range []struct {
		got  []Share
		want map[string]*Share
	}{{got.Sums.Units, units}, {got.Sums.Probes, probes}} {
		if diff := cmp.Diff(of.want, byName(of.got)); diff != "" {
			t.Errorf("by name (-want +got)\n%s", diff)
		}
	}
	met := map[string]int64{}
	for _, change := range got.Sums.Changed {
		met[change.From+"→"+change.To] = change.Count
	}
	if diff := cmp.Diff(changed, met); diff != "" {
		t.Errorf("changes (-want +got)\n%s", diff)
	}
	if len(got.Differences) != differencesKept {
		t.Fatalf("%d differences, want the first %d", len(got.Differences), differencesKept)
	}
	// The first of them, in full.
	for i := range all {
		is := program.Decide(&all[i].in)
		if alike(is, all[i].decision) {
			continue
		}
		want := Difference{Report: fmt.Sprintf("report-%07d", i), Unit: all[i].in.Unit, Probe: all[i].in.ProbeVersion,
			Was: &Summary{all[i].decision.Outcome, all[i].decision.Score, all[i].decision.Limited, nil}, Is: &Summary{is.Outcome, is.Score, is.Limited, nil}}
		if is.Outcome != rules.Block || all[i].in.DeviceAccounts1D >= 3 {
			want.Came = []string{"dev.many"}
		}
		if diff := cmp.Diff(want, got.Differences[0]); diff != "" {
			t.Errorf("the first difference (-want +got)\n%s", diff)
		}
		break
	}
}

func shareOf(all map[string]*Share, name string) *Share {
	if all[name] == nil {
		all[name] = &Share{Name: name}
	}
	return all[name]
}

// A replay of exactly two pages asks twice, finds the end, and counts each report
// once although every event comes twice.
func TestReplayInPages(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	c.remember(people(2*replayPage, 2, one))
	var r Replay
	c.ask("POST", "/score/replays", map[string]any{"ruleset": 0, "limit": 100_000}, 202, &r)
	if r.EndedAt != nil || r.Sums.Compared != replayPage {
		t.Fatalf("after the first page: %+v", r)
	}
	pages := c.Sent()
	second := c.Twice(t, pages[len(pages)-1])
	third := c.Twice(t, second.Sent[0])
	if len(third.Sent) != 1 || third.Sent[0].Type() != (events.RiskReplayed{}).EventType() {
		t.Fatalf("the third page, which is empty, sent %v", third.Sent)
	}
	// The same page under another id, as if somebody else had asked for it.
	stale := must(events.Decode[events.RiskReplayRequested](second.Sent[0]))
	if a := c.Twice(t, c.event(stale)); a.Status != 204 || len(a.Sent) != 0 {
		t.Errorf("a page that is behind: %d, sent %v", a.Status, a.Sent)
	}
	c.ask("GET", "/score/replays/"+r.ID, nil, 200, &r)
	if r.EndedAt == nil || r.Sums.Compared != 2*replayPage || r.Sums.Same != 2*replayPage || !r.All || !r.Newest {
		t.Errorf("at the end: %+v", r)
	}
}

// Which reports a replay reads.
func TestReplayReadsTheNewest(t *testing.T) {
	c := begin(t, "MAX_REPLAY=5000", "COMPARED=30")
	c.decideBy(one)
	c.remember(people(100, 2, one)) // ten a millisecond from an hour before noon
	first := noon.Add(-time.Hour)
	for _, w := range []struct {
		name     string
		want     map[string]any
		compared int64
		newest   bool
		all      bool
	}{
		{"the newest 30", map[string]any{"ruleset": 2}, 30, true, false},
		{"the newest 7, within one millisecond", map[string]any{"ruleset": 2, "limit": 7}, 7, true, false},
		{"as many as there are", map[string]any{"ruleset": 2, "limit": 100}, 100, true, true},
		{"all of a time", map[string]any{"ruleset": 2, "from": first.Add(2 * time.Millisecond), "to": first.Add(5 * time.Millisecond)}, 30, false, false},
		{"from the first", map[string]any{"ruleset": 2, "from": first}, 100, true, true},
		{"of a time in which none came", map[string]any{"ruleset": 2, "to": first}, 0, false, true},
	} {
		r := c.replayed(w.want)
		if r.Sums.Compared != w.compared || r.Newest != w.newest || r.All != w.all {
			t.Errorf("%s: compared %d, newest %t, all %t; want %d, %t, %t", w.name, r.Sums.Compared, r.Newest, r.All, w.compared, w.newest, w.all)
		}
	}
	for body, code := range map[string]string{
		`{"ruleset":2,"limit":5001}`: "invalid_field", `{"ruleset":-1}`: "invalid_field", `{"ruleset":9}`: "no_ruleset",
		`{"ruleset":2,"from":"2026-03-04T04:00:00Z","to":"2026-03-04T04:00:00Z"}`: "invalid_field",
		`{"ruleset":2,"from":"0001-01-01T00:00:00Z"}`:                             "invalid_field",
		`{"ruleset":2,"to":"yesterday"}`:                                          "invalid_body",
	} {
		_, text := c.send("POST", "/score/replays", []byte(body), "Authorization", "Bearer token", "X-Auth-Id", "chen")
		if !strings.Contains(string(text), `"`+code+`"`) {
			t.Errorf("%s: %s, want %s", body, text, code)
		}
	}
	c.ask("GET", "/score/replays/unknown", nil, 404, nil)
	c.ask("GET", "/score/replays/nobody-knows", nil, 404, nil)
	c.ask("GET", "/score/replays/%00", nil, 404, nil)
	var first4, rest struct {
		Replays []Replay
		Next    string
	}
	c.ask("GET", "/score/replays?limit=4", nil, 200, &first4)
	c.ask("GET", "/score/replays?ruleset=2&limit=4&before="+first4.Next, nil, 200, &rest)
	if len(first4.Replays) != 4 || len(rest.Replays) != 2 || rest.Next != "" {
		t.Errorf("pages of %d and %d of 6 replays, and next %q", len(first4.Replays), len(rest.Replays), rest.Next)
	}
}

// A set that is gone ends its replay; of own sets that are gone, the reports are missing.
func TestReplayOfARuleSetThatIsGone(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	c.remember(append(people(replayPage, 2, one), remembered{people(1, 9, one)[0].in, 9, rules.Decision{Outcome: rules.Allow}, noon.Add(-time.Minute)}))
	var r Replay
	c.ask("POST", "/score/rulesets", drafted{two, "将删", 0}, 201, nil)
	c.ask("POST", "/score/replays", map[string]any{"ruleset": 3, "limit": 10_000}, 202, &r)
	c.exec(`DELETE FROM ruleset WHERE version = 3`)
	sent := c.Sent()
	if a := c.Twice(t, sent[len(sent)-1]); a.Status != 422 || !strings.Contains(a.Body, "ruleset_gone") {
		t.Errorf("%d %s, want 422 ruleset_gone", a.Status, a.Body)
	}
	c.ask("GET", "/score/replays/"+r.ID, nil, 200, &r)
	if r.EndedAt == nil || !strings.Contains(r.Failed, "rule set 3 is gone") {
		t.Errorf("the replay: %+v", r)
	}
	own := c.replayed(map[string]any{"ruleset": 0, "limit": 10_000})
	if own.Sums.Compared != replayPage || own.Sums.Missing != 1 || own.Sums.Same != replayPage || len(own.Differences) != 1 || own.Differences[0].Missing != "rule set 9 is gone" {
		t.Errorf("a replay of own sets: %+v", own)
	}
	if a := c.Twice(t, c.event(events.RiskReplayRequested{Replay: "nobody-knows", From: micro(noon), To: micro(noon), Limit: 1})); a.Status != 422 {
		t.Errorf("a replay that nobody asked for here: %d %s", a.Status, a.Body)
	}
}

// A replay whose events cannot leave says so, for nobody would send them again.
func TestReplayThatCannotBeHandedOn(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	c.remember(people(replayPage, 2, one))
	c.FailSink(1)
	c.ask("POST", "/score/replays", map[string]any{"ruleset": 2, "limit": 10_000}, 500, nil)
	var list struct{ Replays []Replay }
	c.ask("GET", "/score/replays", nil, 200, &list)
	if len(list.Replays) != 1 || list.Replays[0].EndedAt == nil || list.Replays[0].Failed != "it could not be started; ask for another" {
		t.Errorf("%+v", list)
	}
}

// Names that reports choose do not make a replay's row grow: the least are put together.
func TestNamesAreBounded(t *testing.T) {
	s := Sums{}
	for n := range namesKept + 500 {
		ta := s.tally()
		for range 1 + n%7 {
			ta.add(verdict{unit: "u", probe: fmt.Sprintf("v%04d", n), was: rules.Decision{Outcome: rules.Allow}, is: rules.Decision{Outcome: rules.Block}})
		}
		s = ta.sums().bounded(namesKept)
	}
	if len(s.Probes) != namesKept+1 || s.Probes[namesKept].Name != namesRest {
		t.Errorf("%d names are kept, want %d and the rest", len(s.Probes), namesKept)
	}
	shown := s.bounded(namesShown)
	var compared int64
	for _, p := range shown.Probes {
		compared += p.Compared
	}
	if len(shown.Probes) != namesShown+1 || compared != s.Compared || s.Units[0].NewlyBlocked != s.Compared {
		t.Errorf("%d names are shown of %d reports, want all %d of %d", len(shown.Probes), compared, s.Compared, s.Compared)
	}
}

// 10,000 stored decisions by 150 rules, without the database.
func BenchmarkDecideAgain(b *testing.B) {
	c := prepare(b)
	set := manyRules(150)
	c.decideBy(set)
	page := make([]stored, 0, 10_000)
	for i, r := range people(10_000, 2, set) {
		page = append(page, stored{id: fmt.Sprint(i), ruleset: 2, features: must(json.Marshal(r.in)), decision: must(json.Marshal(r.decision))})
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, v := range must(c.decideAgain(b.Context(), 0, page)) {
			if !v.same() {
				b.Fatal("not the same")
			}
		}
	}
}

// The same with all that belongs to it: two pages and their events.
func BenchmarkReplay(b *testing.B) {
	c := begin(b)
	set := manyRules(150)
	c.decideBy(set)
	c.remember(people(10_000, 2, set))
	for b.Loop() {
		if r := c.replayed(map[string]any{"ruleset": 0, "limit": 10_000}); r.Sums.Same != 10_000 {
			b.Fatalf("%+v", r.Sums)
		}
	}
}

// manyRules is a set of so many rules.
func manyRules(n int) rules.Set {
	set := rules.Set{}
	for i := range n {
		when := []string{"'rt.frida' in claimed", "device_accounts_1d >= %d", "'s%d' in claimed || 'sys.root' in claimed", "probe_version == '1.%d' && device_reports_1m > 5", "'list%d' in lists"}[i%5]
		if strings.Contains(when, "%d") {
			when = fmt.Sprintf(when, i)
		}
		set.Rules = append(set.Rules, rules.Rule{ID: fmt.Sprintf("r%d", i), Zh: "理由", En: "reason", When: when, Category: rules.Categories()[i%15], Weight: i % 50})
	}
	return set
}
