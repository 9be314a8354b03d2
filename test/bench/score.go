package main

// Probes' reports as a city sends them, and how fast they are decided.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/test/drive"
)

// What a city has. 10,000 terminals that report every 50 seconds send 200 reports a
// second.
const (
	devices   = 2_000 // half of them of the suite sm, half p256
	addresses = 500
	perSecond = 200
	goal      = 50 * time.Millisecond // p99 of an answer at 200 a second
)

// atOnce is how many wait for an answer at a time, where each then sends the next.
var atOnce = []int{8, 32, 100}

// city is a running score with an app whose devices are enrolled.
type city struct {
	*drive.Runtime
	db      *pg.DB
	version int         // of the rule set that decides
	free    chan *phone // in the order in which they last reported
	sent    int         // reports that were decided, so that their rows can be counted
	wrong   error       // what was wrong with answers, first of all; the laps after it are run and shown all the same
}

// score measures the time from a report to its decision, through the front of the
// one-machine runtime, as probes see it: each report is sealed and signed when it is
// sent, verified, decided by 150 rules and committed to disk before it is answered.
// What the rules alone cost is a benchmark of their package.
func score(b *bench) (all figures, err error) {
	c, err := b.city()
	if err != nil {
		return nil, err
	}
	defer c.close()
	fmt.Printf("%-26s %10s %9s %9s %9s %7s    ms of a core a report: function, PostgreSQL, front, probe\n", "", "reports/s", "p50", "p95", "p99", "errors")
	for _, part := range []func(*bench) (figures, error){c.steady, c.saturated, c.hot, c.check} {
		some, err := part(b)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	fmt.Println("150 rules without the rest: go test -run - -bench Decide ./functions/score/rules")
	return all, nil
}

// city starts the runtime, enrols the devices and has each report once: what is
// asked for the first time is not measured.
func (b *bench) city() (*city, error) {
	r, err := drive.Up(b.ctx, b.root, b.program, filepath.Join(b.dir, "state"), "--set", "score.APP_RATE=100000")
	if err != nil {
		return nil, err
	}
	c := &city{Runtime: r, free: make(chan *phone, devices)}
	if err := c.settle(b.ctx); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *city) close() {
	if c.db != nil {
		c.db.Close()
	}
	c.Down()
}

func (c *city) settle(ctx context.Context) (err error) {
	if err := c.addApp(ctx); err != nil { // it has started then, and made its tables
		return err
	}
	if c.db, err = pg.Open(ctx, pg.Config{URL: conf.Secret(c.Database), Connections: 2}, "score", nil); err != nil {
		return err
	}
	if err := c.wear(ctx); err != nil {
		return err
	}
	if err := c.decideBy(ctx, benchRules()); err != nil {
		return err
	}
	began := time.Now()
	if err := c.enrolAll(ctx); err != nil {
		return err
	}
	fmt.Printf("%d devices enrolled in %s\n", devices, seconds(time.Since(began)))
	first := newTally()
	err = parallel(ctx, 8, devices, func(ctx context.Context, _ int) error { c.report(ctx, time.Now(), first, ""); return nil })
	return errors.Join(err, c.took(first), c.wrong)
}

// wear makes the database one that has been in use: it has written its log, and takes
// the same files again. A new one makes each file of 16 MiB while every commit waits
// (seen as clusters of answers of 100 to 400 ms, one in each few seconds).
func (c *city) wear(ctx context.Context) error {
	for _, sql := range []string{
		`CREATE TABLE worn AS SELECT repeat(md5(i::text), 30) FROM generate_series(1, 400000) i`, `CHECKPOINT`,
		`INSERT INTO worn SELECT repeat(md5(i::text), 30) FROM generate_series(1, 400000) i`, `CHECKPOINT`, `DROP TABLE worn`, `CHECKPOINT`,
	} {
		if _, err := c.db.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// complaint is the first error in the function's log: a probe is not told why there
// was no decision.
func (c *city) complaint() error {
	text, err := os.ReadFile(filepath.Join(c.State, "logs", "score.log"))
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, `"level":"ERROR"`) {
			return errors.New(strings.TrimSpace(line))
		}
	}
	return nil
}

// steady sends so many reports a second, whatever becomes of those before.
func (c *city) steady(b *bench) (figures, error) {
	l, err := c.lap(func() *tally { return c.openLoop(b.ctx, b.score) })
	if err != nil {
		return nil, err
	}
	l.print(fmt.Sprintf("%d a second", perSecond))
	if l.at(99) > goal {
		fmt.Printf("  over the goal: 99 of 100 within %s\n", ms(goal))
	}
	return append(l.figures(fmt.Sprintf("open_%d", perSecond)), figure{"open_errors", float64(l.failed)}), nil
}

// saturated has every device of a few send its next report when it has its answer.
func (c *city) saturated(b *bench) (all figures, err error) {
	for _, n := range atOnce {
		l, err := c.closedLap(b, n, "")
		if err != nil {
			return nil, err
		}
		l.print(fmt.Sprintf("%d at once", n))
		all = append(all, l.figures(fmt.Sprintf("closed_%d", n))...)
	}
	return all, nil
}

// hotAddress is the egress of a large office (documentation, RFC 5737).
const hotAddress = "203.0.113.7"

// hot has all devices report from one address, in turn with their own, so that what
// else the machine does falls on both.
func (c *city) hot(b *bench) (figures, error) {
	const n = 32
	laps := map[string][]scoreLap{}
	var ratios []float64
	for range b.rounds {
		for _, address := range []string{"", hotAddress} {
			l, err := c.closedLap(b, n, address)
			if err != nil {
				return nil, err
			}
			laps[address] = append(laps[address], l)
		}
		spread, hot := laps[""], laps[hotAddress]
		ratios = append(ratios, hot[len(hot)-1].rate()/spread[len(spread)-1].rate())
	}
	spread, hot := middleLap(laps[""]), middleLap(laps[hotAddress])
	spread.print(fmt.Sprintf("%d, %d addresses", n, addresses))
	hot.print(fmt.Sprintf("%d, one address", n))
	fmt.Printf("one address beside many: %.2f of the reports\n", median(ratios))
	return append(append(spread.figures("spread"), hot.figures("hot")...), figure{"hot_of_spread", median(ratios)}), nil
}

// check counts the rows that there must be, and looks for people who were stopped:
// all of these devices are honest.
func (c *city) check(b *bench) (figures, error) {
	if c.wrong != nil {
		return nil, errors.Join(c.wrong, c.complaint())
	}
	var rows, other, stopped int
	var hits, failed float64
	err := c.db.QueryRow(b.ctx, `SELECT count(*), count(*) FILTER (WHERE ruleset <> $1), count(*) FILTER (WHERE outcome NOT IN ('allow', 'monitor', 'warn')),
		avg(jsonb_array_length(decision->'reasons')), avg(jsonb_array_length(decision->'failed')) FROM report`, c.version).Scan(&rows, &other, &stopped, &hits, &failed)
	if err != nil {
		return nil, err
	}
	fmt.Printf("%d reports answered, %d rows; %.1f reasons each, %.1f rules failed; %d challenged or blocked\n", c.sent, rows, hits, failed, stopped)
	if rows != c.sent || other != 0 || stopped != 0 {
		return nil, fmt.Errorf("%d reports were answered: %d rows, %d of them decided by other rules, %d challenged or blocked", c.sent, rows, other, stopped)
	}
	return figures{{"rows", float64(rows)}, {"reasons", hits}, {"stopped", float64(stopped)}}, nil
}
