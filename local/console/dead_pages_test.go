package console

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/local/broker"
	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg/pgtest"
)

// morgue is a console with a broker whose only function refuses every event, saying
// of which kind it is, and a person who was let in.
type morgue struct {
	*testing.T
	broker *broker.Broker
	server *httptest.Server
	client *http.Client
}

func openMorgue(t *testing.T) *morgue {
	refuse := func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 422, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("unreadable: " + req.Header.Get("Ce-Kind")))}, nil
	}
	b, err := broker.Open(broker.Config{
		DB:          pgtest.Open(t, broker.Schema, broker.Migrations()),
		Triggers:    []manifest.Trigger{{Name: "all", Service: "svc", Delivery: manifest.Delivery{Timeout: time.Minute}}},
		Subscribers: map[string]broker.Subscriber{"svc": {Do: refuse, Slots: 8}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); b.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	c := &Console{Broker: func() *broker.Broker { return b }, States: func() []State { return nil }, Token: "shown", Log: slog.New(slog.DiscardHandler), Now: time.Now}
	server := httptest.NewServer(c.HTTP())
	t.Cleanup(server.Close)
	jar, _ := cookiejar.New(nil) // it never fails
	o := &morgue{T: t, broker: b, server: server, client: &http.Client{Jar: jar}}
	o.get("/console/enter?token=shown&lang=en&name=" + url.QueryEscape("li <wei>"))
	return o
}

// bury publishes events of these kinds, and waits until all are dead letters.
func (o *morgue) bury(kinds ...string) {
	o.Helper()
	for i, kind := range kinds {
		e := event.New()
		e.SetID(fmt.Sprintf("%s-%d", kind, i))
		e.SetSource("/test")
		e.SetType("t")
		e.SetExtension("kind", kind)
		e.SetDataContentType("application/json")
		e.DataEncoded = []byte(`{"page":1}`)
		if err := o.broker.Publish(o.Context(), e); err != nil {
			o.Fatal(err)
		}
	}
	for idle := false; !idle; time.Sleep(5 * time.Millisecond) {
		var err error
		if idle, err = o.broker.Idle(o.Context()); err != nil {
			o.Fatal(err)
		}
	}
}

// read reads an answer: its status, and its text.
func (o *morgue) read(res *http.Response, err error) (int, string) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		o.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func (o *morgue) get(path string) (int, string) {
	o.Helper()
	return o.read(o.client.Get(o.server.URL + path))
}

// wants fails the test where a page lacks one of some texts.
func (o *morgue) wants(path string, texts ...string) string {
	o.Helper()
	status, page := o.get(path)
	for _, text := range texts {
		if status != 200 || !strings.Contains(page, text) {
			o.Errorf("%s (status %d) lacks %q", path, status, text)
		}
	}
	return page
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// send sends the form of a page with that action, filled in.
func (o *morgue) send(page, action string, filled ...string) (int, string) {
	o.Helper()
	_, form, found := strings.Cut(page, `action="`+action)
	if !found {
		o.Fatalf("the page has no form for %s", action)
	}
	form, _, _ = strings.Cut(form, "</form>")
	values := url.Values{}
	for _, one := range hidden.FindAllStringSubmatch(form, -1) {
		values.Add(one[1], html.UnescapeString(one[2]))
	}
	for i := 0; i < len(filled); i += 2 {
		values.Set(filled[i], filled[i+1])
	}
	return o.read(o.client.PostForm(o.server.URL+action, values))
}

func (o *morgue) dead() int {
	o.Helper()
	counts, err := o.broker.DeadCounts(o.Context(), broker.DeadQuery{})
	if err != nil {
		o.Fatal(err)
	}
	return sum(counts)
}

func TestPagesWithoutDeadLetters(t *testing.T) {
	o := openMorgue(t)
	o.wants("/console/dead", "No dead letters", "30 days")
	o.wants("/console/dead?type=x", "No dead letters match")
	o.wants("/console/dead/runs", "Nothing was redriven yet")
	o.wants("/console/acts", "Nobody has changed anything yet")
	for path, want := range map[string]int{"/console/dead/letter": 404, "/console/dead/letter?seq=7": 404, "/console/dead?since=x": 400, "/console/dead?do=discard&letter=x": 400} {
		if status, _ := o.get(path); status != want {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
}

// kind is a word of letters alone, so that each is a group of its own.
func kind(n int) string {
	return strings.Map(func(r rune) rune { return r - '0' + 'k' }, fmt.Sprint(n))
}

// More groups, letters and acts than one page shows.
func TestPagesAtTheirLimits(t *testing.T) {
	o := openMorgue(t)
	var kinds []string
	for i := range deadGroups {
		kinds = append(kinds, kind(i))
	}
	o.bury(kinds...)
	if page := o.wants("/console/dead"); strings.Contains(page, "largest groups") {
		t.Error("the page says that groups are left out, and none is")
	}
	o.bury("one more", kind(7))
	page := o.wants("/console/dead", "Only the 100 largest groups")
	seen := map[string]bool{}
	for {
		for _, one := range regexp.MustCompile(`name="letter" value="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			seen[one[1]] = true
		}
		older := regexp.MustCompile(`href="([^"#]+)#letters" rel="next"`).FindStringSubmatch(page)
		if older == nil {
			break
		}
		page = o.wants(html.UnescapeString(older[1]), "Newest")
	}
	if len(seen) != deadGroups+2 {
		t.Errorf("%d letters on all pages, want %d", len(seen), deadGroups+2)
	}
	for range actsPage + 1 {
		if err := o.broker.Act(t.Context(), broker.Act{Who: "zhao.min", What: "sent event"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(o.wants("/console/acts", "Older"), "zhao.min"); n != actsPage {
		t.Errorf("%d acts on the page, want %d", n, actsPage)
	}
	if n := strings.Count(o.wants("/console/acts?before=2", "Newest"), "zhao.min"); n != 1 {
		t.Errorf("%d acts on the last page, want 1", n)
	}
}

// What dies between the question and the answer is not discarded unasked.
func TestOnlyWhatWasCountedIsDiscarded(t *testing.T) {
	o := openMorgue(t)
	o.bury("torn", "torn", "blank")
	group := regexp.MustCompile(`group=([0-9a-f]{8})`).FindStringSubmatch(o.wants("/console/dead"))[1]
	page := o.wants("/console/dead?do=discard-all&group="+group, "Discard 2 dead letters?", "cannot be undone")
	o.bury("torn")
	if _, again := o.send(page, "/console/dead/discard", "why", " "); !strings.Contains(again, "Say why") || o.dead() != 4 {
		t.Errorf("%d dead letters are left after a discard without a why, want 4", o.dead())
	}
	if status, _ := o.send(page, "/console/dead/discard", "why", "test data", "csrf", "x"); status != 403 || o.dead() != 4 {
		t.Errorf("status %d and %d dead letters after a form from elsewhere, want 403 and 4", status, o.dead())
	}
	if _, after := o.send(page, "/console/dead/discard", "why", "test <data>"); !strings.Contains(after, "2 dead letters discarded: test &lt;data&gt;") || o.dead() != 2 {
		t.Errorf("%d dead letters are left, want 2, and that it is said", o.dead())
	}
	o.wants("/console/acts", "discarded", "li &lt;wei&gt;", "test &lt;data&gt;", "unreadable: torn")
}

// Whoever has narrowed the list and discards some of it comes back to what was asked
// for, also by way of a form that lacked something.
func TestADiscardLeadsBackToTheFilter(t *testing.T) {
	o := openMorgue(t)
	o.bury("torn", "torn", "torn", "blank")
	list := o.wants("/console/dead?type=t&reason=torn", `name="reason" value="torn"`)
	group := regexp.MustCompile(`group=([0-9a-f]{8})`).FindStringSubmatch(list)[1]
	letter := regexp.MustCompile(`name="letter" value="([^"]+)"`).FindStringSubmatch(list)[1]
	for _, c := range []struct{ asked, said string }{
		{"&do=discard&letter=" + letter, "1 dead letters discarded"},
		{"&do=discard-all&group=" + group, "2 dead letters discarded"},
	} {
		page := o.wants("/console/dead?type=t&reason=torn" + c.asked)
		_, page = o.send(page, "/console/dead/discard", "why", " ")
		_, after := o.send(page, "/console/dead/discard", "why", "test data")
		for _, text := range []string{c.said, `name="type" list="types" value="t"`, `name="reason" value="torn"`} {
			if !strings.Contains(after, text) {
				t.Errorf("%s: the page lacks %q", c.asked, text)
			}
		}
		for _, text := range []string{"data-at=", `aria-current="true"`} {
			if strings.Contains(after, text) {
				t.Errorf("%s: the page asks for more than the person did: %q", c.asked, text)
			}
		}
	}
}

// A run goes on in the server, and a script follows it.
func TestARunIsStartedAndFollowed(t *testing.T) {
	o := openMorgue(t)
	o.bury("torn", "torn")
	page := o.wants("/console/dead?do=redrive-all", "Redrive 2 dead letters?")
	if status, _ := o.send(page, "/console/dead/redrive", "why", "mended", "rate", "-1"); status != 400 {
		t.Errorf("status %d for a rate below zero, want 400", status)
	}
	if status, runs := o.send(page, "/console/dead/redrive", "why", "mended", "rate", "0"); status != 200 || !strings.Contains(runs, "/ 2") {
		t.Errorf("status %d, and the page of runs lacks the run", status)
	}
	req, _ := http.NewRequest("GET", o.server.URL+"/console/dead/runs", nil) // the address is well formed
	req.Header.Set("Accept", "application/json")
	for said := ""; !strings.Contains(said, `{"id":1,"state":"ended","done":2,"total":2}`); time.Sleep(5 * time.Millisecond) {
		_, said = o.read(o.client.Do(req))
	}
	csrf := hidden.FindStringSubmatch(page)[2]
	if status, _ := o.read(o.client.PostForm(o.server.URL+"/console/dead/abort", url.Values{"csrf": {csrf}, "run": {"1"}})); status != 200 {
		t.Errorf("status %d where a run has ended before it was aborted, want 200", status)
	}
}

func TestALetterIsReadAndReplayed(t *testing.T) {
	o := openMorgue(t)
	o.bury("<torn>")
	page := o.wants("/console/dead/letter?seq=1", "Refused by the function", "unreadable: &lt;torn&gt;", "&#34;page&#34;: 1", "/console/events/1", `/console/story/%3Ctorn%3E-0`)
	fill := []string{"data", "{\r\n  \"page\": 2 }", "why", "the page was wrong", "discard", "1"}
	if _, sent := o.send(page, "/console/dead/replay", fill...); !strings.Contains(sent, "Sent as the new event") || !strings.Contains(sent, "Discarded by li &lt;wei&gt;") {
		t.Error("the page does not say that the new event was sent and the letter is discarded")
	}
	if status, _ := o.send(page, "/console/dead/replay", fill...); status != 409 {
		t.Errorf("status %d where the letter is discarded already, want 409", status)
	}
	story, err := o.broker.Story(t.Context(), "<torn>-0")
	if err != nil || len(story) != 2 || string(story[1].Event.Data()) != `{"page":2}` || story[1].Event.Source() != "/console" {
		t.Errorf("the story is %+v (%v), want the new event in it", story, err)
	}
}

func TestLongDataIsNotEdited(t *testing.T) {
	o := openMorgue(t)
	for i, n := range []int{maxEdited - 2, maxEdited - 1} {
		e := event.New()
		e.SetID(fmt.Sprint("long-", i))
		e.SetSource("/test")
		e.SetType("t")
		e.SetDataContentType("application/json")
		e.DataEncoded = []byte(`"` + strings.Repeat("x", n) + `"`)
		if err := o.broker.Publish(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	o.bury("torn")
	if page := o.wants("/console/dead/letter?seq=1", "replay-form"); strings.Contains(page, "too long") {
		t.Error("data of the most bytes cannot be edited")
	}
	if page := o.wants("/console/dead/letter?seq=2", "too long"); strings.Contains(page, "replay-form") {
		t.Error("longer data can be edited")
	}
}
