package console

import (
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/local/broker"
	"xietong.dev/shared/web"
)

func visitOf(address string) *visit {
	c := &Console{Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)}
	return &visit{desk: &desk{Console: c}, r: httptest.NewRequest("GET", address, nil), language: "en", who: person{Until: noon.Add(time.Hour)}}
}

// Each address, and what is looked for or how it is refused.
func TestFiltersInAnAddress(t *testing.T) {
	since := time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC)
	long := strings.Repeat("文", longestSearch)
	for query, want := range map[string]any{
		"":                                       broker.Search{Limit: eventsListed},
		"?type=+a+&function=f&unit=u&text=+x+":   broker.Search{Type: "a", Service: "f", Unit: "u", Text: " x ", Limit: eventsListed},
		"?outcome=dead&story=s&before=9&after=3": broker.Search{Outcome: broker.SomeDead, Correlation: "s", Before: 9, After: 3, Limit: eventsListed},
		"?since=2026-01-31T09:30&until=2026-01-31T17:30:00%2B08:00": broker.Search{Since: since, Until: since, Limit: eventsListed},
		"?text=" + long:       broker.Search{Text: long, Limit: eventsListed},
		"?text=" + long + "x": "text: want 0 to 1024 characters",
		"?text=a%00":          "text: want no control characters",
		"?text=%ff":           "text: want 0 to 1024 characters",
		"?outcome=lost":       "outcome: want one of underway, done, dead, untaken",
		"?since=yesterday":    "since is no time; write one like 2026-01-31T09:30",
		"?before=-1":          "before: want a whole number",
		"?colour=red":         "there is no parameter colour; there are type, function, unit, outcome, text, since, until, story, before, after, lang, seq",
	} {
		var got any
		s, err := visitOf("/console/events" + query).eventSearch()
		got = s
		if p, is := err.(*web.Problem); is {
			got = web.Say(words(), "en", p)
		}
		if s.Until.Equal(since) {
			s.Until = since
			got = s
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.60s: %s", query, diff)
		}
	}
}

// A list moves by itself unless what it shows is decided later, or lies in the past.
func TestWhichListsAreLive(t *testing.T) {
	for query, want := range map[string]bool{"": true, "?type=a&unit=u": true, "?since=2026-01-31T09:30": true, "?outcome=done": false, "?until=2026-01-31T09:30": false, "?before=7": false} {
		if s, err := visitOf("/console/events" + query).eventSearch(); err != nil || followable(s) != want {
			t.Errorf("%s is live: %t (%v), want %t", query, followable(s), err, want)
		}
	}
	if got := eventsAddress(url.Values{"type": {"a b"}, "before": {"9"}, "lang": {"en"}}, "before", "7"); got != "/console/events?before=7&type=a+b" {
		t.Errorf("the next page is %s", got)
	}
}

// A script may ask after so many events at once.
func TestStandingsOfTooManyEventsAreRefused(t *testing.T) {
	err := visitOf("/console/events/standing?seq=1" + strings.Repeat(",1", maxStandings)).tellStandings()
	if p, is := err.(*web.Problem); !is || p.Text != "field_count" {
		t.Errorf("%d numbers: %v", maxStandings+1, err)
	}
}

// A stream ends with the person's time, with the console, and with the request.
func TestAStreamEnds(t *testing.T) {
	stopping := make(chan struct{})
	w := &eventStream{visit: visitOf("/console/events/stream")}
	w.Stopping = stopping
	if !w.pause(0, nil) {
		t.Error("a stream ended for no reason")
	}
	w.who.Until = noon
	if w.pause(0, nil) {
		t.Error("a stream goes on after its person's time")
	}
	w.who.Until = noon.Add(time.Hour)
	close(stopping)
	if w.pause(time.Hour, nil) {
		t.Error("a stream goes on where the console stops")
	}
}
