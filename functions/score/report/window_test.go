package report

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"xietong.dev/shared/fault"
)

func TestFresh(t *testing.T) {
	day := 24 * time.Hour
	for _, c := range []struct {
		ahead   time.Duration
		offline bool
		skew    time.Duration
		code    string
	}{
		{0, false, 0, ""},
		{5 * time.Minute, false, 5 * time.Minute, ""},
		{-5 * time.Minute, false, -5 * time.Minute, ""},
		{5*time.Minute + time.Millisecond, false, 0, CodeStale},
		{-5*time.Minute - time.Millisecond, false, 0, CodeStale},
		{time.Hour, false, 0, CodeStale},
		{-time.Hour, true, 0, ""},
		{-7 * day, true, 0, ""},
		{-7*day - time.Millisecond, true, 0, CodeStale},
		{5 * time.Minute, true, 5 * time.Minute, ""},
		{5*time.Minute + time.Millisecond, true, 0, CodeStale},
	} {
		skew, err := Fresh(Header{Time: At(noon.Add(c.ahead)), Offline: c.offline}, noon, DefaultWindow, DefaultLate)
		if fault.Code(err) != c.code || err == nil && skew != c.skew {
			t.Errorf("%v ahead, offline %v: got %v, %v", c.ahead, c.offline, skew, err)
		}
		if err != nil && !strings.Contains(err.Error(), "here it is 2026-03-01T04:00:00.000Z") {
			t.Errorf("the device does not learn the server's time: %v", err)
		}
	}
}

func TestWindowStepByStep(t *testing.T) {
	var w Window
	for _, c := range []struct {
		counter int64
		want    bool
	}{
		{0, false}, {-1, false}, {1<<53 + 1, false},
		{1, true}, {1, false}, {3, true}, {2, true}, {2, false},
		{65, true}, {3, false}, {2, false}, // 3 was seen, 2 is 63 behind
		{4, true}, {4, false}, {64, true},
		{65 + 63, true}, {65, false}, {66, true},
		{1 << 53, true}, {1 << 53, false}, {1<<53 - 62, true}, {1<<53 - 63, false},
	} {
		next, got := w.Accept(c.counter)
		if got != c.want {
			t.Errorf("%d in %+v: %v", c.counter, w, got)
		}
		if next.Mask < 0 || !got && next != w {
			t.Errorf("%d in %+v leaves %+v", c.counter, w, next)
		}
		w = next
	}
}

// seen is what a window should be: everything is remembered, and what is too far
// behind is not taken.
type seen struct {
	top int64
	all map[int64]bool
}

func (s *seen) accept(counter int64) bool {
	if counter < 1 || counter > 1<<53 || counter <= s.top-63 || s.all[counter] {
		return false
	}
	s.all[counter], s.top = true, max(s.top, counter)
	return true
}

func TestWindowIsAsGoodAsASet(t *testing.T) {
	r := rand.New(random(11))
	for range 200 {
		w, s := Window{}, seen{all: map[int64]bool{}}
		at := int64(1)
		for range 500 {
			at += r.Int64N(5) - 1
			counter := at + r.Int64N(140) - 100
			if r.IntN(40) == 0 {
				counter += 1 << r.IntN(52)
			}
			next, got := w.Accept(counter)
			if want := s.accept(counter); got != want {
				t.Fatalf("%d in %+v: %v, want %v", counter, w, got, want)
			}
			w = next
		}
	}
}

// 10,000 honest reports in shuffled order, each sent twice: the first of each is
// taken, the second is not.
func TestWindowOfHonestReports(t *testing.T) {
	r := rand.New(random(12))
	var w Window
	refused, twice := 0, 0
	for _, counter := range shuffled(10_000, WindowSize, r) {
		for try := range 2 {
			next, took := w.Accept(counter)
			switch {
			case try == 0 && !took:
				refused++
			case try == 1 && took:
				twice++
			}
			w = next
		}
	}
	if refused != 0 || twice != 0 {
		t.Errorf("refused %d honest ones, took %d twice", refused, twice)
	}
}

func BenchmarkWindow(b *testing.B) {
	var w Window
	for n := int64(1); b.Loop(); n++ {
		w, _ = w.Accept(n ^ 7)
	}
}
