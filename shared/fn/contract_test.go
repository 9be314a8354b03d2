package fn_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pg/pgtest"
)

// modes are the two ways in which an event travels over HTTP.
func modes(t *testing.T) map[string]func(fn.Event) (http.Header, []byte) {
	return map[string]func(fn.Event) (http.Header, []byte){
		"binary": func(e fn.Event) (http.Header, []byte) {
			h := http.Header{}
			ce.Write(h, e)
			return h, e.Data()
		},
		"structured": func(e fn.Event) (http.Header, []byte) {
			body, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			return http.Header{"Content-Type": {"application/cloudevents+json; charset=utf-8"}}, body
		},
	}
}

// answered is all of an answer that a sender acts on.
type answered struct {
	Status     int
	Body       string
	RetryAfter string
	Reply      string // type, subject and unit of the event in the answer
	Sent       []string
}

func said(e fn.Event) string {
	return strings.Join([]string{e.Type(), e.Subject(), e.Extensions()["unit"].(string), e.DataContentType()}, " ")
}

func read(t *testing.T, got fntest.Answer) answered {
	t.Helper()
	a := answered{Status: got.Status, Body: got.Body, RetryAfter: got.Header.Get("Retry-After")}
	if ce.IsEvent(got.Header) {
		e, err := ce.Read(t.Context(), got.Header, []byte(got.Body))
		if err != nil {
			t.Fatal(err)
		}
		a.Reply, a.Body = said(e), string(e.Data())
	}
	for _, e := range got.Sent {
		a.Sent = append(a.Sent, said(e))
	}
	return a
}

// What every event comes to, as a sender sees it, in both content modes.
func TestWhatARuntimeIsAnswered(t *testing.T) {
	const told = "dev.xietong.test.done.v1 纪要 区财政局 application/json"
	reply := http.Header{"Prefer": {"reply"}}
	db := pgtest.Open(t, "obedient", tables)
	h := fntest.Start(t, obedient(db), "MAX_EVENT=2KiB")
	for name, c := range map[string]struct {
		order  orders
		header http.Header // besides the event's own
		spoil  func(h http.Header, body *[]byte)
		want   answered
		rows   int
	}{
		"nothing to say":               {want: answered{Status: 204}, rows: 1},
		"nothing to say, reply wanted": {header: reply, want: answered{Status: 204}, rows: 1},
		"one event out":                {order: orders{Send: 1}, want: answered{Status: 204, Sent: []string{told}}, rows: 1},
		"one event out, reply wanted":  {order: orders{Send: 1}, header: reply, want: answered{Status: 200, Body: "{}", Reply: told}, rows: 1},
		"several events out":           {order: orders{Send: 3}, header: reply, want: answered{Status: 204, Sent: []string{told, told, told}}, rows: 1},
		"malformed": {spoil: func(h http.Header, body *[]byte) {
			h.Set("Ce-Time", "noon")
			*body = []byte(strings.Replace(string(*body), `"source":`, `"time":"noon","source":`, 1))
		}, want: answered{Status: 400, Body: "a reason"}},
		"too large": {spoil: func(_ http.Header, body *[]byte) { *body = append(*body, make([]byte, 3<<10)...) }, want: answered{Status: 413, Body: "a reason"}},
		"batch": {spoil: func(h http.Header, body *[]byte) {
			h.Set("Content-Type", "application/cloudevents-batch+json")
			*body = append(append([]byte("["), *body...), ']')
		}, want: answered{Status: 415, Body: "a reason"}},
		"no event": {spoil: func(h http.Header, _ *[]byte) {
			maps.DeleteFunc(h, func(name string, _ []string) bool { return strings.HasPrefix(name, "Ce-") })
			h.Set("Content-Type", "application/json")
		}, want: answered{Status: 415, Body: "a reason"}},
		"never going to work":               {order: orders{Fail: "refused", Send: 1}, want: answered{Status: 422, Body: "no_speech: 录音里没有人说话; upload another\n"}},
		"never going to work, reply wanted": {order: orders{Fail: "refused", Send: 1}, header: reply, want: answered{Status: 422, Body: "no_speech: 录音里没有人说话; upload another\n"}},
		"busy":                              {order: orders{Fail: "busy"}, want: answered{Status: 429, Body: "busy; come again\n", RetryAfter: "1"}},
		"anything else":                     {order: orders{Fail: "failed"}, want: answered{Status: 500, Body: "try again\n"}},
		"a panic":                           {order: orders{Fail: "panic"}, want: answered{Status: 500, Body: "try again\n"}},
	} {
		for mode, encode := range modes(t) {
			t.Run(name+", "+mode, func(t *testing.T) {
				e := order(t.Name(), c.order)
				for range 2 {
					header, body := encode(e)
					if c.spoil != nil {
						c.spoil(header, &body)
					}
					maps.Copy(header, c.header)
					answer := h.Post(t, header, body)
					got := read(t, answer)
					if slices.Contains([]int{400, 413, 415}, got.Status) && got.Body != "" {
						got.Body = "a reason"
					}
					if diff := cmp.Diff(c.want, got); diff != "" {
						t.Errorf("%s\nbody: %s", diff, answer.Body)
					}
				}
				var written int
				err := db.QueryRow(t.Context(), `SELECT count(*) FROM result WHERE subject = $1`, e.Subject()).Scan(&written)
				if err != nil || written != c.rows {
					t.Errorf("delivered twice: %d rows, want %d, error %v", written, c.rows, err)
				}
			})
		}
	}
}

