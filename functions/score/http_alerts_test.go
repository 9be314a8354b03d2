package score

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// Whoever closes an alert is told of once, and later hits in its window are counted
// and not told; the next window has an alert of its own.
func TestAnAlertIsClosedOnce(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	hit := func() {
		_, due := d.decided(d.of(named("d", 0), "", "203.0.113.7", c.Now(), "rt.frida"))
		d.tell(t.Context(), d.apply, due)
	}
	hit()
	alerts, _ := pages[Alert](c, "/score/alerts?state=open", "alerts")
	if len(alerts) != 1 {
		t.Fatalf("alerts %+v, want one", alerts)
	}
	path, close := "/score/alerts/"+alerts[0].ID, map[string]any{"closed": true, "note": "测试机"}
	c.refused("PATCH", path, `{"closed":true,"note":"a"}`, 404, "not_found", "", county...)
	c.refused("GET", path, ``, 404, "not_found", "", county...)
	c.wait(time.Minute)
	var closed Alert
	for range 2 {
		c.ask("PATCH", path, close, 200, &closed)
	}
	c.refused("PATCH", path, `{"closed":true,"note":"另一"}`, 409, "alert_closed", "closed by chen", "X-Auth-Id", "li")
	if closed.ClosedAt == nil || !closed.ClosedAt.Equal(noon.Add(time.Minute)) || *closed.ClosedBy != "chen" || *closed.Note != "测试机" {
		t.Errorf("closed %+v", closed)
	}
	for range 12 {
		hit()
	}
	if n := c.count(`SELECT count FROM alert`); n != 13 {
		t.Errorf("counted %d hits, want 13", n)
	}
	if open, _ := pages[Alert](c, "/score/alerts?state=open", "alerts"); len(open) != 0 {
		t.Errorf("later hits opened %+v", open)
	}
	c.set(noon.Add(time.Hour))
	hit()
	for range 2 {
		if err := c.tend(t.Context(), d.apply); err != nil {
			t.Fatal(err)
		}
	}
	type line struct{ by, why string }
	var got []line
	for _, e := range toldAs[events.RiskAlertClosed](c) {
		got = append(got, line{e.By, e.Why})
	}
	if diff := cmp.Diff([]line{{"chen", "测试机"}}, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("closings that were told (-want +got)\n%s", diff)
	}
	if opened, updated := len(toldAs[events.RiskAlertOpened](c)), len(toldAs[events.RiskAlertUpdated](c)); opened != 2 || updated != 0 {
		t.Errorf("%d were told as opened and %d as updated, want 2 and 0", opened, updated)
	}
}

