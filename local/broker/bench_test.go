package broker

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/private"
)

// BenchmarkPublishToDone sends events of 1 KiB from 16 publishers through one
// Trigger to a subscriber over HTTP, on a server that syncs every commit.
func BenchmarkPublishToDone(b *testing.B) {
	broker, subscriber := durable(b, trigger("all", "svc"))
	defer subscriber.Close()
	publishToDone(b, broker, kilobyte, func() { idle(b, broker) })
}

// BenchmarkPublishToDoneInTurn is the same through an ordered Trigger, with events
// of 64 keys.
func BenchmarkPublishToDoneInTurn(b *testing.B) {
	broker, subscriber := durable(b, ordered("all", "svc"))
	defer subscriber.Close()
	publishToDone(b, broker, ofKeys(64), func() { idle(b, broker) })
}

// BenchmarkPublishToDoneBesideAQueue is the same again, where 10,000 events of one
// more key wait behind one that is not due.
func BenchmarkPublishToDoneBesideAQueue(b *testing.B) {
	broker, subscriber := durable(b, ordered("all", "svc"))
	defer subscriber.Close()
	var arrived atomic.Int64
	subscriber.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived.Add(1)
		w.WriteHeader(204)
	})
	stuck := make([]Event, 10_000)
	for i := range stuck {
		stuck[i] = keyed("stuck", i)
	}
	publish(b, broker, stuck...)
	if _, err := broker.DB.Exec(b.Context(), `UPDATE delivery SET next_at = now() + interval '5 minutes' WHERE state = 1`); err != nil {
		b.Fatal(err)
	}
	publishToDone(b, broker, ofKeys(64), func() {
		until(b, "all have arrived", func() bool { return arrived.Load() >= int64(b.N) })
	})
}

// ofKeys returns events whose partition keys take turns.
func ofKeys(n int64) func(int64) Event {
	return func(i int64) Event {
		e := kilobyte(i)
		e.SetExtension("partitionkey", fmt.Sprint(i%n))
		return e
	}
}

// publishToDone sends b.N events from 16 publishers, and awaits their end.
func publishToDone(b *testing.B, broker *Broker, event func(int64) Event, await func()) {
	run(b, broker)
	var next atomic.Int64
	var publishers sync.WaitGroup
	b.ResetTimer()
	for range 16 {
		publishers.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := broker.Publish(context.Background(), event(i)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	publishers.Wait()
	published := b.Elapsed()
	await()
	b.ReportMetric(float64(b.N)/published.Seconds(), "published/s")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ev/s")
}

// BenchmarkPublish is one publisher alone: the latency of a 202.
func BenchmarkPublish(b *testing.B) {
	broker, subscriber := durable(b, trigger("all", "svc"))
	defer subscriber.Close()
	b.ResetTimer()
	for i := range b.N {
		publish(b, broker, kilobyte(int64(i)))
	}
}

// BenchmarkRoundTrip is one event at a time, from the publisher to the
// subscriber: the latency of a story's step.
func BenchmarkRoundTrip(b *testing.B) {
	arrived := make(chan struct{}, 1)
	broker, subscriber := durable(b, trigger("all", "svc"))
	subscriber.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(204)
		arrived <- struct{}{}
	})
	defer subscriber.Close()
	run(b, broker)
	b.ResetTimer()
	for i := range b.N {
		publish(b, broker, kilobyte(int64(i)))
		<-arrived
	}
}

func kilobyte(i int64) Event {
	e := newEvent(fmt.Sprint(i), "dev.xietong.test.v1")
	e.DataEncoded = make([]byte, 1024)
	return e
}

// durable is a broker on a server of its own.
func durable(b *testing.B, t manifest.Trigger) (*Broker, *httptest.Server) {
	_, db := durableServer(b)
	subscriber := httptest.NewServer(http.HandlerFunc(status(204)))
	broker := open(b, Config{DB: db, Triggers: []manifest.Trigger{t}, Subscribers: map[string]Subscriber{"svc": at(subscriber, 64)}, MaxQueued: math.MaxInt32})
	return broker, subscriber
}

