package score

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
)

func blocking(device string) map[string]any {
	return map[string]any{"kind": "block", "entity_kind": "device", "entity": device, "reason": "设备丢失"}
}

// A command reaches the probe with its next answer, until the probe acknowledges; that
// it was issued, and that it was acknowledged, is told once each.
func TestACommandFromIssueToAcknowledgement(t *testing.T) {
	c := begin(t)
	c.decideBy(rules.Set{Rules: []rules.Rule{{ID: "list.blocked", Zh: "已阻断", En: "blocked", When: "'blocked' in lists", Category: "list", Weight: 100, Action: "block"}}})
	p := c.phone(report.SM)
	var first, second IssuedCommand
	c.ask("POST", "/score/commands", blocking(p.id), 201, &first, "Idempotency-Key", "k1")
	c.wait(time.Second)
	c.ask("POST", "/score/commands", blocking(p.id), 201, &second, "Idempotency-Key", "k1")
	if diff := cmp.Diff(first, second, cmp.AllowUnexported(IssuedCommand{})); diff != "" {
		t.Errorf("the same request again (-first +second)\n%s", diff)
	}
	c.refused("POST", "/score/commands", `{"kind":"block","entity_kind":"device","entity":"`+p.id+`","reason":"另一"}`, 409, "key_reused", "", "Idempotency-Key", "k1")

	for range 2 {
		a := p.report(p.body)
		if a.Outcome != rules.Block || len(a.Commands) != 1 || a.Commands[0].ID != first.ID {
			t.Errorf("answer %+v, want block and the command", a)
		}
	}
	acknowledging := p.body
	acknowledging.Acks = []string{first.ID}
	acked := p.report(acknowledging)
	if a := p.report(acknowledging); len(a.Commands) != 0 || a.Outcome != rules.Block {
		t.Errorf("answer %+v, want no command any more, and still block", a)
	}
	for range 3 {
		if err := c.tend(t.Context(), c.apply); err != nil {
			t.Fatal(err)
		}
	}
	issued := events.RiskCommand{Command: first.ID, Kind: "block", Entity: events.RiskEntity{Kind: "device", ID: p.id}, By: "chen", Why: "设备丢失", Issued: events.Moment(noon)}
	if diff := cmp.Diff([]events.RiskCommandIssued{{RiskCommand: issued}}, toldAs[events.RiskCommandIssued](c)); diff != "" {
		t.Errorf("told as issued (-want +got)\n%s", diff)
	}
	want := []events.RiskCommandAcknowledged{{RiskCommand: issued, Report: acked.Report, Time: events.Moment(c.Now())}}
	if diff := cmp.Diff(want, toldAs[events.RiskCommandAcknowledged](c)); diff != "" {
		t.Errorf("told as acknowledged (-want +got)\n%s", diff)
	}
}

// What could not be sent when a command was issued is sent later, once.
func TestACommandIsToldAlthoughTheBrokerFails(t *testing.T) {
	c := begin(t)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	c.FailSink(1)
	c.ask("POST", "/score/commands", blocking(named("d", 0)), 201, nil)
	for range 2 {
		if err := c.tend(t.Context(), c.apply); err != nil {
			t.Fatal(err)
		}
	}
	if all := toldAs[events.RiskCommandIssued](c); len(all) != 1 {
		t.Errorf("told %+v, want it once", all)
	}
	if n := c.count(`SELECT told FROM command`); n != 1 {
		t.Errorf("told up to %d, want 1", n)
	}
}

// One request that comes many times at once is one command, told once.
func TestOneKeyIsOneCommand(t *testing.T) {
	c := begin(t)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	body := must(json.Marshal(blocking(named("d", 0))))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			status, answer := c.send("POST", "/score/commands", body, "Authorization", "Bearer token", "X-Auth-Id", "chen", "Idempotency-Key", "k")
			if status != 201 {
				t.Errorf("%d %s", status, answer)
			}
		})
	}
	all.Wait()
	if err := c.tend(t.Context(), c.apply); err != nil {
		t.Fatal(err)
	}
	if n := c.count(`SELECT count(*) FROM command`); n != 1 || len(toldAs[events.RiskCommandIssued](c)) != 1 {
		t.Errorf("%d commands, told as %+v, want one of each", n, toldAs[events.RiskCommandIssued](c))
	}
	if n := c.count(`SELECT count(*) FROM audit WHERE what = 'command.block'`); n != 1 {
		t.Errorf("noted %d times, want once", n)
	}
}

