package score

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xietong.dev/functions/score/rules"
)

// topOf is what the page shows at its top.
type topOf struct {
	Outcomes []outcomeCount
	Since    *time.Time
	Alerts   int
}

// The counts are of the last hour and day, and of the unit that asks alone.
func TestCountsByOutcome(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	report := func(claims ...string) { d.decided(d.of(named("d", 0), "", "203.0.113.7", c.Now(), claims...)) }
	report()
	c.wait(time.Hour)
	report("rt.frida", "sys.root")
	c.wait(time.Hour - time.Second)
	report()
	want := topOf{Outcomes: []outcomeCount{{Outcome: rules.Allow, Hour: 1, Day: 2}, {Outcome: rules.Monitor}, {Outcome: rules.Warn}, {Outcome: rules.Challenge}, {Outcome: rules.Block, Hour: 1, Day: 1}}, Alerts: 1}
	var got topOf
	c.ask("GET", "/score/page/counts", nil, 200, &got)
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(outcomeCount{})); diff != "" {
		t.Errorf("counts (-want +got)\n%s", diff)
	}
	got = topOf{}
	c.ask("GET", "/score/page/counts", nil, 200, &got, county...)
	if diff := cmp.Diff(topOf{Outcomes: []outcomeCount{{Outcome: rules.Allow}, {Outcome: rules.Monitor}, {Outcome: rules.Warn}, {Outcome: rules.Challenge}, {Outcome: rules.Block}}}, got, cmpopts.IgnoreUnexported(outcomeCount{})); diff != "" {
		t.Errorf("counts of another unit (-want +got)\n%s", diff)
	}
	c.wait(23 * time.Hour)
	got = topOf{}
	c.ask("GET", "/score/page/counts", nil, 200, &got)
	if got.Outcomes[0].Day != 1 || got.Outcomes[4].Day != 1 || got.Outcomes[0].Hour != 0 {
		t.Errorf("a day later %+v", got.Outcomes)
	}
}

// More reports than are looked at are not counted, and that is said.
func TestCountsOfAStorm(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	d.decided(d.of(named("d", 0), "", "203.0.113.7", c.Now()))
	for n, over := range []bool{false, true} {
		_, err := c.DB.Exec(t.Context(), `INSERT INTO report (id, at, received_at, app, unit, device, account, address, digest, features, ruleset, outcome, rank, decision)
			SELECT 'copy-' || $1::int || '-' || n, at, received_at, app, unit, device, account, address, digest, features, ruleset, outcome, rank, decision FROM report, generate_series(1, $2) n WHERE id NOT LIKE 'copy-%'`,
			n, []int{countedMost - 2, 1}[n])
		if err != nil {
			t.Fatal(err)
		}
		var got topOf
		c.ask("GET", "/score/page/counts", nil, 200, &got)
		if want := countedMost - 1 + n; got.Outcomes[0].Day != want || (got.Since != nil) != over {
			t.Errorf("%+v, want %d counted and %v that there may be more", got, want, over)
		}
	}
}

// The page is for whoever may use the API; what is not a file of it is not there.
func TestThePageIsServed(t *testing.T) {
	c := begin(t)
	headers := []string{"Authorization", "Bearer token", "X-Auth-Id", "chen", "Accept-Language", "en"}
	for path, want := range map[string]string{"/score": "<title>Device risk</title>", "/score/": "<bdi>chen</bdi>", "/score/page/score.js": "import", "/score/page/base.css": ":root"} {
		if status, body := c.send("GET", path, nil, headers...); status != 200 || !strings.Contains(string(body), want) {
			t.Errorf("GET %s: %d %.200s", path, status, body)
		}
		if status, _ := c.send("GET", path, nil); status != 401 {
			t.Errorf("GET %s without a token: %d", path, status)
		}
	}
	c.refused("GET", "/score/page/score.html", "", 404, "not_found", "")
	c.refused("GET", "/score/nothing", "", 404, "not_found", "")
	c.refused("POST", "/score", "", 405, "not_allowed", "GET")
}
