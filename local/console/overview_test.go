package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/local/broker"
)

func TestHowAFunctionIsDoing(t *testing.T) {
	for _, c := range []struct {
		name    string
		s       State
		recent  broker.Figures
		crashed bool
		want    string
	}{
		{"nothing runs", State{}, broker.Figures{}, false, "state asleep []"},
		{"one runs", State{Instances: 1}, broker.Figures{Done: 5}, false, "state running [1]"},
		{"one works", State{Instances: 2, Busy: 3}, broker.Figures{}, false, "state busy [3]"},
		{"the first starts", State{Instances: 1, Starting: 1, Busy: 1}, broker.Figures{}, false, "state starting []"},
		{"one more starts", State{Instances: 2, Starting: 1, Busy: 1}, broker.Figures{}, false, "state busy [1]"},
		{"few failures", State{Instances: 1}, broker.Figures{Failed: fewFailed - 1}, false, "state running [1]"},
		{"most fail", State{Instances: 1, Busy: 1}, broker.Figures{Done: 2, Failed: 2, Dead: 1}, false, "state failing [3]"},
		{"half fail", State{Instances: 1}, broker.Figures{Done: 3, Failed: 3}, false, "state running [1]"},
		{"it crashed", State{Crashes: 4}, broker.Figures{Done: 9}, true, "state crashed [4]"},
	} {
		if got := doingOf(c.s, c.recent, c.crashed); got.Word+" "+fmt.Sprint(got.Args) != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, got.Word, got.Args, c.want)
		}
	}
}

func TestOnAClusterThePlatformKnowsWhatRuns(t *testing.T) {
	o := openFront(t)
	o.States = nil
	if page := o.send(http.MethodGet, "/console/?lang=en", nil, nil).Body.String(); !strings.Contains(page, "up to the platform") || strings.Contains(page, "asleep") {
		t.Error("the overview says more of processes than it knows")
	}
}

func TestACrashIsLatelyForAWhile(t *testing.T) {
	w := &watch{crashes: map[string]crash{}}
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, c := range []struct {
		after   time.Duration
		crashes int
		want    bool
	}{{0, 0, false}, {time.Minute, 1, true}, {time.Minute + crashLately - 1, 1, true}, {time.Minute + crashLately, 1, false}, {time.Hour, 3, true}} {
		got := w.crashedLately([]State{{Word: "cut", Crashes: c.crashes}}, now.Add(c.after))
		if got["cut"] != c.want {
			t.Errorf("after %v and %d crashes: %v, want %v", c.after, c.crashes, got["cut"], c.want)
		}
	}
}