func TestADuplicateInProgressIsAskedToComeAgain(t *testing.T) {
	for mode, encode := range modes(t) {
		t.Run(mode, func(t *testing.T) {
			db := pgtest.Open(t, "obedient", tables)
			h := fntest.Start(t, obedient(db))
			first := make(chan int, 1)
			go func() { first <- h.Deliver(t, order("1", orders{Wait: "400ms"})).Status }()
			p := &program{db: db}
			within(t, 5*time.Second, "the first is at work", func() bool { return p.claimed(t, "1") })
			header, body := encode(order("1", orders{Wait: "400ms"}))
			got := read(t, h.Post(t, header, body))
			if diff := cmp.Diff(answered{Status: 429, Body: "busy; come again\n", RetryAfter: "2"}, got); diff != "" {
				t.Error(diff)
			}
			if status := <-first; status != 204 {
				t.Errorf("the first: %d", status)
			}
		})
	}
}

// A redirect loses the event while it counts as delivered, and a mux redirects
// where nobody asked it to. Nor does a way lead from a path that people may reach
// to where events are taken.
func TestNoSpellingOfTheAddressRedirects(t *testing.T) {
	h := fntest.Start(t, obedient(pgtest.Open(t, "obedient", tables)))
	client := &http.Client{CheckRedirect: ce.NoRedirect}
	for mode, encode := range modes(t) {
		for path, want := range map[string]int{"": 204, "/": 204, "//": 204, "/.": 204, "/./": 204, "/?a=b": 204, "/a/..": 400, "/a/../": 400, "/..": 400, "/a/%2e%2e": 400} {
			header, body := encode(order("1", orders{}))
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+path, strings.NewReader(string(body)))
			if err != nil {
				t.Fatal(err)
			}
			req.Header = header
			res, err := client.Do(req)
			if err != nil {
				t.Errorf("%s, %q: %v", mode, path, err)
				continue
			}
			res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("%s, %q: %d, want %d", mode, path, res.StatusCode, want)
			}
		}
	}
}

func TestTheTracePasses(t *testing.T) {
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	for mode, encode := range modes(t) {
		t.Run(mode, func(t *testing.T) {
			h := fntest.Start(t, obedient(pgtest.Open(t, "obedient", tables)))
			header, body := encode(order("1", orders{Send: 2}))
			header.Set("Traceparent", "00-"+trace+"-00f067aa0ba902b7-01")
			got := h.Post(t, header, body)
			if len(got.Sent) != 2 || !strings.Contains(got.Sent[1].Extensions()["traceparent"].(string), trace) {
				t.Errorf("sent %v, want two events of trace %s", got.Sent, trace)
			}
		})
	}
}
