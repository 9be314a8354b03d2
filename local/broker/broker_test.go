package broker

import (
	"fmt"
	"testing"
	"time"

	"xietong.dev/shared/manifest"
)

func TestAnEventReachesItsSubscriberUnchanged(t *testing.T) {
	s := subscribe(t, status(204))
	b := one(t, quick, s)
	e := newEvent("1", "dev.xietong.test.v1")
	e.SetSubject("三月 会议 100%.wav")
	e.SetTime(time.Date(2026, 3, 1, 2, 0, 0, 5, time.UTC))
	e.SetExtension("unit", "办公室")
	e.SetExtension("correlationid", "story")
	publish(t, b, e)
	idle(t, b)
	received := s.received()
	if len(received) != 1 {
		t.Fatalf("received %d events, want 1", len(received))
	}
	if got := received[0].event.String(); got != e.String() {
		t.Errorf("received\n%s\nwant\n%s", got, e.String())
	}
	h := received[0].header
	if h.Get("Prefer") != "reply" || !traceparent.MatchString(h.Get("Traceparent")) {
		t.Errorf("Prefer is %q and Traceparent %q, want reply and a trace", h.Get("Prefer"), h.Get("Traceparent"))
	}
	d := only(t, b)
	if d.State != Done || d.Attempts != 0 || d.Code != 204 || d.Reason != "" || d.EndedAt == nil || len(d.Failures) != 0 {
		t.Errorf("delivery is %+v, want done with code 204", d)
	}
}

func TestFiltersDecideAtPublish(t *testing.T) {
	wav, mp3 := subscribe(t, status(204)), subscribe(t, status(204))
	b := open(t, Config{
		Triggers: []manifest.Trigger{
			trigger("wav", "a", suffix("subject", ".wav")),
			trigger("mp3", "b", sql("subject LIKE '%.mp3'")),
		},
		Subscribers: map[string]Subscriber{"a": at(wav.Server, 1), "b": at(mp3.Server, 1)},
	})
	run(t, b)
	for i, subject := range []string{"会议.wav", "会议.mp3", "会议.txt"} {
		e := newEvent(fmt.Sprint(i), "t")
		e.SetSubject(subject)
		publish(t, b, e)
	}
	idle(t, b)
	if len(wav.received()) != 1 || len(mp3.received()) != 1 {
		t.Errorf("the subscribers received %d and %d events, want one each", len(wav.received()), len(mp3.received()))
	}
	all := everything(t, b)
	if len(all) != 3 || len(all[2].Deliveries) != 0 {
		t.Errorf("kept %d events, the last with %d deliveries; want 3 and none", len(all), len(all[2].Deliveries))
	}
}

func TestARepliedEventIsPublishedAndGoesOn(t *testing.T) {
	second := newEvent("2", "second")
	second.SetExtension("correlationid", "1")
	first, last := subscribe(t, reply(second)), subscribe(t, status(200))
	b := open(t, Config{
		Triggers:    []manifest.Trigger{trigger("first", "a", exact("type", "first")), trigger("second", "b", exact("type", "second"))},
		Subscribers: map[string]Subscriber{"a": at(first.Server, 1), "b": at(last.Server, 1)},
	})
	run(t, b)
	publish(t, b, newEvent("1", "first"))
	until(t, "the reply arrived", func() bool { return len(last.received()) == 1 })
	idle(t, b)
	if got := last.received()[0]; got.event.String() != second.String() {
		t.Errorf("the reply arrived as\n%s\nwant\n%s", got.event, second)
	}
	if from, to := first.received()[0].header.Get("Traceparent"), last.received()[0].header.Get("Traceparent"); from != to {
		t.Errorf("the trace went from %s to %s, want the same", from, to)
	}
	story, err := b.Story(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	if len(story) != 2 || story[0].Event.Type() != "first" || story[1].Event.Type() != "second" ||
		story[1].Deliveries[0].Trigger != "second" || story[1].Deliveries[0].State != Done {
		t.Errorf("the story is %+v, want first, then second, both done", story)
	}
}

func TestARepliesLoopEnds(t *testing.T) {
	s := subscribe(t, reply(newEvent("again", "t")))
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 1)}, MaxHops: 3})
	run(t, b)
	publish(t, b, newEvent("1", "t"))
	idle(t, b)
	letters, err := b.Dead(t.Context(), DeadQuery{Reason: "this is a loop"})
	if err != nil || len(letters) != 1 || len(s.received()) != 4 {
		t.Errorf("%d events and dead letters %+v (%v), want 4 events and one dead letter", len(s.received()), letters, err)
	}
}

func TestEventsAreFoundAndComeInOrder(t *testing.T) {
	b := open(t, Config{})
	for i := range 5 {
		e := newEvent(fmt.Sprint(i), []string{"even", "odd"}[i%2])
		e.SetSubject("会议")
		e.SetExtension("correlationid", "story")
		publish(t, b, e)
	}
	for _, c := range []struct {
		q    Query
		want string
	}{
		{Query{}, "01234"},
		{Query{Type: "odd"}, "13"},
		{Query{Subject: "会议", Limit: 2}, "01"},
		{Query{Correlation: "story", Newest: true, Limit: 2}, "34"},
		{Query{Correlation: "other"}, ""},
		{Query{Newest: true, Before: 5, Limit: 2}, "23"},
		{Query{After: 1, Before: 4}, "12"},
	} {
		records, err := b.Events(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		ids := ""
		for _, r := range records {
			ids += r.Event.ID()
		}
		if ids != c.want {
			t.Errorf("%+v found %q, want %q", c.q, ids, c.want)
		}
	}
	all, _ := b.Events(t.Context(), Query{})
	rest, err := b.Events(t.Context(), Query{After: all[2].Seq})
	if err != nil || len(rest) != 2 || rest[0].Event.ID() != "3" {
		t.Errorf("after the third: %v (%v), want the last two", rest, err)
	}
}

func TestOpenRefusesATriggerWithoutASubscriber(t *testing.T) {
	_, err := Open(Config{Triggers: []manifest.Trigger{trigger("all", "nowhere")}})
	if want := "trigger all: there is no subscriber nowhere with at least one slot"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
