package broker

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// quick tries three times with the shortest pauses.
var quick = manifest.Delivery{Retry: 2, BackoffPolicy: manifest.Exponential, BackoffDelay: 20 * time.Millisecond, Timeout: 5 * time.Second}

func trigger(name, service string, filters ...manifest.Filter) manifest.Trigger {
	return manifest.Trigger{Name: name, Broker: "default", Service: service, Filters: filters, Delivery: quick}
}

// got is one request that a subscriber received.
type got struct {
	event  Event
	header http.Header
}

// subscriber is a Service on a real HTTP server that keeps what it receives
// and answers as its test wants.
type subscriber struct {
	*httptest.Server
	mu  sync.Mutex
	got []got
}

func subscribe(t testing.TB, answer http.HandlerFunc) *subscriber {
	s := &subscriber{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		e, err := ce.Read(req.Context(), req.Header, body)
		if err != nil {
			t.Errorf("the subscriber received no event: %v", err)
		}
		s.mu.Lock()
		s.got = append(s.got, got{e, req.Header})
		s.mu.Unlock()
		answer(w, req)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *subscriber) received() []got {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]got{}, s.got...)
}

// at lets requests for any name go to a server.
func at(s *httptest.Server, slots int) Subscriber {
	transport := &http.Transport{MaxIdleConnsPerHost: slots}
	return Subscriber{Slots: slots, Do: func(req *http.Request) (*http.Response, error) {
		req.URL.Host = strings.TrimPrefix(s.URL, "http://")
		return transport.RoundTrip(req)
	}}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func reply(e Event) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		ce.Write(w.Header(), e)
		w.Write(e.Data())
	}
}

func open(t testing.TB, c Config) *Broker {
	t.Helper()
	if c.DB == nil {
		c.DB = pgtest.Open(t, Schema, Migrations())
	}
	b, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// run runs a broker until the test ends or stop is called.
func run(t testing.TB, b *Broker) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); b.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(stop)
	return stop
}

// one runs a broker with one Trigger, pass-all, to one subscriber.
func one(t testing.TB, d manifest.Delivery, s *subscriber) *Broker {
	tr := trigger("all", "svc")
	tr.Delivery = d
	b := open(t, Config{Triggers: []manifest.Trigger{tr}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 8)}})
	run(t, b)
	return b
}

func newEvent(id, typ string) Event {
	e := event.New()
	e.SetID(id)
	e.SetSource("/test")
	e.SetType(typ)
	e.SetDataContentType("application/json")
	e.DataEncoded = []byte(`{"id":"` + id + `"}`)
	return e
}

func publish(t testing.TB, b *Broker, events ...Event) {
	t.Helper()
	if err := b.Publish(t.Context(), events...); err != nil {
		t.Fatal(err)
	}
}

func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 20 s and still not: %s", what)
		}
	}
}

func idle(t testing.TB, b *Broker) {
	t.Helper()
	until(t, "idle", func() bool {
		ok, err := b.Idle(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return ok
	})
}

// only returns the one delivery of the one event.
func only(t testing.TB, b *Broker) Delivery {
	t.Helper()
	all := everything(t, b)
	if len(all) != 1 || len(all[0].Deliveries) != 1 {
		t.Fatalf("there are %v, want one event with one delivery", all)
	}
	return all[0].Deliveries[0]
}

func everything(t testing.TB, b *Broker) []Told {
	t.Helper()
	records, err := b.Events(t.Context(), Query{Limit: maxLimit})
	if err != nil {
		t.Fatal(err)
	}
	var all []Told
	for _, r := range records {
		deliveries, err := b.Deliveries(t.Context(), r.Seq)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Told{r, deliveries})
	}
	return all
}

func count(t testing.TB, db *pg.DB, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := db.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// fillDead puts n dead letters of Trigger all there, of so many kinds of reasons.
func fillDead(t testing.TB, b *Broker, n, kinds int) {
	t.Helper()
	for _, sql := range []string{
		`INSERT INTO event (seq, type, subject, correlation, attributes, data, trace, hops)
			SELECT 10000 + n, 't', '', '', '{"specversion":"1.0","id":"' || n || '","source":"/test","type":"t"}', convert_to(repeat('x', 1024), 'UTF8'), '', $2::int * 0 FROM generate_series(1, $1::int) n`,
		`INSERT INTO delivery (seq, trigger, state, code, reason, ended_at)
			SELECT 10000 + n, 'all', 4, 422, 'page ' || n || ' is unreadable, kind ' || translate((n % $2::int)::text, '0123456789', 'abcdefghij'), now() - n * interval '1 second' FROM generate_series(1, $1::int) n`,
	} {
		if _, err := b.DB.Exec(t.Context(), sql, n, kinds); err != nil {
			t.Fatal(err)
		}
	}
}
