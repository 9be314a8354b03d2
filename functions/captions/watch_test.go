package captions

import (
	"context"
	"math"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xietong.dev/events"
)

// What somebody who watches is told, by what they were shown.
func TestNews(t *testing.T) {
	partial := func(track int, text string) Caption { return Caption{Track: track, Text: text} }
	line := func(number int64, track int, text string) Caption {
		return Caption{Number: number, Track: track, Text: text}
	}
	for name, c := range map[string]struct {
		now   said
		shown map[int]string
		want  []message
		then  map[int]string
	}{
		"a sentence grows": {said{partials: []Caption{partial(0, "good morning")}}, map[int]string{0: "good"},
			[]message{{Type: "partial", Caption: partial(0, "good morning")}}, map[int]string{0: "good morning"}},
		"nothing new": {said{partials: []Caption{partial(0, "good")}}, map[int]string{0: "good"}, nil, map[int]string{0: "good"}},
		"it is final": {said{lines: []Caption{line(3, 0, "Good morning.")}}, map[int]string{0: "good morning"},
			[]message{{Type: "line", Caption: line(3, 0, "Good morning.")}}, map[int]string{}},
		"it came to nothing": {said{}, map[int]string{1: "uh", 0: "er"},
			[]message{{Type: "partial", Caption: partial(0, "")}, {Type: "partial", Caption: partial(1, "")}}, map[int]string{}},
		"one ends, another begins": {said{lines: []Caption{line(3, 0, "Yes.")}, partials: []Caption{partial(0, "and")}}, map[int]string{0: "yes"},
			[]message{{Type: "line", Caption: line(3, 0, "Yes.")}, {Type: "partial", Caption: partial(0, "and")}}, map[int]string{0: "and"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, news(c.now, c.shown), cmpopts.IgnoreUnexported(Caption{})); diff != "" {
				t.Errorf("told (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(c.then, c.shown); diff != "" {
				t.Errorf("shown (-want +got)\n%s", diff)
			}
		})
	}
}

// However many watch a session, it is read once in half a turn; what was read before is
// not shown any longer.
func TestWatchersShareWhatIsRead(t *testing.T) {
	now := atomic.Int64{}
	d := open(t, func(c *Captions) {
		c.Now = func() time.Time { return time.UnixMilli(now.Load()) }
		c.WatchEvery = 300 * time.Millisecond
	})
	s := session{ID: d.begin(meeting)}
	own := track{session: s.ID, holder: "h"}
	if err := hold(t.Context(), d.captions.DB, &own, 0); err != nil {
		t.Fatal(err)
	}
	var reads atomic.Int64
	watched := func(text string) {
		t.Helper()
		var all sync.WaitGroup
		for range 500 {
			all.Go(func() {
				got, err := d.captions.said(t.Context(), s, 0)
				if err != nil || len(got.partials) != 1 || got.partials[0].Text != text {
					t.Errorf("told %+v, %v; want %q", got.partials, err, text)
				}
				d.captions.recent.reading(place{s.ID, 0}, d.captions.Now(), d.captions.WatchEvery/2, func(*reading) { reads.Add(1) })
			})
		}
		all.Wait()
	}
	say := func(text string) {
		t.Helper()
		if err := show(t.Context(), d.captions.DB, own, Caption{Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	say("good")
	watched("good")
	say("good morning")
	watched("good")
	now.Add(151)
	watched("good morning")
	if n := reads.Load(); n != 0 || len(d.captions.recent.of) != 1 {
		t.Errorf("read %d times more, and %d readings kept", n, len(d.captions.recent.of))
	}
}

// Whoever watches while nothing is said is asked whether they are still there.
func TestWatcherIsAsked(t *testing.T) {
	hours := atomic.Int64{}
	d := open(t, func(c *Captions) {
		c.Now, c.MaxIdle, c.WatchEvery = func() time.Time { return time.Unix(hours.Add(1)*3600, 0) }, math.MaxInt64, 10*time.Millisecond
	})
	asked := make(chan struct{}, 100)
	conn, _, err := websocket.Dial(t.Context(), d.URL+"/captions/"+d.begin(meeting)+"/watch", &websocket.DialOptions{
		HTTPHeader:     http.Header{"Authorization": {"Bearer " + token}},
		OnPingReceived: func(context.Context, []byte) bool { asked <- struct{}{}; return true }})
	if err != nil {
		t.Fatal(err)
	}
	conn.CloseRead(t.Context())
	<-asked
	<-asked // it has answered
}

// Many lines are read part by part, each once, with what is being said at the end.
func TestManyLines(t *testing.T) {
	d := open(t, nil)
	s := session{ID: d.begin(meeting)}
	own := track{session: s.ID, holder: "h"}
	if err := hold(t.Context(), d.captions.DB, &own, 0); err != nil {
		t.Fatal(err)
	}
	all := make([]Caption, maxLines+1)
	for i := range all {
		all[i] = Caption{segment: events.Segment{Text: "yes"}}
	}
	if _, err := keep(t.Context(), d.captions.DB, own, piece{length: 1}, all); err != nil {
		t.Fatal(err)
	}
	if err := show(t.Context(), d.captions.DB, own, Caption{Text: "and"}); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[int64][2]int{0: {maxLines, 0}, maxLines: {1, 1}, maxLines + 1: {0, 1}} {
		now, err := readSaid(t.Context(), d.captions.DB, s, after)
		if got := [2]int{len(now.lines), len(now.partials)}; err != nil || got != want {
			t.Errorf("after %d: %v lines and partials, %v; want %v", after, got, err, want)
		}
		if len(now.lines) > 0 && now.lines[0].Number != after+1 {
			t.Errorf("after %d comes %d", after, now.lines[0].Number)
		}
	}
}

// What a connection that was replaced puts late, cut in another way, does no harm.
func TestLateSound(t *testing.T) {
	d := open(t, nil)
	s := session{ID: d.begin(meeting)}
	older, newer := &talk{Captions: d.captions, session: s, track: track{session: s.ID, holder: "older"}}, &talk{Captions: d.captions, session: s, track: track{session: s.ID, holder: "newer"}}
	for _, talk := range []*talk{older, newer} {
		if err := hold(t.Context(), d.captions.DB, &talk.track, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := newer.keep(t.Context(), job{samples: make([]int16, 160)}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := older.keep(t.Context(), job{samples: make([]int16, 320)}, nil); err != taken {
		t.Errorf("the older connection is told %v, want %v", err, taken)
	}
	d.ask(204, "POST", "/captions/"+s.ID+"/end", "")
	if a := d.Twice(t, d.Sent()[0]); a.Status != 204 {
		t.Fatalf("handed over: %d %s", a.Status, a.Body)
	}
	if got := len(d.object("recordings", s.ID+"/meeting.wav")); got != 44+2*160 {
		t.Errorf("%d bytes of sound, want what the newer connection kept", got)
	}
	if left := d.keys("artifacts"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A sentence that has not ended leaves the engine to those that have.
func TestPartialLeavesTheEngine(t *testing.T) {
	c := &Captions{Config: Config{MaxHearing: 1}}
	c.Function()
	c.hearing <- struct{}{}
	if _, err := (&talk{Captions: c}).ask(t.Context(), job{partial: true}); err != errLater {
		t.Errorf("told %v, want %v", err, errLater)
	}
}
