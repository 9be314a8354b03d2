package broker

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"xietong.dev/shared/manifest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestWhatAnAnswerMeans(t *testing.T) {
	const limit = 100
	for name, c := range map[string]struct {
		a    answer
		want verdict
	}{
		"200 empty": {answer{status: 200}, verdict{kind: done, code: 200}},
		"202 empty": {answer{status: 202}, verdict{kind: done, code: 202}},
		"204":       {answer{status: 204}, verdict{kind: done, code: 204}},
		"200 with a JSON body": {answer{status: 200, header: headers("Content-Type", "application/json"), body: []byte(`{"ok":true}`)},
			verdict{kind: again, code: 502, reason: `answered 200 with a body that is not a CloudEvent: {"ok":true}`}},
		"200 with a batch": {answer{status: 200, header: headers("Content-Type", "application/cloudevents-batch+json"), body: []byte(`[]`)},
			verdict{kind: again, code: 502, reason: "answered 200 with a reply that cannot be read: batches are not taken; send one event in each request"}},
		"200 with an event that lacks an id": {answer{status: 200, header: headers("Ce-Specversion", "1.0", "Ce-Type", "t", "Ce-Source", "/s")},
			verdict{kind: again, code: 502, reason: "answered 200 with a reply that cannot be read: not a valid CloudEvent: id: MUST be a non-empty string"}},
		"200 with too much": {answer{status: 200, body: []byte(strings.Repeat("x", limit+1))}, verdict{kind: again, code: 502, reason: "the answer is over 100 bytes"}},
		"302": {answer{status: 302, header: headers("Location", "/elsewhere")},
			verdict{kind: never, code: 302, reason: `answered 302: a redirect to "/elsewhere", which would lose the event`}},
		"400":                 {answer{status: 400, body: []byte("not an event\n")}, verdict{kind: never, code: 400, reason: "not an event"}},
		"401":                 {answer{status: 401}, verdict{kind: never, code: 401, reason: "answered 401 Unauthorized without a reason"}},
		"403":                 {answer{status: 403}, verdict{kind: never, code: 403, reason: "answered 403 Forbidden without a reason"}},
		"404":                 {answer{status: 404, body: []byte("no such page")}, verdict{kind: again, code: 404, reason: "no such page"}},
		"408":                 {answer{status: 408}, verdict{kind: again, code: 408, reason: "answered 408 Request Timeout without a reason"}},
		"409":                 {answer{status: 409}, verdict{kind: again, code: 409, reason: "answered 409 Conflict without a reason"}},
		"410":                 {answer{status: 410}, verdict{kind: never, code: 410, reason: "answered 410 Gone without a reason"}},
		"413":                 {answer{status: 413, body: []byte("too large")}, verdict{kind: never, code: 413, reason: "too large"}},
		"415":                 {answer{status: 415, body: []byte("batch")}, verdict{kind: never, code: 415, reason: "batch"}},
		"422":                 {answer{status: 422, body: []byte("no_speech: 没有语音")}, verdict{kind: never, code: 422, reason: "no_speech: 没有语音"}},
		"429":                 {answer{status: 429, body: []byte("busy"), header: headers("Retry-After", "3")}, verdict{kind: busy, code: 429, reason: "busy", retryAfter: 3 * time.Second}},
		"429 until a date":    {answer{status: 429, body: []byte("busy"), header: headers("Retry-After", "Sun, 01 Mar 2026 12:00:09 GMT")}, verdict{kind: busy, code: 429, reason: "busy", retryAfter: 9 * time.Second}},
		"429 until the past":  {answer{status: 429, body: []byte("busy"), header: headers("Retry-After", "Sun, 01 Mar 2026 11:00:00 GMT")}, verdict{kind: busy, code: 429, reason: "busy"}},
		"429 until nonsense":  {answer{status: 429, body: []byte("busy"), header: headers("Retry-After", "-5")}, verdict{kind: busy, code: 429, reason: "busy"}},
		"500":                 {answer{status: 500, body: []byte("try again")}, verdict{kind: again, code: 500, reason: "try again"}},
		"500 does not ask":    {answer{status: 500, body: []byte("x"), header: headers("Retry-After", "3")}, verdict{kind: again, code: 500, reason: "x"}},
		"503":                 {answer{status: 503, body: []byte("x"), header: headers("Retry-After", "3")}, verdict{kind: again, code: 503, reason: "x", retryAfter: 3 * time.Second}},
		"504":                 {answer{status: 504}, verdict{kind: again, code: 504, reason: "answered 504 Gateway Timeout without a reason"}},
		"no connection":       {answer{err: errors.New("connection refused")}, verdict{kind: again, reason: "there was no answer: connection refused"}},
		"no answer in time":   {answer{err: context.DeadlineExceeded}, verdict{kind: again, reason: "there was no answer in time"}},
		"half an answer":      {answer{status: 200, err: errors.New("unexpected EOF")}, verdict{kind: again, code: 200, reason: "there was no answer: unexpected EOF"}},
		"a reason with a NUL": {answer{status: 500, body: []byte("a\x00b\xff")}, verdict{kind: again, code: 500, reason: "ab"}},
	} {
		if got := judge(t.Context(), c.a, limit, noon); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestALongReasonIsCut(t *testing.T) {
	v := judge(t.Context(), answer{status: 500, body: []byte(strings.Repeat("会", 1000))}, 1<<20, noon)
	if want := strings.Repeat("会", maxReason/3); v.reason != want {
		t.Errorf("the reason has %d bytes, want %d of whole characters", len(v.reason), len(want))
	}
}

func TestBackoff(t *testing.T) {
	linear := manifest.Delivery{BackoffPolicy: manifest.Linear, BackoffDelay: time.Second}
	exponential := manifest.Delivery{BackoffPolicy: manifest.Exponential, BackoffDelay: time.Second}
	for failed, want := range []struct{ linear, exponential time.Duration }{
		{0, time.Second},
		{time.Second, 2 * time.Second},
		{2 * time.Second, 4 * time.Second},
		{3 * time.Second, 8 * time.Second},
	} {
		if l, e := backoff(linear, failed), backoff(exponential, failed); l != want.linear || e != want.exponential {
			t.Errorf("after %d retries: linear %v and exponential %v, want %v and %v", failed, l, e, want.linear, want.exponential)
		}
	}
	if got := backoff(exponential, 100); got <= 0 {
		t.Errorf("after 100 retries the pause is %v, want a long one", got)
	}
}

func TestWhatAVerdictDoesToADelivery(t *testing.T) {
	b := &Broker{Config: Config{BusyFor: 10 * time.Minute, MaxWait: time.Minute}}
	d := manifest.Delivery{Retry: 2, BackoffPolicy: manifest.Exponential, BackoffDelay: time.Second}
	capped := d
	capped.RetryAfterMax = 5 * time.Second
	for name, c := range map[string]struct {
		v    verdict
		a    attempts
		d    manifest.Delivery
		want ending
	}{
		"done":                          {verdict{kind: done}, attempts{}, d, ending{state: Done}},
		"first failure":                 {verdict{kind: again}, attempts{}, d, ending{state: Ready, counted: 1, wait: time.Second}},
		"second failure":                {verdict{kind: again}, attempts{failed: 1}, d, ending{state: Ready, counted: 1, wait: 2 * time.Second}},
		"last failure":                  {verdict{kind: again}, attempts{failed: 2}, d, ending{state: Dead, counted: 1}},
		"refused":                       {verdict{kind: never}, attempts{}, d, ending{state: Dead, counted: 1}},
		"no retry":                      {verdict{kind: again}, attempts{}, manifest.Delivery{}, ending{state: Dead, counted: 1}},
		"asked for more":                {verdict{kind: again, retryAfter: 30 * time.Second}, attempts{}, d, ending{state: Ready, counted: 1, wait: 30 * time.Second}},
		"asked for less":                {verdict{kind: again, retryAfter: time.Second}, attempts{failed: 1}, d, ending{state: Ready, counted: 1, wait: 2 * time.Second}},
		"asked for too much":            {verdict{kind: again, retryAfter: time.Hour}, attempts{}, d, ending{state: Ready, counted: 1, wait: time.Minute}},
		"asked for more than granted":   {verdict{kind: again, retryAfter: 30 * time.Second}, attempts{}, capped, ending{state: Ready, counted: 1, wait: 5 * time.Second}},
		"busy":                          {verdict{kind: busy, retryAfter: 2 * time.Second}, attempts{}, d, ending{state: Ready, busied: 1, wait: 2 * time.Second}},
		"busy at the last attempt":      {verdict{kind: busy}, attempts{failed: 2}, d, ending{state: Ready, busied: 1, wait: 4 * time.Second}},
		"busy just before it counts":    {verdict{kind: busy}, attempts{trying: 10*time.Minute - 1}, d, ending{state: Ready, busied: 1, wait: time.Second}},
		"busy for longer than allowed":  {verdict{kind: busy}, attempts{trying: 10 * time.Minute}, d, ending{state: Ready, counted: 1, wait: time.Second}},
		"busy too long and out of them": {verdict{kind: busy}, attempts{failed: 2, trying: 10 * time.Minute}, d, ending{state: Dead, counted: 1}},
	} {
		if got := b.next(c.v, c.a, c.d); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