// One that nobody acknowledged is not told as acknowledged, whoever asks.
func TestAnAcknowledgementIsNotToldEarly(t *testing.T) {
	c := begin(t)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	var i IssuedCommand
	c.ask("POST", "/score/commands", blocking(named("d", 0)), 201, &i)
	if a := c.Twice(t, c.event(CommandDue{i.ID, tellAcknowledged})); a.Status != 422 || len(a.Sent) != 0 {
		t.Errorf("answered %d %s, sent %v", a.Status, a.Body, a.Sent)
	}
	for _, bad := range []CommandDue{{"x", 1}, {i.ID, 0}, {i.ID, 3}} {
		if err := bad.Validate(); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// Each command, and which of those before it are still in force.
func TestCommandsTakeThePlaceOfOthers(t *testing.T) {
	for _, x := range []struct{ before, then, want []string }{
		{[]string{"block"}, []string{"block"}, []string{"block"}},
		{[]string{"block"}, []string{"step_up"}, []string{"step_up", "block"}},
		{[]string{"step_up", "block"}, []string{"unblock"}, []string{}},
		{[]string{"unblock"}, []string{"block"}, []string{"block"}},
	} {
		c := begin(t)
		d := &desk{c, map[string]int64{}}
		d.enrolled(2)
		ask := blocking(named("d", 1)) // another device's stays
		c.ask("POST", "/score/commands", ask, 201, nil)
		for _, kind := range slices.Concat(x.before, x.then) {
			c.wait(time.Second)
			ask["entity"], ask["kind"] = named("d", 0), kind
			c.ask("POST", "/score/commands", ask, 201, nil)
		}
		active, _ := pages[IssuedCommand](c, "/score/commands?state=active&entity_kind=device&entity="+named("d", 0), "commands")
		got := []string{}
		for _, i := range active {
			got = append(got, i.Kind)
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%v, then %v (-want +got)\n%s", x.before, x.then, diff)
		}
		if all, _ := pages[IssuedCommand](c, "/score/commands?state=active&limit=1", "commands"); len(all) != len(x.want)+1 {
			t.Errorf("%d commands are in force in all, want %d", len(all), len(x.want)+1)
		}
	}
}

// A step_up leaves the unblock that a probe has not heard of yet; the unblock ends with
// its acknowledgement alone. A command on an account meets each of its devices.
func TestWhatAProbeHears(t *testing.T) {
	c := begin(t)
	p := c.phone(report.P256)
	heard := func() (kinds []string) {
		for _, k := range p.report(p.body).Commands {
			kinds = append(kinds, k.Kind)
		}
		return kinds
	}
	for _, x := range []struct {
		kind, entity string
		want         []string
	}{
		{"block", "account:zhang.wei", []string{"block"}},
		{"unblock", "account:hash:" + c.account("city", "zhang.wei"), []string{"unblock"}},
		{"step_up", "account:zhang.wei", []string{"unblock", "step_up"}},
		{"block", "account:zhang.wei", []string{"step_up", "block"}},
	} {
		kind, entity := x.entity[:7], x.entity[8:]
		c.wait(time.Second)
		c.ask("POST", "/score/commands", map[string]any{"kind": x.kind, "entity_kind": kind, "entity": entity, "reason": "查", "until": untilOf(c, x.kind)}, 201, nil)
		if got := heard(); !slices.Equal(got, x.want) {
			t.Errorf("after %s the probe hears %v, want %v", x.kind, got, x.want)
		}
	}
	c.wait(2 * time.Hour)
	if got := heard(); got != nil {
		t.Errorf("when the time is over the probe hears %v", got)
	}
}

func untilOf(c *city, kind string) any {
	if kind == "unblock" {
		return nil
	}
	return c.Now().Add(time.Hour)
}

// Another unit sees no command, and can give none to a device that is not its own.
func TestCommandsAreAUnitsOwn(t *testing.T) {
	c := begin(t)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	c.ask("POST", "/score/commands", blocking(named("d", 0)), 201, nil, "Idempotency-Key", "k")
	c.refused("POST", "/score/commands", `{"kind":"unblock","entity_kind":"device","entity":"`+named("d", 0)+`","reason":"a"}`, 404, "no_device", "", county...)
	if all, _ := pages[IssuedCommand](c, "/score/commands?", "commands", county...); len(all) != 0 {
		t.Errorf("another unit sees %+v", all)
	}
	// One account's key says nothing of another's.
	c.ask("POST", "/score/commands", blocking(named("d", 0)), 201, nil, "Idempotency-Key", "k", "X-Auth-Id", "li")
	if n := c.count(`SELECT count(*) FROM command`); n != 2 {
		t.Errorf("%d commands, want 2", n)
	}
}
