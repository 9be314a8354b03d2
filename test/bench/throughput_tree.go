package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// The functions that throughput runs, each a program that go vet sees too.
//
//go:embed echo listener publisher
var programs embed.FS

// listeners is how many Triggers match a shouted event besides echo's.
const listeners = 9

// writeTree makes a tree for the runtime whose functions are those of this
// folder, on the shared code of the repository.
func writeTree(root, dir string) error {
	work := fmt.Sprintf("go 1.26.0\n\nuse (\n\t%q\n\t%q\n", filepath.Join(root, "events"), filepath.Join(root, "shared"))
	for _, word := range []string{"echo", "listener", "publisher"} {
		work += "\t./functions/" + word + "\n"
		if err := writeFunction(dir, word); err != nil {
			return err
		}
	}
	return write(filepath.Join(dir, "go.work"), work+")\n")
}

func writeFunction(dir, word string) error {
	folder := filepath.Join(dir, "functions", word)
	if err := write(filepath.Join(folder, "go.mod"), "module xietong.dev/functions/"+word+"\n\ngo 1.26.0\n"); err != nil {
		return err
	}
	return fs.WalkDir(programs, word, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := programs.ReadFile(name)
		if err != nil {
			return err
		}
		below := strings.TrimPrefix(name, word+"/")
		if below == "knative.yaml" {
			return write(filepath.Join(folder, below), severalTriggers(string(text)))
		}
		return write(filepath.Join(folder, "cmd", word, path.Clean(below)), string(text))
	})
}

// severalTriggers repeats the Trigger whose name ends in N.
func severalTriggers(manifest string) string {
	service, trigger, _ := strings.Cut(manifest, "---\n")
	if !strings.Contains(trigger, "-N\n") {
		return manifest
	}
	for n := range listeners {
		service += "---\n" + strings.Replace(trigger, "-N\n", fmt.Sprintf("-%d\n", n+1), 1)
	}
	return service
}

func write(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}
