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
	broker, subscriber := durable(b)
	defer subscriber.Close()
	run(b, broker)
	var next atomic.Int64
	var publishers sync.WaitGroup
	b.ResetTimer()
	for range 16 {
		publishers.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := broker.Publish(context.Background(), kilobyte(i)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	publishers.Wait()
	published := b.Elapsed()
	idle(b, broker)
	b.ReportMetric(float64(b.N)/published.Seconds(), "published/s")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ev/s")
}

// BenchmarkPublish is one publisher alone: the latency of a 202.
func BenchmarkPublish(b *testing.B) {
	broker, subscriber := durable(b)
	defer subscriber.Close()
	for i := range b.N {
		publish(b, broker, kilobyte(int64(i)))
	}
}

// BenchmarkRoundTrip is one event at a time, from the publisher to the
// subscriber: the latency of a story's step.
func BenchmarkRoundTrip(b *testing.B) {
	arrived := make(chan struct{}, 1)
	broker, subscriber := durable(b)
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
func durable(b *testing.B) (*Broker, *httptest.Server) {
	_, db := durableServer(b)
	subscriber := httptest.NewServer(http.HandlerFunc(status(204)))
	broker := open(b, Config{DB: db, Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(subscriber, 64)}, MaxQueued: math.MaxInt32})
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
