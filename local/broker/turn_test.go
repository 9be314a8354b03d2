package broker

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

func ordered(name, service string, filters ...manifest.Filter) manifest.Trigger {
	t := trigger(name, service, filters...)
	t.Ordered = true
	return t
}

// keyed is an event of a key; its id begins with the key.
func keyed(key string, n int) Event {
	e := newEvent(fmt.Sprintf("%s-%d", key, n), "t")
	e.SetExtension("partitionkey", key)
	return e
}

// inOrder is a broker with one ordered Trigger.
func inOrder(t testing.TB, db *pg.DB, s *subscriber, slots int) *Broker {
	return open(t, Config{DB: db, Triggers: []manifest.Trigger{ordered("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, slots)}})
}

// orders returns the ids that a subscriber received, by the key before the dash,
// each once where it came again at once.
func (s *subscriber) orders() map[string][]string {
	all := map[string][]string{}
	for _, g := range s.received() {
		key, _, _ := strings.Cut(g.event.ID(), "-")
		all[key] = append(all[key], g.event.ID())
	}
	for key, ids := range all {
		all[key] = slices.Compact(ids)
	}
	return all
}

func wantOrder(t *testing.T, s *subscriber, key string, ns ...int) {
	t.Helper()
	var want []string
	for _, n := range ns {
		want = append(want, fmt.Sprintf("%s-%d", key, n))
	}
	if got := s.orders()[key]; !slices.Equal(got, want) {
		t.Errorf("the events of %s came as %v, want %v", key, got, want)
	}
}

// alone fails the test where two events of one key are at the subscriber.
type alone struct {
	t    *testing.T
	here sync.Map
}

func (a *alone) with(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		key := req.Header.Get("Ce-Partitionkey")
		if other, there := a.here.LoadOrStore(key, req.Header.Get("Ce-Id")); there {
			a.t.Errorf("%s came while %v was not done", req.Header.Get("Ce-Id"), other)
		}
		next(w, req)
		a.here.Delete(key)
	}
}

func TestEventsOfAKeyComeInOrderWhateverFails(t *testing.T) {
	var n atomic.Int32
	beside := &alone{t: t}
	s := subscribe(t, beside.with(func(w http.ResponseWriter, _ *http.Request) {
		switch n.Add(1) % 5 {
		case 1:
			w.WriteHeader(500)
		case 3:
			w.WriteHeader(429)
		}
	}))
	b := inOrder(t, nil, s, 8)
	run(t, b)
	for i := range 20 {
		publish(t, b, keyed("a", i), keyed("b", i))
	}
	idle(t, b)
	for _, key := range []string{"a", "b"} {
		wantOrder(t, s, key, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19)
	}
	if n := count(t, b.DB, `SELECT count(*) FROM turn`); n != 0 {
		t.Errorf("%d turns are left, want none", n)
	}
}

func TestConcurrentPublishersGetTheOrderOfAcceptance(t *testing.T) {
	beside := &alone{t: t}
	s := subscribe(t, beside.with(status(204)))
	b := inOrder(t, nil, s, 16)
	run(t, b)
	var publishers sync.WaitGroup
	for p := range 8 {
		publishers.Go(func() {
			for i := range 25 {
				if err := b.Publish(context.Background(), keyed([]string{"a", "b", "c"}[i%3], 100*p+i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	publishers.Wait()
	idle(t, b)
	accepted := map[string][]string{}
	for _, told := range everything(t, b) {
		key, _, _ := strings.Cut(told.Event.ID(), "-")
		accepted[key] = append(accepted[key], told.Event.ID())
	}
	for key, want := range accepted {
		if got := s.orders()[key]; !slices.Equal(got, want) {
			t.Errorf("the events of %s came as %v, want %v", key, got, want)
		}
	}
}

// One event of key a hangs; everything else goes past it.
func TestOnlyTheSameKeyIsHeldBack(t *testing.T) {
	release := make(chan struct{})
	s := subscribe(t, func(_ http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Ce-Id") == "a-0" {
			<-release
		}
	})
	b := inOrder(t, nil, s, 4)
	run(t, b)
	publish(t, b, keyed("a", 0), keyed("a", 1), keyed("b", 0), newEvent("none-0", "t"), keyed("b", 1), newEvent("none-1", "t"))
	until(t, "the others are done", func() bool { return count(t, b.DB, `SELECT count(*) FROM delivery WHERE state = 3`) == 4 })
	if got := s.orders()["a"]; len(got) != 1 {
		t.Errorf("of the key that is held came %v, want the first alone", got)
	}
	if d, err := b.Deliveries(t.Context(), everything(t, b)[1].Seq); err != nil || d[0].State != Waiting || d[0].State.String() != "waiting" {
		t.Errorf("the second of the key is %+v (%v), want waiting", d, err)
	}
	close(release)
	idle(t, b)
	wantOrder(t, s, "a", 0, 1)
	wantOrder(t, s, "b", 0, 1)
}

func TestADeadEventFreesItsKey(t *testing.T) {
	s := subscribe(t, func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Ce-Id") == "a-0" {
			w.WriteHeader(422)
		}
	})
	b := inOrder(t, nil, s, 4)
	run(t, b)
	publish(t, b, keyed("a", 0), keyed("a", 1), keyed("a", 2))
	idle(t, b)
	wantOrder(t, s, "a", 0, 1, 2)
}

// Its dead letters go to the sink in no order: the first is answered when the
// second has come.
func TestDeadLettersAreNotHeldBack(t *testing.T) {
	second := make(chan struct{})
	fails := subscribe(t, status(422))
	sink := subscribe(t, func(_ http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Ce-Id") == "a-1" {
			close(second)
		}
		<-second
	})
	tr := ordered("all", "svc")
	tr.Delivery.DeadLetterSink = "notify"
	b := open(t, Config{Triggers: []manifest.Trigger{tr}, Subscribers: map[string]Subscriber{"svc": at(fails.Server, 2), "notify": at(sink.Server, 2)}})
	run(t, b)
	publish(t, b, keyed("a", 0), keyed("a", 1))
	idle(t, b)
	wantOrder(t, sink, "a", 0, 1)
}

func TestAnUnorderedTriggerKnowsNoTurns(t *testing.T) {
	both := make(chan struct{}, 2)
	s := subscribe(t, func(_ http.ResponseWriter, req *http.Request) {
		both <- struct{}{}
		for len(both) < 2 && req.Context().Err() == nil {
		}
	})
	b := one(t, quick, s)
	publish(t, b, keyed("a", 0), keyed("a", 1))
	idle(t, b)
	if n := len(s.received()); n != 2 {
		t.Errorf("%d deliveries, want both at once and at the first attempt", n)
	}
}

func TestOrderOutlivesPauseAndRestart(t *testing.T) {
	db := pgtest.Open(t, Schema, Migrations())
	s := subscribe(t, status(204))
	first := inOrder(t, db, s, 4)
	stop := run(t, first)
	if err := first.Pause(t.Context(), "all", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	publish(t, first, keyed("a", 0), keyed("a", 1), keyed("a", 2))
	stop()
	second := inOrder(t, db, s, 4)
	run(t, second)
	publish(t, second, keyed("a", 3))
	if err := second.Resume(t.Context(), "all", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	idle(t, second)
	wantOrder(t, s, "a", 0, 1, 2, 3)
}

func TestARestartInTheMiddleKeepsTheOrder(t *testing.T) {
	started := make(chan struct{}, 1)
	hangs := subscribe(t, func(_ http.ResponseWriter, req *http.Request) {
		started <- struct{}{}
		<-req.Context().Done()
	})
	c := Config{DB: pgtest.Open(t, Schema, Migrations()), Triggers: []manifest.Trigger{ordered("all", "svc")}, Grace: 1,
		Subscribers: map[string]Subscriber{"svc": at(hangs.Server, 4)}}
	first := open(t, c)
	stop := run(t, first)
	publish(t, first, keyed("a", 0), keyed("a", 1), keyed("b", 0))
	<-started
	stop()
	s := subscribe(t, status(204))
	second := inOrder(t, c.DB, s, 4)
	run(t, second)
	idle(t, second)
	wantOrder(t, s, "a", 0, 1)
	wantOrder(t, s, "b", 0)
}

// The server is killed while events are published and delivered. An event may come
// again, but never after a later one has.
func TestOrderOutlivesTheDeathOfTheDatabase(t *testing.T) {
	server, db := durableServer(t)
	s := subscribe(t, status(204))
	b := inOrder(t, db, s, 4)
	run(t, b)
	const events = 20
	var want []int
	for i := range events {
		if i == 10 {
			if err := syscall.Kill(server.PID(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		until(t, "the event is accepted", func() bool { return b.Publish(t.Context(), keyed("a", i)) == nil })
		want = append(want, i)
	}
	until(t, "idle", func() bool {
		ok, err := b.Idle(t.Context())
		return err == nil && ok
	})
	wantOrder(t, s, "a", want...)
}

// The first run knows the Trigger as unordered and the second as ordered, or the
// other way round. What was left is delivered, and in order where that is asked.
func TestATriggerThatBeginsOrStopsBeingOrdered(t *testing.T) {
	for name, before := range map[string]bool{"begins": false, "stops": true} {
		t.Run(name, func(t *testing.T) {
			s := subscribe(t, status(204))
			c := Config{DB: pgtest.Open(t, Schema, Migrations()), Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 4)}}
			c.Triggers[0].Ordered = before
			first := open(t, c)
			stop := run(t, first)
			if err := first.Pause(t.Context(), "all", "li.wei", "try"); err != nil {
				t.Fatal(err)
			}
			for i := range 5 {
				publish(t, first, keyed("a", i))
			}
			stop()
			c.Triggers = []manifest.Trigger{trigger("all", "svc")}
			c.Triggers[0].Ordered = !before
			second := open(t, c)
			run(t, second)
			if err := second.Resume(t.Context(), "all", "li.wei", "try"); err != nil {
				t.Fatal(err)
			}
			idle(t, second)
			if !before {
				wantOrder(t, s, "a", 0, 1, 2, 3, 4)
			}
			if n := count(t, second.DB, `SELECT count(*) FROM delivery WHERE state = 3`); n != 5 {
				t.Errorf("%d deliveries are done, want 5", n)
			}
			if n := count(t, second.DB, `SELECT count(*) FROM turn`); n != 0 {
				t.Errorf("%d turns are left, want none", n)
			}
		})
	}
}

// Two died, two came after them and are held by a pause; a process beside the
// one that runs redrives the two.
func TestRedrivenEventsComeBackIntoTheirTurns(t *testing.T) {
	var mended atomic.Bool
	beside := &alone{t: t}
	s := subscribe(t, beside.with(func(w http.ResponseWriter, _ *http.Request) {
		if !mended.Load() {
			w.WriteHeader(422)
		}
	}))
	b := inOrder(t, nil, s, 4)
	run(t, b)
	publish(t, b, keyed("a", 0), keyed("a", 1))
	idle(t, b)
	if err := b.Pause(t.Context(), "all", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	publish(t, b, keyed("a", 2), keyed("a", 3))
	mended.Store(true)
	redriveAll(t, open(t, Config{DB: b.DB}), 2)
	publish(t, b, keyed("a", 4))
	if err := b.Resume(t.Context(), "all", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	idle(t, b)
	wantOrder(t, s, "a", 0, 1, 0, 1, 2, 3, 4)
}

// What runs when an earlier event comes back ends first, whether or not it fails
// in between.
func TestWhatRunsEndsBeforeWhatIsRedriven(t *testing.T) {
	var dead, failed atomic.Bool
	running, release := make(chan struct{}), make(chan struct{})
	beside := &alone{t: t}
	s := subscribe(t, beside.with(func(w http.ResponseWriter, req *http.Request) {
		switch id := req.Header.Get("Ce-Id"); {
		case id == "a-0" && !dead.Swap(true):
			w.WriteHeader(422)
		case id == "a-1" && !failed.Swap(true):
			close(running)
			<-release
			w.WriteHeader(500)
		}
	}))
	b := inOrder(t, nil, s, 4)
	run(t, b)
	publish(t, b, keyed("a", 0), keyed("a", 1), keyed("a", 2))
	<-running
	redriveAll(t, b, 1)
	publish(t, b, keyed("a", 3))
	close(release)
	idle(t, b)
	wantOrder(t, s, "a", 0, 1, 0, 2, 3)
}

// Redrives from beside and publishers at the same time never let two of a key go.
func TestRedrivesAndPublishersTogether(t *testing.T) {
	var n atomic.Int32
	beside := &alone{t: t}
	s := subscribe(t, beside.with(func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1)%3 == 0 {
			w.WriteHeader(422)
		}
	}))
	b := inOrder(t, nil, s, 8)
	run(t, b)
	operator := open(t, Config{DB: b.DB})
	var together sync.WaitGroup
	together.Go(func() {
		for i := range 100 {
			if err := b.Publish(context.Background(), keyed([]string{"a", "b"}[i%2], i)); err != nil {
				t.Error(err)
			}
		}
	})
	together.Go(func() {
		for range 50 {
			redriveAll(t, operator, -1)
		}
	})
	together.Wait()
	idle(t, b)
	if n := count(t, b.DB, `SELECT count(*) FROM turn`); n != 0 {
		t.Errorf("%d turns are left, want none", n)
	}
}

// redriveAll redrives every dead letter and wants so many, or any where it is -1.
func redriveAll(t *testing.T, b *Broker, want int) {
	t.Helper()
	run, err := b.Redrive(context.Background(), Redrive{Who: "li.wei", Why: "mended"})
	if err != nil || want >= 0 && run.Done != want {
		t.Errorf("redrove %+v (%v), want %d", run, err, want)
	}
}
