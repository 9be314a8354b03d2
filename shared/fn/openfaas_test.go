package fn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

// met is what an event looks like to a function.
type met struct {
	Type, Source, ID, Subject, ContentType, Data string
}

// witness is a function that keeps the event that it met last.
func witness(t *testing.T, wrap func(http.Header, []byte) (fn.Event, error)) (*fntest.Harness, *atomic.Pointer[met]) {
	var last atomic.Pointer[met]
	f := &fn.Function{Word: "witness", DB: pgtest.Open(t, "witness", tables), Wrap: wrap, Handle: func(_ context.Context, e fn.Event) (fn.Outcome, error) {
		last.Store(&met{e.Type(), e.Source(), e.ID(), e.Subject(), e.DataContentType(), string(e.Data())})
		return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
			_, err := tx.Exec(ctx, `INSERT INTO result VALUES ($1)`, e.ID())
			return nil, err
		}, nil
	}}
	return fntest.Start(t, f), &last
}

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestMessagesOfConnectorsBecomeEvents(t *testing.T) {
	carried, _ := json.Marshal(sample("in the body"))
	office := met{"dev.xietong.test.asked.v1", "/apps/office", "in the body", "会议 1/2 100%", "application/json", `{"a":1,"b":2}`}
	inKafka := office
	inKafka.ID = "in Kafka"
	h, last := witness(t, nil)
	for name, c := range map[string]struct {
		header http.Header
		body   string
		want   met
	}{
		"Kafka": {headers("X-Topic", "minutes.asked", "X-Connector", "kafka-connector", "Content-Type", "text/plain", "X-Kafka-Partition", "3", "X-Kafka-Offset", "1042"), `{"a":1}`,
			met{fn.TypeMessage, "/connectors/kafka-connector/minutes.asked", "3-1042", "minutes.asked", "application/json", `{"a":1}`}},
		"event in Kafka's headers": {headers("X-Topic", "t", "X-Connector", "kafka-connector", "X-Kafka-Offset", "7", "X-Kafka-Ce_specversion", "1.0", "X-Kafka-Ce_id", "in Kafka", "X-Kafka-Ce_type", office.Type,
			"X-Kafka-Ce_source", office.Source, "X-Kafka-Ce_subject", office.Subject, "X-Kafka-Content-Type", "application/json", "Content-Type", "text/plain"), office.Data, inKafka},
		"event in the body": {headers("X-Topic", "t", "X-Connector", "kafka-connector", "Content-Type", "text/plain"), string(carried), office},
		"SQS": {headers("X-SQS-Message-ID", "059f36b4", "X-SQS-Queue-URL", "https://sqs.example/1/q"), "会议",
			met{fn.TypeMessage, "/connectors/unnamed/https:%2F%2Fsqs.example%2F1%2Fq", "059f36b4", "https://sqs.example/1/q", "text/plain", "会议"}},
		"PostgreSQL": {headers("X-Connector", "postgres-connector", "X-Topic", "documents", "X-Event-Id", "88", "X-Event-Action", "insert", "X-Event-Table", "documents", "Content-Type", "application/json"), `{"id":1}`,
			met{fn.TypeMessage, "/connectors/postgres-connector/documents", "88", "documents", "application/json", `{"id":1}`}},
		"MQTT, no id": {headers("X-Connector", "mqtt", "X-Topic", "设备/1", "Content-Type", "application/octet-stream"), "\xff",
			met{fn.TypeMessage, "/connectors/mqtt/%E8%AE%BE%E5%A4%87%2F1", "8ec0b5ea9978d27bf9714fdba133fca0", "设备/1", "application/octet-stream", "\xff"}},
		"the tick of a clock": {headers("X-Connector", "cron-connector", "X-Topic", "cron-function", "X-Call-Id", "c-1"), "",
			met{fn.TypeMessage, "/connectors/cron-connector/cron-function", "c-1", "cron-function", "text/plain", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				if got := h.Post(t, c.header, []byte(c.body)); got.Status != 204 {
					t.Fatalf("%d %s", got.Status, got.Body)
				}
			}
			if diff := cmp.Diff(c.want, *last.Load()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheSameMessageIsTheSameEvent(t *testing.T) {
	db := pgtest.Open(t, "obedient", tables)
	h := fntest.Start(t, obedient(db))
	topic := []string{"X-Connector", "mqtt", "X-Topic", "asked"}
	for i, post := range []struct {
		header http.Header
		body   string
	}{
		{headers(topic...), "one"},
		{headers(append(topic, "X-Call-Id", "c-2")...), "one"}, // again
		{headers(topic...), "two"},
		{headers("X-Connector", "mqtt", "X-Topic", "told"), "one"},
		{headers(append(topic, "X-Call-Id", "c-5")...), ""},
		{headers(append(topic, "X-Call-Id", "c-6")...), ""}, // another tick
	} {
		if got := h.Post(t, post.header, []byte(post.body)); got.Status != 204 {
			t.Errorf("message %d: %d %s", i+1, got.Status, got.Body)
		}
	}
	want := []string{"asked", "asked", "asked", "asked", "told"}
	if diff := cmp.Diff(want, sorted(rows(t, &fn.Function{DB: db}))); diff != "" {
		t.Error(diff)
	}
}

func TestMessagesThatNobodyCanKeepApartAreRefused(t *testing.T) {
	h, _ := witness(t, nil)
	for name, post := range map[string]struct {
		header http.Header
		body   string
	}{
		"no id and no body":       {headers("X-Topic", "t"), ""},
		"an event without id":     {headers("X-Topic", "t"), `{"specversion":"1.0","type":"t","source":"/s"}`},
		"a topic like a novel":    {headers("X-Topic", strings.Repeat("t", 1100)), "x"},
		"half an event, Kafka":    {headers("X-Topic", "t", "X-Kafka-Ce_specversion", "1.0"), "x"},
		"a topic that is no text": {headers("X-Topic", "\xff"), "x"},
	} {
		if got := h.Post(t, post.header, []byte(post.body)); got.Status != 400 {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
}

func TestWrapComesBeforeAnEventOfOurOwn(t *testing.T) {
	h, last := witness(t, wrapNotice)
	from := headers("X-Connector", "sqs", "X-SQS-Message-ID", "1", "Content-Type", "text/plain")
	got := h.Post(t, from, []byte(`{"Records":[{"s3":{"bucket":{"name":"recordings"},"object":{"key":"%E4%BC%9A.mp3"}}}]}`))
	if got.Status != 204 || last.Load().Subject != "%E4%BC%9A.mp3" {
		t.Errorf("%d %s, met %+v", got.Status, got.Body, last.Load())
	}
	if got := h.Post(t, from, []byte("会议")); got.Status != 400 {
		t.Errorf("what Wrap refuses: %d", got.Status)
	}
}

func TestProbesUnderTheWatchdogsNames(t *testing.T) {
	h, _ := witness(t, nil)
	for _, path := range []string{"/_/health", "/_/ready", "/health/live", "/health/ready"} {
		res, err := http.Get(h.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// exec_timeout cuts a request off: then the next delivery need not wait for the
// lease to run out, and nothing is held against the event.
func TestACancelledRequestLetsItsClaimGo(t *testing.T) {
	f := counter(t)
	f.Lease = time.Hour
	begun := make(chan struct{}, 2)
	var cancelled atomic.Bool
	work := f.Handle
	f.Handle = func(ctx context.Context, e fn.Event) (fn.Outcome, error) {
		if cancelled.Load() {
			return work(ctx, e)
		}
		begun <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	h := fntest.Start(t, f, "MAX_FAILURES=1")
	body, _ := json.Marshal(sample("1"))
	ctx, cancel := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "POST", h.URL+"/", bytes.NewReader(body))
	req.Header.Set("Content-Type", "application/cloudevents+json")
	done := make(chan error, 1)
	go func() { _, err := http.DefaultClient.Do(req); done <- err }()
	<-begun
	if got := h.Deliver(t, sample("1")); got.Status != 429 {
		t.Errorf("while it is worked on: %d", got.Status)
	}
	cancelled.Store(true)
	cancel()
	<-done
	within(t, 2*time.Second, "the next delivery works", func() bool { return h.Deliver(t, sample("1")).Status == 204 })
	if len(rows(t, f)) != 1 {
		t.Errorf("%d rows, want 1", len(rows(t, f)))
	}
}
