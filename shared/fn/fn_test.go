package fn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

var tables = fstest.MapFS{"0001_result.sql": {Data: []byte(`CREATE TABLE result (subject text NOT NULL)`)}}

// sample is an event with a Chinese subject, as an upstream app sends it.
func sample(id string) fn.Event {
	e := event.New()
	e.SetID(id)
	e.SetSource("/apps/office")
	e.SetType("dev.xietong.test.asked.v1")
	e.SetSubject("会议 1/2 100%")
	e.SetExtension("unit", "区财政局")
	e.SetData("application/json", []byte(`{"a":1,"b":2}`))
	return e
}

func out(kind string) fn.Event {
	e := event.New()
	e.SetType(kind)
	e.SetSubject("纪要")
	e.SetData("application/json", []byte(`{}`))
	return e
}

// counter is a function that writes one row for each event and sends what it is
// told to.
func counter(t *testing.T, send ...fn.Event) *fn.Function {
	db := pgtest.Open(t, "counter", tables)
	return &fn.Function{Word: "counter", DB: db, Handle: func(ctx context.Context, e fn.Event) (fn.Outcome, error) {
		return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
			_, err := tx.Exec(ctx, `INSERT INTO result VALUES ($1)`, e.Subject())
			return append([]fn.Event(nil), send...), err
		}, nil
	}}
}

func rows(t *testing.T, f *fn.Function) []string {
	t.Helper()
	found, err := f.DB.Query(context.Background(), `SELECT subject FROM result`)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for found.Next() {
		var s string
		if err := found.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func TestDoneOnceAlthoughItComesTwice(t *testing.T) {
	f := counter(t, out("dev.xietong.test.done.v1"), out("dev.xietong.test.told.v1"))
	h := fntest.Start(t, f)
	answer := h.Twice(t, sample("1"))
	if answer.Status != 204 || answer.Body != "" || len(answer.Sent) != 2 {
		t.Errorf("got %d %q and %d events, want 204, nothing and 2", answer.Status, answer.Body, len(answer.Sent))
	}
	if diff := cmp.Diff([]string{"会议 1/2 100%"}, rows(t, f)); diff != "" {
		t.Error(diff)
	}
	first := answer.Sent[0]
	got := []any{first.Source(), first.Subject(), first.Extensions()["unit"], first.Extensions()["causationid"], first.Extensions()["correlationid"], len(first.ID())}
	if diff := cmp.Diff([]any{"/functions/counter", "纪要", "区财政局", "1", "1", 32}, got); diff != "" {
		t.Errorf("what the sent event inherits: %s", diff)
	}
	if first.Extensions()["traceparent"] == nil {
		t.Error("the sent event names no trace")
	}
}

func TestBothContentModesMeanTheSame(t *testing.T) {
	f := counter(t)
	h := fntest.Start(t, f)
	e := sample("1")
	binary := http.Header{}
	ce.Write(binary, e)
	if got := h.Post(t, binary, e.Data()); got.Status != 204 {
		t.Fatalf("binary: %d %s", got.Status, got.Body)
	}
	if got := h.Deliver(t, e); got.Status != 204 {
		t.Fatalf("structured: %d %s", got.Status, got.Body)
	}
	if diff := cmp.Diff([]string{"会议 1/2 100%"}, rows(t, f)); diff != "" {
		t.Errorf("the same event in two modes: %s", diff)
	}
}

func TestOneEventOutIsTheReplyWhereTheBrokerTakesOne(t *testing.T) {
	h := fntest.Start(t, counter(t, out("dev.xietong.test.done.v1")))
	header := http.Header{"Prefer": {"reply"}}
	ce.Write(header, sample("1"))
	got := h.Post(t, header, sample("1").Data())
	e, err := ce.Read(t.Context(), got.Header, []byte(got.Body))
	if err != nil || got.Status != 200 || e.Type() != "dev.xietong.test.done.v1" || e.Subject() != "纪要" || len(got.Sent) != 0 {
		t.Errorf("got %d %v %v, %d sent", got.Status, e, err, len(got.Sent))
	}
	if got.Header.Get("Content-Type") != ce.StructuredType || !strings.Contains(got.Body, `"subject":"纪要"`) {
		t.Errorf("the reply travels as %s: %s, want it structured", got.Header.Get("Content-Type"), got.Body)
	}
}

func TestWhatIsFinalAtTheEdge(t *testing.T) {
	h := fntest.Start(t, counter(t), "MAX_EVENT=2KiB")
	structured := "application/cloudevents+json"
	for name, c := range map[string]struct {
		contentType, body string
		status            int
	}{
		"no event":         {"application/json", `{}`, 415},
		"a batch":          {"application/cloudevents-batch+json", `[]`, 415},
		"broken JSON":      {structured, `{"specversion":"1.0",`, 400},
		"no id":            {structured, `{"specversion":"1.0","type":"t","source":"/s"}`, 400},
		"bad time":         {structured, `{"specversion":"1.0","type":"t","source":"/s","id":"1","time":"noon"}`, 400},
		"bad extension":    {structured, `{"specversion":"1.0","type":"t","source":"/s","id":"1","Bad_Name":"x"}`, 400},
		"long attribute":   {structured, `{"specversion":"1.0","type":"t","source":"/s","id":"` + strings.Repeat("x", 1100) + `"}`, 400},
		"NUL in attribute": {structured, `{"specversion":"1.0","type":"t","source":"/s","id":"a\u0000b"}`, 400},
		"too large":        {structured, `{"specversion":"1.0","type":"t","source":"/s","id":"1","data":"` + strings.Repeat("x", 3000) + `"}`, 413},
	} {
		got := h.Post(t, http.Header{"Content-Type": {c.contentType}}, []byte(c.body))
		if got.Status != c.status || strings.TrimSpace(got.Body) == "" {
			t.Errorf("%s: %d %q, want %d and a reason", name, got.Status, got.Body, c.status)
		}
	}
}

func TestMethodsAndHandshake(t *testing.T) {
	h := fntest.Start(t, counter(t))
	for method, want := range map[string]int{"GET": 405, "PUT": 405, "OPTIONS": 200} {
		req, _ := http.NewRequestWithContext(t.Context(), method, h.URL+"/", nil)
		req.Header.Set("WebHook-Request-Origin", "broker.example")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want || res.Header.Get("Allow") != "POST, OPTIONS" {
			t.Errorf("%s: %d, Allow %q", method, res.StatusCode, res.Header.Get("Allow"))
		}
		if method == "OPTIONS" && res.Header.Get("WebHook-Allowed-Origin") != "broker.example" {
			t.Error("the handshake grants nothing")
		}
	}
}

func TestErrorsBecomeAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		err        error
		status     int
		body       string
		retryAfter string
	}{
		"refused":     {fault.Refusef("no_speech", "the recording is silent; upload another"), 422, "no_speech: the recording is silent; upload another\n", ""},
		"busy":        {fault.Busy(1500*time.Millisecond, errors.New("engine full")), 429, "busy; come again\n", "2"},
		"anything":    {errors.New("password=hunter2: connection reset"), 500, "try again\n", ""},
		"cancelled":   {context.Canceled, 500, "try again\n", ""},
		"wrapped 422": {fmt.Errorf("chunk 3: %w", fault.Invalidf("page 4 of 3")), 422, "invalid: chunk 3: page 4 of 3\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := counter(t)
			f.Handle = func(context.Context, fn.Event) (fn.Outcome, error) { return nil, c.err }
			got := fntest.Start(t, f).Twice(t, sample("1"))
			if got.Status != c.status || got.Body != c.body || got.Header.Get("Retry-After") != c.retryAfter {
				t.Errorf("got %d %q Retry-After %q", got.Status, got.Body, got.Header.Get("Retry-After"))
			}
		})
	}
}

