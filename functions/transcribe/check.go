package transcribe

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"xietong.dev/events"
)

// Why a text should be listened to again.
const (
	suspectRepeated = "repeated"
	suspectEmpty    = "empty"
)

// emptyMS is how much speech may come to no text before somebody should listen.
const emptyMS = 1000

// sane makes an engine's answer fit to be relied on: times lie within the sound
// and go forwards, texts are not empty, and what engines are known to invent is
// marked. Engines report times past the end, and repeat themselves for ever on
// noise; both are seen in practice.
func sane(segments []events.Segment, lengthMS, speechMS int64) []events.Segment {
	var out []events.Segment
	for _, s := range segments {
		s.Text = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(s.Text, "\x00", ""), ""))
		if s.Text == "" {
			continue
		}
		s.StartMS = min(max(0, s.StartMS), lengthMS-1)
		s.EndMS = min(max(s.StartMS+1, s.EndMS), lengthMS)
		s.Words = saneWords(s)
		if repeats(s.Text) {
			s.Suspect = suspectRepeated
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b events.Segment) int { return cmp.Compare(a.StartMS, b.StartMS) })
	markRepeated(out)
	if len(out) == 0 && speechMS >= emptyMS {
		out = []events.Segment{{EndMS: lengthMS, Suspect: suspectEmpty}}
	}
	return out
}

// saneWords puts words within their segment, each after the one before.
func saneWords(s events.Segment) []events.Word {
	var words []events.Word
	from := s.StartMS
	for _, w := range s.Words {
		if w.Text = strings.TrimSpace(w.Text); w.Text == "" {
			continue
		}
		w.StartMS = min(max(from, w.StartMS), s.EndMS)
		w.EndMS = min(max(w.StartMS, w.EndMS), s.EndMS)
		w.Confidence = sure(w.Confidence)
		from = w.StartMS
		words = append(words, w)
	}
	return words
}

// sure leaves out a confidence that is none.
func sure(c *float64) *float64 {
	if c == nil || *c < 0 || *c > 1 {
		return nil
	}
	return c
}

// The rule for repetition: the same few tokens four times in a row, and not
// just somebody who laughs or says no.
const (
	repeatTimes  = 4
	repeatTokens = 20 // length of the longest phrase that is looked for
	repeatRunes  = 12 // characters in all
)

func repeats(text string) bool {
	tokens := tokenize(text)
	for size := 1; size <= min(repeatTokens, len(tokens)/repeatTimes); size++ {
		run := 0
		for i := size; i < len(tokens); i++ {
			if tokens[i] != tokens[i-size] {
				run = 0
				continue
			}
			run++
			if run >= size*(repeatTimes-1) && runes(tokens[i-run-size+1:i+1]) >= repeatRunes {
				return true
			}
		}
	}
	return false
}

func runes(tokens []string) (n int) {
	for _, t := range tokens {
		n += len([]rune(t))
	}
	return n
}

// tokenize splits a text into words, and into characters where the script has
// no spaces.
func tokenize(text string) []string {
	var tokens []string
	word := ""
	for _, r := range strings.ToLower(text) + " " {
		joined := !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) && (unicode.IsLetter(r) || unicode.IsDigit(r))
		if joined {
			word += string(r)
			continue
		}
		if word != "" {
			tokens, word = append(tokens, word), ""
		}
		if unicode.IsLetter(r) {
			tokens = append(tokens, string(r))
		}
	}
	return tokens
}

// markRepeated marks segments that say the same four times in a row.
func markRepeated(segments []events.Segment) {
	for i := repeatTimes - 1; i < len(segments); i++ {
		row := segments[i-repeatTimes+1 : i+1]
		same := func(s events.Segment) bool { return s.Text != row[0].Text }
		if slices.ContainsFunc(row, same) || len([]rune(row[0].Text))*repeatTimes < repeatRunes {
			continue
		}
		for j := range row {
			row[j].Suspect = suspectRepeated
		}
	}
}

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
