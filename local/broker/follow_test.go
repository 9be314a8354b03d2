package broker

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Many publish at once, and whoever follows sees each event once, in order, and none
// that was accepted before one that was seen.
func TestNothingIsMissedBehindConcurrentCommits(t *testing.T) {
	const publishers, each = 8, 50
	b := open(t, Config{})
	var all sync.WaitGroup
	for p := range publishers {
		all.Go(func() {
			for i := range each {
				if err := b.Publish(t.Context(), newEvent(fmt.Sprint(p, "-", i), "t")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	seen, last := map[string]bool{}, int64(0)
	for at := int64(0); len(seen) < publishers*each && !t.Failed(); {
		news := b.News()
		came, err := b.Follow(t.Context(), Search{}, at, 1000)
		if err != nil || came.Skipped != 0 {
			t.Fatalf("came %+v (%v)", came, err)
		}
		for _, e := range came.Entries {
			if seen[e.ID] || e.Seq <= last {
				t.Errorf("event %s came with number %d after %d", e.ID, e.Seq, last)
			}
			seen[e.ID], last = true, e.Seq
		}
		if at = came.At; len(came.Entries) == 0 {
			<-news // all that comes is this broker's, so nothing is waited for in vain
		}
	}
	all.Wait()
}

func TestFollowingLeavesOutWhatIsTooMuchAndSaysSo(t *testing.T) {
	b := open(t, Config{})
	for i := range 30 {
		publish(t, b, newEvent(fmt.Sprint("n", i+1), []string{"even", "odd"}[i%2]))
	}
	head, err := b.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		s       Search
		after   int64
		most    int
		want    string
		skipped int
	}{
		{Search{}, head - 3, 10, "n28 n29 n30", 0},
		{Search{}, head - 3, 2, "n29 n30", 1},
		{Search{Type: "odd"}, 0, 3, "n26 n28 n30", 12},
		{Search{Type: "none"}, 0, 3, "", 0},
		{Search{}, head, 3, "", 0},
	} {
		came, err := b.Follow(t.Context(), c.s, c.after, c.most)
		if err != nil || ids(came.Entries) != c.want || came.Skipped != c.skipped || came.At != head {
			t.Errorf("%+v after %d came %q, skipped %d, at %d (%v), want %q, %d, %d", c.s, c.after, ids(came.Entries), came.Skipped, came.At, err, c.want, c.skipped, head)
		}
	}
}

// One call looks at 5,000 events; the next goes on behind them.
func TestFollowingLooksOnlySoFar(t *testing.T) {
	b := open(t, Config{})
	if _, err := b.DB.Exec(t.Context(), `INSERT INTO event (seq, type, subject, correlation, attributes, data, trace, hops)
		SELECT n, 't', '', '', '{"id":"n' || n || '"}', '', '', 0 FROM generate_series(1, 7000) n`); err != nil {
		t.Fatal(err)
	}
	first, err := b.Follow(t.Context(), Search{}, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.Follow(t.Context(), Search{}, first.At, 2)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{ids(first.Entries), first.At, first.Skipped, ids(second.Entries), second.At, second.Skipped}
	if diff := cmp.Diff([]any{"n4999 n5000", int64(5000), 4998, "n6999 n7000", int64(7000), 1998}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNewsTellsOfWhatWasAccepted(t *testing.T) {
	b := open(t, Config{})
	news := b.News()
	select {
	case <-news:
		t.Fatal("news before anything came")
	default:
	}
	publish(t, b, newEvent("1", "t"))
	select {
	case <-news:
	case <-time.After(20 * time.Second):
		t.Fatal("no news of an event")
	}
}
