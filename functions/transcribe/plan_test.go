package transcribe

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/speech"
)

// talk makes spans from pairs of seconds.
func talk(seconds ...int) (spans []speech.Span) {
	for i := 0; i < len(seconds); i += 2 {
		spans = append(spans, speech.Span{Start: seconds[i] * 50, End: seconds[i+1] * 50})
	}
	return spans
}

func quietAt(seconds, quietest int) measured {
	levels := make([]float32, seconds*50)
	for i := range levels {
		levels[i] = -20
	}
	levels[quietest*50] = -50
	return measured{levels: [][]float32{levels}}
}

func TestPlan(t *testing.T) {
	c := cutting{maxMS: 60_000, pauseMS: 60_000, marginMS: 300}
	for name, test := range map[string]struct {
		tracks []track
		want   []planned
	}{
		"one phrase, with margins": {
			[]track{{channels: []int{0}, speech: talk(10, 12)}},
			[]planned{{0, []piece{{9_700, 12_300}}, 2_000}},
		},
		"margins end with the recording": {
			[]track{{channels: []int{0}, speech: talk(0, 2, 299, 300)}},
			[]planned{{0, []piece{{0, 2_300}}, 1_700}, {0, []piece{{298_700, 300_000}}, 700}},
		},
		"silence within a chunk is left out": {
			[]track{{channels: []int{0}, speech: talk(10, 20, 50, 60)}},
			[]planned{{0, []piece{{9_700, 20_300}, {49_700, 60_300}}, 20_000}},
		},
		"a long silence ends a chunk": {
			[]track{{channels: []int{0}, speech: talk(10, 20, 100, 110)}},
			[]planned{{0, []piece{{9_700, 20_300}}, 10_000}, {0, []piece{{99_700, 110_300}}, 10_000}},
		},
		"chunks are about equally long": {
			[]track{{channels: []int{0}, speech: talk(0, 20, 22, 42, 44, 64, 66, 86)}},
			[]planned{
				{0, []piece{{0, 20_300}, {21_700, 42_300}}, 39_700},
				{0, []piece{{43_700, 64_300}, {65_700, 86_300}}, 40_000},
			},
		},
		"a speech without pauses is cut where it is quietest": {
			[]track{{channels: []int{0}, speech: talk(10, 100)}},
			[]planned{{0, []piece{{9_700, 55_000}}, 44_700}, {0, []piece{{55_000, 100_300}}, 44_700}},
		},
		"two tracks, in the order of time": {
			[]track{{channels: []int{0}, speech: talk(20, 30)}, {channels: []int{0}, speech: talk(10, 15)}},
			[]planned{{1, []piece{{9_700, 15_300}}, 5_000}, {0, []piece{{19_700, 30_300}}, 10_000}},
		},
	} {
		got := c.plan(test.tracks, quietAt(300, 55))
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(planned{})); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestNoChunkIsLongerThanAllowed(t *testing.T) {
	c := cutting{maxMS: 30_000, pauseMS: 60_000, marginMS: 300}
	m := quietAt(2000, 1)
	for _, p := range c.plan([]track{{channels: []int{0}, speech: talk(0, 500, 510, 515, 520, 549, 551, 552, 600, 2000)}}, m) {
		if got := lengthMS(p.pieces); got > c.maxMS {
			t.Errorf("a chunk at %d is %d ms long", p.startMS(), got)
		}
	}
}

func TestTimesOfTheRecording(t *testing.T) {
	pieces := []piece{{10_000, 12_000}, {50_000, 53_000}}
	for ms, want := range map[int64][2]int64{ // start, end
		0:     {10_000, 10_001},
		500:   {10_500, 10_500},
		2_000: {50_000, 12_000},
		2_001: {50_001, 50_001},
		5_000: {53_000, 53_000},
		9_000: {53_000, 53_000},
	} {
		if got := [2]int64{started(pieces, ms), ended(pieces, ms)}; got != want {
			t.Errorf("%d ms: got %v, want %v", ms, got, want)
		}
	}
}
