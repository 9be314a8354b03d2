package broker

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"xietong.dev/shared/manifest"
)

// aged makes everything older than it is.
func aged(t *testing.T, b *Broker, by time.Duration) {
	t.Helper()
	for _, sql := range []string{
		`UPDATE event SET received_at = received_at - $1 * interval '1 second'`,
		`UPDATE delivery SET ended_at = ended_at - $1 * interval '1 second'`,
	} {
		if _, err := b.DB.Exec(t.Context(), sql, int(by.Seconds())); err != nil {
			t.Fatal(err)
		}
	}
}

func kept(t *testing.T, b *Broker) string {
	var ids []string
	for _, told := range everything(t, b) {
		ids = append(ids, told.Event.ID())
	}
	return strings.Join(ids, " ")
}

// Events that are done, dead, held by a pause, of nobody's interest, and young.
func TestWhatEndedLongAgoIsRemoved(t *testing.T) {
	s := subscribe(t, func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Ce-Id") == "dead" {
			w.WriteHeader(422)
		}
	})
	b := open(t, Config{Keep: time.Hour, KeepDead: 3 * time.Hour, Subscribers: map[string]Subscriber{"svc": at(s.Server, 4)},
		Triggers: []manifest.Trigger{trigger("all", "svc", not(exact("type", "nobody"))), trigger("held", "svc", exact("type", "held"))}})
	if err := b.Pause(t.Context(), "held", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	run(t, b)
	publish(t, b, newEvent("done", "t"), newEvent("dead", "t"), newEvent("held", "held"), newEvent("nobody", "nobody"))
	ended := func() bool { return count(t, b.DB, `SELECT count(*) FROM delivery WHERE state > 2`) == 3 }
	until(t, "what is not held has ended", ended)
	redriveAll(t, b, 1)
	until(t, "the dead letter has died again", ended)
	sweeping := &sweep{Broker: b}
	for _, c := range []struct {
		ages time.Duration
		want string
	}{
		{59 * time.Minute, "done dead held nobody young"},
		{2 * time.Minute, "dead held young"},
		{118 * time.Minute, "dead held young"},
		{2 * time.Minute, "held young"},
	} {
		aged(t, b, c.ages)
		publish(t, b, newEvent("young", "nobody"))
		sweeping.after = 0
		sweeping.all(t.Context())
		if got := kept(t, b); got != c.want {
			t.Errorf("after %v more there are %q, want %q", c.ages, got, c.want)
		}
		if _, err := b.DB.Exec(t.Context(), `DELETE FROM event WHERE attributes LIKE '%young%'`); err != nil {
			t.Fatal(err)
		}
	}
	for table, want := range map[string]int{"event": 1, "delivery": 2, "attempt": 0, "redrive": 0} {
		if n := count(t, b.DB, `SELECT count(*) FROM `+table); n != want {
			t.Errorf("%d rows of %s are left, want %d", n, table, want)
		}
	}
}

func TestABrokerThatRunsSweepsLotAfterLot(t *testing.T) {
	b := open(t, Config{Keep: time.Hour})
	for _, sql := range []string{
		`INSERT INTO event (seq, type, subject, correlation, attributes, data, trace, hops, received_at)
			SELECT n, 't', '', '', '{}', '', '', 0, now() - interval '2 hours' FROM generate_series(1, 2 * $1::int + 1) n`,
		`INSERT INTO delivery (seq, trigger, state, ended_at) SELECT n, 'gone', 3, now() - interval '2 hours' FROM generate_series(1, 2 * $1::int + 1) n`,
	} {
		if _, err := b.DB.Exec(t.Context(), sql, sweepLot); err != nil {
			t.Fatal(err)
		}
	}
	run(t, b)
	until(t, "all are removed", func() bool {
		return count(t, b.DB, `SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM delivery)`) == 0
	})
}

// Dead letters that are kept lie at the head. The next sweep goes on behind them.
func TestASweepDoesNotReadTheHeadAgain(t *testing.T) {
	s := subscribe(t, status(422))
	b := open(t, Config{Keep: time.Hour, Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 4)}})
	run(t, b)
	for i := range 3 {
		publish(t, b, newEvent(fmt.Sprint(i), "t"))
	}
	idle(t, b)
	aged(t, b, 2*time.Hour)
	sweeping := &sweep{Broker: b}
	for range 2 {
		sweeping.all(t.Context())
		if last := everything(t, b)[2].Seq; sweeping.after != last {
			t.Fatalf("the sweep stands at %d, want at %d, behind what is kept", sweeping.after, last)
		}
	}
	aged(t, b, 31*24*time.Hour)
	sweeping.all(t.Context())
	if got := kept(t, b); got != "0 1 2" {
		t.Errorf("there are %q, want all: the head was looked at a moment ago", got)
	}
	sweeping.began = sweeping.began.Add(-2 * sweepAgain)
	sweeping.all(t.Context())
	if got := kept(t, b); got != "" {
		t.Errorf("there are %q, want none: an hour later all is looked at again", got)
	}
}

func TestTheLongestTimeThatADeliveryTakes(t *testing.T) {
	c := Config{BusyFor: time.Hour, MaxWait: time.Minute}
	for d, want := range map[manifest.Delivery]time.Duration{
		{}:                                   time.Hour + 2*time.Minute,
		{Timeout: time.Minute}:               time.Hour + 4*time.Minute,
		{Timeout: 4 * time.Minute, Retry: 3}: time.Hour + 25*time.Minute,
	} {
		if got := c.Longest(d); got != want {
			t.Errorf("%+v takes at most %v, want %v", d, got, want)
		}
	}
}
