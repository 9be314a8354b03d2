package broker

import (
	"fmt"
	"net/http"
	"testing"

	"xietong.dev/shared/manifest"
)

func TestFingerprintsOfReasons(t *testing.T) {
	for _, c := range []struct{ reason, want string }{
		{"", ""},
		{"there was no answer in time", "there was no answer in time"},
		{"not_media: object recordings/3fa85f64/notes.wav is no recording", "not_media: object … is no recording"},
		{"not_media: object recordings/notes.wav is no recording", "not_media: object … is no recording"},
		{"没有语音：对象 recordings/三月/会议.wav 第 12 段", "没有语音：对象 … 第 # 段"},
		{`no book "三国 演义" with 3 pages`, `no book "…" with # pages`},
		{"找不到「三国演义」", `找不到"…"`},
		{"unit 'finance' isn't known; it isn't", "unit '…' isn't known; it isn't"},
		{"recording 123e4567-e89b-42d3-a456-426614174000 is gone", "recording # is gone"},
		{"event f53fd0ed8e2082b3a948e5b856e44591 is gone, as is 0badcafe", "event # is gone, as is #"},
		{"a facade is no hex, nor is decade", "a facade is no hex, nor is decade"},
		{"page 7 of 1,024 took 1m30.5s, want 30s or 500ms", "page # of # took #, want # or #"},
		{"there was no answer: dial tcp 127.0.0.1:41233: connect: connection refused", "there was no answer: dial tcp #: connect: connection refused"},
		{"GET http://127.0.0.1:9000/v1/audio?x=1 answered 503 Service Unavailable", "GET … answered # Service Unavailable"},
		{"type is image/png, want text/plain", "type is image/png, want text/plain"},
		{"took 5µs of 3h2m", "took # of #"},
		{"deadbeef is 1234567 and\u00a0two  blanks\tand a tab", "# is # and\u00a0two blanks and a tab"},
		{"at 2026-03-01T12:00:09Z\n\tin  chunk12", "at #-#-#T#Z in chunk#"},
	} {
		if got := fingerprint(c.reason); got != c.want {
			t.Errorf("%q has the fingerprint\n%q, want\n%q", c.reason, got, c.want)
		}
		if again := fingerprint(c.want); again != c.want {
			t.Errorf("the fingerprint %q has another itself: %q", c.want, again)
		}
	}
}

// Three reasons of one kind, one of another kind, and one of another function.
func deadOfTwoKinds(t *testing.T) *Broker {
	answer := func(w http.ResponseWriter, req *http.Request) {
		id := req.Header.Get("Ce-Id")
		text := "page " + id + " is unreadable"
		if id == "4" {
			text = "no such book"
		}
		body(422, text)(w, req)
	}
	s := subscribe(t, answer)
	b := open(t, Config{
		Triggers:    []manifest.Trigger{trigger("scan-page-told", "scan", not(exact("type", "other"))), trigger("read-page-told", "read", exact("type", "other"))},
		Subscribers: map[string]Subscriber{"scan": at(s.Server, 4), "read": at(s.Server, 4)},
	})
	run(t, b)
	for i := range 4 {
		publish(t, b, newEvent(fmt.Sprint(i+1), "t"))
	}
	publish(t, b, newEvent("5", "other"))
	idle(t, b)
	return b
}

func TestDeadLettersAreGroupedByFunctionAndReason(t *testing.T) {
	b := open(t, Config{DB: deadOfTwoKinds(t).DB}) // as the command line does: it knows no Trigger
	groups, err := b.DeadGroups(t.Context(), DeadQuery{})
	if err != nil || len(groups) != 3 {
		t.Fatalf("groups %+v (%v), want three", groups, err)
	}
	all := everything(t, b)
	first := groups[0]
	if first.Service != "scan" || first.Code != 422 || first.Reason != "page # is unreadable" || first.Count != 3 || first.Example != all[2].Seq || first.First.After(first.Last) {
		t.Errorf("the first group is %+v, want the three unreadable pages of scan, the third as its example", first)
	}
	for _, c := range []struct {
		q    DeadQuery
		want string
	}{
		{DeadQuery{Group: first.ID}, "map[scan-page-told:3]"},
		{DeadQuery{Service: "scan"}, "map[scan-page-told:4]"},
		{DeadQuery{Service: "read"}, "map[read-page-told:1]"},
		{DeadQuery{Reason: "unreadable"}, "map[read-page-told:1 scan-page-told:3]"},
		{DeadQuery{Group: first.ID, Service: "read"}, "map[]"},
		{DeadQuery{Since: first.Last.Add(1e9)}, "map[]"},
		{DeadQuery{Until: first.First.Add(-1e9)}, "map[]"},
		{DeadQuery{Since: first.First.Add(-1e9), Until: first.Last.Add(1e9), Trigger: "read-page-told"}, "map[read-page-told:1]"},
	} {
		counts, err := b.DeadCounts(t.Context(), c.q)
		if err != nil || fmt.Sprint(counts) != c.want {
			t.Errorf("%v counted %v (%v), want %s", c.q, counts, err, c.want)
		}
	}
	letters, err := b.Dead(t.Context(), DeadQuery{Group: first.ID, Limit: 2})
	if err != nil || len(letters) != 2 || letters[0].Service != "scan" || letters[0].Event.ID() == "4" || letters[1].Event.ID() == "4" {
		t.Errorf("the letters of the group are %+v (%v), want two unreadable pages", letters, err)
	}
}
