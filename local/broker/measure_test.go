package broker

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// counted counts a history in the plainest way.
func counted(all []past, from, to time.Time, step time.Duration, ours func(past) bool) Series {
	count := func(from, to time.Time) (f Figures) {
		var handled, waited []time.Duration
		for _, p := range all {
			if !ours(p) {
				continue
			}
			for _, at := range p.failures {
				if !at.Before(from) && at.Before(to) {
					f.Failed++
				}
			}
			if p.unended || p.ended.Before(from) || !p.ended.Before(to) {
				continue
			}
			if p.state == Done {
				f.Done++
			} else {
				f.Dead++
			}
			handled, waited = append(handled, p.handled), append(waited, p.waited)
		}
		f.Handled, f.Waited = plainTimes(handled), plainTimes(waited)
		return f
	}
	s := Series{Total: count(from, to)}
	for at := from; at.Before(to); at = at.Add(step) {
		end := at.Add(step)
		if end.After(to) {
			end = to
		}
		s.Steps = append(s.Steps, count(at, end))
	}
	return s
}

// plainTimes finds percentiles by asking of each time how many took no longer.
func plainTimes(all []time.Duration) Times {
	slices.Sort(all)
	of := func(share float64) time.Duration {
		for i, d := range all {
			if float64(i+1) >= share*float64(len(all)) {
				return d
			}
		}
		return 0
	}
	return Times{of(0.50), of(0.95), of(0.99)}
}

func TestMeasuresAreWhatCountingSays(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	all := history(3000, now, 3*time.Second) // two hours and a half
	b := knowing(t, open(t, Config{}).DB)
	remember(t, b.DB, all)
	for _, c := range []struct{ reach, step time.Duration }{
		{15 * time.Minute, time.Minute}, {time.Hour, time.Minute}, {6 * time.Hour, 5 * time.Minute}, {7 * 24 * time.Hour, time.Hour},
	} {
		from := now.Add(-c.reach).Truncate(c.step)
		got, err := b.Measure(t.Context(), now.Add(-c.reach), now, c.step)
		if err != nil {
			t.Fatal(err)
		}
		want := Measured{From: from, To: now, Step: c.step, Since: from, Functions: map[string]Series{}}
		want.All = counted(all, from, now, c.step, func(past) bool { return true })
		for _, word := range []string{"cut", "read"} {
			want.Functions[word] = counted(all, from, now, c.step, func(p past) bool { return p.function == word })
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the last %v (-counted +measured)\n%s", c.reach, diff)
		}
	}
}

func TestMeasuresSaySinceWhenTheyAreWhole(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC)
	all := history(600, now, time.Second)
	b := knowing(t, open(t, Config{}).DB)
	remember(t, b.DB, all)
	for _, c := range []struct{ most, read int }{{599, 599}, {600, 600}, {601, 600}, {100, 100}} {
		got, err := b.measure(t.Context(), now.Add(-time.Hour), now, time.Minute, c.most)
		if err != nil {
			t.Fatal(err)
		}
		since := now.Add(-time.Hour)
		if c.read < 600 {
			since = all[600-c.read].received
		}
		want := counted(all[600-c.read:], now.Add(-time.Hour), now, time.Minute, func(past) bool { return true })
		if diff := cmp.Diff(want, got.All); diff != "" || !got.Since.Equal(since) {
			t.Errorf("of at most %d: since %v, want %v (-want +got)\n%s", c.most, got.Since, since, diff)
		}
	}
}

func TestNothingIsMeasuredWhereThereIsNothing(t *testing.T) {
	b := open(t, Config{})
	now := time.Now()
	got, err := b.Measure(t.Context(), now.Add(-time.Minute), now, time.Minute)
	if err != nil || got.All.Total != (Figures{}) || len(got.Functions) != 0 {
		t.Errorf("got %+v %v", got, err)
	}
}

func TestTheEventsOfAMoment(t *testing.T) {
	now := time.Now().Truncate(time.Microsecond)
	b := knowing(t, open(t, Config{}).DB)
	if seq, err := b.seqAt(t.Context(), now); err != nil || seq > 1 {
		t.Errorf("without events: %d %v", seq, err)
	}
	all := history(100, now, time.Second)
	remember(t, b.DB, all)
	for _, c := range []struct {
		at   time.Time
		want int // index of the first event from then on
	}{
		{all[0].received.Add(-time.Hour), 0}, {all[0].received, 0}, {all[0].received.Add(time.Microsecond), 1},
		{all[50].received, 50}, {all[50].received.Add(-time.Microsecond), 50}, {all[99].received, 99}, {now.Add(time.Hour), 100},
	} {
		seq, err := b.seqAt(t.Context(), c.at)
		first := slices.IndexFunc(all, func(p past) bool { return p.seq >= seq })
		if first < 0 {
			first = 100
		}
		if err != nil || first != c.want {
			t.Errorf("at %v: seq %d, event %d (%v), want event %d", c.at, seq, first, err, c.want)
		}
	}
}

// What really happens is measured, too: an attempt that fails, one that is done, one
// that is condemned.
func TestMeasuresOfARunningBroker(t *testing.T) {
	tries := 0
	s := subscribe(t, nil)
	b := one(t, quick, s)
	s.Server.Config.Handler = failOnce(&tries)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	now := time.Now().Add(time.Second)
	got, err := b.Measure(t.Context(), now.Add(-time.Minute), now, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	f := got.Functions["svc"].Total
	if f.Done != 1 || f.Failed != 1 || f.Dead != 0 || f.Handled.P50 <= 0 || f.Handled.P50 > time.Minute {
		t.Errorf("measured %+v, want one done after one failure", f)
	}
}

func BenchmarkMeasure100000(b *testing.B) {
	now := time.Now()
	broker := knowing(b, open(b, Config{}).DB)
	remember(b, broker.DB, history(100_000, now, 30*time.Millisecond)) // in 50 minutes
	for _, c := range []struct{ reach, step time.Duration }{{15 * time.Minute, time.Minute}, {time.Hour, time.Minute}, {7 * 24 * time.Hour, time.Hour}} {
		b.Run(fmt.Sprint(c.reach), func(b *testing.B) {
			for b.Loop() {
				if _, err := broker.Measure(b.Context(), now.Add(-c.reach), now, c.step); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("standings", func(b *testing.B) {
		for b.Loop() {
			if _, err := broker.TriggerStandings(b.Context(), now); err != nil {
				b.Fatal(err)
			}
		}
	})
}
