package extractive

import (
	"context"
	"regexp"

	"xietong.dev/events"
)

// signs are the patterns by which a language says that something is not settled, may go
// wrong, or is a figure to look up. Like cues, they would rather miss one.
type signs struct {
	open     *regexp.Regexp // says that a matter is not settled
	closed   *regexp.Regexp // takes that back
	asks     *regexp.Regexp // asks something
	courtesy *regexp.Regexp // a question that nobody needs answered: can you hear me?
	putsOff  *regexp.Regexp // an answer that settles nothing
	risk     *regexp.Regexp
	safe     *regexp.Regexp // takes a risk back
	figure   *regexp.Regexp // an amount, a rate, a date
	opening  []string       // one of these words stands where something is open; looking for them is cheap
	risky    []string       // and one of these in every risk
}

var signsOf = map[string]signs{"zh": zhSigns, "en": enSigns, "ja": jaSigns}

// isOpen reports whether a sentence says itself that a matter is left open.
func (s signs) isOpen(text string) bool {
	return holds(text, s.opening) && s.open.MatchString(text) && !s.closed.MatchString(text)
}

// isAsked reports whether a sentence asks about the matter itself.
func (s signs) isAsked(text string) bool {
	return s.asks.MatchString(text) && !s.courtesy.MatchString(text)
}

func (s signs) isRisk(text string) bool {
	return holds(text, s.risky) && s.risk.MatchString(text) && !s.safe.MatchString(text) && !s.asks.MatchString(text)
}

// replies are how many sentences after a question may answer it.
const replies = 3

// questions writes what was left open: what somebody says is open, and what was asked
// and put off, or asked at the very end.
func (w writer) questions(ctx context.Context, all []sentence) []events.Point {
	var points []events.Point
	for i, s := range all {
		if len(points) == w.most || ctx.Err() != nil {
			break
		}
		signs, asked := signsOf[s.script], isQuestion(s)
		reply, has := w.reply(all, i)
		switch {
		case signs.isOpen(s.text):
			points = w.add(points, "question", s)
		case !asked:
		case has && signsOf[all[reply].script].putsOff.MatchString(all[reply].text):
			points = w.add(points, "question", s, all[reply])
		case i == len(all)-1:
			points = w.add(points, "question", s)
		}
	}
	return points
}

// answers writes what was asked, each with how the answer begins.
func (w writer) answers(ctx context.Context, all []sentence) []events.Point {
	var points []events.Point
	for i, s := range all {
		if len(points) == w.most || ctx.Err() != nil {
			break
		}
		if !isQuestion(s) {
			continue
		}
		if reply, has := w.reply(all, i); has {
			points = w.add(points, "question", s, all[reply])
		}
	}
	return points
}

// isQuestion reports whether a sentence asks about the matter. A plea is none: could
// you send …
func isQuestion(s sentence) bool {
	if !signsOf[s.script].isAsked(s.text) {
		return false
	}
	_, duty := cuesOf[s.script].dutyIn(s.text)
	return !duty
}

// reply returns the next sentence of another voice, or the next at all where nobody
// knows who spoke.
func (w writer) reply(all []sentence, asked int) (place int, has bool) {
	for i := asked + 1; i < len(all) && i <= asked+replies; i++ {
		if a, b := w.voice(all[asked]), w.voice(all[i]); a != b || a.speaker == "" {
			return i, true
		}
	}
	return 0, false
}

func (w writer) voice(s sentence) voice {
	segment := w.transcript.Segments[s.pieces[0].segment]
	return voice{segment.Track, segment.Speaker}
}

// risks writes what somebody fears.
func (w writer) risks(ctx context.Context, all []sentence) []events.Point {
	return w.each(ctx, all, "risk", func(s sentence) bool { return signsOf[s.script].isRisk(s.text) })
}

// numbers writes the sentences with a figure to look up.
func (w writer) numbers(ctx context.Context, all []sentence) []events.Point {
	return w.each(ctx, all, "number", func(s sentence) bool {
		return signsOf[s.script].figure.MatchString(s.text) && !signsOf[s.script].asks.MatchString(s.text)
	})
}

func (w writer) each(ctx context.Context, all []sentence, section string, is func(sentence) bool) []events.Point {
	var points []events.Point
	for _, s := range all {
		if len(points) == w.most || ctx.Err() != nil {
			break
		}
		if is(s) {
			points = w.add(points, section, s)
		}
	}
	return points
}
