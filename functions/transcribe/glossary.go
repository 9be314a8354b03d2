package transcribe

import (
	"cmp"
	"context"
	"slices"

	"xietong.dev/events"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/speech"
	"xietong.dev/shared/speech/written"
)

// learn takes a unit's terms. An older version, or the same once more, changes
// nothing.
func (t *Transcriber) learn(ctx context.Context, d events.GlossaryChanged) (fn.Outcome, error) {
	if err := insertGlossary(ctx, t.DB, d.Unit); err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		return nil, saveGlossary(ctx, tx, d)
	}, nil
}

// unitOf is the unit that owns the work an event asks for; empty where none is
// named.
func unitOf(e events.Event) string {
	unit, _ := e.Extensions()[events.Unit].(string)
	return unit
}

// writer turns what an engine heard into what people write.
type writer struct {
	numbers bool // write them in digits
	terms   *written.Terms
}

func newWriter(numbers bool, terms []events.Term) writer {
	w := writer{numbers: numbers, terms: &written.Terms{}}
	for _, term := range terms {
		w.terms.Add(term.Text, term.Heard...)
	}
	w.terms.Sorted()
	return w
}

// write corrects the segments of a chunk and keeps what the engine wrote. The
// language is that of the chunk; where nobody knows it, the text's script tells.
// An engine that wrote no point and no capital in all of it writes none ever.
func (w writer) write(segments []events.Segment, language string) []events.Segment {
	bare := !slices.ContainsFunc(segments, func(s events.Segment) bool { return written.HasPoints(s.Text) })
	out := make([]events.Segment, len(segments))
	for i, s := range segments {
		around := written.Alone()
		if i > 0 {
			around.Before = s.StartMS - segments[i-1].EndMS
		}
		if i+1 < len(segments) {
			around.After = segments[i+1].StartMS - s.EndMS
		}
		out[i] = w.corrected(s, cmp.Or(language, speech.LanguageOf(s.Text)), bare, around)
	}
	return out
}

func (w writer) corrected(s events.Segment, language string, bare bool, around written.Silence) events.Segment {
	line := written.Line{Text: s.Text}
	for _, word := range s.Words {
		line.Words = append(line.Words, speech.Word(word))
	}
	line = line.With(w.terms.Edits(line.Text))
	if w.numbers {
		line = line.With(written.Numbers(line.Text, language))
	}
	if bare {
		line = line.With(written.Points(line, language, around))
	}
	if line.Text == s.Text {
		return s
	}
	s.Said, s.Text, s.Words = s.Text, line.Text, nil
	for _, word := range line.Words {
		s.Words = append(s.Words, events.Word(word))
	}
	return s
}
