package console

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg/pgtest"
)

// front is a console over a broker on a database of its own, and a person who was let
// in there.
type front struct {
	*testing.T
	*Console
	now    time.Time
	cookie string
	csrf   string
}

const shownToken = "the-token-that-people-show"

func openFront(t *testing.T) *front {
	t.Helper()
	nobody := broker.Subscriber{Slots: 1, Do: func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
	}}
	b, err := broker.Open(broker.Config{DB: pgtest.Open(t, broker.Schema, broker.Migrations()), Subscribers: map[string]broker.Subscriber{"convert": nobody},
		Triggers: []manifest.Trigger{{Name: "convert-told", Broker: "default", Service: "convert", Delivery: manifest.Delivery{Timeout: time.Second}}}})
	if err != nil {
		t.Fatal(err)
	}
	o := &front{T: t, now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	publish := func(ctx context.Context, e events.Event) error { return b.Publish(ctx, e) }
	o.Console = &Console{Broker: func() *broker.Broker { return b }, Publish: publish, Functions: []manifest.Function{{Word: "convert"}},
		States: func() []State { return []State{{Word: "convert", Instances: 1}} }, Store: telling{&blob.Memory{}, publish},
		Checks:  []Check{{Name: "database", Ask: func(context.Context) error { return nil }}},
		Buckets: []Bucket{{Name: "documents", Kind: "document"}, {Name: "recordings", Kind: "recording"}, {Name: "books", Kind: "book"}},
		Token:   shownToken, API: "the-token-of-apps", Unit: "default", Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return o.now }}
	o.cookie = o.admitAs("张海")
	return o
}

// telling tells of what is put into a store, as the store of the runtime does.
type telling struct {
	blob.Store
	publish func(context.Context, events.Event) error
}

func (s telling) Put(ctx context.Context, bucket, key string, body io.Reader, p blob.Put) (blob.Info, error) {
	info, err := s.Store.Put(ctx, bucket, key, body, p)
	if err != nil {
		return info, err
	}
	e := event.New()
	e.SetType("com.amazonaws.s3.ObjectCreated:Put")
	e.SetSource("aws:s3.local." + bucket)
	e.SetID("notice-of-" + rand.Text())
	e.SetSubject(key)
	return info, s.publish(ctx, e)
}

// admitAs returns the cookie of a person who has shown the token.
func (o *front) admitAs(name string) string {
	o.Helper()
	res := o.send(http.MethodPost, "/console/enter", url.Values{"token": {shownToken}, "name": {name}}, nil)
	if res.Code != http.StatusSeeOther || len(res.Result().Cookies()) != 1 {
		o.Fatalf("%s is not let in: %d %v", name, res.Code, res.Result().Cookies())
	}
	return res.Result().Cookies()[0].Value
}

// send sends a request, with a form where there is one.
func (o *front) send(method, path string, form url.Values, change func(*http.Request)) *httptest.ResponseRecorder {
	o.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if o.cookie != "" {
		r.AddCookie(&http.Cookie{Name: cookieName, Value: o.cookie})
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	o.HTTP().ServeHTTP(w, r)
	return w
}

var csrfOf = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// token is what a form of this person's pages carries.
func (o *front) token() string {
	o.Helper()
	if o.csrf == "" {
		found := csrfOf.FindStringSubmatch(o.send(http.MethodGet, "/console/", nil, nil).Body.String())
		if found == nil {
			o.Fatal("the overview carries no token")
		}
		o.csrf = found[1]
	}
	return o.csrf
}

// submit sends a form of a page of ours.
func (o *front) submit(path string, form url.Values) *httptest.ResponseRecorder {
	o.Helper()
	form.Set("csrf", o.token())
	return o.send(http.MethodPost, path, form, nil)
}
