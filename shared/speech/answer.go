package speech

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// answer is what engines say, in all the shapes that are met: numbers as
// strings, words beside the segments or within them, no times at all, and
// errors under a status of success.
type answer struct {
	Error    json.RawMessage `json:"error"`
	Text     *string         `json:"text"`
	Language string          `json:"language"`
	Segments []struct {
		answerTimes
		Text    string       `json:"text"`
		LogProb *float64     `json:"avg_logprob"`
		Words   []answerWord `json:"words"`
	} `json:"segments"`
	Words []answerWord `json:"words"`
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

// readAnswer returns what an engine says was said.
func readAnswer(text []byte, lengthMS int64) (language string, segments []Segment, err error) {
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return "", nil, fmt.Errorf("the engine's answer is not what it should be: %w", err)
	}
	if e := bytes.TrimSpace(a.Error); len(e) > 0 && string(e) != "null" {
		return "", nil, fmt.Errorf("the engine answered 200 with an error: %s", brief(string(e), 300))
	}
	if a.Text == nil && a.Segments == nil {
		return "", nil, errors.New("the engine's answer has neither text nor segments")
	}
	segments, timed := a.segments()
	if !timed {
		segments = []Segment{{EndMS: lengthMS, Text: a.text()}}
	}
	return Tag(a.Language), segments, nil
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
		segment := Segment{StartMS: s.Start.Millis(), EndMS: s.End.Millis(), Text: s.Text, Confidence: likelihood(s.LogProb)}
		words := s.Words
		if len(words) == 0 {
			words, rest = wordsBefore(rest, *s.End)
		}
		for _, w := range words {
			if w.known() {
				segment.Words = append(segment.Words, Word{Text: strings.TrimSpace(w.Word), StartMS: w.Start.Millis(), EndMS: w.End.Millis(), Confidence: w.Probability})
			}
		}
		if len(segment.Words) != len(words) {
			segment.Words = nil
		}
		out = append(out, segment)
	}
	empty := a.Text != nil && strings.TrimSpace(*a.Text) == ""
	return out, len(out) > 0 || empty
}

// Millis returns the time in milliseconds.
func (s Seconds) Millis() int64 { return millis(float64(s)) }

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
