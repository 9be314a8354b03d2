// Package builds compiles the whole repository for every CPU that a government
// cloud has, without cgo.
package builds

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"xietong.dev/test/drive"
)

// What the fault harness builds is built by nobody else.
func TestWhatIsBuiltForFaultsIsSound(t *testing.T) {
	root, err := drive.Root()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "vet", "-tags", "faults", "./shared/...", "./functions/transcribe/...")
	cmd.Dir = root
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestNothingOfTheFaultHarnessIsInWhatIsDeployed(t *testing.T) {
	root, err := drive.Root()
	if err != nil {
		t.Fatal(err)
	}
	for tags, want := range map[string]bool{"": false, "faults": true} {
		program := filepath.Join(t.TempDir(), "transcribe")
		cmd := exec.CommandContext(t.Context(), "go", "build", "-tags", tags, "-o", program, "./functions/transcribe/cmd/transcribe")
		cmd.Dir = root
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		binary, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(binary, []byte("FAULTS_")) != want {
			t.Errorf("with the tags %q the program names FAULTS_…: want %t", tags, want)
		}
	}
}

func TestEverythingBuildsForEveryCPU(t *testing.T) {
	root, err := drive.Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, cpu := range []string{"amd64", "arm64", "loong64"} {
		cmd := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "work") // as they are deployed
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+cpu)
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", cpu, err, text)
		}
	}
}
