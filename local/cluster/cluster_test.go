package cluster

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/local/broker"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const token = "a-token-that-people-show"

// town is a console on a cluster of one server: it plays the broker's ingress, the
// functions and the store, and keeps what it was asked.
type town struct {
	*testing.T
	*Console
	database string
	front    *httptest.Server
	client   *http.Client

	mu    sync.Mutex
	asked []string
}

// settle opens a console with what the environment adds or replaces.
func settle(t *testing.T, env map[string]string) *town {
	t.Helper()
	o := &town{T: t, database: pgtest.URL(t, Word, broker.Migrations())}
	around := httptest.NewServer(http.HandlerFunc(o.answer))
	t.Cleanup(around.Close)
	all := map[string]string{"CONSOLE_TOKEN": token, "API_TOKEN": "what-functions-want-to-see", "K_SINK": around.URL + "/sink", "FUNCTION_URL": around.URL + "/{function}",
		"MANIFESTS": "../..", "DATABASE_URL": o.database, "S3_ENDPOINT": around.URL, "S3_REGION": "r", "S3_ACCESS_KEY": "k", "S3_SECRET_KEY": "s", "LEARN_EVERY": "10ms"}
	for name, value := range env {
		all[name] = value
	}
	c, err := Open(t.Context(), func(name string) string { return all[name] }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	o.Console, o.front = c, httptest.NewServer(c.HTTP())
	t.Cleanup(o.front.Close)
	jar, _ := cookiejar.New(nil)
	o.client = &http.Client{Jar: jar}
	return o
}

func (o *town) answer(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	o.mu.Lock()
	o.asked = append(o.asked, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+r.Header.Get("Ce-Id")+r.Header.Get("X-Auth-Id")))
	o.mu.Unlock()
	switch {
	case r.URL.Path == "/sink" && r.Method == http.MethodPost:
		if e, err := ce.Read(r.Context(), r.Header, body); err != nil || e.ID() == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	case r.URL.Path == "/sink":
		w.WriteHeader(http.StatusMethodNotAllowed)
	case r.URL.Path == "/convert/":
		w.WriteHeader(http.StatusNoContent)
	case r.URL.Path == "/minutes/minutes":
		io.WriteString(w, "minutes for "+r.Header.Get("X-Auth-Id")+" by "+r.Header.Get("Authorization"))
	case r.URL.Path == "/score/health/ready":
	default:
		http.NotFound(w, r)
	}
}

// wasAsked is what the town was asked besides what is asked by itself.
func (o *town) wasAsked() (all []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append(all, o.asked...)
}

// run keeps the records until the test ends.
func (o *town) run() {
	running, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); o.Console.Run(running) }()
	o.Cleanup(func() { stop(); <-ended })
}

func (o *town) enter() {
	o.Helper()
	res, err := o.client.PostForm(o.front.URL+"/console/enter", url.Values{"token": {token}, "name": {"li"}})
	if err != nil || res.StatusCode != http.StatusOK {
		o.Fatalf("enter: %v %v", res, err)
	}
}

func (o *town) page(path string) string {
	o.Helper()
	req, _ := http.NewRequestWithContext(o.Context(), http.MethodGet, o.front.URL+path, nil)
	req.Header.Set("Accept-Language", "en")
	res, err := o.client.Do(req)
	if err != nil {
		o.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	return string(text)
}

// tell posts an event as a cluster's Trigger does, under a name, and returns the status.
func (o *town) tell(path, host, id string, more map[string]string) int {
	o.Helper()
	req, _ := http.NewRequestWithContext(o.Context(), http.MethodPost, o.front.URL+path, strings.NewReader(`{"a":1}`))
	req.Host = host
	ce.WriteAttributes(req.Header, map[string]string{"specversion": "1.0", "id": id, "source": "/test", "type": "dev.xietong.document.uploaded.v1", "datacontenttype": "application/json"})
	ce.WriteAttributes(req.Header, more)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		o.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func (o *town) until(what string, holds func() bool) {
	o.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			o.Fatalf("waited 20 s and still not: %s", what)
		}
	}
}

