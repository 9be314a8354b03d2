package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// built runs build on this repository into a folder of the test's.
func built(t *testing.T, args ...string) error {
	t.Helper()
	s := &session{ctx: t.Context(), root: "..", getenv: os.Getenv, now: time.Now, out: &bytes.Buffer{}}
	return s.run(append([]string{"build"}, args...))
}

func TestABinaryIsStaticAndForItsCPU(t *testing.T) {
	dir := t.TempDir()
	if err := built(t, "uploads", "--arch", "arm64", "--out", dir); err != nil {
		t.Fatal(err)
	}
	f, err := elf.Open(filepath.Join(dir, "arm64", "uploads"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	libraries, err := f.ImportedLibraries()
	if f.Machine != elf.EM_AARCH64 || len(libraries) > 0 || err != nil {
		t.Errorf("for %v, needs %v (%v)", f.Machine, libraries, err)
	}
}

func TestWhatLambdaCannotRunIsNotBuiltForIt(t *testing.T) {
	want(t, fmt.Sprint(built(t, "uploads", "--to", "lambda", "--arch", "loong64")), "AWS Lambda has no loong64; choose --arch amd64 or arm64")
	want(t, fmt.Sprint(built(t, "transcribe", "--to", "lambda")), "transcribe runs programs besides itself, and no zip holds them: build its image, go run ./infra image transcribe --base IMAGE")
	if err := built(t, "nothing"); err == nil || !strings.HasPrefix(err.Error(), "no function \"nothing\"; there are ") {
		t.Errorf("got %v", err)
	}
}
