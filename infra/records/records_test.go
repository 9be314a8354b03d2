package records

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestARecordIsReadAsItWasWritten(t *testing.T) {
	dir := Dir(filepath.Join(t.TempDir(), "knative", "score"))
	if all, err := dir.All(); len(all) != 0 || err != nil {
		t.Fatalf("before the first: %v, %v", all, err)
	}
	at := time.Date(2026, 3, 1, 8, 30, 0, 0, time.UTC)
	first := Record{Version: "v1", Time: at, Who: "李雷", Text: []byte("# a comment\nkind: Service\n\nname: score\n")}
	second := Record{Version: "v1", Time: at.Add(time.Hour), Who: "ada", Why: "two\n lines", Restores: 1, Text: []byte("kind: Service\n")}
	for i, r := range []Record{first, second} {
		path, err := dir.Add(r)
		if want := filepath.Join(string(dir), fmt.Sprintf("000%d.yaml", i+1)); path != want || err != nil {
			t.Errorf("added %s, %v, want %s", path, err, want)
		}
	}
	first.Number, second.Number, second.Why = 1, 2, "two lines"
	all, err := dir.All()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Record{first, second}, all); diff != "" {
		t.Error(diff)
	}
}

func TestNumbersGoOnAfterAGap(t *testing.T) {
	dir := Dir(t.TempDir())
	write(t, dir, "0041.yaml", "# version: v1\n\nx")
	write(t, dir, "notes.yaml", "what somebody left here")
	if path, err := dir.Add(Record{}); filepath.Base(path) != "0042.yaml" || err != nil {
		t.Errorf("added %s, %v", path, err)
	}
}

func TestABrokenRecordIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"kind: Service\n":              "want a header of comments",
		"# time: yesterday\n\nx":       `cannot parse "yesterday"`,
		"# restores: none\n\nx":        `parsing "none"`,
		"# version: v1\nkind: A\n\nx":  `"kind: A" is no line of a header`,
		"# version: v1\n# mood: x\n\n": `"# mood: x" is no line of a header`,
	} {
		dir := Dir(t.TempDir())
		write(t, dir, "0001.yaml", text)
		if _, err := dir.All(); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "0001.yaml") {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func write(t *testing.T, dir Dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(string(dir), name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Each history is what was applied, in order; >n applied record n again.
func TestBefore(t *testing.T) {
	for history, want := range map[string]string{
		"":              "there is no record",
		"a":             "nothing else was deployed before record 1",
		"a a":           "nothing else was deployed before record 2",
		"a b":           "a",
		"a a b b":       "a",
		"a b >1":        "nothing else was deployed before record 1",
		"a b c":         "b",
		"a b c >2":      "a",
		"a b c >2 >1":   "nothing else was deployed before record 1",
		"a b c >2 c":    "b",
		"a b c >2 c >2": "a",
		"a b a":         "b",
	} {
		got, err := Before(past(history))
		said := string(got.Text)
		if err != nil {
			said = err.Error()
		}
		if said != want {
			t.Errorf("%s: %s, want %s", history, said, want)
		}
	}
}

func past(history string) []Record {
	var all []Record
	for i, word := range strings.Fields(history) {
		r := Record{Number: i + 1, Text: []byte(word)}
		if n, again := strings.CutPrefix(word, ">"); again {
			fmt.Sscan(n, &r.Restores)
			r.Text = all[r.Restores-1].Text
		}
		all = append(all, r)
	}
	return all
}
