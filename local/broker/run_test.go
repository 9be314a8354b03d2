package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

func TestOneThousandEventsThroughThreeTriggers(t *testing.T) {
	s := subscribe(t, status(204))
	b := open(t, Config{
		Triggers:    []manifest.Trigger{trigger("one", "svc"), trigger("two", "svc", prefix("type", "t")), trigger("three", "other", not(exact("type", "x")))},
		Subscribers: map[string]Subscriber{"svc": at(s.Server, 16), "other": at(s.Server, 16)},
	})
	run(t, b)
	var publishers sync.WaitGroup
	for p := range 10 {
		publishers.Go(func() {
			for i := range 100 {
				if err := b.Publish(context.Background(), newEvent(fmt.Sprintf("%d-%d", p, i), "t")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	publishers.Wait()
	idle(t, b)
	times := map[string]int{}
	for _, g := range s.received() {
		times[g.event.ID()]++
	}
	if len(s.received()) != 3000 || len(times) != 1000 {
		t.Errorf("received %d deliveries of %d events, want 3000 of 1000", len(s.received()), len(times))
	}
	if n := count(t, b.DB, `SELECT count(*) FROM delivery WHERE state = 3 AND attempts = 0`); n != 3000 {
		t.Errorf("%d deliveries are done at the first attempt, want 3000", n)
	}
}

// writer is called with each line of a log.
type writer func(string)

func (w writer) Write(p []byte) (int, error) {
	w(string(p))
	return len(p), nil
}

// The database may fail at the very moment at which the broker begins.
func TestABeginningThatFailsIsTriedAgain(t *testing.T) {
	s := subscribe(t, status(204))
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 8)}, Poll: 10 * time.Millisecond})
	if err := b.Publish(t.Context(), newEvent("1", "t")); err != nil {
		t.Fatal(err)
	}
	rename := func(from, to string) {
		if _, err := b.DB.Exec(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to); err != nil {
			t.Fatal(err)
		}
	}
	refused := make(chan struct{}, 1)
	b.Log = slog.New(slog.NewTextHandler(writer(func(line string) {
		if strings.Contains(line, "nothing is delivered yet") {
			select {
			case refused <- struct{}{}:
			default:
			}
		}
	}), nil))
	rename("delivery", "away")
	run(t, b)
	<-refused
	rename("away", "delivery")
	idle(t, b)
	if n := len(s.received()); n != 1 {
		t.Errorf("%d deliveries after the database was back, want 1", n)
	}
}

func TestNoMoreDeliveriesThanSlots(t *testing.T) {
	var mu sync.Mutex
	now, most := 0, 0
	s := subscribe(t, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		mu.Lock()
		now--
		mu.Unlock()
	})
	b := open(t, Config{
		Triggers:    []manifest.Trigger{trigger("one", "svc"), trigger("two", "svc")},
		Subscribers: map[string]Subscriber{"svc": at(s.Server, 3)},
	})
	run(t, b)
	for i := range 30 {
		publish(t, b, newEvent(fmt.Sprint(i), "t"))
	}
	idle(t, b)
	if len(s.received()) != 60 || most != 3 {
		t.Errorf("%d deliveries, at most %d at once; want 60 and 3", len(s.received()), most)
	}
}

func TestABacklogOfOneTriggerDoesNotStarveItsNeighbour(t *testing.T) {
	s := subscribe(t, func(http.ResponseWriter, *http.Request) { time.Sleep(10 * time.Millisecond) })
	b := open(t, Config{
		Triggers:    []manifest.Trigger{trigger("many", "svc", exact("type", "many")), trigger("few", "svc", exact("type", "few"))},
		Subscribers: map[string]Subscriber{"svc": at(s.Server, 1)},
	})
	for i := range 50 {
		publish(t, b, newEvent(fmt.Sprint(i), "many"))
	}
	publish(t, b, newEvent("x", "few"))
	run(t, b)
	idle(t, b)
	place := slices.IndexFunc(s.received(), func(g got) bool { return g.event.Type() == "few" })
	if place < 0 || place > 5 {
		t.Errorf("the few came at place %d among the many, want among the first", place)
	}
}

func TestARestartTakesUpWhatWasRunning(t *testing.T) {
	started := make(chan struct{}, 1)
	hangs := subscribe(t, func(w http.ResponseWriter, req *http.Request) {
		started <- struct{}{}
		<-req.Context().Done()
	})
	c := Config{DB: pgtest.Open(t, Schema, Migrations()), Triggers: []manifest.Trigger{trigger("all", "svc")}, Grace: time.Millisecond,
		Subscribers: map[string]Subscriber{"svc": at(hangs.Server, 1)}}
	first := open(t, c)
	stop := run(t, first)
	publish(t, first, newEvent("1", "t"))
	<-started
	stop()
	if d := only(t, first); d.State != Running {
		t.Fatalf("after the stop the delivery is %v, want running", d.State)
	}
	works := subscribe(t, status(204))
	c.Subscribers = map[string]Subscriber{"svc": at(works.Server, 1)}
	second := open(t, c)
	run(t, second)
	idle(t, second)
	if d := only(t, second); d.State != Done || d.Attempts != 0 || len(works.received()) != 1 {
		t.Errorf("after the restart the delivery is %+v and %d events arrived, want done without a failure, and one", d, len(works.received()))
	}
}

