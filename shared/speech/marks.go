package speech

import (
	"math"
	"regexp"
	"strings"
)

// Some engines write marks into the text: SenseVoice <|zh|><|NEUTRAL|><|Speech|>,
// Qwen3-ASR "language Chinese<asr_text>" in front of it.
var (
	mark     = regexp.MustCompile(`<\|([^|<>]*)\|>`)
	preamble = regexp.MustCompile(`^\s*language ([A-Za-z]+)\s*<asr_text>`)
)

// withoutMarks takes an engine's marks out of a text, and returns the language
// where one of them says it.
func withoutMarks(text string) (clean, language string) {
	if m := preamble.FindStringSubmatch(text); m != nil {
		text, language = text[len(m[0]):], Tag(m[1])
	}
	for _, m := range mark.FindAllStringSubmatch(text, -1) {
		if language == "" && len(m[1]) <= 3 && m[1] == strings.ToLower(m[1]) {
			language = Tag(m[1])
		}
	}
	return mark.ReplaceAllString(text, ""), language
}

// The rule for invented times: an engine that has none spreads its text evenly
// over the time, so that each stretch lasts as long as its characters are many.
// Nobody speaks like that.
const (
	evenWords    = 5    // so many at least show it
	evenSegments = 3    // so many at least show it
	evenShare    = 0.02 // by which the time of a character may differ
)

// markInvented marks segments whose times are invented, and leaves out words
// whose times are: a word that is marked at the wrong moment is worse than none.
func markInvented(segments []Segment) []Segment {
	var spans []evenSpan
	for i := range segments {
		s := &segments[i]
		var words []evenSpan
		for _, w := range s.Words {
			words = append(words, evenSpan{w.StartMS, w.EndMS, len([]rune(w.Text))})
		}
		if len(words) >= evenWords && even(words) {
			s.Words = nil
		}
		spans = append(spans, evenSpan{s.StartMS, s.EndMS, len([]rune(strings.TrimSpace(s.Text)))})
	}
	if len(spans) >= evenSegments && even(spans) {
		for i := range segments {
			segments[i].Timing, segments[i].Words = TimingInterpolated, nil
		}
	}
	return segments
}

type evenSpan struct {
	startMS, endMS int64
	runes          int
}

// even reports whether spans follow one another without a pause, each as long as
// its characters are many.
func even(spans []evenSpan) bool {
	first, last := spans[0], spans[len(spans)-1]
	total := 0
	for _, s := range spans {
		total += s.runes
	}
	if total == 0 || last.endMS <= first.startMS {
		return false
	}
	each := float64(last.endMS-first.startMS) / float64(total)
	for i, s := range spans {
		if i > 0 && math.Abs(float64(s.startMS-spans[i-1].endMS)) > 2 {
			return false
		}
		want := each * float64(s.runes)
		if math.Abs(float64(s.endMS-s.startMS)-want) > max(2, evenShare*want) {
			return false
		}
	}
	return true
}
