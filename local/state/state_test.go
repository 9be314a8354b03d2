package state

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCredentialsAreMadeOnceAndPrivate(t *testing.T) {
	d, err := Open(filepath.Join(t.TempDir(), "new"))
	if err != nil {
		t.Fatal(err)
	}
	first, err := d.Credentials()
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.Credentials()
	if err != nil || first != again || len(first.SecretKey) < 32 || len(first.APIToken) < 20 {
		t.Errorf("first %+v, again %+v, %v", first, again, err)
	}
	if one, other := first.ContentKey(), first.ScoreSecret(); len(one) != 64 || len(other) != 64 || one == other {
		t.Errorf("content key %s, score secret %s: want two of 64 hexadecimal digits", one, other)
	}
	info, err := os.Stat(filepath.Join(string(d), "credentials.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestWhatIsTemporaryIsFreshAtEachStart(t *testing.T) {
	d, err := Open(filepath.Join(t.TempDir(), "new"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		temp, err := d.FreshTemp()
		if err != nil {
			t.Fatal(err)
		}
		if entries, err := os.ReadDir(temp); err != nil || len(entries) != 0 {
			t.Errorf("it holds %v (%v), want nothing", entries, err)
		}
		if err := os.WriteFile(filepath.Join(temp, "left"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOneRuntimeAtATime(t *testing.T) {
	d, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, runs, err := d.Running(); runs || err != nil {
		t.Fatalf("before: %v %v", runs, err)
	}
	release, err := d.Hold()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Hold(); !errors.Is(err, ErrHeld) {
		t.Errorf("a second hold: %v", err)
	}
	want := Running{PID: 7, Front: "http://127.0.0.1:7400"}
	if err := d.Announce(want); err != nil {
		t.Fatal(err)
	}
	if got, runs, err := d.Running(); got != want || !runs || err != nil {
		t.Errorf("while running: %+v %v %v", got, runs, err)
	}
	if err := d.Reset(); !errors.Is(err, ErrHeld) {
		t.Errorf("reset while running: %v", err)
	}
	release()
	if err := d.Reset(); err != nil {
		t.Error(err)
	}
	if exists(string(d)) {
		t.Error("reset left the directory")
	}
}

func TestADirectoryOfOthersIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o600)
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "--state") {
		t.Errorf("got %v", err)
	}
}
