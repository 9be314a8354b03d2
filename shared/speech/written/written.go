// Package written turns what an engine heard into what people write: numbers in
// digits, a unit's own names and terms, points and capitals where an engine has
// none.
//
//	in   a [Line]: a text, its words with their times, and its language
//	out  a list of [Edit]s, and the line with them
//
// The rules are pure and careful: what they are not sure of they leave alone,
// since a number that is changed wrongly does more harm in minutes than one that
// stands in words.
package written

import (
	"slices"
	"strings"

	"xietong.dev/shared/speech"
)

// Line is a text with its words. Words are those of the text in its order; a
// text without times has none.
type Line struct {
	Text  string
	Words []speech.Word
}

// Edit puts a text in place of the bytes from Start to before End.
type Edit struct {
	Start, End int
	Text       string
}

// With returns the line after edits, which are in order and do not overlap. The
// words that an edit touches become one, from the start of the first to the end
// of the last; where words cannot be found in the text they go.
func (l Line) With(edits []Edit) Line {
	if len(edits) == 0 {
		return l
	}
	return Line{Text: apply(l.Text, edits), Words: l.edited(edits)}
}

func apply(text string, edits []Edit) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.Start])
		b.WriteString(e.Text)
		at = e.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// place is where a word stands in the text.
type place struct{ start, end int }

// places finds the words in the text, one after another.
func (l Line) places() []place {
	var out []place
	at := 0
	for _, w := range l.Words {
		i := strings.Index(l.Text[at:], w.Text)
		if i < 0 || w.Text == "" {
			return nil
		}
		out = append(out, place{at + i, at + i + len(w.Text)})
		at += i + len(w.Text)
	}
	return out
}

func (l Line) edited(edits []Edit) []speech.Word {
	places := l.places()
	if places == nil {
		return nil
	}
	var out []speech.Word
	for i := 0; i < len(l.Words); {
		for len(edits) > 0 && edits[0].End < places[i].start {
			edits = edits[1:]
		}
		last, touching := l.reach(places, edits, i)
		word := l.Words[i]
		if len(touching) > 0 {
			word = merge(l.Words[i : last+1])
			word.Text = between(l.Text, touching, places[i].start, places[last].end)
		}
		if word.Text != "" {
			out = append(out, word)
		}
		i = last + 1
	}
	return out
}

// reach returns the last of the words that edits make one with a word, and those
// edits.
func (l Line) reach(places []place, edits []Edit, first int) (last int, touching []Edit) {
	last = first
	for _, e := range edits {
		if e.Start > places[last].end {
			break
		}
		if !e.touches(places[first].start, places[last].end) {
			continue
		}
		touching = append(touching, e)
		for last+1 < len(places) && places[last+1].start < e.End {
			last++
		}
	}
	return last, touching
}

// touches reports whether an edit changes what stands from start to end. What is
// put in right after a word, such as a full stop, belongs to it.
func (e Edit) touches(start, end int) bool {
	if e.Start == e.End {
		return start < e.Start && e.Start <= end
	}
	return e.Start < end && start < e.End
}

// between is what stands from start to end after the edits. An edit that begins
// before or ends after is taken whole.
func between(text string, edits []Edit, start, end int) string {
	for _, e := range edits {
		start, end = min(start, e.Start), max(end, e.End)
	}
	inside := slices.Clone(edits)
	for i := range inside {
		inside[i].Start, inside[i].End = inside[i].Start-start, inside[i].End-start
	}
	return strings.TrimSpace(apply(text[start:end], inside))
}

// merge makes one word of several: as sure as the least sure of them.
func merge(words []speech.Word) speech.Word {
	out := words[0]
	for _, w := range words[1:] {
		out.EndMS = w.EndMS
		if out.Confidence == nil || w.Confidence != nil && *w.Confidence < *out.Confidence {
			out.Confidence = w.Confidence
		}
	}
	return out
}

// Numbers returns the edits that write numbers in digits, in languages that we
// have rules for: Chinese and English.
func Numbers(text, language string) []Edit {
	switch speech.Base(language) {
	case "zh":
		return chinese(text)
	case "en":
		return english(text)
	}
	return nil
}
