package transcribe

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/speech"
	"xietong.dev/shared/speech/speechtest"
)

// channels measures several channels that sound at once.
func channels(all ...[]int16) measured {
	m := newMeter([]int{len(all)})
	for i := 0; i+speech.FrameSamples <= len(all[0]); i += speech.FrameSamples {
		var frame [][]int16
		for _, c := range all {
			frame = append(frame, c[i:i+speech.FrameSamples])
		}
		m.add(frame)
	}
	return m.result()
}

// times returns a sound at another loudness, and late by some samples.
func times(samples []int16, factor float64, late int) []int16 {
	out := make([]int16, len(samples))
	for i := late; i < len(out); i++ {
		out[i] = int16(factor * float64(samples[i-late]))
	}
	return out
}

func sum(a, b []int16) []int16 {
	out := make([]int16, len(a))
	for i := range out {
		out[i] = a[i] + b[i]
	}
	return out
}

func TestChannelsBecomeTracks(t *testing.T) {
	anna := speechtest.Voiced(1, 0.0003, speechtest.Pause(1), speechtest.Voice(4, 1), speechtest.Pause(6), speechtest.Voice(3, 1), speechtest.Pause(6))
	bo := speechtest.Voiced(2, 0.0003, speechtest.Pause(6), speechtest.Voice(4, 1), speechtest.Pause(6), speechtest.Voice(3, 1), speechtest.Pause(1))
	empty := speechtest.Voiced(3, 0.0003, speechtest.Pause(20))
	room := sum(anna, times(bo, 0.6, 0))
	for name, c := range map[string]struct {
		channels [][]int16
		way      string
		want     [][]int // the channels of each track
	}{
		"one channel":                  {[][]int16{anna}, tracksAuto, [][]int{{0}}},
		"a microphone each":            {[][]int16{anna, bo}, tracksAuto, [][]int{{0}, {1}}},
		"the same twice":               {[][]int16{anna, anna}, tracksAuto, [][]int{{0, 1}}},
		"the same, turned over":        {[][]int16{anna, times(anna, -0.9, 0)}, tracksAuto, [][]int{{0, 1}}},
		"two microphones in one room":  {[][]int16{room, sum(times(anna, 0.6, 40), times(bo, 1, 20))}, tracksAuto, [][]int{{0, 1}}},
		"one side is empty":            {[][]int16{empty, bo}, tracksAuto, [][]int{{1}}},
		"both speak all the time":      {[][]int16{speechtest.Voiced(5, 0, speechtest.Voice(4, 1), speechtest.Pause(1), speechtest.Voice(6, 1)), speechtest.Voiced(6, 0, speechtest.Voice(6, 1), speechtest.Pause(1), speechtest.Voice(4, 1))}, tracksAuto, [][]int{{0}, {1}}},
		"nobody speaks":                {[][]int16{empty, empty}, tracksAuto, nil},
		"split by order":               {[][]int16{anna, anna}, tracksSplit, [][]int{{0}, {1}}},
		"mixed by order":               {[][]int16{anna, bo}, tracksMix, [][]int{{0, 1}}},
		"the other is faintly audible": {[][]int16{sum(anna, times(bo, 0.06, 90)), sum(bo, times(anna, 0.06, 90))}, tracksAuto, [][]int{{0}, {1}}},
		"one only hears the other":     {[][]int16{anna, sum(times(empty, 0.1, 0), times(anna, 0.06, 90))}, tracksAuto, [][]int{{0}}},
	} {
		var got [][]int
		for _, track := range separate(channels(c.channels...), c.way, unowned) {
			got = append(got, track.channels)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// What one microphone picks up of the other speaker is not transcribed twice.
func TestEchoesAreLeftOut(t *testing.T) {
	anna := speechtest.Voiced(1, 0, speechtest.Pause(1), speechtest.Voice(4, 1), speechtest.Pause(7))
	bo := speechtest.Voiced(2, 0, speechtest.Pause(7), speechtest.Voice(4, 1), speechtest.Pause(1))
	m := channels(sum(anna, times(bo, 0.06, 90)), sum(bo, times(anna, 0.06, 90)))
	var got [][]speech.Span
	for _, track := range separate(m, tracksAuto, unowned) {
		got = append(got, rounded(track.speech))
	}
	want := [][]speech.Span{{{Start: 50, End: 250}}, {{Start: 350, End: 550}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A microphone that is wired the other way round must not silence the other.
func TestInvertedChannelsAreTurned(t *testing.T) {
	anna := speechtest.Voiced(1, 0, speechtest.Voice(2, 1), speechtest.Pause(1))
	tracks := separate(channels(anna, times(anna, -1, 0)), tracksAuto, unowned)
	if len(tracks) != 1 || !cmp.Equal(tracks[0].inverted, []bool{false, true}) {
		t.Errorf("tracks %+v, want one whose second channel is inverted", tracks)
	}
}

// rounded allows for 60 ms at each edge.
func rounded(spans []speech.Span) []speech.Span {
	var out []speech.Span
	for _, s := range spans {
		out = append(out, speech.Span{Start: (s.Start + 12) / 25 * 25, End: (s.End + 12) / 25 * 25})
	}
	return out
}

// unowned are channels that no roster tells about.
var unowned = slices.Repeat([]int{nobody}, 16)
