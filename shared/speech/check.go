package speech

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Why a text should be listened to again.
const (
	suspectRepeated = "repeated"
	suspectEmpty    = "empty"
)

// emptyMS is how much speech may come to no text before somebody should listen.
const emptyMS = 1000

// Sane makes an engine's answer fit to be relied on: times lie within the sound
// and go forwards, texts are not empty, and what engines are known to invent is
// marked. Engines report times past the end, and repeat themselves for ever on
// noise; both are seen in practice. The sound is lengthMS long, and so much of it
// is speech as far as [Find] can tell.
func Sane(segments []Segment, lengthMS, speechMS int64) []Segment {
	var out []Segment
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
	slices.SortStableFunc(out, func(a, b Segment) int { return cmp.Compare(a.StartMS, b.StartMS) })
	markRepeated(out)
	if len(out) == 0 && speechMS >= emptyMS {
		out = []Segment{{EndMS: lengthMS, Suspect: suspectEmpty}}
	}
	return out
}

// saneWords puts words within their segment, each after the one before.
func saneWords(s Segment) []Word {
	var words []Word
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
func markRepeated(segments []Segment) {
	for i := repeatTimes - 1; i < len(segments); i++ {
		row := segments[i-repeatTimes+1 : i+1]
		same := func(s Segment) bool { return s.Text != row[0].Text }
		if slices.ContainsFunc(row, same) || len([]rune(row[0].Text))*repeatTimes < repeatRunes {
			continue
		}
		for j := range row {
			row[j].Suspect = suspectRepeated
		}
	}
}