// However long what an event needs is away, the event is not condemned for it.
func TestWhatIsAwayIsNobodysFailure(t *testing.T) {
	f := counter(t)
	work := f.Handle
	var back atomic.Bool
	f.Handle = func(ctx context.Context, e fn.Event) (fn.Outcome, error) {
		if back.Load() {
			return work(ctx, e)
		}
		return nil, fmt.Errorf("read the recording: %w", fault.Busy(time.Second, errors.New("connection refused")))
	}
	h := fntest.Start(t, f, "MAX_FAILURES=2")
	for i := range 5 {
		if got := h.Deliver(t, sample("1")); got.Status != 429 {
			t.Errorf("delivery %d: %d %q, want 429", i+1, got.Status, got.Body)
		}
	}
	back.Store(true)
	if got := h.Twice(t, sample("1")); got.Status != 204 || len(rows(t, f)) != 1 {
		t.Errorf("once it is back: %d, %d rows", got.Status, len(rows(t, f)))
	}
}

// Work that outlasts its limit each time is refused in the end, and those who
// wait are told. A sender that goes away each time condemns nobody.
func TestWorkThatOutlastsItsLimitHasFailed(t *testing.T) {
	f := counter(t)
	f.Lease = time.Minute
	f.Handle = func(ctx context.Context, e fn.Event) (fn.Outcome, error) {
		<-ctx.Done()
		return nil, fmt.Errorf("listen to the recording: %w", ctx.Err())
	}
	f.Refuse = func(_ context.Context, e fn.Event, reason error) (fn.Outcome, error) {
		return fn.Send(out("dev.xietong.test.refused.v1")), nil
	}
	h := fntest.Start(t, f, "MAX_FAILURES=2", "WORK_LIMIT=1s")
	for range 3 {
		leave, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		body, _ := json.Marshal(sample("1"))
		req, _ := http.NewRequestWithContext(leave, http.MethodPost, h.URL, bytes.NewReader(body))
		req.Header.Set("Content-Type", "application/cloudevents+json")
		if res, err := http.DefaultClient.Do(req); err == nil {
			t.Errorf("answered %d to a sender that was to be gone", res.StatusCode)
		}
		within(t, 10*time.Second, "the claim is let go", func() bool {
			e, err := f.DB.Look(t.Context(), pg.Key{Source: "/apps/office", ID: "1"}, nil, f.Lease)
			return errors.Is(err, pg.ErrOtherData) && !e.Held && e.Failures == 0
		})
	}
	first, second := h.Deliver(t, sample("1")), h.Deliver(t, sample("1"))
	if first.Status != 500 || second.Status != 422 || !strings.HasPrefix(second.Body, "failed: ") || len(second.Sent) != 1 {
		t.Errorf("got %d, then %d %q and %d events", first.Status, second.Status, second.Body, len(second.Sent))
	}
}

