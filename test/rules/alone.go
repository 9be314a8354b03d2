package rules

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Alone builds one module as its image is built: without the workspace, which
// hides a requirement that is missing and a newer version next door.
func Alone(ctx context.Context, folder string) error {
	for _, step := range [][]string{{"build", "-o", os.DevNull, "./..."}, {"vet", "./..."}, {"mod", "tidy", "-diff"}} {
		cmd := exec.CommandContext(ctx, "go", step...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
		if text, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go %s: %w\n%s", strings.Join(step, " "), err, text)
		}
	}
	return nil
}
