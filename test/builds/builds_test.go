// Package builds compiles the whole repository for every CPU that a government
// cloud has, without cgo.
package builds

import (
	"os"
	"os/exec"
	"testing"

	"xietong.dev/test/drive"
)

func TestEverythingBuildsForEveryCPU(t *testing.T) {
	root, err := drive.Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, cpu := range []string{"amd64", "arm64", "loong64"} {
		cmd := exec.CommandContext(t.Context(), "go", "build", "work")
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+cpu)
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", cpu, err, text)
		}
	}
}