// A closing that could not be sent is sent later, as the same event.
func TestAClosingIsNotLost(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	_, due := d.decided(d.of(named("d", 0), "", "203.0.113.7", noon, "rt.frida"))
	c.FailSink(3) // of the opening, of its second try with the closing, and of a third
	d.tell(t.Context(), d.apply, due)
	alerts, _ := pages[Alert](c, "/score/alerts?", "alerts")
	c.ask("PATCH", "/score/alerts/"+alerts[0].ID, map[string]any{"closed": true, "note": "误报"}, 200, nil)
	if _, err := c.DB.Exec(t.Context(), `INSERT INTO minute (kind, key, minute, shard, n) VALUES ('address', 'old', 0, 0, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := c.tend(t.Context(), d.apply); err == nil || c.count(`SELECT count(*) FROM minute WHERE key = 'old'`) != 0 {
		t.Errorf("tended with %v; want the error told, and what is old removed all the same", err)
	}
	for range 2 {
		if err := c.tend(t.Context(), d.apply); err != nil {
			t.Fatal(err)
		}
	}
	if opened, closed := len(toldAs[events.RiskAlertOpened](c)), len(toldAs[events.RiskAlertClosed](c)); opened != 1 || closed != 1 {
		t.Errorf("%d openings and %d closings were told, want one of each", opened, closed)
	}
}

// An alert whose window has ended was told as closed; who looked at it is noted then,
// and not told again.
func TestANoteAfterTheWindow(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	_, due := d.decided(d.of(named("d", 0), "", "203.0.113.7", noon, "rt.frida"))
	d.tell(t.Context(), d.apply, due)
	c.set(noon.Add(2 * time.Hour))
	if err := c.tend(t.Context(), d.apply); err != nil {
		t.Fatal(err)
	}
	var closed Alert
	c.ask("PATCH", "/score/alerts/"+due[0], map[string]any{"closed": true, "note": "已处理"}, 200, &closed)
	if err := c.tend(t.Context(), d.apply); err != nil {
		t.Fatal(err)
	}
	if !closed.ClosedAt.Equal(noon.Add(2*time.Hour)) || *closed.ClosedBy != "chen" {
		t.Errorf("closed %+v", closed)
	}
	if all := toldAs[events.RiskAlertClosed](c); len(all) != 1 || all[0].By != "" {
		t.Errorf("closings %+v, want the one of its window", all)
	}
}

// Whoever closes an alert whose window has ended, before that was told, has closed it.
func TestAClosingBeforeTheWindowsEndIsTold(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	_, due := d.decided(d.of(named("d", 0), "", "203.0.113.7", noon, "rt.frida"))
	c.set(noon.Add(2 * time.Hour)) // neither its opening nor its end was told
	c.ask("PATCH", "/score/alerts/"+due[0], map[string]any{"closed": true, "note": "已处理"}, 200, nil)
	if err := c.tend(t.Context(), d.apply); err != nil {
		t.Fatal(err)
	}
	opened, closed := toldAs[events.RiskAlertOpened](c), toldAs[events.RiskAlertClosed](c)
	if len(opened) != 1 || len(closed) != 1 || closed[0].By != "chen" {
		t.Errorf("told as opened %+v, as closed %+v, want one of each, by chen", opened, closed)
	}
}

// Alerts are listed by what they are about, and one shows the decisions behind it.
func TestAlertsAreFound(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(3)
	for n := range 3 {
		d.decided(d.of(named("d", n), "", "203.0.113.7", noon.Add(time.Duration(n)*time.Second), "rt.frida"))
		d.decided(d.of(named("d", n), "", "203.0.113.7", noon.Add(time.Duration(n)*time.Second)))
	}
	for query, want := range map[string]int{"": 3, "rule=rt.frida": 3, "rule=rt.other": 0, "state=closed": 0, "entity_kind=device&entity=" + named("d", 1): 1} {
		if found, _ := pages[Alert](c, "/score/alerts?limit=2&"+query, "alerts"); len(found) != want {
			t.Errorf("%s: %d alerts, want %d", query, len(found), want)
		}
		if found, _ := pages[Alert](c, "/score/alerts?limit=2&"+query, "alerts", county...); len(found) != 0 {
			t.Errorf("%s: another unit sees %+v", query, found)
		}
	}
	found, _ := pages[Alert](c, "/score/alerts?entity_kind=device&entity="+named("d", 1), "alerts")
	var detail struct {
		Alert        Alert
		Decisions    []decisionLine
		Suppressions []Suppression
	}
	c.ask("POST", "/score/suppressions", map[string]any{"rule": "*", "entity_kind": "device", "entity": named("d", 1), "until": noon.Add(time.Hour), "reason": "测试机"}, 201, nil)
	c.ask("GET", "/score/alerts/"+found[0].ID, nil, 200, &detail)
	if detail.Alert.ID != found[0].ID || len(detail.Decisions) != 1 || len(detail.Suppressions) != 1 {
		t.Errorf("%+v, want its alert, the one decision that hit, and the suppression", detail)
	}
}

// A suppression keeps one entity's alerts away until it ends, and is its unit's own.
func TestSuppressions(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(2)
	want := func(alerts int, why string) {
		t.Helper()
		d.decided(d.of(named("d", 0), "", "", c.Now(), "rt.frida"))
		if n := c.count(`SELECT count(*) FROM alert`); n != alerts {
			t.Errorf("%d alerts %s, want %d", n, why, alerts)
		}
	}
	put := func(rule, kind, entity string, headers ...string) (s Suppression) {
		c.ask("POST", "/score/suppressions", map[string]any{"rule": rule, "entity_kind": kind, "entity": entity, "until": c.Now().Add(time.Hour), "reason": "测试机"}, 201, &s, headers...)
		return s
	}
	put("rt.frida", "device", named("d", 0), county...)
	put("rt.frida", "device", named("d", 1))
	want(1, "where another unit, and another device, are suppressed")
	c.set(noon.Add(2 * time.Hour)) // another window
	put("rt.frida", "device", named("d", 0))
	want(1, "while it is suppressed")
	c.wait(61 * time.Minute)
	want(2, "when the suppression is over")
	c.wait(time.Hour)
	put("*", "device", named("d", 0))
	want(2, "while every rule is suppressed")
	c.ask("DELETE", "/score/suppressions?rule=*&entity_kind=device&entity="+named("d", 0), nil, 204, nil)
	want(3, "when it was taken back")

	if s := put("*", "account", "li.na"); s.Entity != c.account("city", "li.na") {
		t.Errorf("an account is kept as %s", s.Entity)
	}
	if s := put("*", "address", "::ffff:203.0.113.7"); s.Entity != "203.0.113.7" {
		t.Errorf("an address is kept as %s", s.Entity)
	}
	put("*", "account", "hash:"+c.account("city", "li.na")) // the same
	all, sizes := pages[Suppression](c, "/score/suppressions?limit=1", "suppressions")
	if len(all) != 2 || len(sizes) != 2 {
		t.Errorf("%d suppressions in pages of %v, want 2: those that are over are not shown", len(all), sizes)
	}
	if all, _ := pages[Suppression](c, "/score/suppressions?limit=1", "suppressions", county...); len(all) != 0 {
		t.Errorf("another unit sees %+v", all)
	}
}