func TestAPanicIsThisEventsFailureAlone(t *testing.T) {
	f := counter(t)
	work := f.Handle
	f.Handle = func(ctx context.Context, e fn.Event) (fn.Outcome, error) {
		if e.ID() == "poison" {
			panic("index out of range")
		}
		return work(ctx, e)
	}
	h := fntest.Start(t, f, "MAX_FAILURES=2")
	for i, want := range []int{500, 422, 422} {
		if got := h.Deliver(t, sample("poison")); got.Status != want || strings.Contains(got.Body, "goroutine") && want == 500 {
			t.Errorf("delivery %d: %d %q, want %d", i+1, got.Status, got.Body, want)
		}
	}
	if got := h.Twice(t, sample("good")); got.Status != 204 {
		t.Errorf("the next event: %d", got.Status)
	}
}

func TestThoseWhoWaitAreToldOfARefusal(t *testing.T) {
	f := counter(t)
	var mended atomic.Bool
	work := f.Handle
	f.Handle = func(ctx context.Context, e fn.Event) (fn.Outcome, error) {
		if mended.Load() {
			return work(ctx, e)
		}
		return nil, errors.New("engine crashed")
	}
	f.Refuse = func(_ context.Context, e fn.Event, reason error) (fn.Outcome, error) {
		refused := out("dev.xietong.test.refused.v1")
		refused.SetSubject(fault.Code(reason))
		return fn.Send(refused), nil
	}
	h := fntest.Start(t, f, "MAX_FAILURES=2")
	h.Deliver(t, sample("1"))
	first, second := h.Deliver(t, sample("1")), h.Deliver(t, sample("1"))
	if first.Status != 422 || len(first.Sent) != 1 || first.Sent[0].Subject() != "failed" {
		t.Fatalf("got %d and %v", first.Status, first.Sent)
	}
	if len(second.Sent) != 1 || second.Sent[0].ID() == first.Sent[0].ID() {
		t.Error("a second refusal is another event: its reason may differ")
	}
	mended.Store(true)
	if got := h.Twice(t, sample("1")); got.Status != 204 || len(rows(t, f)) != 1 {
		t.Errorf("redriven after mending: %d, %d rows", got.Status, len(rows(t, f)))
	}
}

func TestEventsThatWereNotSentAreSentWithTheNextDelivery(t *testing.T) {
	f := counter(t, out("dev.xietong.test.done.v1"), out("dev.xietong.test.told.v1"))
	h := fntest.Start(t, f)
	h.FailSink(1)
	if got := h.Deliver(t, sample("1")); got.Status != 500 || len(got.Sent) != 0 {
		t.Fatalf("sink away: %d, %d sent", got.Status, len(got.Sent))
	}
	if got := h.Twice(t, sample("1")); got.Status != 204 || len(got.Sent) != 2 || len(rows(t, f)) != 1 {
		t.Errorf("sink back: %d, %d sent, %d rows", got.Status, len(got.Sent), len(rows(t, f)))
	}
}

