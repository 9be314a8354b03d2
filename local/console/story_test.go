package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/google/go-cmp/cmp"

	"xietong.dev/local/broker"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func sec(n float64) time.Time { return noon.Add(time.Duration(n * float64(time.Second))) }

// told is an event of a story: "type id cause".
func told(seq int, said string) broker.Told {
	part := strings.Fields(said)
	e := event.New()
	e.SetSource("/test")
	e.SetType(part[0])
	e.SetID(part[1])
	if len(part) > 2 {
		e.SetExtension("causationid", part[2])
	}
	return broker.Told{Record: broker.Record{Seq: int64(seq), Event: e, ReceivedAt: sec(float64(seq))}}
}

func outline(nodes []storyNode, indent string) string {
	var out strings.Builder
	for _, n := range nodes {
		fmt.Fprintf(&out, "%s%s", indent, n.Events[0].Event.Type())
		if len(n.Events) > 1 {
			fmt.Fprintf(&out, " × %d", len(n.Events))
		}
		out.WriteString("\n" + outline(n.Below, indent+"  "))
	}
	return out.String()
}

func TestAStoryAsATree(t *testing.T) {
	var long []string
	for i := range 240 {
		long = append(long, fmt.Sprintf("chunk.cut c%d up", i))
	}
	for i := range 240 {
		long = append(long, fmt.Sprintf("chunk.transcribed t%d c%d", i, i))
	}
	for name, c := range map[string]struct {
		story []string
		want  string
	}{
		"under its cause":                {[]string{"up a", "cut b a", "heard c b", "made d a"}, "up\n  cut\n    heard\n  made\n"},
		"three are not folded":           {[]string{"up a", "cut b a", "cut c a", "cut d a", "made e c"}, "up\n  cut\n  cut\n    made\n  cut\n"},
		"hundreds are, and what follows": {append(append([]string{"up up"}, long...), "heard h t7"), "up\n  chunk.cut × 240\n    chunk.transcribed × 240\n      heard\n"},
		"the cause is not in the story":  {[]string{"cut b a", "made c b"}, "cut\n  made\n"},
		"twice the same id":              {[]string{"up a", "up a", "cut b a"}, "up\n  cut\nup\n"},
		"a ring":                         {[]string{"x a b", "y b a"}, "y\n  x\n"},
		"its own cause":                  {[]string{"x a a"}, "x\n"},
	} {
		var story []broker.Told
		for i, said := range c.story {
			story = append(story, told(i, said))
		}
		nodes := storyTree(story)
		if diff := cmp.Diff(c.want, outline(nodes, "")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if n := countNodes(nodes); n != len(story) {
			t.Errorf("%s: %d of %d events are there", name, n, len(story))
		}
	}
}

func countNodes(nodes []storyNode) (n int) {
	for _, node := range nodes {
		n += len(node.Events) + countNodes(node.Below)
	}
	return n
}

func TestLongIdleTimeIsLeftOut(t *testing.T) {
	scale := scaleOf([]span{{sec(5), sec(10)}, {sec(0), sec(5)}, {sec(12), sec(20)}, {sec(3620), sec(3622)}})
	var got []string
	for _, p := range scale {
		got = append(got, fmt.Sprintf("%.0f+%.0f gap %t", p.X, p.Width, p.Gap))
	}
	// 22 seconds are drawn on 970 units; an hour is left out.
	if diff := cmp.Diff([]string{"0+441 gap false", "441+88 gap false", "529+353 gap false", "882+30 gap true", "912+88 gap false"}, got); diff != "" {
		t.Error(diff)
	}
	for at, want := range map[float64]string{-1: "0", 0: "0", 5: "220", 20: "882", 1820: "897", 3622: "1000", 9999: "1000"} {
		if got := fmt.Sprintf("%.0f", scale.x(sec(at))); got != want {
			t.Errorf("second %g is drawn at %s, want %s", at, got, want)
		}
	}
	if one := scaleOf([]span{{sec(1), sec(1)}}); one.x(sec(1)) != 0 {
		t.Errorf("a story of no time is drawn at %g", one.x(sec(1)))
	}
}

func TestTheBarsOfADelivery(t *testing.T) {
	end := sec(10)
	began := sec(8)
	way := storyWay{sec(0), broker.Delivery{State: broker.Done, StartedAt: &began, EndedAt: &end, Failures: []broker.Failure{{StartedAt: sec(1), EndedAt: sec(2)}}}}
	d := &drawing{now: sec(20), scale: storyScale{{span: span{sec(0), sec(10)}, Width: drawn}}}
	want := []storyBar{{"wait", 0, 1000}, {"bad", 100, 100}, {"good", 800, 200}}
	if diff := cmp.Diff(want, d.bars(way)); diff != "" {
		t.Error(diff)
	}
	joined := joinBars([]storyBar{{"bad", 5, 3}, {"good", 20, 10}, {"good", 0, 10}, {"good", 10.5, 9}, {"wait", 0, 30}})
	if diff := cmp.Diff([]storyBar{{"wait", 0, 30}, {"good", 0, 30}, {"bad", 5, 3}}, joined); diff != "" {
		t.Error(diff)
	}
}

// A story that is too long is drawn as far as a page holds it, and says so.
func TestALongStoryIsCut(t *testing.T) {
	var story []broker.Told
	for i := range storyMost + 1 {
		e := told(i, fmt.Sprintf("type%d id%d", i, i))
		e.Event.DataEncoded = fmt.Appendf(nil, `{"bucket":"b","key":"%d"}`, i)
		end := sec(float64(i) + 1)
		e.Deliveries = []broker.Delivery{{Trigger: "read-all", State: broker.Dead, Reason: "unreadable", StartedAt: &e.ReceivedAt, EndedAt: &end}}
		story = append(story, e)
	}
	view := viewOfStory("a&b", story, map[string]string{"read-all": "reader"}, sec(1e6), "en")
	got := []any{view.More, view.Events, len(view.Rows), view.Hidden, len(view.Failures), len(view.Objects), view.Dead, view.Open, view.List, view.Took}
	want := []any{true, storyMost, rowsMost, storyMost - rowsMost, failuresMost, writtenMost, storyMost, 0, "/console/events?story=a%26b", "1 h 23 min"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(storyFailure{Seq: 0, Short: "type0", Function: "reader", Reason: "unreadable", Mark: eventMark{Kind: "bad", Word: "dead letter"}}, view.Failures[0]); diff != "" {
		t.Error(diff)
	}
}

// Two gaps side by side have no room for two names: the longer one has it.
func TestNamesOfGapsDoNotOverlap(t *testing.T) {
	later := func(seq int, s float64) broker.Told {
		e := told(seq, "t "+itoa(int64(seq)))
		e.ReceivedAt = sec(s)
		end := sec(s + 9)
		e.Deliveries = []broker.Delivery{{State: broker.Done, StartedAt: &e.ReceivedAt, EndedAt: &end}}
		return e
	}
	point := told(2, "t 2")
	point.ReceivedAt = sec(133)
	view := viewOfStory("s", []broker.Told{later(1, 0), point, later(3, 1833)}, nil, sec(2000), "en")
	if len(view.Gaps) != 2 || len(view.Axis) != 1 || view.Axis[0].Text != "⋯ 28 min 19 s ⋯" {
		t.Errorf("gaps %v are named %+v", view.Gaps, view.Axis)
	}
}