// A server that dies may keep a claim whose answer never came, or forget an end.
func TestADeliveryThatNobodyMakesIsMadeAgain(t *testing.T) {
	s := subscribe(t, status(204))
	b := open(t, Config{DB: pgtest.Open(t, Schema, Migrations()), Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 1)}})
	run(t, b)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	if _, err := b.DB.Exec(t.Context(), `UPDATE delivery SET state = 2, ended_at = NULL`); err != nil {
		t.Fatal(err)
	}
	idle(t, b)
	if d := only(t, b); d.State != Done || len(s.received()) != 2 {
		t.Errorf("the delivery is %+v and %d events arrived, want done, and two", d, len(s.received()))
	}
}

func TestADeliveryThatIsDueAfterAClockJumpedIsMadeNow(t *testing.T) {
	s := subscribe(t, status(204))
	b := open(t, Config{DB: pgtest.Open(t, Schema, Migrations()), Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 1)}, MaxWait: time.Hour})
	publish(t, b, newEvent("far", "t"), newEvent("near", "t"))
	for id, next := range map[string]string{"far": "61 minutes", "near": "59 minutes"} {
		_, err := b.DB.Exec(t.Context(), `UPDATE delivery SET next_at = now() + $2::text::interval WHERE seq = (SELECT seq FROM event WHERE strpos(attributes, '"' || $1 || '"') > 0)`, id, next)
		if err != nil {
			t.Fatal(err)
		}
	}
	run(t, b)
	until(t, "the one that is due too late is done", func() bool { return count(t, b.DB, `SELECT count(*) FROM delivery WHERE state = 3`) == 1 })
	if got := s.received(); len(got) != 1 || got[0].event.ID() != "far" {
		t.Errorf("received %v, want the one whose pause is longer than any may be", got)
	}
}

func TestDeliveriesOfATriggerThatIsGoneAreDead(t *testing.T) {
	s := subscribe(t, status(204))
	c := Config{DB: pgtest.Open(t, Schema, Migrations()), Triggers: []manifest.Trigger{trigger("old", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 1)}}
	publish(t, open(t, c), newEvent("1", "t"))
	c.Triggers = []manifest.Trigger{trigger("new", "svc")}
	b := open(t, c)
	run(t, b)
	idle(t, b)
	if d := only(t, b); d.State != Dead || !strings.Contains(d.Reason, "the Trigger is gone") {
		t.Errorf("the delivery is %+v, want dead because the Trigger is gone", d)
	}
}

func TestPauseHoldsAndResumeReleases(t *testing.T) {
	s := subscribe(t, status(204))
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("held", "svc"), trigger("free", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 2)}})
	for range 2 { // twice is once
		if err := b.Pause(t.Context(), "held", "li.wei", "try"); err != nil {
			t.Fatal(err)
		}
	}
	run(t, b)
	publish(t, b, newEvent("1", "t"))
	until(t, "the free one is done", func() bool { return count(t, b.DB, `SELECT count(*) FROM delivery WHERE state = 3`) == 1 })
	publish(t, b, newEvent("2", "t"))
	until(t, "the free one is done again", func() bool { return count(t, b.DB, `SELECT count(*) FROM delivery WHERE state = 3`) == 2 })
	if n := count(t, b.DB, `SELECT count(*) FROM delivery WHERE trigger = 'held' AND state = 1`); n != 2 {
		t.Errorf("%d deliveries wait, want 2", n)
	}
	if err := b.Resume(t.Context(), "held", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	idle(t, b)
	if n := count(t, b.DB, `SELECT count(*) FROM delivery WHERE state = 3`); n != 4 {
		t.Errorf("%d deliveries are done, want 4", n)
	}
}

func TestAWriteThatTheServerRefusesHarmsNobodyElse(t *testing.T) {
	b := open(t, Config{})
	good, err := b.accept(newEvent("good", "t"), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	bad := good
	bad.correlation = "\x00" // no text in PostgreSQL
	group := []*write{{events: []accepted{good}, done: make(chan error, 1)}, {events: []accepted{bad}, done: make(chan error, 1)}}
	b.commit(group)
	if good, bad := <-group[0].done, <-group[1].done; good != nil || pg.State(bad) == "" {
		t.Errorf("the good write ended with %v, the bad one with %v; want nil and the server's error", good, bad)
	}
	if n := count(t, b.DB, `SELECT count(*) FROM event`); n != 1 {
		t.Errorf("%d events are stored, want the good one", n)
	}
}

func TestAnEndThatTheDatabaseDoesNotTakeIsStoredLater(t *testing.T) {
	s := subscribe(t, status(204))
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 1)}})
	outages, commit := 2, b.queue.commit
	b.queue.commit = func(group []*write) {
		if len(group[0].ends) > 0 && outages > 0 {
			outages--
			for _, w := range group {
				w.done <- errors.New("the database is away")
			}
			return
		}
		commit(group)
	}
	run(t, b)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	if d := only(t, b); d.State != Done || len(s.received()) != 1 {
		t.Errorf("the delivery is %+v and was made %d times, want done and once", d, len(s.received()))
	}
}

func TestAnEndThatTheDatabaseRefusesIsADeadLetter(t *testing.T) {
	s := subscribe(t, status(204))
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 1)}})
	if _, err := b.DB.Exec(t.Context(), `ALTER TABLE delivery ADD CHECK (state <> 3)`); err != nil {
		t.Fatal(err)
	}
	run(t, b)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	if d := only(t, b); d.State != Dead || !strings.HasPrefix(d.Reason, "its end cannot be stored: ") {
		t.Errorf("the delivery is %+v, want a dead letter that says why", d)
	}
}
