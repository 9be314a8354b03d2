// Command infra makes of a function what an operator deploys.
//
//	go run ./infra build transcribe               one static binary for each CPU
//	go run ./infra build all --arch loong64
//	go run ./infra roles --from toolbox.yaml      the functions' accounts, as SQL
//
// A binary holds everything it needs but the engines that its function's README
// names, and takes its settings from the environment that functions/<word>/
// knative.yaml lists. platform/ holds what the functions share on a cluster.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type cli struct {
	Build buildCommand `cmd:"" help:"Build a function, or all, as static Linux binaries."`
	Roles rolesCommand `cmd:"" help:"Print the SQL that makes the functions' accounts in the database."`
}

type buildCommand struct {
	Function string   `arg:"" help:"The function's word, or all."`
	Arch     []string `help:"CPUs to build for." default:"amd64,arm64,loong64" enum:"amd64,arm64,loong64"`
	Out      string   `help:"Where the binaries go, as OUT/<cpu>/<word>." default:"bin" placeholder:"DIR"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var c cli
	parsed := kong.Parse(&c, kong.Name("infra"), kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(os.Stdout, (*io.Writer)(nil)))
	parsed.FatalIfErrorf(parsed.Run())
}

// Run builds each function from its own module alone, as its image is: the
// workspace would hide a dependency that the module fails to name.
func (c buildCommand) Run(ctx context.Context, out io.Writer) error {
	words, err := functions(".")
	if err != nil {
		return err
	}
	if c.Function != "all" {
		if !slices.Contains(words, c.Function) {
			return fmt.Errorf("no function %q; there are %s", c.Function, strings.Join(words, ", "))
		}
		words = []string{c.Function}
	}
	for _, word := range words {
		for _, cpu := range c.Arch {
			if err := build(ctx, out, word, cpu, c.Out); err != nil {
				return err
			}
		}
	}
	return nil
}

func build(ctx context.Context, out io.Writer, word, cpu, dir string) error {
	target, err := filepath.Abs(filepath.Join(dir, cpu, word))
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", target, "./cmd/"+word)
	cmd.Dir = filepath.Join("functions", word)
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+cpu)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s for %s: %w\n%s", word, cpu, err, text)
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%-12s %-8s %5.1f MiB  %s\n", word, cpu, float64(info.Size())/(1<<20), filepath.Join(dir, cpu, word))
	return nil
}

// functions lists the words of all functions below root.
func functions(root string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(root, "functions", "*", "knative.yaml"))
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
