package watch

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// watched is a small tree under watch, and what is told of it.
func watched(t *testing.T) (root string, told <-chan []string) {
	t.Helper()
	root = t.TempDir()
	for _, name := range []string{"functions/one/one.go", "functions/one/migrations/0001_one.sql", "functions/two/two.go", "shared/a.go", "other/b.go"} {
		write(t, root, name, "as it was")
	}
	w := &Watcher{Root: root, Folders: []string{"functions", "shared", "go.work"}, Every: 5 * time.Millisecond, Quiet: 50 * time.Millisecond}
	w.Start()
	ctx, cancel := context.WithCancel(t.Context())
	changes, ended := make(chan []string, 100), make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx, func(files []string) { changes <- files })
	}()
	t.Cleanup(func() { cancel(); <-ended })
	return root, changes
}

func TestTellsWhatWasWrittenMadeAndRemoved(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(root string)
		want []string
	}{
		"written": {func(root string) { write(t, root, "functions/one/one.go", "now") }, []string{"functions/one/one.go"}},
		"made":    {func(root string) { write(t, root, "functions/three/knative.yaml", "now") }, []string{"functions/three/knative.yaml"}},
		"removed": {func(root string) { os.Remove(filepath.Join(root, "shared/a.go")) }, []string{"shared/a.go"}},
		"renamed over, as editors save": {func(root string) {
			write(t, root, "functions/two/.two.go.new", "now")
			os.Rename(filepath.Join(root, "functions/two/.two.go.new"), filepath.Join(root, "functions/two/two.go"))
		}, []string{"functions/two/two.go"}},
		"a migration and a file of the root": {func(root string) {
			write(t, root, "go.work", "go 1.26.0")
			write(t, root, "functions/one/migrations/0002_more.sql", "now")
		}, []string{"functions/one/migrations/0002_more.sql", "go.work"}},
	} {
		t.Run(name, func(t *testing.T) {
			root, told := watched(t)
			c.edit(root)
			if diff := cmp.Diff(c.want, <-told); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever is passed over is written before the file that is not: were it told,
// it would be told with that, or before.
func TestPassesOverWhatNoBuildReads(t *testing.T) {
	root, told := watched(t)
	for _, name := range []string{"functions/one/one_test.go", "functions/one/testdata/case.txtar", "functions/one/.one.go.swp",
		"functions/one/one.go~", "functions/one/#one.go#", "functions/one/README.md", "shared/.git/a.go", "other/b.go"} {
		write(t, root, name, "now")
	}
	write(t, root, "functions/two/two.go", "now")
	if diff := cmp.Diff([]string{"functions/two/two.go"}, <-told); diff != "" {
		t.Error(diff)
	}
}

func TestWaitsUntilItIsQuiet(t *testing.T) {
	w := &Watcher{Quiet: 200 * time.Millisecond}
	begin := time.Unix(0, 0)
	for _, step := range []struct {
		after time.Duration
		size  int64 // of the one file; 0 is none
		want  []string
	}{
		{100 * time.Millisecond, 0, nil},
		{200 * time.Millisecond, 1, nil},
		{300 * time.Millisecond, 1, nil},
		{350 * time.Millisecond, 2, nil},
		{450 * time.Millisecond, 0, nil}, // an editor removes it, and writes it anew
		{550 * time.Millisecond, 3, nil},
		{700 * time.Millisecond, 3, nil},
		{750 * time.Millisecond, 3, []string{"a.go"}},
		{950 * time.Millisecond, 3, nil},
		{990 * time.Millisecond, 4, nil},
		{1000 * time.Millisecond, 3, nil}, // and back: nothing to tell
		{1500 * time.Millisecond, 3, nil},
	} {
		now := map[string]stamp{}
		if step.size > 0 {
			now["a.go"] = stamp{size: step.size}
		}
		if diff := cmp.Diff(step.want, w.step(now, begin.Add(step.after))); diff != "" {
			t.Errorf("after %s: %s", step.after, diff)
		}
	}
}

// BenchmarkLook is one look at this repository.
func BenchmarkLook(b *testing.B) {
	w := &Watcher{Root: "../..", Folders: []string{"functions", "shared", "events", "go.work"}}
	for b.Loop() {
		w.Start()
	}
	b.ReportMetric(float64(len(w.told)), "files")
}
