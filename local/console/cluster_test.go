package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/google/go-cmp/cmp"

	"xietong.dev/local/broker"
)

func TestWhereTheLogsAre(t *testing.T) {
	for name, c := range map[string]struct {
		cluster Cluster
		event   string
		want    logPlace
	}{
		"plain":       {Cluster{}, "e-1", logPlace{"cut", "kubectl logs -l serving.knative.dev/service=cut -c user-container --tail=-1 | grep -F -- e-1", ""}},
		"a namespace": {Cluster{Namespace: "office"}, "e-1", logPlace{"cut", "kubectl -n office logs -l serving.knative.dev/service=cut -c user-container --tail=-1 | grep -F -- e-1", ""}},
		"hostile": {Cluster{Logs: "https://logs.example/{function}?q={event}"}, "'; rm -rf ~; '&x=",
			logPlace{"cut", `kubectl logs -l serving.knative.dev/service=cut -c user-container --tail=-1 | grep -F -- ''\''; rm -rf ~; '\''&x='`, "https://logs.example/cut?q=%27%3B+rm+-rf+~%3B+%27%26x%3D"}},
	} {
		if diff := cmp.Diff(c.want, c.cluster.logsOf("cut", c.event)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestDeliveriesOfAClusterHaveTheirWords(t *testing.T) {
	for _, c := range []struct {
		state    broker.State
		attempts int
		want     string
	}{{broker.Afar, 0, "wait with the broker"}, {broker.Afar, 2, "wait will retry"}, {broker.AtWork, 1, "busy running"}} {
		kind, word := standWords(c.state, c.attempts)
		if got := kind + " " + eventWords.Say("en", word); got != c.want {
			t.Errorf("%v after %d failures is %q, want %q", c.state, c.attempts, got, c.want)
		}
		if _, has := letterWords["letter state "+c.state.String()]; !has {
			t.Errorf("a letter that is %v has no words", c.state)
		}
	}
	for reason, want := range map[string]string{"": "untold", "not_media: no recording": "refused"} {
		if got := death(broker.Untold, reason); got != want || deadWords["died "+got].En == "" || deadWords["mend "+got].En == "" {
			t.Errorf("a death of %q is %s, want %s", reason, got, want)
		}
	}
}

func TestHowAFunctionOfAClusterIsDoing(t *testing.T) {
	standing := broker.TriggerStanding{Trigger: "cut-told", Service: "cut"}
	running, failing := standing, standing
	running.Running, failing.Failing, failing.Ready = 2, fewFailed, fewFailed
	for name, c := range map[string]struct {
		standing broker.TriggerStanding
		ready    map[string]bool
		want     string
	}{
		"nobody asked":  {standing, nil, "state unasked"},
		"ready":         {standing, map[string]bool{"cut": true}, "state answers"},
		"silent":        {running, map[string]bool{"cut": false}, "state silent"},
		"at work":       {running, map[string]bool{"cut": true}, "state at work"},
		"fails for now": {failing, map[string]bool{"cut": true}, "state failing"},
	} {
		s := seen{words: []string{"cut"}, cluster: true, ready: c.ready, standings: []broker.TriggerStanding{c.standing}}
		if got := s.doing("cut").Word; got != c.want || overviewWords[got].Zh == "" {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// What was told of late began when its function did, and took no time that nobody knows.
func TestAStoryThatWasToldOfLate(t *testing.T) {
	at := func(s int) *time.Time { m := noon.Add(time.Duration(s) * time.Second); return &m }
	told := func(n int64, d broker.Delivery) broker.Told {
		e := event.New()
		e.SetID(itoa(n))
		e.SetType("t")
		d.Seq, d.Trigger, d.State, d.Code = n, "cut-told", broker.Done, broker.Untold
		return broker.Told{Record: broker.Record{Seq: n, Event: e, ReceivedAt: *at(100)}, Deliveries: []broker.Delivery{d}}
	}
	view := viewOfStory("s", []broker.Told{told(1, broker.Delivery{StartedAt: at(0), EndedAt: at(7)}), told(2, broker.Delivery{EndedAt: at(9)})}, nil, *at(200), "en")
	if !view.Began.Equal(noon) || view.Rows[0].Lanes[0].Took != "7 s" || view.Rows[1].Lanes[0].Took != "" {
		t.Errorf("it began at %v, and its events took %q and %q", view.Began, view.Rows[0].Lanes[0].Took, view.Rows[1].Lanes[0].Took)
	}
}

func TestNothingIsPausedOnACluster(t *testing.T) {
	o := openFront(t)
	o.States, o.Cluster = nil, &Cluster{Health: func(context.Context) map[string]bool { return nil }}
	if page := o.send(http.MethodGet, "/console/?lang=en", nil, nil).Body.String(); strings.Contains(page, "/console/triggers") || !strings.Contains(page, "kubectl delete trigger") {
		t.Error("the overview offers to pause a Trigger, or does not say how to stop one")
	}
	if res := o.submit("/console/triggers", url.Values{"trigger": {"convert-told"}, "act": {"pause"}, "why": {"w"}}); res.Code != http.StatusConflict {
		t.Errorf("a pause is answered %d, want 409", res.Code)
	}
}
