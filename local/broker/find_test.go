package broker

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/manifest"
)

// listed publishes events of every outcome: done, dead, on its way, and taken by nobody.
func listed(t *testing.T) *Broker {
	s := subscribe(t, func(w http.ResponseWriter, req *http.Request) {
		if strings.HasPrefix(req.Header.Get("Ce-Type"), "bad") {
			body(422, "unreadable")(w, req)
		}
	})
	b := open(t, Config{
		Triggers:    []manifest.Trigger{trigger("read-good", "reader", exact("type", "good.v1")), trigger("read-bad", "reader", exact("type", "bad.v1")), trigger("keep-bad", "keeper", exact("type", "bad.v1")), trigger("slow", "sleeper", exact("type", "slow.v1"))},
		Subscribers: map[string]Subscriber{"reader": at(s.Server, 4), "keeper": at(s.Server, 4), "sleeper": at(s.Server, 4)},
	})
	run(t, b)
	if err := b.Pause(t.Context(), "slow", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	for i, typ := range []string{"good.v1", "bad.v1", "slow.v1", "nobody.v1"} {
		e := newEvent(fmt.Sprint("e", i+1), typ)
		e.SetSubject(fmt.Sprint("file-", i+1))
		e.SetExtension("unit", []string{"", "hr", "h", `h","x":"r`}[i])
		e.SetExtension("correlationid", "e1")
		if i > 0 {
			e.SetExtension("causationid", fmt.Sprint("e", i))
		}
		e.DataEncoded = fmt.Appendf(nil, `{"name":"会议<%d>"}`, i+1)
		publish(t, b, e)
	}
	until(t, "all but the paused are done", func() bool { return count(t, b.DB, `SELECT count(*) FROM delivery WHERE state > 2`) == 3 })
	return b
}

func TestEventsAreFoundByEachFilter(t *testing.T) {
	b := listed(t)
	moment := func(seq string) time.Time {
		var at time.Time
		if err := b.DB.QueryRow(t.Context(), `SELECT received_at FROM event WHERE attributes LIKE '%"id":"'||$1||'"%'`, seq).Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		s    Search
		want string
	}{
		{Search{}, "e4 e3 e2 e1"},
		{Search{Type: "good"}, "e1"}, {Search{Type: "o"}, "e4 e3 e1"}, {Search{Type: "%"}, ""},
		{Search{Service: "reader"}, "e2 e1"}, {Search{Service: "keeper"}, "e2"}, {Search{Service: "read-good"}, "e1"}, {Search{Service: "nobody"}, ""},
		{Search{Unit: "hr"}, "e2"}, {Search{Unit: "h"}, "e3"}, {Search{Unit: `h","x":"r`}, "e4"},
		{Search{Outcome: AllDone}, "e1"}, {Search{Outcome: SomeDead}, "e2"}, {Search{Outcome: OnItsWay}, "e3"}, {Search{Outcome: Untaken}, "e4"},
		{Search{Outcome: SomeDead, Service: "keeper"}, "e2"}, {Search{Outcome: AllDone, Service: "keeper"}, ""}, {Search{Outcome: Untaken, Service: "sleeper"}, "e4 e2 e1"},
		{Search{Since: moment("e3")}, "e4 e3"}, {Search{Until: moment("e3")}, "e3 e2 e1"}, {Search{Since: moment("e2"), Until: moment("e3")}, "e3 e2"},
		{Search{Since: time.Now().Add(time.Hour)}, ""}, {Search{Until: time.Now().Add(-time.Hour)}, ""},
		{Search{Text: "file-2"}, "e2"}, {Search{Text: "会议"}, "e4 e3 e2 e1"}, {Search{Text: "<4>"}, "e4"}, {Search{Text: `h","x`}, "e4"}, {Search{Text: "_"}, ""},
		{Search{Correlation: "e1", CausedBy: "e2"}, "e3"}, {Search{Correlation: "e1", ID: "e2"}, "e2"}, {Search{Correlation: "e2"}, ""},
	} {
		found, err := b.Find(t.Context(), c.s)
		if got := ids(found.Entries); err != nil || got != c.want || found.Next != 0 {
			t.Errorf("%+v found %q, next %d (%v), want %q and nothing older", c.s, got, found.Next, err, c.want)
		}
	}
	if _, err := b.Find(t.Context(), Search{Outcome: "lost"}); err == nil {
		t.Error("an outcome that there is not was taken")
	}
}

func ids(all []Entry) string {
	var said []string
	for _, e := range all {
		said = append(said, e.ID)
	}
	return strings.Join(said, " ")
}

func TestAnEntrySaysWhereItsEventWent(t *testing.T) {
	b := listed(t)
	found, err := b.Find(t.Context(), Search{Type: "bad"})
	if err != nil || len(found.Entries) != 1 {
		t.Fatalf("found %+v (%v)", found, err)
	}
	e := found.Entries[0]
	want := Entry{Seq: e.Seq, ID: "e2", Source: "/test", Type: "bad.v1", Subject: "file-2", Unit: "hr", Correlation: "e1", ReceivedAt: e.ReceivedAt, Standings: []Standing{
		{Seq: e.Seq, Trigger: "keep-bad", Service: "keeper", State: Dead, Attempts: 1, Code: 422, Reason: "unreadable"},
		{Seq: e.Seq, Trigger: "read-bad", Service: "reader", State: Dead, Attempts: 1, Code: 422, Reason: "unreadable"},
	}}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
	told, err := b.Event(t.Context(), e.Seq)
	if err != nil || told.Event.ID() != "e2" || len(told.Deliveries) != 2 || len(told.Deliveries[0].Failures) != 1 {
		t.Errorf("event %d is %+v (%v)", e.Seq, told, err)
	}
	if _, err := b.Event(t.Context(), e.Seq+100); err == nil {
		t.Error("an event that there is not was found")
	}
}

// A list looks at so many events and no more, says how far it came, and goes on there.
func TestAListLooksOnlySoFar(t *testing.T) {
	b := open(t, Config{})
	var all []Event
	for i := range 25 {
		all = append(all, newEvent(fmt.Sprint("n", i+1), []string{"common.v1", "rare.v1"}[b2i(i == 2)]))
	}
	publish(t, b, all...)
	search := Search{Type: "rare", Look: 10, Limit: 5}
	var looked []int
	for range 3 {
		found, err := b.Find(t.Context(), search)
		if err != nil {
			t.Fatal(err)
		}
		looked = append(looked, found.Looked)
		if got := ids(found.Entries); (got == "n3") != (found.Next == 0) || found.Reached.IsZero() {
			t.Errorf("found %q, next %d, reached %s", got, found.Next, found.Reached)
		}
		search.Before = found.Next
	}
	if diff := cmp.Diff([]int{10, 10, 5}, looked); diff != "" {
		t.Error(diff)
	}
	var pages []string
	for next, first := int64(0), true; first || next != 0; first = false {
		found, err := b.Find(t.Context(), Search{Type: "common", Limit: 10, Before: next})
		if err != nil || found.Full != (found.Next != 0) {
			t.Fatalf("found %+v (%v)", found, err)
		}
		pages, next = append(pages, strings.Split(ids(found.Entries), " ")...), found.Next
	}
	if len(pages) != 24 || pages[0] != "n25" || pages[23] != "n1" || len(slices.Compact(slices.Sorted(slices.Values(pages)))) != 24 {
		t.Errorf("page by page: %v, want 24 events, newest first, each once", pages)
	}
}

// Data that are larger than asked for stay where they are.
func TestAStoryIsToldWithoutItsLargeData(t *testing.T) {
	b := open(t, Config{})
	small, large := newEvent("small", "t"), newEvent("large", "t")
	large.SetExtension("correlationid", "small")
	large.DataEncoded = append(large.DataEncoded, make([]byte, len(small.Data()))...)
	publish(t, b, small, large)
	all, err := b.Tell(t.Context(), Query{Correlation: "small", MaxData: len(small.Data())})
	if err != nil || len(all) != 2 || string(all[0].Event.Data()) != string(small.Data()) || len(all[1].Event.Data()) != 0 || all[1].Event.ID() != "large" {
		t.Errorf("told %v (%v), want both, the large one without its data", all, err)
	}
}

func b2i(is bool) int {
	if is {
		return 1
	}
	return 0
}