// durableServer is a server that syncs every commit.
func durableServer(b testing.TB) (*private.Server, *pg.DB) {
	b.Helper()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	os.Chmod(dir, 0o755)
	server, err := private.Start(b.Context(), private.Config{Dir: dir + "/pg", Durable: true, Getenv: os.Getenv, Log: dir + "/log"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(server.Stop)
	db, err := pg.Open(b.Context(), pg.Config{URL: conf.Secret(server.URL("postgres"))}, Schema, Migrations())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	return server, db
}

// BenchmarkDeadPages is what the page of dead letters asks for, where 20,000 of them
// have died of 40 kinds of reasons, no two the same to the letter: the groups, how many
// there are, and one page of a group and of all.
func BenchmarkDeadPages(b *testing.B) {
	broker, subscriber := durable(b, trigger("all", "svc"))
	defer subscriber.Close()
	fillDead(b, broker, 20_000, 40)
	if err := broker.tellLanes(b.Context()); err != nil {
		b.Fatal(err)
	}
	groups, err := broker.DeadGroups(b.Context(), DeadQuery{})
	if err != nil || len(groups) != 40 {
		b.Fatalf("%d groups (%v), want 40", len(groups), err)
	}
	for name, ask := range map[string]func() error{
		"groups":      func() error { _, err := broker.DeadGroups(b.Context(), DeadQuery{}); return err },
		"count":       func() error { _, err := broker.DeadCounts(b.Context(), DeadQuery{}); return err },
		"of one type": func() error { _, err := broker.DeadGroups(b.Context(), DeadQuery{Type: "t"}); return err },
		"all":         func() error { _, err := broker.Dead(b.Context(), DeadQuery{Limit: 50}); return err },
		"of a group": func() error {
			_, err := broker.Dead(b.Context(), DeadQuery{Limit: 50, Group: groups[0].ID})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDiscard gives 10,000 dead letters up, which have just died: the statistics
// of the tables know nothing of them yet.
func BenchmarkDiscard(b *testing.B) {
	broker, subscriber := durable(b, trigger("all", "svc"))
	defer subscriber.Close()
	for b.Loop() {
		b.StopTimer()
		if _, err := broker.DB.Exec(b.Context(), `TRUNCATE event, delivery, discard`); err != nil {
			b.Fatal(err)
		}
		fillDead(b, broker, 10_000, 40)
		b.StartTimer()
		discard(b, broker, DeadQuery{}, 10_000)
	}
}

// How long one look into a ledger takes, of a function that has 100,000 deliveries before
// it and as many events in its ledger, none of them those.
func BenchmarkLearn(b *testing.B) {
	a := beside(b, subscribe(b, status(204)))
	for _, sql := range []string{
		`INSERT INTO broker.event (seq, type, subject, correlation, attributes, data, trace, hops) SELECT n, 't', '', '', '{"specversion":"1.0","id":"' || n || '","source":"/test","type":"t"}', '', '', 0 FROM generate_series(1, $1::int) n`,
		`INSERT INTO broker.told (key, seq, source, id) SELECT n, n, '/test', n FROM generate_series(1, $1::int) n`,
		`INSERT INTO broker.delivery (seq, trigger, state) SELECT n, 'convert-told', 7 FROM generate_series(1, $1::int) n`,
		`INSERT INTO convert.ledger (source, id, type, hash, state, ended_at) SELECT '/other', n, 't', '', 2, now() FROM generate_series(1, $1::int) n`,
	} {
		if _, err := a.DB.Exec(b.Context(), sql, 100_000); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := a.DB.Exec(b.Context(), `ANALYZE`); err != nil {
		b.Fatal(err)
	}
	var at int64
	for b.Loop() {
		found, err := a.Learn(b.Context(), "convert", at)
		if err != nil {
			b.Fatal(err)
		}
		at = found.Next
	}
}

// How many events a cluster can tell us of: 16 at a time, as a Trigger's deliveries come.
func BenchmarkTold(b *testing.B) {
	a := beside(b, subscribe(b, status(204)))
	var n atomic.Int64
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if got := a.tell(false, newEvent(fmt.Sprint(n.Add(1)), "t"), nil); got != http.StatusAccepted {
				b.Errorf("answered %d", got)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