func TestEventsAreTakenFromWithinTheClusterAlone(t *testing.T) {
	o := settle(t, nil)
	for host, want := range map[string]int{"console.toolbox.svc.cluster.local": 202, "console": 202, "127.0.0.1:8080": 202, "console.city.example": 403, "10.0.0.7": 403, "svc.cluster.local.evil.example": 403} {
		for _, path := range []string{"/events", "/dead"} {
			if got := o.tell(path, host, "1", nil); got != want {
				t.Errorf("%s under %s is answered %d, want %d", path, host, got, want)
			}
		}
	}
}

// A letter is read with what the broker knows of it, and redriven to its function alone.
func TestALetterIsReadAndRedriven(t *testing.T) {
	o := settle(t, nil)
	o.run()
	o.tell("/dead", Word, "late", map[string]string{"knativeerrordest": "http://convert.toolbox.svc.cluster.local", "knativeerrorcode": "422", "knativeerrordata": "bWlzc2luZ19vYmplY3Q="})
	o.enter()
	page := o.page("/console/dead/letter?seq=1&trigger=convert-document-uploaded")
	if !strings.Contains(page, "missing_object") || !strings.Contains(page, "<dd>422</dd>") {
		t.Errorf("the letter says\n%s", page)
	}
	csrf := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(page)[1]
	if _, err := o.client.PostForm(o.front.URL+"/console/dead/redrive", url.Values{"csrf": {csrf}, "do": {"redrive"}, "letter": {"1~convert-document-uploaded"}, "why": {"mended"}, "rate": {"0"}}); err != nil {
		t.Fatal(err)
	}
	o.until("done", func() bool {
		return strings.Contains(o.page("/console/dead/letter?seq=1&trigger=convert-document-uploaded"), `id="state">Done`)
	})
	if got := strings.Join(o.wasAsked(), "\n"); strings.Count(got, "POST /convert/ late") != 1 || strings.Contains(got, "POST /sink") {
		t.Errorf("the cluster was asked\n%s", got)
	}
}

func TestWhatOnlyTheClusterKnowsIsNotSaid(t *testing.T) {
	o := settle(t, map[string]string{"FUNCTION_URL": "http://{function}.toolbox.svc.cluster.local", "LOGS_URL": "https://logs.example/?app={function}&text={event}"})
	o.run()
	o.tell("/events", Word, "it's", nil)
	o.enter()
	o.until("the Triggers are known", func() bool {
		return !strings.Contains(o.page("/console/events/1"), "<h3><bdi>convert-document-uploaded")
	})
	for path, want := range map[string][]string{
		"/console/":         {"kubectl -n toolbox delete trigger", "not asked, so as not to wake it", "does not answer"},
		"/console/events":   {"with the broker"},
		"/console/events/1": {"grep -F -- &#39;it&#39;\\&#39;&#39;s&#39;", "https://logs.example/?app=convert&amp;text=it%27s", "with the broker"},
		"/console/metrics":  {"Metrics"},
		"/console/try":      {"Try it"},
		"/console/acts":     {"Who did what"},
	} {
		page := o.page(path)
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%s does not say %q", path, text)
			}
		}
		for _, text := range []string{`action="/console/triggers"`, "no answer"} {
			if strings.Contains(page, text) {
				t.Errorf("%s says %q", path, text)
			}
		}
	}
}

func TestFunctionsAreLentToWhoWasLetIn(t *testing.T) {
	o := settle(t, nil)
	if got := o.page("/minutes"); strings.Contains(got, "minutes for li") {
		t.Errorf("nobody was let in and sees %q", got)
	}
	o.enter()
	if got := o.page("/minutes"); got != "minutes for li by Bearer what-functions-want-to-see" {
		t.Errorf("who was let in sees %q", got)
	}
	if got := o.page("/library"); !strings.Contains(got, "404") && !strings.Contains(got, "not found") {
		t.Errorf("a function that does not answer is %q", got)
	}
}

