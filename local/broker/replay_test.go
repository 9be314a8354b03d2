package broker

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/manifest"
)

// One event of a story has died of its data.
func unreadable(t *testing.T) (*Broker, *subscriber) {
	s := subscribe(t, func(w http.ResponseWriter, req *http.Request) {
		if !strings.HasPrefix(req.Header.Get("Ce-Id"), "mended") {
			body(422, "unreadable")(w, req)
		}
	})
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 8)}})
	run(t, b)
	e := newEvent("old", "t")
	e.SetSubject("book 7")
	e.SetExtension("correlationid", "story")
	e.SetExtension("causationid", "upload")
	e.SetExtension("unit", "finance")
	publish(t, b, e)
	idle(t, b)
	return b, s
}

func TestALetterIsReplayedWithOtherData(t *testing.T) {
	for _, discards := range []bool{false, true} {
		b, _ := unreadable(t)
		seq := everything(t, b)[0].Seq
		r := Replay{Seq: seq, ID: "mended", Source: "/console", Data: []byte(`{"id":"new"}`), At: noon, Discard: discards, Who: "li.wei", Why: "page 3 was wrong"}
		if _, err := b.Replay(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		idle(t, b)
		all := everything(t, b)
		if len(all) != 2 {
			t.Fatalf("there are %d events, want 2", len(all))
		}
		want := map[string]string{"specversion": "1.0", "id": "mended", "source": "/console", "type": "t", "subject": "book 7", "time": noon.Format("2006-01-02T15:04:05Z07:00"),
			"datacontenttype": "application/json", "correlationid": "story", "causationid": "old", "unit": "finance"}
		if diff := cmp.Diff(want, ce.Attributes(all[1].Event)); diff != "" || string(all[1].Event.Data()) != `{"id":"new"}` || all[1].Trace != all[0].Trace {
			t.Errorf("the new event is %v in the trace %s: %s", all[1].Event, all[1].Trace, diff)
		}
		if all[1].Deliveries[0].State != Done {
			t.Errorf("the new event is %v, want done", all[1].Deliveries[0].State)
		}
		if old := all[0].Deliveries[0]; (old.State == Discarded) != discards || (old.GivenUp != nil) != discards {
			t.Errorf("the old letter is %+v, want it discarded: %v", old, discards)
		}
		acts, err := b.Acts(t.Context(), 0, 0)
		if err != nil || len(acts) != 1 || acts[0].What != ActReplay || acts[0].Count != 1 || acts[0].Who != "li.wei" || acts[0].Why != "page 3 was wrong" || !strings.HasSuffix(acts[0].About, "all → mended") {
			t.Errorf("acts %+v (%v), want one replay", acts, err)
		}
		_, err = b.Replay(t.Context(), r)
		if gone := errors.Is(err, ErrNotDead); gone != discards {
			t.Errorf("replayed again with %v, want that it is no dead letter: %v", err, discards)
		}
	}
}

// The first event of a story gives the story its name.
func TestAReplayOfTheFirstEventStaysInItsStory(t *testing.T) {
	b, _ := condemned(t, 1)
	if _, err := b.Replay(t.Context(), Replay{Seq: everything(t, b)[0].Seq, ID: "new", Source: "/console", At: noon, Data: []byte(`{}`), Who: "li.wei", Why: "try"}); err != nil {
		t.Fatal(err)
	}
	if story, err := b.Story(t.Context(), "0"); err != nil || len(story) != 2 || attribute(story[1].Event, "causationid") != "0" {
		t.Errorf("the story is %+v (%v), want both events", story, err)
	}
}

func TestAReplayThatIsNotOne(t *testing.T) {
	b, _ := unreadable(t)
	seq := everything(t, b)[0].Seq
	good := Replay{Seq: seq, ID: "mended", Source: "/console", Data: []byte(`{}`), At: noon, Who: "li.wei", Why: "try"}
	for want, spoil := range map[string]func(*Replay){
		"say who asks and why":      func(r *Replay) { r.Why = "" },
		"there is no such delivery": func(r *Replay) { r.Seq = seq + 1 },
		"no such delivery":          func(r *Replay) { r.Trigger = "other" },
		"field page is missing":     func(r *Replay) { r.Check = func(Event) error { return errors.New("field page is missing") } },
		"not a valid CloudEvent":    func(r *Replay) { r.ID = "" },
		"the event is over 1048576": func(r *Replay) { r.Data = make([]byte, 1<<20+1) },
	} {
		r := good
		spoil(&r)
		if _, err := b.Replay(t.Context(), r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ended with %v, want %s", err, want)
		}
	}
	if acts, err := b.Acts(t.Context(), 0, 0); err != nil || len(acts) != 0 || len(everything(t, b)) != 1 {
		t.Errorf("acts %+v (%v) and %d events, want nothing done", acts, err, len(everything(t, b)))
	}
}
