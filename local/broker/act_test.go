package broker

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// untimed is acts without what differs from one run of a test to the next.
func untimed(t *testing.T, b *Broker) []Act {
	t.Helper()
	acts, err := b.Acts(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range acts {
		if acts[i].ID == 0 || acts[i].At.IsZero() {
			t.Errorf("the act %+v has no id or no time", acts[i])
		}
		acts[i].ID, acts[i].At = 0, time.Time{}
	}
	return acts
}

func TestEveryChangeIsAnAct(t *testing.T) {
	b, _ := condemned(t, 3)
	first := everything(t, b)[0].Seq
	for range 2 { // a pause of what is paused changes nothing
		if err := b.Pause(t.Context(), "all", "li.wei", "the engine is down"); err != nil {
			t.Fatal(err)
		}
	}
	r := Redrive{DeadQuery: DeadQuery{Seqs: []int64{first}}, Who: "li.wei", Why: "mended"}
	sent, err := b.Redrive(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	going, err := b.beginRun(t.Context(), Redrive{Who: "li.wei", Why: "the rest"})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.AbortRedrive(t.Context(), going.ID, "zhao.min", ""); err != nil {
		t.Fatal(err)
	}
	discard(t, b, DeadQuery{}, 2)
	if err := b.Resume(t.Context(), "all", "li.wei", ""); err != nil {
		t.Fatal(err)
	}
	if err := b.Act(t.Context(), Act{Who: "zhao.min", What: "sent event", About: strings.Repeat("界", 1000), Count: 1}); err != nil {
		t.Fatal(err)
	}
	want := []Act{
		{Who: "zhao.min", What: "sent event", About: clip(strings.Repeat("界", 1000)), Count: 1},
		{Who: "li.wei", What: ActResume, About: "all", Count: 1},
		{Who: "wang.fang", What: ActDiscard, Why: "the files are test data", About: "all", Count: 2},
		{Who: "zhao.min", What: ActAbort, Run: going.ID, Count: 1},
		{Who: "li.wei", What: ActRedrive, Why: "the rest", About: "all", Run: going.ID},
		{Who: "li.wei", What: ActRedrive, Why: "mended", About: r.DeadQuery.String(), Count: 1, Run: sent.ID},
		{Who: "li.wei", What: ActPause, Why: "the engine is down", About: "all", Count: 1},
	}
	if diff := cmp.Diff(want, untimed(t, b)); diff != "" {
		t.Error(diff)
	}
}

func TestAnActOfNobodyIsRefused(t *testing.T) {
	b, _ := condemned(t, 1)
	for _, a := range []Act{{}, {Who: "li.wei"}, {What: "sent event"}} {
		if b.Act(t.Context(), a) == nil {
			t.Errorf("%+v was taken", a)
		}
	}
	if err := b.Pause(t.Context(), "all", "", ""); err == nil || count(t, b.DB, `SELECT count(*) FROM pause`) != 0 {
		t.Errorf("a pause of nobody's ended with %v", err)
	}
}

func TestActsComeInPages(t *testing.T) {
	b := open(t, Config{})
	for range 5 {
		if err := b.Act(t.Context(), Act{Who: "li.wei", What: "sent event"}); err != nil {
			t.Fatal(err)
		}
	}
	var pages []int
	for before := int64(0); ; {
		acts, err := b.Acts(t.Context(), before, 2)
		if err != nil {
			t.Fatal(err)
		}
		if pages = append(pages, len(acts)); len(acts) < 2 {
			break
		}
		before = acts[1].ID
	}
	if diff := cmp.Diff([]int{2, 2, 1}, pages); diff != "" {
		t.Error(diff)
	}
}

// A run that goes on behind its caller is seen by its row, and by its act.
func TestARunThatGoesOnBehindItsCaller(t *testing.T) {
	b, s := condemned(t, 3)
	if _, err := b.StartRedrive(t.Context(), Redrive{Who: "li.wei"}); err == nil {
		t.Error("a run without a why was started")
	}
	begun, err := b.StartRedrive(t.Context(), Redrive{Who: "li.wei", Why: "mended"})
	if err != nil || begun.Total != 3 || begun.State != Going {
		t.Fatalf("began %+v (%v), want a run of 3", begun, err)
	}
	until(t, "the run has ended", func() bool { return onlyRun(t, b).State == Ended })
	idle(t, b)
	if acts := untimed(t, b); len(acts) != 1 || acts[0].Count != 3 || len(s.received()) != 6 {
		t.Errorf("acts %+v after %d deliveries, want one of 3 after 6", acts, len(s.received()))
	}
}

func TestDeadLettersComeInPages(t *testing.T) {
	b, _ := condemned(t, 1)
	fillDead(t, b, 20, 4)
	for group, want := range map[string]int{"": 21, groupID("svc", 422, "page # is unreadable, kind b"): 5} {
		var seqs []int64
		q := DeadQuery{Group: group, Limit: 3}
		for {
			page, err := b.Dead(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range page {
				seqs = append(seqs, l.Seq)
			}
			if len(page) < 3 {
				break
			}
			q.Before = page[2].Mark()
		}
		whole, err := b.Dead(t.Context(), DeadQuery{Group: group})
		if err != nil || len(whole) != want {
			t.Fatalf("the group %q has %d letters (%v), want %d", group, len(whole), err, want)
		}
		for i, l := range whole {
			if i >= len(seqs) || seqs[i] != l.Seq {
				t.Fatalf("page after page there are %v, want what one page has: %d at %d", seqs, l.Seq, i)
			}
		}
	}
}
