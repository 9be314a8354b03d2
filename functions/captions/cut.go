package captions

import (
	"time"

	"xietong.dev/shared/speech"
)

// Where a stream of sound is cut into sentences. Times are in frames of 20 ms.
const (
	pause  = 600 / speech.FrameMS    // of silence ends a sentence
	tail   = 300 / speech.FrameMS    // of it stays with the sentence
	calm   = 10_000 / speech.FrameMS // of nothing but silence are put aside
	before = 500 / speech.FrameMS    // of it stays, for the sentence that may be beginning
	search = 5_000 / speech.FrameMS  // at the end of a long sentence its quietest place is looked for
)

// cut returns how many frames, by their levels, are one piece: a sentence that has
// ended, one that is longer than most, silence, or all that is left once the stream has
// ended. It returns 0 to wait for more.
func cut(levels []float32, most int, ended bool) int {
	spoken := speech.Find(levels)
	switch {
	case ended:
		return len(levels)
	case len(spoken) == 0 && len(levels) >= calm:
		return len(levels) - before
	case len(spoken) == 0:
		return 0
	}
	if end := spoken[len(spoken)-1].End; end+pause <= len(levels) {
		return end + tail
	}
	if len(levels) >= most {
		return quietest(levels)
	}
	return 0
}

// quietest is the place after the quietest frame near the end.
func quietest(levels []float32) int {
	best := len(levels) - 1
	for i := max(1, len(levels)-search); i < len(levels); i++ {
		if levels[i] < levels[best] {
			best = i
		}
	}
	return best + 1
}

// spokenMS is how long somebody speaks in a stretch.
func spokenMS(levels []float32) (ms int64) {
	for _, s := range speech.Find(levels) {
		ms += int64(s.Frames()) * speech.FrameMS
	}
	return ms
}

// levelsOf are the levels of whole frames.
func levelsOf(samples []int16) []float32 {
	levels := make([]float32, 0, len(samples)/speech.FrameSamples)
	last := int16(0)
	for i := 0; i+speech.FrameSamples <= len(samples); i += speech.FrameSamples {
		levels = append(levels, speech.Level(samples[i:i+speech.FrameSamples], last))
		last = samples[i+speech.FrameSamples-1]
	}
	return levels
}

func frames(d time.Duration) int { return int(d.Milliseconds() / speech.FrameMS) }

// samplesOf is how many samples there are in a time.
func samplesOf(d time.Duration) int { return int(d.Seconds() * speech.SampleRate) }

// millis is the time of so many samples.
func millis(samples int64) int64 { return samples * 1000 / speech.SampleRate }
