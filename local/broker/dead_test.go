package broker

import (
	"encoding/base64"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"xietong.dev/shared/manifest"
)

func TestDeadLettersAreFoundAndRedriven(t *testing.T) {
	var mended atomic.Bool
	s := subscribe(t, func(w http.ResponseWriter, req *http.Request) {
		if !mended.Load() {
			body(422, "unreadable: "+req.Header.Get("Ce-Id"))(w, req)
		}
	})
	b := open(t, Config{
		Triggers:    []manifest.Trigger{trigger("x", "svc", exact("type", "x")), trigger("y", "svc", exact("type", "y"))},
		Subscribers: map[string]Subscriber{"svc": at(s.Server, 4)},
	})
	run(t, b)
	x1, x2, y := newEvent("x1", "x"), newEvent("x2", "x"), newEvent("y1", "y")
	x1.SetTime(noon)
	publish(t, b, x1, x2, y)
	idle(t, b)
	all, err := b.Dead(t.Context(), DeadQuery{})
	if err != nil || len(all) != 3 {
		t.Fatalf("dead letters %v (%v), want three", all, err)
	}
	for _, c := range []struct {
		q    DeadQuery
		want int
	}{
		{DeadQuery{Trigger: "x"}, 2}, {DeadQuery{Type: "y"}, 1}, {DeadQuery{Reason: "x2"}, 1}, {DeadQuery{Reason: "%"}, 0},
		{DeadQuery{Limit: 2}, 2}, {DeadQuery{Seqs: []int64{all[0].Seq, all[1].Seq}}, 2}, {DeadQuery{Trigger: "x", Type: "y"}, 0},
	} {
		if letters, err := b.Dead(t.Context(), c.q); err != nil || len(letters) != c.want {
			t.Errorf("%+v found %d (%v), want %d", c.q, len(letters), err, c.want)
		}
	}
	letter, err := b.Dead(t.Context(), DeadQuery{Reason: "x1"})
	if err != nil || len(letter) != 1 || letter[0].Event.String() != x1.String() || letter[0].Delivery.Code != 422 || letter[0].Delivery.Attempts != 1 || letter[0].Trace == "" {
		t.Fatalf("the dead letter is %+v (%v), want the event itself, code 422, one attempt and a trace", letter, err)
	}

	mended.Store(true)
	if _, err := b.Redrive(t.Context(), Redrive{}); err == nil {
		t.Error("a redrive without who and why was made")
	}
	run, err := b.Redrive(t.Context(), Redrive{DeadQuery: DeadQuery{Trigger: "x"}, Who: "li.wei", Why: "decoder mended"})
	if err != nil || run.Done != 2 {
		t.Fatalf("redrove %+v (%v), want 2", run, err)
	}
	idle(t, b)
	rest, err := b.Dead(t.Context(), DeadQuery{})
	if err != nil || len(rest) != 1 || rest[0].Event.ID() != "y1" {
		t.Errorf("dead letters left: %v (%v), want that of y1", rest, err)
	}
	d, err := b.Deliveries(t.Context(), letter[0].Seq)
	if err != nil || len(d) != 1 || d[0].State != Done || d[0].Attempts != 0 || len(d[0].Failures) != 1 || len(d[0].Redrives) != 1 {
		t.Fatalf("the redriven delivery is %+v (%v), want done, with its failure and its redrive", d, err)
	}
	if r := d[0].Redrives[0]; r.Who != "li.wei" || r.Why != "decoder mended" || r.Code != 422 || r.Reason != "unreadable: x1" {
		t.Errorf("the redrive is recorded as %+v", r)
	}
	if twice := s.received(); twice[len(twice)-1].event.Type() != "x" || !sameEventTwice(twice, x1) {
		t.Error("the redriven event is not the one that was sent at first")
	}
}

func sameEventTwice(all []got, e Event) bool {
	n := 0
	for _, g := range all {
		if g.event.String() == e.String() {
			n++
		}
	}
	return n == 2
}

