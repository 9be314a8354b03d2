package extractive

import (
	"strings"
	"testing"

	"xietong.dev/events"
	"xietong.dev/functions/summarise/facts"
)

// Meetings of every labelled sentence, in three languages and all kinds: each sentence
// of each summary cites segments that hold its numbers, days and names, and quotes them
// word for word.
func TestEvidence(t *testing.T) {
	sentences := 0
	for _, kind := range events.Kinds() {
		for _, language := range []string{"zh", "en", "ja"} {
			tr := spoken(t, language, kind)
			for _, p := range summarise(t, tr).Points() {
				sentences++
				if why := unsupported(tr, p); why != "" {
					t.Errorf("%s %s: %s: %s", kind, language, why, p.Text)
				}
			}
		}
	}
	if t.Logf("%d sentences, all supported", sentences); sentences < 200 {
		t.Errorf("%d sentences, want at least 200", sentences)
	}
}

// spoken is a meeting of the labelled sentences of a language, of two voices.
func spoken(t *testing.T, language, kind string) events.Transcript {
	var lines strings.Builder
	for i, l := range labels(t, spokenCases+heldOutCases) {
		if l.language == language {
			lines.WriteString([]string{"a ", "b "}[i%2] + l.text + "\n")
		}
	}
	return spokenBy(language, kind, lines.String())
}

func unsupported(tr events.Transcript, p events.Point) string {
	var cited []string
	for _, e := range p.Evidence {
		for _, s := range tr.Segments {
			if s.ID == e.Segment && strings.Contains(s.Text, e.Quote) && e.Quote != "" {
				cited = append(cited, s.Text)
			}
		}
	}
	if len(cited) != len(p.Evidence) || len(cited) == 0 {
		return "a quote does not stand in its segment"
	}
	if missing := facts.Missing(p.Text, strings.Join(cited, "\n"), nil); missing != "" {
		return missing + " is not cited"
	}
	return ""
}
