// Package watch notices that sources have changed.
//
//	in   a root and the folders below it that matter
//	out  the files that were written, made or removed, once it is quiet again
//
// It looks at times and sizes a few times a second. Being told by the kernel
// would be quicker by a tenth of a second and need a watch on each folder, with a
// race on every new one; one look at the whole of this repository costs about two
// milliseconds (BenchmarkLook). What no build reads is passed over: tests,
// testdata, texts for people, and what editors leave behind.
package watch

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// Watcher knows how the sources stood when it last said that they had changed.
type Watcher struct {
	Root    string
	Folders []string      // below the root; files are allowed too
	Every   time.Duration // between two looks
	Quiet   time.Duration // without a change, before it is told: editors write in several steps

	told  map[string]stamp
	seen  map[string]stamp // at the last look
	since time.Time        // when they began to stand so
}

// stamp is what changes when a file is written.
type stamp struct {
	at   time.Time
	size int64
}

// Start takes the sources as they are now for known.
func (w *Watcher) Start() { w.told = w.look(); w.seen = w.told }

// Run calls changed with the files that differ from those known, by their paths
// below the root, whenever some do and none has changed for a while. What changes
// during the call is told after it. It returns when ctx ends.
func (w *Watcher) Run(ctx context.Context, changed func(files []string)) {
	tick := time.NewTicker(w.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if files := w.step(w.look(), time.Now()); len(files) > 0 {
			changed(files)
		}
	}
}

// step takes a look into account, and returns what is to be told now.
func (w *Watcher) step(now map[string]stamp, at time.Time) []string {
	if !maps.Equal(now, w.seen) {
		w.seen, w.since = now, at
		return nil
	}
	if at.Sub(w.since) < w.Quiet {
		return nil
	}
	files := differ(w.told, now)
	w.told = now
	return files
}

// differ returns the files that stand in one state and not in the other, sorted.
func differ(before, now map[string]stamp) []string {
	found := map[string]bool{}
	for name, s := range now {
		if before[name] != s {
			found[name] = true
		}
	}
	for name := range before {
		if _, there := now[name]; !there {
			found[name] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// look returns how every file stands. A file that goes while we look is gone.
func (w *Watcher) look() map[string]stamp {
	found := map[string]stamp{}
	root := os.DirFS(w.Root)
	for _, folder := range w.Folders {
		fs.WalkDir(root, folder, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil
			case entry.IsDir() && name != folder && skipFolder(entry.Name()):
				return fs.SkipDir
			case !entry.Type().IsRegular() || skipFile(entry.Name()):
				return nil
			}
			if info, err := entry.Info(); err == nil {
				found[name] = stamp{info.ModTime(), info.Size()}
			}
			return nil
		})
	}
	return found
}

func skipFolder(name string) bool { return name == "testdata" || strings.HasPrefix(name, ".") }

// skipFile passes over what no build reads, and the copies that editors make:
// .word.go.swp, word.go~, #word.go#.
func skipFile(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") ||
		strings.HasSuffix(name, "_test.go") || path.Ext(name) == ".md"
}
