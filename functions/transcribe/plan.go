package transcribe

import (
	"cmp"
	"slices"

	"xietong.dev/shared/speech"
)

// piece is a stretch of a recording that stands in a chunk.
type piece struct {
	StartMS int64 `json:"start_ms"`
	EndMS   int64 `json:"end_ms"`
}

// planned is one chunk to be cut: pieces of one track, one after another, with
// the long silences between them left out.
type planned struct {
	track    int
	pieces   []piece
	speechMS int64 // without the margins
}

func (p planned) startMS() int64 { return p.pieces[0].StartMS }
func (p planned) endMS() int64   { return p.pieces[len(p.pieces)-1].EndMS }

func lengthMS(pieces []piece) (sum int64) {
	for _, p := range pieces {
		sum += p.EndMS - p.StartMS
	}
	return sum
}

// cutting says how chunks are cut.
type cutting struct {
	maxMS    int64 // of sound in a chunk
	pauseMS  int64 // a longer silence ends a chunk
	marginMS int64 // kept before and after speech
}

// plan cuts the speech of tracks into chunks, in the order of time. The chunks
// of a track are made about equally long, so that workers end together.
func (c cutting) plan(tracks []track, m measured) []planned {
	var chunks []planned
	for i, t := range tracks {
		pieces := c.pieces(t, m.levels[t.channels[0]], m.durationMS())
		chunks = append(chunks, c.pack(i, pieces)...)
	}
	slices.SortFunc(chunks, func(a, b planned) int {
		return cmp.Or(cmp.Compare(a.startMS(), b.startMS()), cmp.Compare(a.track, b.track))
	})
	return chunks
}

// pieces widens speech by the margins, and cuts what is too long for a chunk.
func (c cutting) pieces(t track, levels []float32, endMS int64) []piece {
	margin := int(c.marginMS / speech.FrameMS)
	wide := make([]speech.Span, len(t.speech))
	for i, s := range t.speech {
		wide[i] = speech.Span{Start: max(0, s.Start-margin), End: min(int(endMS/speech.FrameMS), s.End+margin)}
	}
	var pieces []piece
	for _, s := range speech.Merge(wide, 0) {
		for _, part := range divide(s, levels, int(c.maxMS/speech.FrameMS)) {
			pieces = append(pieces, piece{int64(part.Start) * speech.FrameMS, int64(part.End) * speech.FrameMS})
		}
	}
	return pieces
}

// divide cuts a span that is longer than most frames where it is quietest in
// the later part of what fits.
func divide(s speech.Span, levels []float32, most int) []speech.Span {
	var parts []speech.Span
	for s.Frames() > most {
		quietest := s.Start + most
		for i := s.Start + most; i > s.Start+most*6/10; i-- {
			if at(levels, i) < at(levels, quietest) {
				quietest = i
			}
		}
		parts = append(parts, speech.Span{Start: s.Start, End: quietest})
		s.Start = quietest
	}
	return append(parts, s)
}

func (c cutting) pack(track int, pieces []piece) []planned {
	total := lengthMS(pieces)
	count := (total + c.maxMS - 1) / c.maxMS
	var chunks []planned
	for _, p := range pieces {
		length := p.EndMS - p.StartMS
		if last := len(chunks) - 1; last >= 0 && p.StartMS-chunks[last].endMS() <= c.pauseMS {
			have := lengthMS(chunks[last].pieces)
			if have+length <= c.maxMS && have+length/2 <= total/count {
				chunks[last].pieces = append(chunks[last].pieces, p)
				chunks[last].speechMS += max(0, length-2*c.marginMS)
				continue
			}
		}
		chunks = append(chunks, planned{track, []piece{p}, max(0, length-2*c.marginMS)})
	}
	return chunks
}

// started turns the time within a chunk's sound at which something starts into
// a time of the recording.
func started(pieces []piece, ms int64) int64 {
	for _, p := range pieces {
		length := p.EndMS - p.StartMS
		if ms < length {
			return p.StartMS + max(0, ms)
		}
		ms -= length
	}
	return pieces[len(pieces)-1].EndMS
}

// ended does the same for a time at which something ends: where two pieces
// meet, that is the end of the first and not the start of the second.
func ended(pieces []piece, ms int64) int64 {
	return min(started(pieces, ms-1)+1, pieces[len(pieces)-1].EndMS)
}
