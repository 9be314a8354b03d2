package broker

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// failOnce answers 500 and then 204.
func failOnce(tries *int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		*tries++
		w.WriteHeader(map[bool]int{true: 500, false: 204}[*tries == 1])
	}
}

func TestStandingsAreWhatCountingSays(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	all := history(3000, now, 3*time.Second)
	b := knowing(t, open(t, Config{}).DB)
	remember(t, b.DB, all)
	if err := b.Pause(t.Context(), "read-told", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	want := []TriggerStanding{{Trigger: "cut-asked", Service: "cut"}, {Trigger: "cut-told", Service: "cut"}, {Trigger: "read-told", Service: "read"}}
	for i := range want {
		want[i].Limit = quick.Timeout
		for _, p := range all {
			if p.trigger == want[i].Trigger {
				add(&want[i], p, now)
			}
		}
	}
	got, err := b.TriggerStandings(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if (got[i].Paused != nil) != (got[i].Trigger == "read-told") {
			t.Errorf("%s is paused since %v", got[i].Trigger, got[i].Paused)
		}
		got[i].Paused = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-counted +read)\n%s", diff)
	}
}

// add counts one of a history in.
func add(s *TriggerStanding, p past, now time.Time) {
	if !p.received.Before(now.Add(-recently)) {
		s.Came++
	}
	if !p.unended && !p.ended.Before(now.Add(-recently)) {
		s.Ended++
	}
	switch p.state {
	case Ready:
		s.Ready++
		s.Late = max(s.Late, now.Sub(p.due))
	case Waiting:
		s.Waiting++
	case Running:
		s.Running++
		s.Longest = max(s.Longest, now.Sub(p.started))
	case Dead:
		s.Dead++
		if !p.ended.Before(now.Add(-lately)) {
			s.DeadLately++
		}
	}
	if p.state == Ready || p.state == Waiting {
		s.Oldest = max(s.Oldest, now.Sub(p.received))
	}
}

func TestWhatIsStuck(t *testing.T) {
	paused := time.Now()
	for name, c := range map[string]struct {
		s                TriggerStanding
		overdue, growing bool
	}{
		"nothing":               {TriggerStanding{}, false, false},
		"at its limit":          {TriggerStanding{Limit: time.Minute, Longest: time.Minute + overdueAfter}, false, false},
		"beyond its limit":      {TriggerStanding{Limit: time.Minute, Longest: time.Minute + overdueAfter + 1}, true, false},
		"of an unknown Trigger": {TriggerStanding{Longest: time.Hour}, false, false},
		"growing":               {TriggerStanding{Ready: growingFrom, Late: lateAfter + 1, Came: 2, Ended: 1}, false, true},
		"growing in turn":       {TriggerStanding{Ready: 1, Waiting: growingFrom - 1, Late: lateAfter + 1, Came: 2, Ended: 1}, false, true},
		"few":                   {TriggerStanding{Ready: growingFrom - 1, Late: lateAfter + 1, Came: 2, Ended: 1}, false, false},
		"not late":              {TriggerStanding{Ready: growingFrom, Late: lateAfter, Came: 2, Ended: 1}, false, false},
		"worked off":            {TriggerStanding{Ready: growingFrom, Late: time.Hour, Came: 2, Ended: 2}, false, false},
		"paused":                {TriggerStanding{Ready: growingFrom, Late: time.Hour, Came: 2, Paused: &paused}, false, false},
	} {
		if c.s.Overdue() != c.overdue || c.s.Growing() != c.growing {
			t.Errorf("%s: overdue %v and growing %v, want %v and %v", name, c.s.Overdue(), c.s.Growing(), c.overdue, c.growing)
		}
	}
}

func TestAStoryKnowsWhatIsOnItsWay(t *testing.T) {
	s := subscribe(t, status(204))
	b := one(t, quick, s)
	if err := b.Pause(t.Context(), "all", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	publish(t, b, newEvent("1", "t"))
	look := func(want map[State]int) {
		t.Helper()
		got, err := b.StoryStates(t.Context(), "1")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
	}
	look(map[State]int{Ready: 1})
	if got := b.Load(); got != (Load{Queued: 1, Most: 10_000}) {
		t.Errorf("the load is %+v", got)
	}
	if err := b.Resume(t.Context(), "all", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	idle(t, b)
	look(map[State]int{Done: 1})
}
