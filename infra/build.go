package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"xietong.dev/infra/render"
	"xietong.dev/shared/manifest"
)

type buildCommand struct {
	Function string   `arg:"" help:"The function's word, or all."`
	Arch     []string `help:"CPUs to build for: amd64, arm64, loong64. By default all that the platform has." enum:"amd64,arm64,loong64"`
	To       string   `help:"lambda: as the bootstrap of a version, where the template looks for it." enum:"lambda," default:""`
	Tag      string   `help:"The version, for --to lambda; by default that of the manifest."`
	Out      string   `help:"Where the binaries go, as OUT/<cpu>/<word>." default:"bin" placeholder:"DIR"`
}

// Run builds each function from its own module alone, as its image is: the
// workspace would hide a dependency that the module fails to name.
func (c buildCommand) Run(s *session) error {
	words, err := functions(s.root)
	if err != nil {
		return err
	}
	if words = append(words, console); c.Function != "all" {
		if err := known(c.Function, words); err != nil {
			return err
		}
		words = []string{c.Function}
	}
	for _, word := range words {
		for _, cpu := range c.cpus() {
			target, err := c.target(s, word, cpu)
			if err != nil {
				return err
			}
			if err := s.build(word, cpu, target); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c buildCommand) cpus() []string {
	switch {
	case len(c.Arch) > 0:
		return c.Arch
	case c.To == render.ToLambda:
		return []string{"amd64", "arm64"}
	}
	return []string{"amd64", "arm64", "loong64"}
}

func (c buildCommand) target(s *session, word, cpu string) (string, error) {
	if c.To == "" {
		return filepath.Join(c.Out, cpu, word), nil
	}
	f, err := manifest.Load(filepath.Join(s.root, folder(word)))
	if err != nil {
		return "", err
	}
	return bootstrap(f, render.Choice{Tag: c.Tag, CPU: cpu})
}

// bootstrap is the path of a function's binary for Lambda.
func bootstrap(f manifest.Function, c render.Choice) (string, error) {
	switch {
	case c.CPU == "loong64":
		return "", errors.New("AWS Lambda has no loong64; choose --arch amd64 or arm64")
	case render.NeedsImage(f):
		return "", fmt.Errorf("%s runs programs besides itself, and no zip holds them: build its image, go run ./infra image %s --base IMAGE", f.Word, f.Word)
	}
	return filepath.Join(render.Bootstrap(f, c), "bootstrap"), nil
}

// build compiles one function for one CPU into target, below the root. The tag
// leaves out what Lambda needed long ago.
func (s *session) build(word, cpu, target string) error {
	path, err := filepath.Abs(s.at(target))
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(s.ctx, "go", "build", "-trimpath", "-tags=lambda.norpc", "-ldflags=-s -w", "-o", path, "./cmd/"+word)
	cmd.Dir = filepath.Join(s.root, folder(word))
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+cpu)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s for %s: %w\n%s", word, cpu, err, text)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%-12s %-8s %5.1f MiB  %s\n", word, cpu, mebibytes(info.Size()), target)
	return nil
}

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }

// at is a path that is relative to the root, unless it says otherwise.
func (s *session) at(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.root, path)
}

// console is deployed as functions are, and is none: its folder lies beside theirs.
const console = "console"

// folder is where the source of a function is, or that of the console.
func folder(word string) string {
	if word == console {
		return filepath.Join("local", console)
	}
	return filepath.Join("functions", word)
}

// functions lists the words of all functions below root.
func functions(root string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(root, "functions", "*", manifest.FileName))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("no functions here: run this at the root of the repository")
	}
	var words []string
	for _, path := range found {
		words = append(words, filepath.Base(filepath.Dir(path)))
	}
	return words, nil
}

func known(word string, words []string) error {
	if word != console && !slices.Contains(words, word) {
		return fmt.Errorf("no function %q; there are %s, and %s", word, strings.Join(words, ", "), console)
	}
	return nil
}
