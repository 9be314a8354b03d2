package extractive

import (
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/cues.txt
var cueCases string

// Each line of testdata/cues.txt is a sentence and what the rules make of it.
func TestCues(t *testing.T) {
	for line := range strings.Lines(cueCases) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		field := strings.Split(strings.TrimSpace(line), "|")
		for i := range field {
			field[i] = strings.TrimSpace(field[i])
		}
		c := cuesOf[field[0]]
		text := tidy(field[4], field[0])
		duty, action := c.dutyIn(text)
		got := []string{field[0], kindOfCue(c.isDecision(text), action), duty.owner, duty.due, field[4]}
		if !action {
			got[2], got[3] = "", ""
		}
		if g, w := strings.Join(got, " | "), strings.Join(field, " | "); g != w {
			t.Errorf("\n got %s\nwant %s", g, w)
		}
	}
}

func kindOfCue(decision, action bool) string {
	switch {
	case decision && action:
		return "both"
	case decision:
		return "decision"
	case action:
		return "action"
	}
	return "-"
}
