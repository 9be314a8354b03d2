package main

import (
	"context"
	"os"
	"testing"
	"time"

	"xietong.dev/test/drive"
)

// A batch comes to an exact report whatever dies meanwhile.
func TestABatchSurvives(t *testing.T) {
	root, err := drive.Root()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	os.Chmod(dir, 0o755) // the database runs as another user
	program, err := drive.Build(t.Context(), root, dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	got, err := (&bench{ctx: ctx, root: root, program: program, dir: dir, rounds: 1}).batches(300, time.Second)
	t.Log(got)
	if err != nil {
		t.Error(err)
	}
}