// Only functions that run anyway are asked: to ask one that sleeps would wake it.
func TestNobodyIsWoken(t *testing.T) {
	o := settle(t, nil)
	if diff := cmp.Diff(map[string]bool{"score": true}, o.health(t.Context())); diff != "" {
		t.Errorf("asked: %s", diff)
	}
	o.learner.note("convert", 1, nil)
	if diff := cmp.Diff(map[string]bool{"score": true, "convert": false}, o.health(t.Context())); diff != "" {
		t.Errorf("after convert did something: %s", diff)
	}
}

func TestALedgerThatMayNotBeReadIsNamed(t *testing.T) {
	o := settle(t, nil)
	ctx := t.Context()
	o.learner.round(ctx)
	if err := o.learner.check(ctx); err != nil {
		t.Errorf("functions that have not started yet: %v", err)
	}
	convert, err := pg.Open(ctx, pg.Config{URL: conf.Secret(o.database)}, "convert", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer convert.Close()
	if _, err := convert.Exec(ctx, `CREATE ROLE nobody_much LOGIN PASSWORD 'nobody-much-1234'; GRANT ALL ON SCHEMA console TO nobody_much; GRANT ALL ON ALL TABLES IN SCHEMA console TO nobody_much`); err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(o.database)
	u.User = url.UserPassword("nobody_much", "nobody-much-1234")
	db, err := pg.Open(ctx, pg.Config{URL: conf.Secret(u.String())}, Word, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	o.db = db
	if o.learner.broker, err = o.records(); err != nil {
		t.Fatal(err)
	}
	o.learner.round(ctx)
	if err := o.learner.check(ctx); err == nil || err.Error() != "the ledgers of convert" {
		t.Errorf("got %v", err)
	}
}

func TestTheEnvironmentIsRead(t *testing.T) {
	whole := map[string]string{"CONSOLE_TOKEN": token, "API_TOKEN": "t", "K_SINK": "http://broker/ns/default", "FUNCTION_URL": "http://{function}.ns.svc.cluster.local", "DATABASE_URL": "postgres://console@127.0.0.1:1/x",
		"S3_ENDPOINT": "http://s", "S3_ACCESS_KEY": "k", "S3_SECRET_KEY": "s", "MANIFESTS": "../.."}
	for name, c := range map[string]struct{ name, value, want string }{
		"no token":       {"CONSOLE_TOKEN", "", "CONSOLE_TOKEN"},
		"a short token":  {"CONSOLE_TOKEN", "123456789012345", "environment variable CONSOLE_TOKEN: has 15 characters, want at least 16"},
		"no sink":        {"K_SINK", "broker", `environment variable K_SINK: is "broker", want an address such as kubectl get broker default shows`},
		"no address":     {"FUNCTION_URL", "{function}", `environment variable FUNCTION_URL: is "{function}", want http://{function}.<namespace>.svc.cluster.local`},
		"no log store":   {"LOGS_URL", "javascript:alert(1)", "environment variable LOGS_URL: is "},
		"no pause":       {"LEARN_EVERY", "0s", "environment variable LEARN_EVERY: is 0s, want more than 0"},
		"no functions":   {"MANIFESTS", ".", `environment variable MANIFESTS: there is no functions/<word>/knative.yaml below "."`},
		"no API's token": {"API_TOKEN", "", "API_TOKEN"},
	} {
		_, err := Open(t.Context(), func(n string) string {
			if n == c.name {
				return c.value
			}
			return whole[n]
		}, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestTheNamespaceStandsInTheAddress(t *testing.T) {
	for address, want := range map[string]string{"http://{function}.toolbox.svc.cluster.local": "toolbox", "http://{function}.toolbox": "toolbox", "http://gateway/{function}": "", "http://{function}:8080": ""} {
		if got := (Config{Functions: address}).namespace(); got != want {
			t.Errorf("%s is in %q, want %q", address, got, want)
		}
	}
}
