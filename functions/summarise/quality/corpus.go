// Package quality says how good summaries and topics are, beside those of
// people and of the classical methods.
//
//	in   meetings with the minutes that people wrote (QMSum, VCSum), one a line
//	out  ROUGE of summaries, Pk of topics
//
// The scorer (rouge.go) and the methods to compare with (classic.go) stay as
// they are, so that figures of different days can be compared. cmd/measure
// prints the figures, cmd/train learns from the training split alone.
package quality

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"xietong.dev/events"
)

// Meeting is what was said, and what people made of it.
type Meeting struct {
	ID      string  `json:"id"`
	Lang    string  `json:"lang"`
	Turns   []Turn  `json:"turns"`
	Topics  []Topic `json:"topics"`
	Summary string  `json:"summary"`
}

// Turn is what one speaker says until another does.
type Turn struct {
	Speaker string `json:"speaker"`
	Text    string `json:"text"`
}

// Topic is a stretch of turns that people put together. Spans are pairs of
// turn numbers, the last included, as numbers or as text.
type Topic struct {
	Topic   string  `json:"topic"`
	Spans   [][]any `json:"spans"`
	Summary string  `json:"summary"`
}

// Load reads the meetings of one split, such as qmsum-dev.
func Load(dir, split string) ([]Meeting, error) {
	f, err := os.Open(filepath.Join(dir, split+".jsonl"))
	if err != nil {
		return nil, fmt.Errorf("read meetings: %w", err)
	}
	defer f.Close()
	var all []Meeting
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var m Meeting
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			return nil, fmt.Errorf("read meetings: %s, line %d: %w", f.Name(), len(all)+1, err)
		}
		all = append(all, m)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read meetings: %w", err)
	}
	return all, nil
}

// Transcript returns the meeting as a speech engine would give it: a segment a
// turn, without the marks of those who typed it, such as {disfmarker}.
func (m Meeting) Transcript() events.Transcript {
	marks, apart := regexp.MustCompile(`\{[^}]*\}`), regexp.MustCompile(`\s+([.,!?;:'])`)
	t := events.Transcript{Language: m.Lang}
	for i, turn := range m.Turns {
		text := turn.Text
		if m.Lang == "en" {
			text = apart.ReplaceAllString(strings.Join(strings.Fields(marks.ReplaceAllString(text, "")), " "), "$1")
		}
		start := int64(i) * 1000
		t.Segments = append(t.Segments, events.Segment{ID: fmt.Sprint("0-", start), Speaker: turn.Speaker, StartMS: start, EndMS: start + 1000, Text: text})
	}
	return t
}

// Parts returns each topic that has a summary as a meeting of its own.
func (m Meeting) Parts() []Meeting {
	var parts []Meeting
	of := m.TopicOfTurns()
	for k, topic := range m.Topics {
		part := Meeting{ID: fmt.Sprint(m.ID, "-", k), Lang: m.Lang, Summary: topic.Summary}
		for i, turn := range m.Turns {
			if of[i] == k {
				part.Turns = append(part.Turns, turn)
			}
		}
		if part.Summary != "" && len(part.Turns) > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}

// TopicOfTurns numbers the topic of each turn, as people cut the meeting.
func (m Meeting) TopicOfTurns() []int {
	of := make([]int, len(m.Turns))
	for k, topic := range m.Topics {
		for _, span := range topic.Spans {
			from, _ := strconv.Atoi(fmt.Sprint(span[0]))
			to, _ := strconv.Atoi(fmt.Sprint(span[1]))
			for i := from; i <= to && i < len(of); i++ {
				of[i] = k
			}
		}
	}
	return Rising(of)
}
