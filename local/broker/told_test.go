package broker

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

// afar is a broker that keeps records of what a cluster's broker tells.
type afar struct {
	testing.TB
	*Broker
	ledger    *pg.DB   // of the function convert
	forwarded []string // ids of the events that were handed on
}

// beside opens such a broker; what is redriven to convert goes to a subscriber.
func beside(t testing.TB, convert *subscriber) *afar {
	t.Helper()
	address := pgtest.URL(t, Schema, Migrations())
	open := func(schema string) *pg.DB {
		m := Migrations()
		if schema != Schema {
			m = nil
		}
		db, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(address)}, schema, m)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(db.Close)
		return db
	}
	a := &afar{TB: t, ledger: open("convert")}
	ours := trigger("convert-told", "convert", manifest.Filter{Exact: map[string]string{"type": "t"}})
	b, err := Open(Config{DB: open(Schema), Itself: "console", Triggers: []manifest.Trigger{ours, trigger("minutes-told", "minutes")},
		Subscribers: map[string]Subscriber{"convert": at(convert.Server, 4), "minutes": at(convert.Server, 4)},
		Forward: func(_ context.Context, e Event, _ string) error {
			a.forwarded = append(a.forwarded, e.ID())
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	a.Broker = b
	return a
}

// tell posts an event to one of the two addresses and returns the answer's status.
func (a *afar) tell(dead bool, e Event, more map[string]string) int {
	a.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://console.toolbox.svc.cluster.local/", strings.NewReader(string(e.Data())))
	ce.Write(r.Header, e)
	ce.WriteAttributes(r.Header, more)
	return a.post(dead, r)
}

func (a *afar) post(dead bool, r *http.Request) int {
	events, letters := a.Tellers()
	w := httptest.NewRecorder()
	if dead {
		events = letters
	}
	events.ServeHTTP(w, r)
	return w.Code
}

// died is what Knative adds to a dead letter of convert.
func died(code, reason string) map[string]string {
	return map[string]string{errorDest: "http://convert.toolbox.svc.cluster.local", errorCode: code, errorData: base64.StdEncoding.EncodeToString([]byte(reason))}
}

// standings are the states of all deliveries in words, by event and Trigger.
func (a *afar) standings() (all []string) {
	a.Helper()
	for _, told := range everything(a.TB, a.Broker) {
		for _, d := range told.Deliveries {
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %v %d %d %s", told.Event.ID(), d.Trigger, d.State, d.Attempts, d.Code, d.Reason)))
		}
	}
	return all
}

func (a *afar) wants(what string, want ...string) {
	a.Helper()
	if diff := cmp.Diff(want, a.standings()); diff != "" {
		a.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestWhatIsToldTwiceIsRecordedOnce(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	for range 2 {
		if got := a.tell(false, newEvent("1", "t"), nil); got != http.StatusAccepted {
			t.Fatalf("answered %d", got)
		}
	}
	spaced := newEvent("1", "t")
	spaced.DataEncoded = []byte("{\n  \"id\": \"1\"\n}")
	a.tell(false, spaced, nil)
	a.wants("told twice, and written otherwise", "1 convert-told afar 0 0", "1 minutes-told afar 0 0")
	other := newEvent("1", "t")
	other.DataEncoded = []byte(`{"other":true}`)
	a.tell(false, other, nil)
	if n := len(everything(t, a.Broker)); n != 2 {
		t.Errorf("an id that is used for other data makes %d events, want 2", n)
	}
}

func TestWhatIsToldAtOnceIsRecordedOnce(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	codes := make(chan int, 32)
	for i := range cap(codes) {
		go func() { codes <- a.tell(i%2 == 1, newEvent("1", "t"), died("422", "no text")) }()
	}
	for range cap(codes) {
		if got := <-codes; got != http.StatusAccepted && got != http.StatusInternalServerError {
			t.Errorf("answered %d", got)
		}
	}
	a.tell(true, newEvent("1", "t"), died("422", "no text"))
	a.wants("all at once", "1 convert-told dead 0 422 no text", "1 minutes-told afar 0 0")
}

func TestADeadLetterMayComeInAnyOrder(t *testing.T) {
	e, letter := newEvent("1", "t"), died("422", "not_media: \"笔记.txt\"")
	want := []string{"1 convert-told dead 0 422 not_media: \"笔记.txt\"", "1 minutes-told afar 0 0"}
	for name, order := range map[string][]bool{"after its event": {false, true}, "before it": {true, false}, "twice": {false, true, true}, "alone": {true}} {
		a := beside(t, subscribe(t, status(204)))
		for _, dead := range order {
			more := letter
			if !dead {
				more = nil
			}
			if got := a.tell(dead, e, more); got != http.StatusAccepted {
				t.Fatalf("%s: answered %d", name, got)
			}
		}
		a.wants(name, want...)
		if got := ce.Attributes(everything(t, a.Broker)[0].Event); got[errorDest]+got[errorCode]+got[errorData] != "" {
			t.Errorf("%s: what the broker added stands in the event: %v", name, got)
		}
	}
}

func TestWhatADeadLetterSays(t *testing.T) {
	long := strings.Repeat("理", 400)
	for name, c := range map[string]struct {
		more map[string]string
		want string
	}{
		"in base64":            {died("500", "try again\n"), "1 convert-told dead 0 500 try again"},
		"as it is":             {map[string]string{errorDest: "http://convert.ns/", errorCode: "500", errorData: "it is no base64"}, "1 convert-told dead 0 500 it is no base64"},
		"base64 by chance":     {map[string]string{errorDest: "http://convert.ns/", errorCode: "500", errorData: "busy"}, "1 convert-told dead 0 500 busy"},
		"no answer":            {map[string]string{errorDest: "http://convert.ns:8080"}, "1 convert-told dead 0 -1"},
		"nonsense for a code":  {map[string]string{errorDest: "http://convert.ns", errorCode: "4e2"}, "1 convert-told dead 0 -1"},
		"more than attributes": {died("422", long), "1 convert-told dead 0 422 " + clip(long)},
		"a Service not ours":   {map[string]string{errorDest: "https://billing.other.svc/in", errorCode: "404"}, "1 billing dead 0 404"},
		"for nobody":           {map[string]string{errorCode: "404"}, "1 unknown dead 0 404"},
		"for the console":      {map[string]string{errorDest: "http://console.toolbox.svc.cluster.local/events", errorCode: "500"}, ""},
	} {
		a := beside(t, subscribe(t, status(204)))
		if got := a.tell(true, newEvent("1", "t"), c.more); got != http.StatusAccepted {
			t.Errorf("%s: answered %d", name, got)
			continue
		}
		got := strings.Join(a.standings(), "\n")
		if c.want != "" && !strings.Contains(got+"\n", c.want+"\n") || c.want == "" && strings.Contains(got, "dead") {
			t.Errorf("%s:\n%s\nwant %q", name, got, c.want)
		}
	}
}

func TestTheTellersRefuseAsTheBrokerDoes(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	large := newEvent("1", "t")
	large.DataEncoded = []byte(`"` + strings.Repeat("x", a.MaxEvent) + `"`)
	request := func(header, value, body string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "http://console/", strings.NewReader(body))
		r.Header.Set(header, value)
		return r
	}
	for _, dead := range []bool{false, true} {
		got := []int{a.tell(dead, large, nil), a.post(dead, request("Content-Type", "text/plain", "x")), a.post(dead, request("Ce-Specversion", "1.0", "x")),
			a.post(dead, request("Content-Type", "application/cloudevents-batch+json", "[]")), a.post(dead, httptest.NewRequest(http.MethodGet, "http://console/", nil))}
		if diff := cmp.Diff([]int{413, 415, 400, 415, 405}, got); diff != "" {
			t.Errorf("dead letters %v: %s", dead, diff)
		}
	}
	if n := len(everything(t, a.Broker)); n != 0 {
		t.Errorf("%d events were recorded", n)
	}
}

func TestEventsAreHandedOn(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	publish(t, a.Broker, newEvent("1", "t"))
	a.tell(true, newEvent("2", "t"), died("422", "wrong"))
	e, err := a.Replay(t.Context(), Replay{Seq: everything(t, a.Broker)[0].Seq, Trigger: "convert-told", ID: "3", Source: "/console", Data: []byte(`{}`), At: time.Now(), Who: "li", Why: "mended", Discard: true})
	if err != nil || e.ID() != "3" {
		t.Fatalf("replay: %v %v", e, err)
	}
	if diff := cmp.Diff([]string{"1", "3"}, a.forwarded); diff != "" {
		t.Errorf("handed on: %s", diff)
	}
	a.wants("what was handed on is recorded when it is told of", "2 convert-told discarded 0 422 wrong", "2 minutes-told afar 0 0")
}

func TestOnlyTheOneFunctionGetsARedrivenLetter(t *testing.T) {
	answer := newEvent("answer", "done")
	s := subscribe(t, reply(answer))
	a := beside(t, s)
	run(t, a.Broker)
	a.tell(false, newEvent("1", "t"), nil)
	a.tell(true, newEvent("1", "t"), died("422", "wrong"))
	if _, err := a.Redrive(t.Context(), Redrive{Who: "li", Why: "mended"}); err != nil {
		t.Fatal(err)
	}
	until(t, "done", func() bool { return strings.Contains(strings.Join(a.standings(), "\n"), "convert-told done") })
	a.wants("after the redrive", "1 convert-told done 0 200", "1 minutes-told afar 0 0")
	if got := s.received(); len(got) != 1 || got[0].event.ID() != "1" {
		t.Errorf("the functions received %v, want the one event", got)
	}
	if diff := cmp.Diff([]string{"answer"}, a.forwarded); diff != "" {
		t.Errorf("its reply: %s", diff)
	}
	a.tell(true, newEvent("1", "t"), died("422", "wrong"))
	a.wants("the old letter comes again", "1 convert-told done 0 200", "1 minutes-told afar 0 0")
	a.tell(true, newEvent("1", "t"), died("500", "its reply is not taken"))
	a.wants("it died of something else", "1 convert-told dead 0 500 its reply is not taken", "1 minutes-told afar 0 0")
}

func TestALetterForNobodyCannotBeRedriven(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	a.tell(true, newEvent("1", "u"), map[string]string{errorDest: "http://billing/", errorCode: "404"})
	if _, err := a.Redrive(t.Context(), Redrive{Who: "li", Why: "try"}); err != nil {
		t.Fatal(err)
	}
	a.giveUpUnknown(t.Context(), []string{"convert-told", "minutes-told"})
	a.wants("given up at once", "1 billing dead 0 0 the Trigger is gone: no knative.yaml that the console has names it, so it knows nobody to send this to", "1 minutes-told afar 0 0")
}
