package speech

import (
	"math"
	"slices"
)

// Sound has 16,000 samples a second, and is looked at in frames of 20 ms, the
// length in which the level of speech stands still.
const (
	SampleRate   = 16000
	FrameMS      = 20
	FrameSamples = SampleRate * FrameMS / 1000
)

// Span is a stretch of frames, from Start to before End.
type Span struct{ Start, End int }

// Frames is its length.
func (s Span) Frames() int { return s.End - s.Start }

// The rule for speech. A frame begins speech when it is far enough above the
// noise around it, and speech lasts while frames stay a little above it. What
// is left after that is mended: short pauses belong to the speech, short bursts
// (a click, a cough) do not.
const (
	SilentDB = -100 // the level of digital silence
	faintDB  = -62  // nothing below this is speech, however quiet the room
	rangeDB  = 42   // nor is anything so far below the loudest speech
	onsetDB  = 9    // above the noise, to begin
	holdDB   = 5    // above the noise, to go on
	shortGap = 15   // frames: a pause within a phrase
	shortRun = 7    // frames: too short for a word
)

// Level is the loudness of one frame in dB below full scale. The difference of
// neighbouring samples is measured, not the samples: that leaves out hum and
// offset, which are loud in rooms and absent from speech.
func Level(frame []int16, last int16) float32 {
	sum := 0.0
	for _, s := range frame {
		d := float64(s) - 0.97*float64(last)
		sum += d * d
		last = s
	}
	mean := sum / float64(max(1, len(frame))) / (32768 * 32768)
	return float32(max(SilentDB, 10*math.Log10(mean+1e-12)))
}

// Find returns the stretches that somebody may be speaking in, by the [Level] of
// each frame.
func Find(levels []float32) []Span {
	floors := noise(levels)
	least := max(faintDB, percentile(levels, 0.99)-rangeDB)
	var found []Span
	for i := 0; i < len(levels); i++ {
		if levels[i] < max(least, floors[i]+onsetDB) {
			continue
		}
		s := Span{i, i + 1}
		for s.End < len(levels) && levels[s.End] >= max(least, floors[s.End]+holdDB) {
			s.End++
		}
		for s.Start > 0 && levels[s.Start-1] >= max(least, floors[s.Start-1]+holdDB) {
			s.Start--
		}
		found = append(found, s)
		i = s.End
	}
	found = Merge(found, shortGap)
	return slices.DeleteFunc(found, func(s Span) bool { return s.Frames() < shortRun })
}

// Merge joins spans that lie at most gap frames apart.
func Merge(spans []Span, gap int) []Span {
	var out []Span
	for _, s := range spans {
		if last := len(out) - 1; last >= 0 && s.Start-out[last].End <= gap {
			out[last].End = max(out[last].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Noise is followed in blocks of 5 s, each judged with its neighbours of half a
// minute: long enough to hold pauses of any talk, short enough to follow a fan
// that is switched on.
const (
	blockFrames = 5000 / FrameMS
	neighbours  = 6
	quiet       = 0.10 // the share of frames that are taken for pauses
)

// histogram counts frames by level, in whole dB from silence up.
type histogram [-SilentDB + 1]int

func (h *histogram) add(level float32) { h[min(len(h)-1, max(0, int(level)-SilentDB))]++ }

func (h *histogram) percentile(share float64) float32 {
	total := 0
	for _, n := range h {
		total += n
	}
	seen, want := 0, int(share*float64(total))
	for i, n := range h {
		if seen += n; seen > want {
			return float32(i + SilentDB)
		}
	}
	return 0
}

func percentile(levels []float32, share float64) float32 {
	var h histogram
	for _, l := range levels {
		h.add(l)
	}
	return h.percentile(share)
}

// noise returns the level of the noise around each frame.
func noise(levels []float32) []float32 {
	blocks := make([]histogram, (len(levels)+blockFrames-1)/blockFrames)
	for i, l := range levels {
		blocks[i/blockFrames].add(l)
	}
	floors := make([]float32, len(levels))
	for b := range blocks {
		var around histogram
		for n := max(0, b-neighbours); n < min(len(blocks), b+neighbours+1); n++ {
			for i, count := range blocks[n] {
				around[i] += count
			}
		}
		floor := around.percentile(quiet)
		for i := b * blockFrames; i < min(len(levels), (b+1)*blockFrames); i++ {
			floors[i] = floor
		}
	}
	return floors
}
