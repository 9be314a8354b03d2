package machine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/manifest"
)

func TestWhatChangedDecidesWhoIsRebuilt(t *testing.T) {
	known := []string{"minutes", "summarise", "uploads"}
	for name, c := range map[string]struct{ files, words, others []string }{
		"a source":                   {[]string{"functions/minutes/http.go"}, []string{"minutes"}, nil},
		"a migration and a manifest": {[]string{"functions/minutes/migrations/0009_x.sql", "functions/minutes/knative.yaml"}, []string{"minutes"}, nil},
		"two functions":              {[]string{"functions/uploads/go.mod", "functions/minutes/edit.go"}, []string{"minutes", "uploads"}, nil},
		"shared":                     {[]string{"shared/blob/s3.go"}, known, nil},
		"events, and one of them":    {[]string{"events/minutes.go", "functions/uploads/name.go"}, known, nil},
		"the workspace":              {[]string{"go.work"}, known, nil},
		"a function that is not run": {[]string{"functions/score/score.go", "functions/score/knative.yaml"}, nil, []string{"score"}},
		"a file beside functions":    {[]string{"functions/notes.txt"}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			words, others := affected(c.files, known)
			if diff := cmp.Diff([2][]string{c.words, c.others}, [2][]string{words, others}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSameIsOfEveryByte(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one := file("one", "program 1")
	for text, want := range map[string]bool{"program 1": true, "program 2": false, "program 1 ": false, "": false} {
		if got, err := same(one, file("other", text)); err != nil || got != want {
			t.Errorf("same as %q: %v, %v", text, got, err)
		}
	}
	if _, err := same(one, filepath.Join(dir, "missing")); err == nil {
		t.Error("a file that is missing was compared")
	}
}

// What comes, goes or cannot be read is told, and nothing is built for it.
func TestWhatCannotBeTakenUpIsTold(t *testing.T) {
	root := t.TempDir()
	for word, text := range map[string]string{"score": "", "uploads": "apiVersion: serving.knative.dev/v1\nkind: Servise\n", "notes": ""} {
		dir := filepath.Join(root, "functions", word)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if word == "notes" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, manifest.FileName), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m := &Machine{Config: Config{Root: root}, Functions: []manifest.Function{{Word: "minutes"}, {Word: "uploads"}}}
	files := []string{"functions/minutes/knative.yaml", "functions/notes/a.go", "functions/score/score.go", "functions/uploads/knative.yaml"}
	var got []string
	m.Reload(t.Context(), files, func(r Reloaded) {
		line := strings.Join(r.Words, ",") + " " + string(r.Outcome)
		if r.Err != nil {
			line += ": " + r.Err.Error()
		}
		got = append(got, line)
	})
	want := []string{"score restart", "minutes restart",
		`uploads not read: functions/uploads/knative.yaml: line 1: apiVersion and kind are "serving.knative.dev/v1 Servise", want "serving.knative.dev/v1 Service" or "eventing.knative.dev/v1 Trigger"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
