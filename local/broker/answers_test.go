package broker

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/manifest"
)

// Each row of the table in the package comment, with a subscriber that behaves
// so every time.
func TestHowEachAnswerEnds(t *testing.T) {
	odd := newEvent("2", "reply")
	for name, c := range map[string]struct {
		answer   http.HandlerFunc
		received int
		state    State
		code     int
		reason   string
	}{
		"empty":          {status(200), 1, Done, 200, ""},
		"accepted":       {status(202), 1, Done, 202, ""},
		"another body":   {body(200, "done"), 3, Dead, 502, "answered 200 with a body that is not a CloudEvent: done"},
		"redirect":       {func(w http.ResponseWriter, req *http.Request) { http.Redirect(w, req, "/other", 302) }, 1, Dead, 302, `answered 302: a redirect to "/other", which would lose the event`},
		"refused":        {body(422, "no_speech: nothing is said"), 1, Dead, 422, "no_speech: nothing is said"},
		"not found":      {body(404, "gone"), 3, Dead, 404, "gone"},
		"conflict":       {body(409, "later"), 3, Dead, 409, "later"},
		"failed":         {body(500, "try again"), 3, Dead, 500, "try again"},
		"cut off":        {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 3, Dead, 0, "there was no answer: EOF"},
		"structured":     {structured(odd), 1, Done, 200, ""},
		"late":           {func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() }, 3, Dead, 0, "there was no answer in time"},
		"unavailable":    {body(503, "starting"), 3, Dead, 503, "starting"},
		"unknown status": {body(799, "what"), 3, Dead, 799, "what"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := subscribe(t, c.answer)
			tr := trigger("all", "svc", exact("type", "t"))
			if name == "late" {
				tr.Delivery.Timeout = 50 * time.Millisecond
			}
			b := open(t, Config{Triggers: []manifest.Trigger{tr}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 2)}})
			run(t, b)
			publish(t, b, newEvent("1", "t"))
			idle(t, b)
			d := everything(t, b)[0].Deliveries[0]
			failures := c.received
			if c.state == Done {
				failures = 0
			}
			if len(s.received()) != c.received || d.State != c.state || d.Code != c.code || d.Reason != c.reason || d.Attempts != failures || len(d.Failures) != failures {
				t.Errorf("received %d times and ended as %+v; want %d times, %v, code %d, reason %q", len(s.received()), d, c.received, c.state, c.code, c.reason)
			}
		})
	}
}

func body(code int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		fmt.Fprintln(w, text)
	}
}

func structured(e Event) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		text, _ := e.MarshalJSON()
		w.Header().Set("Content-Type", "application/cloudevents+json")
		w.Write(text)
	}
}

func TestASubscriberThatIsNotThere(t *testing.T) {
	s := subscribe(t, status(204))
	s.Close()
	b := one(t, quick, s)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	if d := only(t, b); d.State != Dead || d.Attempts != 3 || d.Code != 0 {
		t.Errorf("the delivery is %+v, want dead after 3 attempts", d)
	}
}

func TestRetriesWaitLongerAndLonger(t *testing.T) {
	var times []time.Time
	s := subscribe(t, status(500))
	d := manifest.Delivery{Retry: 3, BackoffPolicy: manifest.Exponential, BackoffDelay: 100 * time.Millisecond, Timeout: time.Second}
	b := one(t, d, s)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	for _, f := range only(t, b).Failures {
		times = append(times, f.StartedAt)
	}
	if len(times) != 4 {
		t.Fatalf("%d attempts, want 4", len(times))
	}
	for i, least := range []time.Duration{100, 200, 400} {
		if pause := times[i+1].Sub(times[i]); pause < least*time.Millisecond || pause > least*time.Millisecond+900*time.Millisecond {
			t.Errorf("pause %d was %v, want about %d ms", i+1, pause, least)
		}
	}
}

func TestAFailureThatPassesIsForgotten(t *testing.T) {
	var n atomic.Int32
	s := subscribe(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) <= 2 {
			w.WriteHeader(500)
		}
	})
	b := one(t, quick, s)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	if d := only(t, b); d.State != Done || d.Attempts != 2 || d.Reason != "" || len(d.Failures) != 2 {
		t.Errorf("the delivery is %+v, want done after two failures", d)
	}
}

func TestBusyAnswersKillNoInnocentEvent(t *testing.T) {
	var n atomic.Int32
	s := subscribe(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) <= 10 {
			w.WriteHeader(429)
		}
	})
	b := one(t, quick, s)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	if d := only(t, b); d.State != Done || d.Attempts != 0 || d.Busy != 10 {
		t.Errorf("the delivery is %+v, want done after ten busy answers that do not count", d)
	}
}

func TestBusyForTooLongCounts(t *testing.T) {
	s := subscribe(t, body(429, "busy"))
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 1)}, BusyFor: time.Millisecond})
	run(t, b)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	if d := only(t, b); d.State != Dead || d.Attempts != 3 || d.Busy > 1 || d.Reason != "busy" {
		t.Errorf("the delivery is %+v, want dead after three busy answers that count", d)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	var n atomic.Int32
	s := subscribe(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(503)
		}
	})
	b := one(t, quick, s)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	d := only(t, b)
	if pause := d.StartedAt.Sub(d.Failures[0].StartedAt); pause < time.Second || pause > 3*time.Second {
		t.Errorf("the second attempt came after %v, want about the second that the answer asked for", pause)
	}
}

func TestAReplyThatIsTooLargeIsAFailure(t *testing.T) {
	big := newEvent("2", "reply")
	big.DataEncoded = make([]byte, 2000)
	s := subscribe(t, reply(big))
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 1)}, MaxEvent: 1000})
	run(t, b)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	if d := only(t, b); d.State != Dead || d.Reason != "the answer is over 1000 bytes" {
		t.Errorf("the delivery is %+v, want dead because the answer is too large", d)
	}
}

func TestAReplyIsPublishedWithTheEndOfItsDeliveryOrNotAtAll(t *testing.T) {
	bad := newEvent("2", "reply")
	bad.SetExtension("note", "x")
	s := subscribe(t, func(w http.ResponseWriter, _ *http.Request) {
		ce.Write(w.Header(), bad)
		w.Header().Set("Ce-Note", "%00")
	})
	b := one(t, quick, s)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	if d := only(t, b); d.State != Dead || d.Reason != "answered 200 with a reply that cannot be read: attribute note is not UTF-8 without control characters" {
		t.Errorf("the delivery is %+v, want dead because of the reply", d)
	}
}
