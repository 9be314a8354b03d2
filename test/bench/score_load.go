package main

// Reports sent at a steady rate or as fast as they are answered, and what that took.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"time"
)

// tally is what became of the reports of a lap.
type tally struct {
	mu       sync.Mutex
	took     []time.Duration // of those that were decided
	outcomes map[string]int
	failed   int
	first    error
}

func newTally() *tally { return &tally{outcomes: map[string]int{}} }

func (t *tally) add(outcome string, took time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.failed, t.first = t.failed+1, cmp.Or(t.first, err)
		return
	}
	t.took = append(t.took, took)
	t.outcomes[outcome]++
}

// failure says what was wrong: each report of an honest device must be decided, and
// none of them stopped.
func (t *tally) failure() error {
	switch {
	case t.failed > 0:
		return fmt.Errorf("%d reports failed, the first: %w", t.failed, t.first)
	case t.outcomes["allow"]+t.outcomes["monitor"]+t.outcomes["warn"] != len(t.took):
		return fmt.Errorf("honest devices are told %v, want allow, monitor or warn", t.outcomes)
	}
	return nil
}

// took adds a lap to what was sent, and keeps what was wrong with it for the end. It
// is an error that nothing was decided.
func (c *city) took(t *tally) error {
	c.sent, c.wrong = c.sent+len(t.took), cmp.Or(c.wrong, t.failure())
	if len(t.took) == 0 {
		return errors.Join(errors.New("no report was decided"), c.wrong, c.complaint())
	}
	return nil
}

// report has the device that waited longest send a report, which was due at a time.
func (c *city) report(ctx context.Context, due time.Time, t *tally, address string) {
	p := <-c.free
	outcome, err := c.send(ctx, p, address)
	t.add(outcome, time.Since(due), err)
	c.free <- p
}

func (c *city) openLoop(ctx context.Context, lasts time.Duration) *tally {
	t, began := newTally(), time.Now()
	var sending sync.WaitGroup
	for n := range int(lasts.Seconds() * perSecond) {
		due := began.Add(time.Duration(n) * time.Second / perSecond)
		time.Sleep(time.Until(due))
		sending.Go(func() { c.report(ctx, due, t, "") })
	}
	sending.Wait()
	return t
}

func (c *city) closedLoop(ctx context.Context, n int, lasts time.Duration, address string) *tally {
	t, end := newTally(), time.Now().Add(lasts)
	var sending sync.WaitGroup
	for range n {
		sending.Go(func() {
			for time.Now().Before(end) {
				c.report(ctx, time.Now(), t, address)
			}
		})
	}
	sending.Wait()
	return t
}

// scoreLap is a lap with what it took.
type scoreLap struct {
	*tally
	elapsed time.Duration
	cost    scoreCost
}

// lap measures one.
func (c *city) lap(run func() *tally) (l scoreLap, err error) {
	before, err := c.spent()
	if err != nil {
		return l, err
	}
	began := time.Now()
	l.tally = run()
	l.elapsed = time.Since(began)
	after, err := c.spent()
	if err != nil {
		return l, err
	}
	slices.Sort(l.took)
	l.cost = after.since(before).of(max(len(l.took), 1))
	return l, c.took(l.tally)
}

// closedLap warms up and then measures: connections are opened, and more than 64 at
// once start a second process of the function.
func (c *city) closedLap(b *bench, n int, address string) (l scoreLap, err error) {
	warm := c.closedLoop(b.ctx, n, warmUp, address)
	if err := c.took(warm); err != nil {
		return l, err
	}
	return c.lap(func() *tally { return c.closedLoop(b.ctx, n, b.score/4, address) })
}

func (l scoreLap) rate() float64 { return float64(len(l.took)) / l.elapsed.Seconds() }

// at is the time within which so many of a hundred were answered.
func (l scoreLap) at(percent int) time.Duration { return l.took[(len(l.took)-1)*percent/100] }

func (l scoreLap) print(name string) {
	fmt.Printf("%-26s %10.0f %9s %9s %9s %7d    %.2f, %.2f, %.2f, %.2f  %v\n", name, l.rate(), ms(l.at(50)), ms(l.at(95)), ms(l.at(99)), l.failed,
		milli(l.cost.function), milli(l.cost.database), milli(l.cost.front), milli(l.cost.probe), l.outcomes)
}

func (l scoreLap) figures(name string) figures {
	return figures{{name + "_per_s", l.rate()}, {name + "_p50_ms", milli(l.at(50))}, {name + "_p95_ms", milli(l.at(95))}, {name + "_p99_ms", milli(l.at(99))},
		{name + "_function_ms", milli(l.cost.function)}, {name + "_database_ms", milli(l.cost.database)}, {name + "_front_ms", milli(l.cost.front)}, {name + "_probe_ms", milli(l.cost.probe)}}
}

func middleLap(laps []scoreLap) scoreLap {
	sorted := slices.SortedFunc(slices.Values(laps), func(a, b scoreLap) int { return cmp.Compare(a.rate(), b.rate()) })
	return sorted[len(sorted)/2]
}

// scoreCost is the processor time of each who has a part in a report.
type scoreCost struct{ function, database, front, probe time.Duration }

// spent is what they have used so far. The front is the runtime's own process; its
// other children do nothing.
func (c *city) spent() (s scoreCost, err error) {
	var own syscall.Rusage // of this process without its children: the probes
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		return s, err
	}
	s.probe = time.Duration(own.Utime.Nano() + own.Stime.Nano())
	for program, into := range map[string]*time.Duration{"score": &s.function, "postgres": &s.database} {
		pids, err := c.Processes(program)
		if err != nil {
			return s, err
		}
		for _, pid := range pids {
			*into += processor(pid)
		}
	}
	s.front = processor(c.PID()) - s.function - s.database
	return s, nil
}

func (s scoreCost) since(before scoreCost) scoreCost {
	return scoreCost{s.function - before.function, s.database - before.database, s.front - before.front, s.probe - before.probe}
}

func (s scoreCost) of(reports int) scoreCost {
	n := time.Duration(reports)
	return scoreCost{s.function / n, s.database / n, s.front / n, s.probe / n}
}