// A full sink condemns nobody: more busy answers than an event may fail.
func TestASinkThatIsFullMakesAnEventBusyNotFailed(t *testing.T) {
	f := counter(t, out("dev.xietong.test.done.v1"))
	h := fntest.Start(t, f, "MAX_FAILURES=2")
	h.FillSink(5)
	for range 5 {
		if got := h.Deliver(t, sample("1")); got.Status != 429 || got.Header.Get("Retry-After") != "3" || got.Body != "busy; come again\n" {
			t.Fatalf("sink full: %d %q after %q", got.Status, got.Body, got.Header.Get("Retry-After"))
		}
	}
	if got := h.Twice(t, sample("1")); got.Status != 204 || len(got.Sent) != 1 || len(rows(t, f)) != 1 {
		t.Errorf("sink has room: %d, %d sent, %d rows", got.Status, len(got.Sent), len(rows(t, f)))
	}
}

func TestTheSameIDWithOtherDataIsRefused(t *testing.T) {
	f := counter(t)
	h := fntest.Start(t, f)
	h.Deliver(t, sample("1"))
	same, other := sample("1"), sample("1")
	same.SetData("application/json", []byte(`{ "b": 2, "a": 1 }`))
	other.SetData("application/json", []byte(`{"a":1,"b":3}`))
	if got := h.Deliver(t, same); got.Status != 204 {
		t.Errorf("the same data in another layout: %d", got.Status)
	}
	if got := h.Deliver(t, other); got.Status != 422 || !strings.HasPrefix(got.Body, "id_reused: ") {
		t.Errorf("other data: %d %q", got.Status, got.Body)
	}
}

func TestDuplicatesAtTheSameMoment(t *testing.T) {
	for name, lease := range map[string]time.Duration{"first to commit wins": 0, "claimed": time.Minute} {
		t.Run(name, func(t *testing.T) {
			f := counter(t, out("dev.xietong.test.done.v1"))
			f.Lease = lease
			var worked atomic.Int32
			work := f.Handle
			f.Handle = func(ctx context.Context, e fn.Event) (fn.Outcome, error) {
				worked.Add(1)
				time.Sleep(50 * time.Millisecond)
				return work(ctx, e)
			}
			h := fntest.Start(t, f)
			answers := make([]int, 8)
			var all sync.WaitGroup
			for i := range answers {
				all.Go(func() { answers[i] = h.Deliver(t, sample("1")).Status })
			}
			all.Wait()
			if len(rows(t, f)) != 1 {
				t.Errorf("%d rows, want 1", len(rows(t, f)))
			}
			if lease > 0 && worked.Load() != 1 {
				t.Errorf("worked %d times under a claim", worked.Load())
			}
			for _, status := range answers {
				if status != 204 && status != 429 {
					t.Errorf("answers %v, want 204 or 429", answers)
				}
			}
			if got := h.Deliver(t, sample("1")); got.Status != 204 {
				t.Errorf("afterwards: %d", got.Status)
			}
		})
	}
}

func TestALongClaimLivesAndALostOneStopsTheWork(t *testing.T) {
	f := counter(t)
	f.Lease = 150 * time.Millisecond
	steal := make(chan struct{}, 1)
	f.Handle = func(ctx context.Context, e fn.Event) (fn.Outcome, error) {
		if e.ID() == "stolen" {
			f.DB.Exec(ctx, `UPDATE ledger SET fence = fence + 1`)
			steal <- struct{}{}
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(600 * time.Millisecond):
			return nil, nil
		}
	}
	h := fntest.Start(t, f)
	if got := h.Deliver(t, sample("long")); got.Status != 204 {
		t.Errorf("work of four leases: %d", got.Status)
	}
	if got := h.Deliver(t, sample("stolen")); got.Status != 429 {
		t.Errorf("work whose claim was taken: %d", got.Status)
	}
	<-steal
}

func TestWorkIsFinishedAfterTheSignal(t *testing.T) {
	f := counter(t)
	begun := make(chan struct{})
	work := f.Handle
	f.Handle = func(ctx context.Context, e fn.Event) (fn.Outcome, error) {
		close(begun)
		time.Sleep(300 * time.Millisecond)
		return work(ctx, e)
	}
	h := fntest.Start(t, f)
	status := make(chan int)
	go func() { status <- h.Deliver(t, sample("1")).Status }()
	<-begun
	h.Stop()
	if got := <-status; got != 204 {
		t.Errorf("work under way when the signal came: %d", got)
	}
}

func TestSettingsThatAreWrongNameTheirVariable(t *testing.T) {
	open := func(context.Context, func(string) string) (*fn.Function, error) { return counter(t), nil }
	for variable, value := range map[string]string{"PORT": "http", "MAX_EVENT": "big", "LOG_LEVEL": "loud"} {
		err := fn.Run(t.Context(), open, func(name string) string {
			if name == variable {
				return value
			}
			return ""
		}, os.Stderr)
		if err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s=%s: %v", variable, value, err)
		}
	}
}
