package transcribe

import (
	"cmp"
	"math"
	"slices"

	"xietong.dev/shared/speech"
)

// The ways to turn channels into tracks.
const (
	tracksAuto  = "auto"  // by what the channels hold
	tracksSplit = "split" // each channel is one
	tracksMix   = "mix"   // all channels are one
)

// measured is what the rules know of a recording's channels: those of all its
// streams, in their order.
type measured struct {
	levels [][]float32 // of each channel, frame by frame
	alike  [][]float64 // correlation of each pair of channels, -1 to 1
}

func (m measured) durationMS() int64 {
	frames := 0
	for _, l := range m.levels {
		frames = max(frames, len(l))
	}
	return int64(frames) * speech.FrameMS
}

// track is one line of speech: channels that carry the same sound, and when
// somebody speaks in them.
type track struct {
	channels []int
	inverted []bool // channels to be subtracted rather than added
	speech   []speech.Span
}

// The rule for two channels. They are one track when their waves agree, or when
// neither is ever much louder than the other: two microphones in one room.
// Microphones of their own make one of them dominate whenever somebody speaks.
const (
	agreeing    = 0.6 // correlation
	dominantDB  = 10  // a frame in which one channel is so much louder is dominated
	fewDominant = 0.3 // share of frames with speech
)

// separate decides which channels are speakers of their own: by whom the roster
// puts on them, else by how they sound. Channels without speech are left out, and
// none may be left.
func separate(m measured, way string, owned []int) []track {
	var tracks []track
	for c, levels := range m.levels {
		heard := speech.Find(levels)
		if len(heard) == 0 {
			continue
		}
		i := slices.IndexFunc(tracks, func(t track) bool {
			return way == tracksMix || way == tracksAuto && m.joins(t, c, heard, owned)
		})
		if i < 0 {
			tracks = append(tracks, track{channels: []int{c}, inverted: []bool{false}, speech: heard})
			continue
		}
		t := &tracks[i]
		t.inverted = append(t.inverted, m.alike[t.channels[0]][c] < -agreeing)
		t.channels = append(t.channels, c)
		t.speech = union(t.speech, heard)
	}
	if way == tracksAuto {
		tracks = m.withoutEchoes(tracks)
	}
	return tracks
}

func (m measured) joins(t track, c int, heard []speech.Span, owned []int) bool {
	if a, b := owned[t.channels[0]], owned[c]; a != nobody && b != nobody {
		return a == b
	}
	return m.same(t.channels[0], t.speech, c, heard)
}

func (m measured) same(a int, inA []speech.Span, b int, inB []speech.Span) bool {
	if math.Abs(m.alike[a][b]) >= agreeing {
		return true
	}
	active, dominated := 0, 0
	for _, s := range union(inA, inB) {
		for i := s.Start; i < s.End; i++ {
			active++
			if math.Abs(float64(at(m.levels[a], i)-at(m.levels[b], i))) >= dominantDB {
				dominated++
			}
		}
	}
	return float64(dominated) < fewDominant*float64(active)
}

// at is the level of a channel in a frame; channels may end before others.
func at(levels []float32, frame int) float32 {
	if frame < len(levels) {
		return levels[frame]
	}
	return speech.SilentDB
}

func union(a, b []speech.Span) []speech.Span {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(x, y speech.Span) int { return cmp.Compare(x.Start, y.Start) })
	return speech.Merge(all, 0)
}

// The rule for echoes: speech on one track that another track has at the same
// time, much louder, rising and falling in the same way. It is what one
// microphone picks up of another's speaker, and would be transcribed twice.
const (
	echoDB     = 12
	echoAlike  = 0.7
	echoAround = 25 // frames before and after that show where it rises and falls
)

func (m measured) withoutEchoes(tracks []track) []track {
	kept := make([]track, 0, len(tracks))
	for i, t := range tracks {
		t.speech = slices.DeleteFunc(slices.Clone(t.speech), func(s speech.Span) bool {
			for j, other := range tracks {
				if i != j && echoes(m.levels[other.channels[0]], m.levels[t.channels[0]], s) {
					return true
				}
			}
			return false
		})
		if len(t.speech) > 0 {
			kept = append(kept, t)
		}
	}
	return kept
}

func echoes(loud, faint []float32, s speech.Span) bool {
	difference := 0.0
	for i := s.Start; i < s.End; i++ {
		difference += float64(at(loud, i) - at(faint, i))
	}
	if difference < echoDB*float64(s.Frames()) {
		return false
	}
	var xs, ys []float64
	for i := max(0, s.Start-echoAround); i < s.End+echoAround; i++ {
		xs, ys = append(xs, float64(at(loud, i))), append(ys, float64(at(faint, i)))
	}
	return correlation(xs, ys) >= echoAlike
}

func correlation(xs, ys []float64) float64 {
	var x, y, xx, yy, xy float64
	for i := range xs {
		x, y = x+xs[i], y+ys[i]
		xx, yy, xy = xx+xs[i]*xs[i], yy+ys[i]*ys[i], xy+xs[i]*ys[i]
	}
	n := float64(len(xs))
	below := math.Sqrt((n*xx - x*x) * (n*yy - y*y))
	if below == 0 {
		return 0
	}
	return (n*xy - x*y) / below
}
