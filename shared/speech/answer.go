package speech

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// answer is what engines say, in all the shapes that are met: numbers as
// strings, words beside the segments or within them, no times at all, the text
// alone, and errors under a status of success.
type answer struct {
	Error    json.RawMessage `json:"error"`
	Object   string          `json:"object"`
	Message  string          `json:"message"`
	Text     *string         `json:"text"`
	Language string          `json:"language"`
	Segments []answerSegment `json:"segments"`
	Words    []answerWord    `json:"words"`
	Result   []struct {
		Clean string `json:"clean_text"`
		Raw   string `json:"raw_text"`
	} `json:"result"`
}

type answerSegment struct {
	answerTimes
	Text    string        `json:"text"`
	LogProb *float64      `json:"avg_logprob"`
	Words   []answerWord  `json:"words"`
	Speaker answerSpeaker `json:"speaker"`
}

// answerSpeaker is a name, or a number that stands for one.
type answerSpeaker string

func (s *answerSpeaker) UnmarshalJSON(text []byte) error {
	if name := strings.Trim(string(text), `"`); name != "null" {
		*s = answerSpeaker(brief(strings.TrimSpace(name), 64))
	}
	return nil
}

type answerTimes struct {
	Start *Seconds `json:"start"`
	End   *Seconds `json:"end"`
}

func (t answerTimes) known() bool { return t.Start != nil && t.End != nil }

type answerWord struct {
	answerTimes
	Word        string   `json:"word"`
	Probability *float64 `json:"probability"`
}

// Seconds is a time as engines write it: a number, or a string that holds one.
type Seconds float64

// UnmarshalJSON reads either.
func (s *Seconds) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > 1e6 {
		return fmt.Errorf("a time is %s, want seconds", brief(string(text), 40))
	}
	*s = Seconds(v)
	return nil
}

// Millis returns the time in milliseconds.
func (s Seconds) Millis() int64 { return millis(float64(s)) }

// readAnswer reads an answer in JSON, and tells what is none.
func readAnswer(text []byte) (answer, error) {
	var a answer
	if text = bytes.TrimSpace(text); len(text) > 0 && text[0] == '"' { // FunASR's text format
		a.Text = new(string)
		return a, json.Unmarshal(text, a.Text)
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, fmt.Errorf("the engine's answer is not what it should be: %w", err)
	}
	failed := string(bytes.TrimSpace(a.Error))
	if a.Object == "error" {
		failed = a.Message
	}
	switch {
	case failed != "" && failed != "null":
		return a, fmt.Errorf("the engine answered 200 with an error: %s", brief(failed, 300))
	case a.Text == nil && a.Segments == nil && a.Result == nil:
		return a, errors.New("the engine's answer has neither text nor segments")
	}
	return a, nil
}

// heard returns what an engine says was said in a chunk of that length.
func (a answer) heard(lengthMS int64) (language string, segments []Segment) {
	segments, timed := a.segments()
	if !timed {
		segments = []Segment{{EndMS: lengthMS, Text: a.text(), Timing: TimingChunk}}
	}
	language = Tag(a.Language)
	for i := range segments {
		var marked string
		segments[i].Text, marked = withoutMarks(segments[i].Text)
		language = cmp.Or(language, marked)
	}
	return language, markInvented(segments)
}

// text is the whole text, for an answer whose segments have no times.
func (a answer) text() string {
	if a.Text != nil && strings.TrimSpace(*a.Text) != "" {
		return *a.Text
	}
	var all []string
	for _, s := range a.Segments {
		all = append(all, strings.TrimSpace(s.Text))
	}
	for _, r := range a.Result { // the raw text begins with the language; the clean one is the same without marks
		all = append(all, cmp.Or(r.Raw, r.Clean))
	}
	return strings.Join(all, " ")
}

// segments returns the segments with their words, and whether their times are
// known and they hold the text.
func (a answer) segments() ([]Segment, bool) {
	var out []Segment
	rest := a.Words
	for _, s := range a.Segments {
		if !s.known() {
			return nil, false
		}
		words := s.Words
		if len(words) == 0 {
			words, rest = wordsBefore(rest, *s.End)
		}
		out = append(out, Segment{StartMS: s.Start.Millis(), EndMS: s.End.Millis(), Text: s.Text, Confidence: likelihood(s.LogProb),
			Words: timedWords(words), Speaker: string(s.Speaker)})
	}
	empty := a.Text != nil && strings.TrimSpace(*a.Text) == ""
	return out, len(out) > 0 || empty
}

// timedWords returns words with their times, or none where one lacks them.
func timedWords(words []answerWord) (out []Word) {
	for _, w := range words {
		if !w.known() {
			return nil
		}
		out = append(out, Word{Text: strings.TrimSpace(w.Word), StartMS: w.Start.Millis(), EndMS: w.End.Millis(), Confidence: w.Probability})
	}
	return out
}

// wordsBefore takes the words that start before a time from the front of a list.
func wordsBefore(words []answerWord, end Seconds) (taken, rest []answerWord) {
	n := 0
	for n < len(words) && (words[n].Start == nil || *words[n].Start < end) {
		n++
	}
	return words[:n], words[n:]
}

// likelihood turns a mean log probability into a confidence. Exactly -1 is what
// a server says that has none.
func likelihood(logProb *float64) *float64 {
	if logProb == nil || *logProb > 0 || *logProb == -1 {
		return nil
	}
	p := math.Round(math.Exp(*logProb)*1000) / 1000
	return &p
}
