package machine

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// build compiles every function. The compiler's cache makes that quick when
// nothing has changed.
func (m *Machine) build(ctx context.Context) error {
	args := []string{"build", "-trimpath", "-o", m.State.Binaries() + string(filepath.Separator)}
	for _, f := range m.Functions {
		args = append(args, "./functions/"+f.Word+"/cmd/"+f.Word)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = m.Root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the functions: %w\n%s", err, text)
	}
	return nil
}

func (m *Machine) program(word string) string { return filepath.Join(m.State.Binaries(), word) }
