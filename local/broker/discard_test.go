package broker

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/manifest"
)

func discard(t testing.TB, b *Broker, q DeadQuery, want int) Act {
	t.Helper()
	act, err := b.Discard(t.Context(), Discard{DeadQuery: q, Who: "wang.fang", Why: "the files are test data"})
	if err != nil || act.Count != want {
		t.Errorf("discarded %+v (%v), want %d", act, err, want)
	}
	return act
}

func TestADiscardedLetterIsNoDeadLetterAnyMore(t *testing.T) {
	b, s := condemned(t, 3)
	died := everything(t, b)[0].Deliveries[0].EndedAt
	act := discard(t, b, DeadQuery{Seqs: []int64{everything(t, b)[0].Seq}}, 1)
	discard(t, b, DeadQuery{Seqs: []int64{everything(t, b)[0].Seq}}, 0)
	idle(t, b)
	d := everything(t, b)[0].Deliveries[0]
	want := &GivenUp{Act: act.ID, Who: "wang.fang", Why: "the files are test data", DiedAt: *died, At: *d.EndedAt}
	if diff := cmp.Diff(want, d.GivenUp); diff != "" || d.State != Discarded || d.Reason != "unreadable" || len(d.Failures) != 1 {
		t.Errorf("the delivery is %+v, want discarded with all that was tried; by whom: %s", d, diff)
	}
	if counts, err := b.DeadCounts(t.Context(), DeadQuery{}); err != nil || counts["all"] != 2 {
		t.Errorf("dead letters are counted as %v (%v), want 2", counts, err)
	}
	if groups, err := b.DeadGroups(t.Context(), DeadQuery{}); err != nil || len(groups) != 1 || groups[0].Count != 2 {
		t.Errorf("the groups are %+v (%v), want one of 2", groups, err)
	}
	redriveAll(t, b, 2)
	idle(t, b)
	if n := len(s.received()); n != 5 {
		t.Errorf("%d deliveries, want the 3 and 2 again", n)
	}
}

func TestADiscardThatIsNotOne(t *testing.T) {
	b, _ := condemned(t, 1)
	for _, d := range []Discard{{}, {Who: "wang.fang"}, {Why: "test data"}} {
		if _, err := b.Discard(t.Context(), d); err == nil {
			t.Errorf("%+v was taken", d)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if act, err := b.Discard(gone, Discard{Who: "wang.fang", Why: "test data"}); err == nil || act.Count != 0 {
		t.Errorf("discarded %+v (%v) for somebody who had gone", act, err)
	}
	discard(t, b, DeadQuery{}, 1)
}

// Two letters of one event are two things.
func TestOneLetterOfTwoIsDiscarded(t *testing.T) {
	s := subscribe(t, body(422, "unreadable"))
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("one", "svc"), trigger("two", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 4)}})
	run(t, b)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	seq := everything(t, b)[0].Seq
	act := discard(t, b, DeadQuery{Letters: []LetterID{{seq, "two"}, {seq, "three"}}}, 1)
	if want := fmt.Sprintf("letters=[{%d two} {%d three}]", seq, seq); act.About != want {
		t.Errorf("the act is about %s, want %s", act.About, want)
	}
	for trigger, want := range map[string]State{"one": Dead, "two": Discarded, "": Dead} {
		if l, err := b.Letter(t.Context(), seq, trigger); err != nil || l.Delivery.State != want || l.Service != "svc" || l.Event.ID() != "1" {
			t.Errorf("the letter of %q is %+v (%v), want %v", trigger, l, err, want)
		}
	}
}

