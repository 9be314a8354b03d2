// Package speechtest makes sound that is like speech, for tests of what finds
// it, cuts it and tells voices apart.
package speechtest

import (
	"math"
	"math/rand/v2"
)

const sampleRate = 16000

// Stretch is a part of a scene: a voice, and for how long.
type Stretch struct {
	Seconds float64
	Level   float64 // of the voice, 0 to 1; 0 for none
}

// Voice is a stretch in which somebody speaks.
func Voice(seconds, level float64) Stretch { return Stretch{seconds, level} }

// Pause is a stretch in which nobody does.
func Pause(seconds float64) Stretch { return Stretch{Seconds: seconds} }

// Voiced makes sound that rises and falls as syllables do, some four a second,
// in a room with that much noise. Another seed is another voice.
func Voiced(seed uint64, room float64, stretches ...Stretch) []int16 {
	noise := rand.New(rand.NewPCG(1, seed))
	var out []int16
	for _, s := range stretches {
		for i := range int(s.Seconds * sampleRate) {
			syllable := 0.02 + 0.98*math.Abs(math.Sin(math.Pi*(4+float64(seed)/5)*float64(i)/sampleRate+float64(seed)))
			v := noise.NormFloat64() * (room + s.Level*syllable*0.2)
			out = append(out, int16(max(-32767, min(32767, v*32767))))
		}
	}
	return out
}
