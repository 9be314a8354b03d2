package transcribe

import (
	"encoding/json"
	"errors"

	"xietong.dev/events"
	"xietong.dev/shared/speech"
)

// simple is the shape that Whisper tools write: seconds and names.
type simple struct {
	Language string `json:"language"`
	Segments []struct {
		simpleTimes
		Text    string       `json:"text"`
		Speaker string       `json:"speaker"`
		Words   []simpleWord `json:"words"`
	} `json:"segments"`
}

type simpleTimes struct {
	Start *speech.Seconds `json:"start"`
	End   *speech.Seconds `json:"end"`
}

func (t simpleTimes) known() bool { return t.Start != nil && t.End != nil }

type simpleWord struct {
	simpleTimes
	Word        string   `json:"word"`
	Probability *float64 `json:"probability"`
}

// readJSON reads a transcript of our own making, or one of a Whisper tool.
func readJSON(text string) (events.Transcript, error) {
	var version struct {
		DocumentVersion *int `json:"document_version"`
	}
	if err := json.Unmarshal([]byte(text), &version); err != nil {
		return events.Transcript{}, jsonError(text, err)
	}
	if version.DocumentVersion != nil {
		return readOwn(text)
	}
	var s simple
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return events.Transcript{}, jsonError(text, err)
	}
	tr := events.Transcript{Language: speech.Tag(s.Language)}
	var names []string
	for i, segment := range s.Segments {
		if !segment.known() || *segment.Start < 0 || *segment.End < *segment.Start {
			return tr, invalidf("segments[%d] wants start and end in seconds, the end after the start", i)
		}
		tr.Segments = append(tr.Segments, events.Segment{StartMS: segment.Start.Millis(), EndMS: segment.End.Millis(),
			Text: joinLines(segment.Text), Words: simpleWords(segment.Words)})
		names = append(names, events.Brief(segment.Speaker, maxName))
	}
	speakers(&tr, names)
	return tr, nil
}

func simpleWords(all []simpleWord) (words []events.Word) {
	for _, w := range all {
		if !w.known() {
			return nil
		}
		words = append(words, events.Word{Text: joinLines(w.Word), StartMS: w.Start.Millis(), EndMS: w.End.Millis(), Confidence: w.Probability})
	}
	return words
}

// readOwn reads an [events.Transcript]. Whose it is, the event says and not the
// document.
func readOwn(text string) (events.Transcript, error) {
	var tr events.Transcript
	if err := json.Unmarshal([]byte(text), &tr); err != nil {
		return tr, jsonError(text, err)
	}
	for i, s := range tr.Segments {
		if s.StartMS < 0 || s.EndMS < s.StartMS || s.Track < 0 {
			return tr, invalidf("segments[%d] wants start_ms and end_ms, the end after the start, and a track", i)
		}
	}
	if tr.DocumentVersion != events.DocumentVersion {
		return tr, invalidf("document_version is %d, want %d", tr.DocumentVersion, events.DocumentVersion)
	}
	if tr.Speakers == nil {
		tr.Speakers = []events.Speaker{}
	}
	return tr, nil
}

func jsonError(text string, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return invalidf("line %d: %w", lineAt(text, int(syntax.Offset)), err)
	case errors.As(err, &kind):
		return invalidf("line %d: %s is a JSON %s", lineAt(text, int(kind.Offset)), kind.Field, kind.Value)
	}
	return invalidf("%w", err)
}