// More dead letters than a lot holds, of which a quarter are of the group.
func TestADiscardGoesThroughLots(t *testing.T) {
	b, _ := condemned(t, 1)
	fillDead(t, b, 4*redriveLot, 4)
	group := groupID("svc", 422, "page # is unreadable, kind b")
	act := discard(t, b, DeadQuery{Group: group}, redriveLot)
	if want := fmt.Sprintf(`group=%q (svc 422: page # is unreadable, kind b)`, group); act.About != want {
		t.Errorf("the act is about %s, want %s", act.About, want)
	}
	discard(t, b, DeadQuery{Reason: "kind c", Type: "t"}, redriveLot)
	discard(t, b, DeadQuery{}, 2*redriveLot+1)
}

func TestDiscardAndRedriveTogetherTakeEachLetterOnce(t *testing.T) {
	b, _ := condemned(t, 0)
	fillDead(t, b, 3*redriveLot, 4)
	if err := b.Pause(t.Context(), "all", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	var act Act
	var sent RedriveRun
	both.Go(func() { act, _ = b.Discard(t.Context(), Discard{Who: "wang.fang", Why: "x"}) })
	both.Go(func() { sent, _ = b.Redrive(t.Context(), Redrive{Who: "li.wei", Why: "y"}) })
	both.Wait()
	discarded, ready := count(t, b.DB, `SELECT count(*) FROM delivery WHERE state = 6`), count(t, b.DB, `SELECT count(*) FROM delivery WHERE state = 1`)
	if act.Count != discarded || sent.Done != ready || discarded+ready != 3*redriveLot {
		t.Errorf("%d of %d are discarded and %d of %d redriven, want %d together", discarded, act.Count, ready, sent.Done, 3*redriveLot)
	}
}

func TestAKeyGoesOnBehindWhatIsDiscarded(t *testing.T) {
	s := subscribe(t, body(422, "unreadable"))
	b := inOrder(t, nil, s, 4)
	run(t, b)
	publish(t, b, keyed("k", 1))
	idle(t, b)
	discard(t, b, DeadQuery{}, 1)
	publish(t, b, keyed("k", 2), keyed("k", 3))
	idle(t, b)
	redriveAll(t, b, 2)
	idle(t, b)
	wantOrder(t, s, "k", 1, 2, 3, 2, 3)
	if n := count(t, b.DB, `SELECT count(*) FROM turn`); n != 0 {
		t.Errorf("%d turns are left, want none", n)
	}
}

// A discarded letter is kept as long as a dead one, from when it was discarded.
func TestWhatWasDiscardedLongAgoIsRemoved(t *testing.T) {
	b, _ := condemned(t, 1)
	b.Keep, b.KeepDead = time.Hour, 3*time.Hour
	aged(t, b, 2*time.Hour)
	discard(t, b, DeadQuery{}, 1)
	for _, c := range []struct {
		ages time.Duration
		want string
	}{{2 * time.Hour, "0"}, {61 * time.Minute, ""}} {
		aged(t, b, c.ages)
		(&sweep{Broker: b}).all(t.Context())
		if got := kept(t, b); got != c.want {
			t.Errorf("after %v more there are %q, want %q", c.ages, got, c.want)
		}
	}
	if n := count(t, b.DB, `SELECT (SELECT count(*) FROM discard) + (SELECT count(*) FROM delivery)`); n != 0 {
		t.Errorf("%d rows are left, want none", n)
	}
	if acts, err := b.Acts(t.Context(), 0, 0); err != nil || len(acts) != 1 {
		t.Errorf("acts %+v (%v), want the discard: who did what outlives the events", acts, err)
	}
}

// A restart leaves alone what was given up.
func TestADiscardOutlivesARestart(t *testing.T) {
	b, s := condemned(t, 2)
	discard(t, b, DeadQuery{}, 2)
	again := open(t, Config{DB: b.DB, Triggers: b.Triggers, Subscribers: b.Subscribers})
	if err := again.restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, b.DB, `SELECT count(*) FROM delivery WHERE state = 6`); n != 2 || len(s.received()) != 2 {
		t.Errorf("%d are discarded after %d deliveries, want 2 after 2", n, len(s.received()))
	}
}
