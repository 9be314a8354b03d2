package score

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
)

// Decisions are found by what was decided on, newest first, by their own unit alone.
func TestDecisionsAreFound(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(3)
	var ids []string
	for n := range 7 {
		claims := []string{}
		if n%3 == 0 {
			claims = []string{"rt.frida", "sys.root"} // block
		}
		account := ""
		if n%2 == 0 {
			account = c.account("city", "li.na")
		}
		r := d.of(named("d", n%3), account, "203.0.113.7", noon.Add(time.Duration(n)*time.Minute), claims...)
		d.decided(r)
		ids = append(ids, r.ID)
	}
	at := func(n int) string {
		return url.QueryEscape(noon.Add(time.Duration(n) * time.Minute).Format(time.RFC3339))
	}
	for query, want := range map[string][]int{
		"":                        {6, 5, 4, 3, 2, 1, 0},
		"device=" + named("d", 1): {4, 1},
		"account=li.na":           {6, 4, 2, 0},
		"account=hash:" + c.account("city", "li.na"): {6, 4, 2, 0},
		"account=somebody":                           {},
		"outcome=block":                              {6, 3, 0},
		"app=oa":                                     {6, 5, 4, 3, 2, 1, 0},
		"app=other":                                  {},
		"from=" + at(2) + "&to=" + at(5):             {4, 3, 2},
		"account=li.na&outcome=block&from=" + at(1):  {6},
	} {
		found, _ := pages[decisionLine](c, "/score/decisions?limit=2&"+query, "decisions")
		got := []int{}
		for _, f := range found {
			got = append(got, slices.Index(ids, f.Report))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", query, diff)
		}
		if found, _ := pages[decisionLine](c, "/score/decisions?limit=2&"+query, "decisions", county...); len(found) != 0 {
			t.Errorf("%s: another unit sees %+v", query, found)
		}
	}
}

// One decision is shown with all that it rests on, in the reader's language; what the
// probe said only while it is kept.
func TestADecisionIsExplained(t *testing.T) {
	c := begin(t, "KEEP_BODIES=24h")
	c.decideBy(one)
	p := c.phone(report.SM)
	a := p.report(p.claiming("rt.frida"))
	var got explained
	c.ask("GET", "/score/decisions/"+a.Report, nil, 200, &got, "Accept-Language", "zh")
	want := explained{decisionLine: decisionLine{Report: a.Report, At: got.At, Received: noon, App: "oa", Device: p.id, Account: c.account("city", "zhang.wei"), Address: "203.0.113.7",
		Outcome: rules.Challenge, Score: 70, Rules: []string{"rt.frida"}, Ruleset: 2}, Hash: one.Hash(), Limited: rules.LimitedClaimed, Failed: []string{},
		Reasons:  []map[string]any{{"rule": "rt.frida", "text": "发现 Frida", "category": "runtime", "weight": 70.0, "basis": "claimed"}},
		Features: got.Features, Body: got.Body}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(explained{})); diff != "" {
		t.Errorf("decision (-want +got)\n%s", diff)
	}
	var in rules.Input
	if err := json.Unmarshal(got.Features, &in); err != nil || !slices.Contains(in.Claimed, "rt.frida") {
		t.Errorf("features %s", got.Features)
	}
	if body := string(got.Body); !strings.Contains(body, "rt.frida") || strings.Contains(body, "zhang.wei") {
		t.Errorf("body %s, want what was claimed, and no account", body)
	}
	c.refused("GET", "/score/decisions/"+a.Report, ``, 404, "not_found", "", county...)
	c.wait(25 * time.Hour)
	if err := c.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	got = explained{}
	if c.ask("GET", "/score/decisions/"+a.Report, nil, 200, &got); got.Body != nil || got.Features == nil {
		t.Errorf("after a day: body %s, features %s", got.Body, got.Features)
	}
}

// A search that finds nothing in time says how to narrow it.
func TestASearchEnds(t *testing.T) {
	c := begin(t, "SEARCH_LIMIT=20ms")
	tx := must(c.DB.Begin(t.Context()))
	if _, err := tx.Exec(t.Context(), `LOCK TABLE report IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	c.refused("GET", "/score/decisions", ``, 503, "search_slow", "narrow it with from, to")
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
}
