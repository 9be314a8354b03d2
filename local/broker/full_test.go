package broker

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/manifest"
)

func caused(id, by string) Event {
	e := newEvent(id, "t")
	e.SetExtension("causationid", by)
	return e
}

func TestAFullQueueSlowsDownWhatComesFromOutside(t *testing.T) {
	var room atomic.Bool
	s := subscribe(t, func(w http.ResponseWriter, _ *http.Request) {
		if !room.Load() {
			w.WriteHeader(429)
		}
	})
	b := openFor(t, s, 3)
	run(t, b)
	for i := range 3 {
		if status, text, _ := post(t, b, "POST", "", `{}`, named(i)...); status != 202 {
			t.Fatalf("event %d was answered %d %s, want 202: there is room", i, status, text)
		}
	}
	for range 2 {
		status, text, h := post(t, b, "POST", "", `{}`, named(3)...)
		want := "3 deliveries or more are on their way, which is as many as this broker holds; send the event again later"
		if status != 429 || h.Get("Retry-After") != "1" || text != want {
			t.Fatalf("answered %d after %s: %s, want 429 after 1", status, h.Get("Retry-After"), text)
		}
	}
	var refused *ce.Error
	err := b.Publish(t.Context(), newEvent("3", "t"))
	if _, busy := fault.RetryAfter(err); !busy || !errors.As(err, &refused) || refused.Status != 429 {
		t.Errorf("published with %v, want busy", err)
	}
	publish(t, b, caused("4", "0"))
	if status, _, _ := post(t, b, "POST", "", `{}`, append(named(5), "Ce-Causationid", "0")...); status != 202 {
		t.Errorf("a consequence was answered %d, want 202: without it the queue would never be empty", status)
	}
	if status, _, _ := post(t, b, "POST", "", `{}`, "Ce-Specversion", "1.0", "Ce-Id", "x", "Ce-Type", "t"); status != 400 {
		t.Errorf("a malformed event was answered %d, want 400 however full the queue is", status)
	}
	room.Store(true)
	until(t, "there is room again", func() bool { return b.Publish(t.Context(), newEvent("3", "t")) == nil })
	idle(t, b)
	if n := count(t, b.DB, `SELECT count(*) FROM delivery WHERE state = 3`); n != 6 {
		t.Errorf("%d deliveries are done, want 6", n)
	}
}

func TestRepliesAreTakenHoweverFullTheQueueIs(t *testing.T) {
	s := subscribe(t, reply(newEvent("reply", "other")))
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc", exact("type", "t"))}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 4)}, MaxQueued: 1})
	publish(t, b, newEvent("1", "t"))
	run(t, b)
	idle(t, b)
	if all := everything(t, b); len(all) != 2 {
		t.Errorf("%d events are kept, want the event and its reply", len(all))
	}
}

// The limit is on what the database holds, not on what this process has seen.
func TestWhatAnotherProcessPutThereCounts(t *testing.T) {
	s := subscribe(t, status(429))
	other := openFor(t, s, 0)
	publish(t, other, newEvent("1", "t"), newEvent("2", "t"))
	b := open(t, Config{DB: other.DB, Triggers: other.Triggers, Subscribers: other.Subscribers, MaxQueued: 2})
	run(t, b)
	until(t, "the broker refuses", func() bool { return b.Publish(t.Context(), newEvent("3", "t")) != nil })
}

func openFor(t *testing.T, s *subscriber, most int) *Broker {
	return open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 4)}, MaxQueued: most})
}

func named(i int) []string {
	return []string{"Ce-Specversion", "1.0", "Ce-Id", fmt.Sprint(i), "Ce-Source", "/test", "Ce-Type", "t"}
}
