package knative

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cloudevents/sdk-go/v2/binding"
	"github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	duck "knative.dev/eventing/pkg/apis/duck/v1"
	"knative.dev/eventing/pkg/eventingtls"
	"knative.dev/eventing/pkg/kncloudevents"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// rig is Knative's dispatcher before a function of ours: what a Trigger is on
// a cluster.
type rig struct {
	function *fn.Function
	delivery duck.DeliverySpec
	line     *line   // between the dispatcher and the function
	broker   *keeper // what the function posts to K_SINK
	replies  *keeper // what the dispatcher takes back to the broker
	dead     *keeper
}

// work is what the function does at its n-th try of an event, from 1.
type work func(n int, e fn.Event) (fn.Outcome, error)

var tables = fstest.MapFS{"0001_done.sql": {Data: []byte(`CREATE TABLE done (id text NOT NULL, subject text NOT NULL)`)}}

func start(t *testing.T, do work, variables ...string) *rig {
	t.Helper()
	return startLeased(t, 0, do, variables...)
}

// startLeased starts a function that holds off a second delivery for as long
// as the first is worked at.
func startLeased(t *testing.T, lease time.Duration, do work, variables ...string) *rig {
	t.Helper()
	r := &rig{broker: keep(t), replies: keep(t), dead: keep(t), delivery: delivery(5)}
	var mu sync.Mutex
	tries := map[string]int{}
	r.function = &fn.Function{Word: "tried", Lease: lease, DB: pgtest.Open(t, "tried", tables),
		Handle: func(_ context.Context, e fn.Event) (fn.Outcome, error) {
			mu.Lock()
			tries[e.ID()]++
			n := tries[e.ID()]
			mu.Unlock()
			return do(n, e)
		}}
	h := fntest.Start(t, r.function, append([]string{"K_SINK=" + r.broker.url, "MAX_FAILURES=10"}, variables...)...)
	r.line = lay(t, h.URL)
	return r
}

// delivery is a Trigger's, as our manifests write it but quicker.
func delivery(retry int32) duck.DeliverySpec {
	policy, delay, timeout := duck.BackoffPolicyExponential, "PT0.1S", "PT10S"
	return duck.DeliverySpec{Retry: &retry, BackoffPolicy: &policy, BackoffDelay: &delay, Timeout: &timeout}
}

// send has Knative deliver an event, and returns what the last answer was.
func (r *rig) send(t *testing.T, e fn.Event, more ...kncloudevents.SendOption) kncloudevents.DispatchInfo {
	t.Helper()
	retries, err := kncloudevents.RetryConfigFromDeliverySpec(r.delivery)
	if err != nil {
		t.Fatal(err)
	}
	options := append([]kncloudevents.SendOption{kncloudevents.WithRetryConfig(&retries),
		kncloudevents.WithReply(address(t, r.replies.url)), kncloudevents.WithDeadLetterSink(address(t, r.dead.url))}, more...)
	info, err := kncloudevents.NewDispatcher(eventingtls.NewDefaultClientConfig(), nil).
		SendEvent(t.Context(), e, *address(t, r.line.url), options...)
	if err != nil {
		t.Fatal(err)
	}
	return *info
}

// done returns the subjects of the events that the function has done.
func (r *rig) done(t *testing.T) []string {
	t.Helper()
	rows, err := r.function.DB.Query(t.Context(), `SELECT subject FROM done`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var subject string
		if err := rows.Scan(&subject); err != nil {
			t.Fatal(err)
		}
		all = append(all, subject)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// do writes the row of an event and sends events of these types.
func do(e fn.Event, types ...string) (fn.Outcome, error) {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		var out []fn.Event
		for _, kind := range types {
			told := event.New()
			told.SetType(kind)
			told.SetSubject(e.Subject())
			if err := told.SetData("application/json", []byte(`{"说":"好"}`)); err != nil {
				return nil, err
			}
			out = append(out, told)
		}
		_, err := tx.Exec(ctx, `INSERT INTO done VALUES ($1, $2)`, e.ID(), e.Subject())
		return out, err
	}, nil
}

func address(t *testing.T, at string) *duckv1.Addressable {
	t.Helper()
	u, err := apis.ParseURL(at)
	if err != nil {
		t.Fatal(err)
	}
	return &duckv1.Addressable{URL: u}
}

// keeper takes events as a broker's ingress does, and keeps them.
type keeper struct {
	url string

	mu      sync.Mutex
	events  []fn.Event
	knative []fn.Event // the same, as Knative's ingress reads them
}

func keep(t *testing.T) *keeper {
	k := &keeper{}
	server := httptest.NewServer(http.HandlerFunc(k.take))
	t.Cleanup(server.Close)
	k.url = server.URL
	return k
}

func (k *keeper) take(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err == nil {
		err = k.add(req.Context(), req.Header, body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (k *keeper) kept() []fn.Event {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]fn.Event(nil), k.events...)
}

func (k *keeper) add(ctx context.Context, h http.Header, body []byte) error {
	theirs, err := binding.ToEvent(ctx, cehttp.NewMessage(h, io.NopCloser(bytes.NewReader(body))))
	if err != nil {
		return err
	}
	ours, err := ce.Read(ctx, h, body)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.events, k.knative = append(k.events, ours), append(k.knative, *theirs)
	return err
}

func (k *keeper) asKnativeReads() []fn.Event {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]fn.Event(nil), k.knative...)
}

// line passes requests on to a function, notes the answers, and may lose some.
type line struct {
	url      string
	answered func(status int) // called with every answer; may be nil

	mu       sync.Mutex
	lose     int // how many of the next answers are cut off
	statuses []int
}

func lay(t *testing.T, function string) *line {
	t.Helper()
	to, err := url.Parse(function)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(res *http.Response) error { return l.note(res.StatusCode) }
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	l.url = server.URL
	return l
}

func (l *line) note(status int) error {
	l.mu.Lock()
	l.statuses = append(l.statuses, status)
	lost := l.lose > 0
	if lost {
		l.lose--
	}
	l.mu.Unlock()
	if l.answered != nil {
		l.answered(status)
	}
	if lost {
		return io.ErrUnexpectedEOF
	}
	return nil
}

func (l *line) answers() []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]int(nil), l.statuses...)
}
