package extractive

import (
	_ "embed"
	"slices"
	"strings"
	"testing"
)

//go:embed testdata/cues.txt
var cueCases string

// label is what one line of testdata says of a sentence, or what the rules make of it.
type label struct {
	language, is, owner, due, dueOn, text string
}

func (l label) String() string {
	return strings.Join([]string{l.language, l.is, l.owner, l.due, l.dueOn, l.text}, " | ")
}

func labels(t testing.TB, file string) (all []label) {
	t.Helper()
	for line := range strings.Lines(file) {
		field := strings.Split(strings.TrimSpace(line), "|")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if len(field) != 6 {
			t.Fatalf("line %q: want 6 fields", line)
		}
		for i := range field {
			field[i] = strings.TrimSpace(field[i])
		}
		all = append(all, label{field[0], field[1], field[2], field[3], field[4], field[5]})
	}
	return all
}

// judge returns what the rules make of a sentence that stands alone.
func judge(language, said string) label {
	text := tidy(said, language)
	cues, signs := cuesOf[language], signsOf[language]
	duty, action := cues.dutyIn(text)
	got := label{language: language, text: said}
	var is []string
	if action {
		is, got.owner, got.due, got.dueOn = append(is, "action"), duty.owner, duty.due, dueOn(duty.due, language, saidOn)
	}
	if cues.isDecision(text) {
		is = append(is, "decision")
	}
	if signs.isOpen(text) || signs.isAsked(text) && !action {
		is = append(is, "question")
	}
	if signs.isRisk(text) {
		is = append(is, "risk")
	}
	if got.is = strings.Join(is, "+"); got.is == "" {
		got.is = "-"
	}
	return got
}

// Each line of testdata/cues.txt is a sentence and what the rules make of it.
func TestCues(t *testing.T) {
	for _, want := range labels(t, cueCases) {
		if got := judge(want.language, want.text); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}

func (l label) has(kind string) bool { return slices.Contains(strings.Split(l.is, "+"), kind) }
