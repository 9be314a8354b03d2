package quality

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

const line = `{"id":"m1","lang":"en","turns":[{"speaker":"A","text":"Um , {vocalsound} it 's old ."},{"speaker":"B","text":"Sure ."},{"speaker":"A","text":"Next ."}],` +
	`"topics":[{"topic":"pipe","spans":[["0","0"]],"summary":"The pipe is old."},{"topic":"bus","spans":[[2,2]]}],"summary":"Pipe and bus."}`

// A turn that nobody put into a topic goes to the one before it.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "some.jsonl"), []byte(line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := Load(dir, "some")
	if err != nil {
		t.Fatal(err)
	}
	want := []events.Segment{
		{ID: "0-0", Speaker: "A", EndMS: 1000, Text: "Um, it's old."},
		{ID: "0-1000", Speaker: "B", StartMS: 1000, EndMS: 2000, Text: "Sure."},
		{ID: "0-2000", Speaker: "A", StartMS: 2000, EndMS: 3000, Text: "Next."},
	}
	if d := cmp.Diff(want, all[0].Transcript().Segments); d != "" {
		t.Errorf("segments (-want +got)\n%s", d)
	}
	if d := cmp.Diff([]int{0, 0, 1}, all[0].TopicOfTurns()); d != "" {
		t.Errorf("topics (-want +got)\n%s", d)
	}
	parts := []Meeting{{ID: "m1-0", Lang: "en", Summary: "The pipe is old.", Turns: all[0].Turns[:2]}}
	if d := cmp.Diff(parts, all[0].Parts()); d != "" {
		t.Errorf("parts (-want +got)\n%s", d)
	}
}

func TestLoadSaysWhichLine(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "some.jsonl"), []byte(line+"\n{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for split, want := range map[string]string{"some": "some.jsonl, line 2", "none": "none.jsonl"} {
		if _, err := Load(dir, split); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one that names %q", split, err, want)
		}
	}
}
