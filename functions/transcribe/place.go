package transcribe

import (
	"math"
	"strings"
	"unicode"

	"xietong.dev/events"
	"xietong.dev/shared/speech"
)

// apartMS is the silence that divides what an engine took for one sentence.
const apartMS = 1500

// place moves segments from a chunk's sound to the recording: times, the ids
// that follow from them, and a cut where a silence was left out in the middle.
func place(segments []events.Segment, c chunk) []events.Segment {
	var out []events.Segment
	last := int64(-1)
	for _, s := range segments {
		for _, part := range divideSegment(s, c.pieces) {
			part.Track = c.track
			part.StartMS = max(part.StartMS, last+1) // ids must differ
			part.EndMS = max(part.EndMS, part.StartMS+1)
			part.ID = segmentID(part)
			last = part.StartMS
			out = append(out, part)
		}
	}
	return out
}

func divideSegment(s events.Segment, pieces []piece) []events.Segment {
	if len(s.Words) == 0 {
		s.StartMS, s.EndMS = started(pieces, s.StartMS), ended(pieces, s.EndMS)
		return []events.Segment{s}
	}
	words := make([]events.Word, len(s.Words))
	for i, w := range s.Words {
		w.StartMS = started(pieces, w.StartMS)
		w.EndMS = max(w.StartMS, ended(pieces, w.EndMS))
		words[i] = w
	}
	var out []events.Segment
	from := 0
	for i := 1; i <= len(words); i++ {
		if i < len(words) && words[i].StartMS-words[i-1].EndMS < apartMS {
			continue
		}
		part := s
		part.Words, part.StartMS, part.EndMS = words[from:i], words[from].StartMS, words[i-1].EndMS
		if from > 0 || i < len(words) {
			part.Text = joinWords(part.Words)
		}
		if part.Confidence == nil {
			part.Confidence = mean(part.Words)
		}
		out, from = append(out, part), i
	}
	return out
}

// joinWords writes words as a text, with spaces where the script has them.
func joinWords(words []events.Word) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 && spaced(words[i-1].Text) && spaced(w.Text) {
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
	return b.String()
}

func spaced(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
	})
}

// mean is the confidence of a segment by that of its words.
func mean(words []events.Word) *float64 {
	sum, n := 0.0, 0
	for _, w := range words {
		if w.Confidence != nil {
			sum, n = sum+*w.Confidence, n+1
		}
	}
	if n == 0 {
		return nil
	}
	m := math.Round(sum/float64(n)*1000) / 1000
	return &m
}

// segments turns what an engine heard into what a transcript holds.
func segments(all []speech.Segment) (out []events.Segment) {
	for _, s := range all {
		segment := events.Segment{StartMS: s.StartMS, EndMS: s.EndMS, Text: s.Text, Confidence: s.Confidence,
			Suspect: s.Suspect, Timing: s.Timing, Speaker: s.Speaker}
		for _, w := range s.Words {
			segment.Words = append(segment.Words, events.Word(w))
		}
		out = append(out, segment)
	}
	return out
}
