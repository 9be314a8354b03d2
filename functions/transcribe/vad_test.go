package transcribe

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A scene is made of stretches: who is heard, and for how long.
type stretch struct {
	seconds float64
	level   float64 // of a voice, 0 to 1; 0 for none
}

// voiced makes sound that rises and falls as syllables do, some four a second.
func voiced(seed uint64, room float64, stretches ...stretch) []int16 {
	noise := rand.New(rand.NewPCG(1, seed))
	var out []int16
	for _, s := range stretches {
		for i := range int(s.seconds * sampleRate) {
			syllable := 0.02 + 0.98*math.Abs(math.Sin(math.Pi*(4+float64(seed)/5)*float64(i)/sampleRate+float64(seed)))
			v := noise.NormFloat64() * (room + s.level*syllable*0.2)
			out = append(out, int16(max(-32767, min(32767, v*32767))))
		}
	}
	return out
}

func levelsOf(samples []int16) []float32 {
	m := newMeter([]int{1})
	for i := 0; i+frameSamples <= len(samples); i += frameSamples {
		m.add([][]int16{samples[i : i+frameSamples]})
	}
	return m.levels[0]
}

func TestSpeechIsFound(t *testing.T) {
	talk := []stretch{{2, 0}, {3, 1}, {4, 0}, {2.5, 0.5}, {3, 0}}
	// In frames of 20 ms. Where the noise is louder, edges may be lost in it.
	want := []span{{100, 250}, {450, 575}}
	for name, room := range map[string]float64{"silent room": 0, "quiet room": 0.0005, "loud room": 0.004} {
		got := speech(levelsOf(voiced(1, room, talk...)))
		if diff := cmp.Diff(want, rounded(got), cmp.AllowUnexported(span{})); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// rounded allows for 60 ms at each edge.
func rounded(spans []span) []span {
	var out []span
	for _, s := range spans {
		out = append(out, span{(s.start + 12) / 25 * 25, (s.end + 12) / 25 * 25})
	}
	return out
}

func TestNoSpeechIsFound(t *testing.T) {
	hum := make([]int16, 30*sampleRate)
	for i := range hum {
		hum[i] = int16(3000 + 8000*math.Sin(2*math.Pi*50*float64(i)/sampleRate))
	}
	clicks := make([]int16, 30*sampleRate)
	for i := range clicks {
		if i%sampleRate < sampleRate/20 {
			clicks[i] = int16(i % 7 * 4000)
		}
	}
	for name, samples := range map[string][]int16{
		"nothing":     {},
		"silence":     make([]int16, 30*sampleRate),
		"white noise": voiced(1, 0.05, stretch{30, 0}),
		"hum":         hum,
		"clicks":      clicks,
	} {
		if got := speech(levelsOf(samples)); len(got) != 0 {
			t.Errorf("%s: speech at %v", name, got)
		}
	}
}

// A fan that starts in the middle is noise as soon as it is known.
func TestNoiseIsFollowed(t *testing.T) {
	sound := append(voiced(1, 0.0005, stretch{60, 0}, stretch{3, 1}), voiced(2, 0.01, stretch{120, 0}, stretch{3, 1}, stretch{60, 0})...)
	found := speech(levelsOf(sound))
	if len(found) == 0 || found[len(found)-1].start < 183*50-5 || found[len(found)-1].end > 186*50+5 {
		t.Fatalf("speech at %v, want the last from 183 s to 186 s", found)
	}
	last := 0
	for _, s := range found[:len(found)-1] {
		last = s.end
	}
	if last > (63+40)*50 {
		t.Errorf("the fan is still taken for speech %d s after it started", last/50-63)
	}
}
