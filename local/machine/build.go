package machine

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// build compiles every function. The compiler's cache makes that quick when
// nothing has changed.
func (m *Machine) build(ctx context.Context) error {
	return m.compile(ctx, m.State.Binaries(), m.words())
}

// compile compiles functions into a folder. The same sources give the same bytes
// wherever they lie and whatever was committed. What only a debugger reads is left out,
// as in an image: to link it takes half as long again.
func (m *Machine) compile(ctx context.Context, folder string, words []string) error {
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", folder + string(filepath.Separator)}
	for _, word := range words {
		args = append(args, "./functions/"+word+"/cmd/"+word)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = m.Root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the functions: %w\n%s", err, text)
	}
	return nil
}

func (m *Machine) words() (all []string) {
	for _, f := range m.Functions {
		all = append(all, f.Word)
	}
	return all
}

func (m *Machine) program(word string) string { return filepath.Join(m.State.Binaries(), word) }

// next is the folder of programs that have not proved themselves yet. It lies
// beside the others, so that a program can be renamed into its place.
func (m *Machine) next() string { return filepath.Join(m.State.Binaries(), "next") }

// same reports whether two files hold the same bytes.
func same(one, other string) (bool, error) {
	var sums [2][sha256.Size]byte
	for i, path := range []string{one, other} {
		f, err := os.Open(path)
		if err != nil {
			return false, err
		}
		defer f.Close()
		hash := sha256.New()
		if _, err := io.Copy(hash, f); err != nil {
			return false, err
		}
		hash.Sum(sums[i][:0])
	}
	return sums[0] == sums[1], nil
}
