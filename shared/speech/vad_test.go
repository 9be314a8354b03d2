package speech

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/speech/speechtest"
)

func levelsOf(samples []int16) (levels []float32) {
	last := int16(0)
	for i := 0; i+FrameSamples <= len(samples); i += FrameSamples {
		frame := samples[i : i+FrameSamples]
		levels = append(levels, Level(frame, last))
		last = frame[FrameSamples-1]
	}
	return levels
}

func TestSpeechIsFound(t *testing.T) {
	talk := []speechtest.Stretch{speechtest.Pause(2), speechtest.Voice(3, 1), speechtest.Pause(4), speechtest.Voice(2.5, 0.5), speechtest.Pause(3)}
	// In frames of 20 ms. Where the noise is louder, edges may be lost in it.
	want := []Span{{100, 250}, {450, 575}}
	for name, room := range map[string]float64{"silent room": 0, "quiet room": 0.0005, "loud room": 0.004} {
		got := Find(levelsOf(speechtest.Voiced(1, room, talk...)))
		if diff := cmp.Diff(want, rounded(got)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// rounded allows for 60 ms at each edge.
func rounded(spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		out = append(out, Span{(s.Start + 12) / 25 * 25, (s.End + 12) / 25 * 25})
	}
	return out
}

func TestNoSpeechIsFound(t *testing.T) {
	hum := make([]int16, 30*SampleRate)
	for i := range hum {
		hum[i] = int16(3000 + 8000*math.Sin(2*math.Pi*50*float64(i)/SampleRate))
	}
	clicks := make([]int16, 30*SampleRate)
	for i := range clicks {
		if i%SampleRate < SampleRate/20 {
			clicks[i] = int16(i % 7 * 4000)
		}
	}
	for name, samples := range map[string][]int16{
		"nothing":     {},
		"silence":     make([]int16, 30*SampleRate),
		"white noise": speechtest.Voiced(1, 0.05, speechtest.Pause(30)),
		"hum":         hum,
		"clicks":      clicks,
	} {
		if got := Find(levelsOf(samples)); len(got) != 0 {
			t.Errorf("%s: speech at %v", name, got)
		}
	}
}

// A fan that starts in the middle is noise as soon as it is known.
func TestNoiseIsFollowed(t *testing.T) {
	sound := append(speechtest.Voiced(1, 0.0005, speechtest.Pause(60), speechtest.Voice(3, 1)), speechtest.Voiced(2, 0.01, speechtest.Pause(120), speechtest.Voice(3, 1), speechtest.Pause(60))...)
	found := Find(levelsOf(sound))
	if len(found) == 0 || found[len(found)-1].Start < 183*50-5 || found[len(found)-1].End > 186*50+5 {
		t.Fatalf("speech at %v, want the last from 183 s to 186 s", found)
	}
	last := 0
	for _, s := range found[:len(found)-1] {
		last = s.End
	}
	if last > (63+40)*50 {
		t.Errorf("the fan is still taken for speech %d s after it started", last/50-63)
	}
}
