package score

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pg"
)

// Ten thousand hits of a rule on one device are one alert with that count, told of a
// handful of times; another device's alert is there too.
func TestAStormIsOneAlert(t *testing.T) {
	c := begin(t, "DEVICE_RATE=1e9", "DEVICE_BURST=1000000000", "APP_RATE=1e9")
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(2)
	hit := func(device string, n int) {
		_, due := d.decided(d.of(device, "", "203.0.113.7", noon.Add(time.Duration(n)*time.Millisecond), "rt.frida"))
		d.tell(t.Context(), d.apply, due)
	}
	for n := range *many {
		hit(named("d", 0), n)
		if n == *many/2 {
			hit(named("d", 1), n)
		}
	}
	if n := c.count(`SELECT count(*) FROM alert`); n != 2 {
		t.Fatalf("%d alerts, want one of each device", n)
	}
	for device, want := range map[string]int{named("d", 0): *many, named("d", 1): 1} {
		if n := c.count(`SELECT count FROM alert WHERE entity = $1`, device); n != want {
			t.Errorf("alert of %s has count %d, want %d", device, n, want)
		}
	}
	c.set(noon.Add(61 * time.Minute))
	if err := d.tend(t.Context(), d.apply); err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, e := range c.Sent() {
		told[e.Type()]++
	}
	tens := 0
	for n := 10; n <= *many; n *= 10 {
		tens++
	}
	want := map[string]int{events.RiskAlertOpened{}.EventType(): 2, events.RiskAlertUpdated{}.EventType(): tens, events.RiskAlertClosed{}.EventType(): 2}
	for kind, n := range want {
		if told[kind] != n {
			t.Errorf("%s was told %d times, want %d", kind, told[kind], n)
		}
	}
}

// Four writers of batches with the same accounts, places and addresses never wait for
// each other in a circle.
func TestWritersDoNotDeadlock(t *testing.T) {
	d := openDesk(t)
	d.decideBy(rules.Set{Rules: []rules.Rule{{ID: "config.all", Zh: "总是", En: "always", When: "device_reports_1m >= 1", Category: "config", Weight: 1, Alert: "account"}}})
	d.enrolled(4)
	var writers sync.WaitGroup
	var done, failed atomic.Int64
	for w := range 4 {
		random := rand.New(rand.NewPCG(uint64(w), 7))
		var batches [][]*Report
		for range *many/50 + 1 {
			var batch []*Report
			for range 50 {
				r := d.of(named("d", w), named("a", random.IntN(20)), fmt.Sprintf("203.0.113.%d", random.IntN(20)), noon.Add(time.Duration(random.IntN(1e6))*time.Millisecond))
				batch = append(batch, r)
			}
			batches = append(batches, batch)
		}
		writers.Go(func() {
			for _, batch := range batches {
				err := again(func() error {
					return d.DB.InTx(t.Context(), func(tx pg.Tx) error {
						_, err := d.record(t.Context(), tx, batch...)
						return err
					})
				})
				if err != nil {
					failed.Add(1)
					t.Errorf("writer %d: %v", w, err)
				}
				done.Add(int64(len(batch)))
			}
		})
	}
	writers.Wait()
	t.Logf("%d reports in batches of 50 by 4 writers, %d failed", done.Load(), failed.Load())
	if n := d.count(`SELECT coalesce(sum(count), 0) FROM alert`); int64(n) != done.Load() {
		t.Errorf("alerts count %d, want %d", n, done.Load())
	}
}

// Two thousand people behind one address of an office or a carrier are let through,
// by the rules that the function begins with.
func TestNobodyIsBlockedForAnAddressThatManyShare(t *testing.T) {
	d := openDesk(t)
	people := *many / 5
	d.enrolled(people)
	for n := range *many {
		who := n % people
		r := d.of(named("d", who), named("a", who), "203.0.113.7", noon.Add(time.Duration(n)*5*time.Millisecond))
		r.Body.Model = fmt.Sprintf("T%d", who%40)
		got, _ := d.decided(r)
		if got.Decision.Outcome.WorseThan(rules.Warn) {
			t.Fatalf("person %d: %+v, want at most warn", who, got.Decision)
		}
	}
}

// again does what a broker does with an answer that says later.
func again(do func() error) error {
	err := do()
	for _, busy := fault.RetryAfter(err); busy; _, busy = fault.RetryAfter(err) {
		err = do()
	}
	return err
}