func TestARedrivenLetterHasAllItsAttemptsAgain(t *testing.T) {
	s := subscribe(t, status(500))
	b := one(t, quick, s)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	if _, err := b.Redrive(t.Context(), Redrive{Who: "li.wei", Why: "try"}); err != nil {
		t.Fatal(err)
	}
	idle(t, b)
	if d := only(t, b); d.State != Dead || d.Attempts != 3 || len(d.Failures) != 6 {
		t.Errorf("the delivery is %+v, want dead again after three more attempts", d)
	}
}

func TestADeadLetterSinkGetsWhatCouldNotBeDelivered(t *testing.T) {
	fails, sink := subscribe(t, body(422, "没有语音")), subscribe(t, status(204))
	tr := trigger("all", "svc")
	tr.Delivery.DeadLetterSink = "notify"
	b := open(t, Config{Triggers: []manifest.Trigger{tr}, Subscribers: map[string]Subscriber{"svc": at(fails.Server, 1), "notify": at(sink.Server, 1)}})
	run(t, b)
	e := newEvent("1", "t")
	for i := range 2 {
		if i == 0 {
			publish(t, b, e)
		} else {
			redriveAll(t, b, 1)
		}
		idle(t, b)
		if n := len(sink.received()); n != i+1 {
			t.Fatalf("the sink received %d events, want %d", n, i+1)
		}
		want := e.Clone()
		want.SetExtension("knativeerrordest", "http://svc/")
		want.SetExtension("knativeerrorcode", "422")
		want.SetExtension("knativeerrordata", base64.StdEncoding.EncodeToString([]byte("没有语音")))
		if got := sink.received()[i].event.String(); got != want.String() {
			t.Errorf("the sink received\n%s\nwant\n%s", got, want)
		}
	}
	letters, err := b.Dead(t.Context(), DeadQuery{})
	if err != nil || len(letters) != 1 || letters[0].Delivery.Trigger != "all" {
		t.Errorf("dead letters %v (%v), want that of the Trigger alone", letters, err)
	}
}

// On a cluster Triggers that give up lead to the broker of dead letters. Who is told of
// those there is told here too: of each death, though one event dies twice.
func TestTriggersOfDeadLettersAreToldOfEachDeath(t *testing.T) {
	fails, sink := subscribe(t, body(422, "no")), subscribe(t, status(204))
	told := manifest.Trigger{Name: "watch-died", Broker: manifest.DeadLetters, Service: "watch", Path: "/dead", Delivery: quick,
		Filters: []manifest.Filter{{Prefix: map[string]string{"knativeerrordest": "http://svc"}}}}
	var subscribers = map[string]Subscriber{"svc": at(fails.Server, 1), "other": at(fails.Server, 1), "watch": at(sink.Server, 1)}
	b := open(t, Config{Triggers: []manifest.Trigger{told, trigger("one", "svc"), trigger("two", "svc"), trigger("three", "other")}, Subscribers: subscribers})
	run(t, b)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	if n := len(sink.received()); n != 2 {
		t.Errorf("told of %d deaths, want those at one and two", n)
	}
	letters, err := b.Dead(t.Context(), DeadQuery{})
	if err != nil || len(letters) != 3 {
		t.Errorf("dead letters %v (%v), want three", letters, err)
	}
}

// The command line redrives in a process of its own, beside the one that runs.
func TestARedriveByAnotherProcessIsNoticed(t *testing.T) {
	var mended atomic.Bool
	s := subscribe(t, func(w http.ResponseWriter, _ *http.Request) {
		if !mended.Load() {
			w.WriteHeader(422)
		}
	})
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 1)}, Poll: 50 * time.Millisecond})
	run(t, b)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	mended.Store(true)
	beside := open(t, Config{DB: b.DB})
	redriveAll(t, beside, 1)
	idle(t, b)
	if d := only(t, b); d.State != Done {
		t.Errorf("the delivery is %+v, want done", d)
	}
}
