package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/test/drive"
)

// How long each lap warms up, and then takes.
const (
	warmUp  = time.Second
	lapTime = 4 * time.Second
)

// lap is what one lap came to, as the publisher tells it.
type lap struct {
	All      int // events, those of the warm-up included
	Events   int
	Elapsed  time.Duration
	P50, P99 time.Duration

	processor time.Duration // that the whole runtime used, the warm-up included
}

// cost is the processor time that one event takes, wherever it is spent.
func (l lap) cost() time.Duration { return l.processor / time.Duration(max(l.All, 1)) }

func (l lap) rate() float64 { return float64(l.Events) / l.Elapsed.Seconds() }

// side is a runtime with a private PostgreSQL that syncs every commit to disk.
type side struct {
	*drive.Runtime
	db *pg.DB
}

// throughput measures events from a publisher to a function and back: posted to
// the broker, delivered to the function's process, done there in its ledger's
// transaction, and the reply delivered to the publisher. Beside it, on the same
// server, the bare transaction; the same with ten Triggers that match each
// event; and what a million ended events in the tables cost.
func throughput(b *bench) (figures, error) {
	tree := filepath.Join(b.dir, "tree")
	if err := writeTree(b.root, tree); err != nil {
		return nil, err
	}
	small, err := b.side(tree, "small")
	if err != nil {
		return nil, err
	}
	defer small.close()
	results, err := b.levels(small)
	if err != nil {
		return nil, err
	}
	large, err := b.side(tree, "large")
	if err != nil {
		return nil, err
	}
	defer large.close()
	growth, err := b.growth(small, large)
	return append(results, growth...), err
}

func (b *bench) side(tree, name string) (*side, error) {
	state := filepath.Join(b.dir, name)
	if err := os.MkdirAll(state, 0o755); err != nil {
		return nil, err
	}
	r, err := drive.Up(b.ctx, tree, b.program, state)
	if err != nil {
		return nil, err
	}
	db, err := pg.Open(b.ctx, pg.Config{URL: conf.Secret(r.Database), Connections: 2}, "broker", nil)
	if err != nil {
		r.Down()
		return nil, err
	}
	s := &side{r, db}
	// Every function starts and makes its tables, and the plans that are right
	// for small tables come into use.
	if _, err := s.publish(b.ctx, 16, "shouted"); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *side) close() {
	s.db.Close()
	s.Down()
}

// publish lets n publishers send events of a kind.
func (s *side) publish(ctx context.Context, n int, kind string) (l lap, err error) {
	path := fmt.Sprintf("/publisher/run?publishers=%d&type=dev.xietong.bench.%s.v1&warm=%s&for=%s", n, kind, warmUp, lapTime)
	var said string
	before := processor(s.PID())
	status, err := s.Call(ctx, http.MethodGet, path, nil, &said)
	if err != nil {
		return l, err
	}
	if status != http.StatusOK {
		return l, fmt.Errorf("%d publishers of %s: %d %s", n, kind, status, said)
	}
	l.processor = processor(s.PID()) - before
	return l, json.Unmarshal([]byte(said), &l)
}

// rival is one of those that are measured in turn.
type rival struct {
	name, label string
	lap         func(publishers int) (lap, error)
}

// levels measures the bare transaction, one Trigger and ten.
func (b *bench) levels(s *side) (all figures, err error) {
	db, err := openBare(b.ctx, s.Database)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rivals := []rival{
		{"bare", "bare transaction", func(n int) (lap, error) { return bare(b.ctx, db, n) }},
		{"one", "one Trigger", func(n int) (lap, error) { return s.publish(b.ctx, n, "asked") }},
		{"ten", "ten Triggers", func(n int) (lap, error) { return s.publish(b.ctx, n, "shouted") }},
	}
	fmt.Printf("%-10s %-22s %10s %10s %10s %12s\n", "publishers", "", "events/s", "p50", "p99", "of the bare")
	for _, n := range []int{1, 16, 64} {
		laps, err := b.inTurn(s, n, rivals)
		if err != nil {
			return nil, err
		}
		for i, r := range rivals {
			l := middle(laps[i])
			ratio := l.rate() / middle(laps[0]).rate()
			fmt.Printf("%-10d %-22s %10.0f %10s %10s %12.2f\n", n, r.label, l.rate(), ms(l.P50), ms(l.P99), ratio)
			name := fmt.Sprintf("%s_%d", r.name, n)
			all = append(all, figure{name + "_per_s", l.rate()}, figure{name + "_p50_ms", milli(l.P50)}, figure{name + "_p99_ms", milli(l.P99)}, figure{name + "_of_bare", ratio})
		}
	}
	return all, nil
}

// inTurn lets rivals run their laps one after the other, round by round, so that
// what else the machine does falls on all of them.
func (b *bench) inTurn(s *side, n int, rivals []rival) ([][]lap, error) {
	laps := make([][]lap, len(rivals))
	for range b.rounds {
		for i, r := range rivals {
			if err := empty(b.ctx, s.db); err != nil {
				return nil, err
			}
			l, err := r.lap(n)
			if err != nil {
				return nil, err
			}
			laps[i] = append(laps[i], l)
		}
	}
	return laps, nil
}

// growth measures 16 publishers on empty tables and on full ones, in turn. Its
// ratios are medians of those of neighbours in time. The processor time is what
// other work on the machine disturbs least.
func (b *bench) growth(small, large *side) (figures, error) {
	if err := fill(b.ctx, large.db); err != nil {
		return nil, err
	}
	var smalls, larges []lap
	for range 2*b.rounds + 1 {
		if err := empty(b.ctx, small.db); err != nil {
			return nil, err
		}
		one, err := small.publish(b.ctx, 16, "asked")
		if err != nil {
			return nil, err
		}
		other, err := large.publish(b.ctx, 16, "asked")
		if err != nil {
			return nil, err
		}
		smalls, larges = append(smalls, one), append(larges, other)
	}
	for _, line := range []struct {
		name string
		lap
	}{{"empty tables", middle(smalls)}, {"a million ended events", middle(larges)}} {
		fmt.Printf("%-10d %-22s %10.0f %10s %10s\n", 16, line.name, line.rate(), ms(line.P50), ms(line.P99))
	}
	return figures{
		compare("processor time of an event", "growth_processor", smalls, larges, func(l lap) float64 { return milli(l.cost()) }),
		compare("time between events", "growth_time", smalls, larges, func(l lap) float64 { return 1000 / l.rate() }),
		compare("p50 of an event", "growth_p50", smalls, larges, func(l lap) float64 { return milli(l.P50) }),
	}, nil
}

// compare prints how a cost has grown, in neighbouring laps.
func compare(label, name string, smalls, larges []lap, of func(lap) float64) figure {
	var ratios, before, after []float64
	for i := range smalls {
		before, after = append(before, of(smalls[i])), append(after, of(larges[i]))
		ratios = append(ratios, after[i]/before[i])
	}
	fmt.Printf("%-33s %6.2f ms, full %6.2f ms: %.2f times (%.2f to %.2f in %d pairs)\n", label, median(before), median(after), median(ratios), slices.Min(ratios), slices.Max(ratios), len(ratios))
	return figure{name, median(ratios)}
}

// middle is the run with the median rate.
func middle(runs []lap) lap {
	sorted := slices.SortedFunc(slices.Values(runs), func(a, b lap) int { return cmp.Compare(a.rate(), b.rate()) })
	return sorted[len(sorted)/2]
}

func milli(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", milli(d)) }
