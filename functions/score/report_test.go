package score

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
)

var one = rules.Set{Rules: []rules.Rule{
	{ID: "rt.frida", Zh: "发现 Frida", En: "Frida is there", When: "'rt.frida' in claimed", Category: "runtime", Weight: 70, Action: "block", Alert: "device"},
	{ID: "sys.root", Zh: "已获取 Root 权限", En: "rooted", When: "'sys.root' in claimed", Category: "system", Weight: 40},
}}

func TestEverySuiteReportsAndIsAnswered(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	for _, suite := range []report.Suite{report.SM, report.P256, report.HMAC} {
		p := c.phone(suite)
		if a := p.report(p.body); a.Outcome != rules.Allow {
			t.Errorf("%s: a clean report: %+v, want allow", suite, a)
		}
		if a := p.report(p.claiming("rt.frida")); a.Outcome != rules.Challenge || a.Limited != rules.LimitedClaimed {
			t.Errorf("%s: one kind of claim: %+v, want challenge, limited", suite, a)
		}
		if a := p.report(p.claiming("rt.frida", "sys.root")); a.Outcome != rules.Block || len(a.Reasons) != 2 {
			t.Errorf("%s: two kinds of claims: %+v, want block and both reasons", suite, a)
		}
	}
}

// What was changed on its way, and what comes a second time, counts no second time.
func TestNothingPassesThatWasChangedOrSentBefore(t *testing.T) {
	c := begin(t, "DEVICE_RATE=1e9", "DEVICE_BURST=1000000000", "APP_RATE=1e9")
	c.decideBy(one)
	flip := rand.New(rand.NewPCG(3, 4))
	var sealed [][]byte
	for _, suite := range []report.Suite{report.SM, report.P256, report.HMAC} {
		p := c.phone(suite)
		for range 20 {
			sealed = append(sealed, p.seal(p.header(), p.body))
		}
		for _, s := range sealed[len(sealed)-20:] {
			if status, _ := p.sendSealed(s); status != 200 {
				t.Fatalf("%s: %d", suite, status)
			}
		}
	}
	p := c.phone(report.P256)
	fresh := p.seal(p.header(), p.body)
	before := c.count(`SELECT count(*) FROM report`)
	for range *many {
		changed := bytes.Clone(fresh)
		changed[flip.IntN(len(changed))] ^= 1 << flip.IntN(8)
		if status, a := p.sendSealed(changed); status == 200 && !bytes.Equal(changed, fresh) {
			t.Errorf("a flipped bit was accepted: %+v\n%s\n%s", a, fresh, changed)
		}
	}
	for i := range *many {
		status, a := p.sendSealed(sealed[i%len(sealed)])
		if status != 200 || !a.Repeated {
			t.Errorf("a report that came again: %d %+v, want its decision, marked as repeated", status, a)
		}
	}
	if n := c.count(`SELECT count(*) FROM report`); n != before {
		t.Errorf("%d reports were counted that were changed or came again", n-before)
	}
}

// A counter that was used is refused under another id, and counted against the device.
func TestACounterIsUsedOnce(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	p := c.phone(report.SM)
	p.report(p.body)
	p.counter--
	if status, _ := p.sendSealed(p.seal(p.header(), p.body)); status != 409 {
		t.Errorf("a counter used twice: %d, want 409", status)
	}
	a := p.report(p.body)
	if in := c.features(a.Report); in.Replays1D != 1 || !slices.Contains(in.Derived, "beh.replay") {
		t.Errorf("the next report knows of %d replays, %v; want 1 and beh.replay", in.Replays1D, in.Derived)
	}
}

// Honest reports that overtake each other are all taken.
func TestReportsMayOvertakeEachOther(t *testing.T) {
	d := openDesk(t)
	d.enrolled(4)
	random := rand.New(rand.NewPCG(5, 6))
	for n := 0; n < *many; {
		var batch []*Report
		for range 60 {
			batch = append(batch, d.of(named("d", n%4), "a", "203.0.113.7", noon.Add(time.Duration(n)*time.Second)))
			n++
		}
		random.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
		var group sync.WaitGroup
		for part := range slices.Chunk(batch, 8) {
			group.Go(func() {
				for _, r := range part {
					if got, _, err := d.answer(t.Context(), r); err != nil || got.Repeated {
						t.Errorf("counter %d of %s: %v", r.Counter, r.Device, err)
					}
				}
			})
		}
		group.Wait()
	}
}