func TestWhatNeedsSomebody(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	since := now.Add(-3 * time.Minute)
	fine := checked{Name: "database", Fine: true}
	for _, c := range []struct {
		name string
		seen seen
		want []string
	}{
		{"nothing", seen{words: []string{"cut"}, checks: []checked{fine}, standings: []broker.TriggerStanding{{Trigger: "cut-told", Service: "cut", Dead: 7}}}, nil},
		{"what is away", seen{checks: []checked{fine, {Name: "store"}}, blind: true}, []string{"bad #health The object store does not answer: files can be neither uploaded nor read"}},
		{"no figures", seen{checks: []checked{fine}, blind: true}, []string{"bad #health The figures of deliveries cannot be read just now"}},
		{"a full queue", seen{load: broker.Load{Queued: 9, Refusing: true}}, []string{"bad #health The queue is full (9 deliveries): events from outside are refused for now"}},
		{"a crash", seen{words: []string{"cut"}, states: map[string]State{"cut": {Crashes: 2}}, crashed: map[string]bool{"cut": true}},
			[]string{"bad /console/metrics?function=cut Function cut has just crashed; times since the start: 2"}},
		{"triggers, the gravest first", seen{words: []string{"cut"}, standings: []broker.TriggerStanding{
			{Trigger: "cut-told", Service: "cut", Paused: &since, Ready: 4, DeadLately: 1},
			{Trigger: "cut-asked", Service: "cut", Limit: time.Minute, Longest: time.Hour},
			{Trigger: "gone-told", Service: "gone", Ready: 50, Late: time.Hour, Oldest: 2 * time.Hour, Came: 9, DeadLately: 2},
		}}, []string{
			"bad /console/events?function=cut A delivery to cut has been running for 1 h; its limit is 1 min",
			"bad /console/dead?function=cut Dead letters of cut within an hour: 1",
			"bad /console/dead?function=gone Dead letters of gone within an hour: 2",
			"wait #triggers Trigger cut-told has been paused for 3 min; deliveries that wait: 4",
			"wait /console/metrics?function=gone The queue of gone grows: 50 wait, the oldest for 2 h",
		}},
	} {
		c.seen.now = now
		var got []string
		for _, n := range c.seen.needs("en") {
			got = append(got, n.Class+" "+n.Link+" "+overviewWords.Say("en", n.Word, n.Args...))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

func TestEventsAMinute(t *testing.T) {
	steps := func(done ...int) (s broker.Series) {
		for _, n := range done {
			s.Steps = append(s.Steps, broker.Figures{Done: n})
		}
		return s
	}
	for _, c := range []struct {
		s    broker.Series
		want string
	}{
		{steps(), "0"}, {steps(1, 1, 1, 1, 1), "0"}, {steps(9, 1, 1, 1, 1, 1, 7), "1"}, {steps(0, 0, 0, 0, 3, 0), "0.6"}, {steps(100, 100, 100, 100, 103, 0), "101"},
	} {
		if got := rate(perMinute(c.s)); got != c.want {
			t.Errorf("%v: %s, want %s", c.s, got, c.want)
		}
	}
}

func TestAnswersAreKeptForAMoment(t *testing.T) {
	var k kept[string, int]
	now, asked := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), 0
	clock := func() time.Time { return now }
	get := func(key string, takes time.Duration, err error) int {
		n, failed := k.get(t.Context(), clock, key, func(context.Context) (int, error) {
			asked++
			now = now.Add(takes)
			return asked, err
		})
		if !errors.Is(failed, err) {
			t.Errorf("%s: %v, want %v", key, failed, err)
		}
		return n
	}
	away := errors.New("away")
	steps := []struct {
		after, takes time.Duration
		key          string
		err          error
		want         int
	}{
		{0, 0, "a", nil, 1}, {keepLeast - 1, 0, "a", nil, 1}, {0, 0, "b", nil, 2}, {1, 0, "a", nil, 3},
		{keepLeast, time.Second, "a", nil, 4}, {keepTimes*time.Second - 1, 0, "a", nil, 4}, {1, 0, "a", nil, 5},
		{time.Hour, 0, "a", away, 6}, {0, 0, "a", nil, 7},
	}
	for i, s := range steps {
		now = now.Add(s.after)
		if got := get(s.key, s.takes, s.err); got != s.want {
			t.Errorf("step %d: answer %d, want %d", i, got, s.want)
		}
	}
	k.forget()
	if got := get("a", 0, nil); got != 8 {
		t.Errorf("after it was forgotten: answer %d, want 8", got)
	}
}

func TestTheOverviewIsShownInBothLanguages(t *testing.T) {
	o := openFront(t)
	for language, words := range map[string][]string{"zh": {"一切正常", "最近一小时没有事件", "convert-told", "待命（1 个进程）", "在途投递 0 / 10000"}, "en": {"All is well", "ready (processes: 1)", "deliveries on their way: 0 of 10000"}} {
		page := o.send(http.MethodGet, "/console/?lang="+language, nil, nil).Body.String()
		for _, word := range words {
			if !strings.Contains(page, word) {
				t.Errorf("the page in %s lacks %q", language, word)
			}
		}
	}
}

// Where the database is away the page says so rather than fail.
func TestTheOverviewIsShownWithoutADatabase(t *testing.T) {
	o := openFront(t)
	o.Broker().DB.Close()
	o.Checks = []Check{{Name: "database", Ask: func(context.Context) error { return errors.New("away") }}}
	got := o.send(http.MethodGet, "/console/?lang=en", nil, nil)
	if page := got.Body.String(); got.Code != http.StatusOK || !strings.Contains(page, "The database does not answer") || !strings.Contains(page, "convert") {
		t.Errorf("%d: %s", got.Code, page)
	}
}

func TestATriggerIsHeldByWhoeverSaysWhy(t *testing.T) {
	o := openFront(t)
	paused := func() bool {
		all, err := o.Broker().TriggerStandings(t.Context(), o.now)
		if err != nil || len(all) != 1 {
			t.Fatalf("%v %v", all, err)
		}
		return all[0].Paused != nil
	}
	for _, c := range []struct {
		name   string
		form   url.Values
		want   int
		paused bool
	}{
		{"without a reason", url.Values{"trigger": {"convert-told"}, "act": {"pause"}, "why": {"  "}}, 400, false},
		{"with too long a one", url.Values{"trigger": {"convert-told"}, "act": {"pause"}, "why": {strings.Repeat("长", longestWhy+1)}}, 400, false},
		{"another trigger", url.Values{"trigger": {"nothing-told"}, "act": {"pause"}, "why": {"x"}}, 404, false},
		{"another act", url.Values{"trigger": {"convert-told"}, "act": {"delete"}, "why": {"x"}}, 400, false},
		{"paused", url.Values{"trigger": {"convert-told"}, "act": {"pause"}, "why": {strings.Repeat("长", longestWhy)}}, 303, true},
		{"paused again", url.Values{"trigger": {"convert-told"}, "act": {"pause"}, "why": {"x"}}, 303, true},
		{"resumed", url.Values{"trigger": {"convert-told"}, "act": {"resume"}, "why": {"mended"}}, 303, false},
	} {
		if got := o.submit("/console/triggers", c.form); got.Code != c.want || paused() != c.paused {
			t.Errorf("%s: %d, paused: %v; want %d, %v", c.name, got.Code, paused(), c.want, c.paused)
		}
	}
	acts, err := o.Broker().Acts(t.Context(), 0, 0)
	if err != nil || len(acts) != 2 || acts[0].What != broker.ActResume || acts[0].Who != "张海" || acts[0].Why != "mended" || acts[1].What != broker.ActPause {
		t.Errorf("written down is %+v (%v), want a pause and its end", acts, err)
	}
}

func TestMetricsSayWhatWasAskedWrong(t *testing.T) {
	o := openFront(t)
	for query, want := range map[string]int{"": 200, "?range=7d&scale=log&function=convert": 200, "?range=2h": 400, "?range=": 200, "?function=%3Cscript%3E": 200, "?scale=what": 200} {
		got := o.send(http.MethodGet, "/console/metrics"+query, nil, nil)
		if got.Code != want || strings.Contains(got.Body.String(), "<script>\"") {
			t.Errorf("%s: %d, want %d", query, got.Code, want)
		}
	}
}
