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
	"xietong.dev/shared/fault"
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

// The database's window of counters is the one of the protocol's reference in Go.
func TestTheWindowInSQLIsTheOneInGo(t *testing.T) {
	d := openDesk(t)
	d.enrolled(1)
	random := rand.New(rand.NewPCG(8, 9))
	var w report.Window
	taken := 0
	for n := range 400 {
		r := d.of(named("d", 0), "", "", noon.Add(time.Duration(n)*time.Second))
		r.Counter = max(1, w.Top-80+random.Int64N(100))
		if n%50 == 49 {
			r.Counter += 1000 // a leap empties the window
		}
		next, want := w.Accept(r.Counter)
		_, _, err := d.answer(t.Context(), r)
		if (err == nil) != want || err != nil && fault.Code(err) != CodeReplayed {
			t.Fatalf("counter %d with %+v: %v, want taken %v", r.Counter, w, err, want)
		}
		if w = next; want {
			taken++
		}
		var top, mask int64
		if err := d.DB.QueryRow(t.Context(), `SELECT top, mask FROM device`).Scan(&top, &mask); err != nil || top != w.Top || mask != w.Mask {
			t.Fatalf("after counter %d: %d %b, %v; want %d %b", r.Counter, top, mask, err, w.Top, w.Mask)
		}
	}
	if taken < 50 || taken > 350 {
		t.Errorf("%d of 400 taken: the test tries too little of one kind", taken)
	}
}

// What a platform attested holds for ATTESTATION_AGE, and then its lack is a signal.
func TestAnAttestationLapses(t *testing.T) {
	d := openDesk(t)
	d.enrolled(1)
	for _, c := range []struct {
		after   time.Duration
		attests bool
		want    string
		signal  bool
	}{{0, false, "none", false}, {time.Hour, true, "valid", false}, {23 * time.Hour, false, "valid", false}, {2 * time.Hour, false, "none", true}} {
		d.wait(c.after)
		r := d.of(named("d", 0), "", "", d.Now())
		if c.attests {
			r.Attested = &Attestation{Verdict: "valid", Signals: []string{}}
		}
		d.decided(r)
		if in := d.features(r.ID); in.Attestation != c.want || slices.Contains(in.Derived, "sys.attest_missing") != c.signal {
			t.Errorf("after %v: %s %v, want %s, signal %v", c.after, in.Attestation, in.Derived, c.want, c.signal)
		}
	}
}
