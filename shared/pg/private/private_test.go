package private

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func start(t *testing.T, dir string) *Server {
	t.Helper()
	os.Chmod(filepath.Dir(dir), 0o755)
	s, err := Start(t.Context(), Config{Dir: dir, Getenv: os.Getenv, Log: dir + ".log"})
	if err != nil {
		text, _ := os.ReadFile(dir + ".log")
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

// scratch is a directory that another user can reach, as t.TempDir's is not.
func scratch(t *testing.T) string {
	dir, err := os.MkdirTemp("", "private")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "pg")
}

func TestDataStaysAndTheServerStops(t *testing.T) {
	dir := scratch(t)
	first := start(t, dir)
	if err := CreateDatabase(t.Context(), first, "kept"); err != nil {
		t.Fatal(err)
	}
	pid := first.PID()
	first.Stop()
	if syscall.Kill(pid, 0) == nil {
		t.Error("the server still runs after Stop")
	}
	second := start(t, dir)
	defer second.Stop()
	if err := ping(t.Context(), second.URL("kept")); err != nil {
		t.Error(err)
	}
}

func TestAServerThatDiesIsStartedAgainAtTheSameAddress(t *testing.T) {
	s := start(t, scratch(t))
	defer s.Stop()
	before, url := s.PID(), s.URL("postgres")
	for _, signal := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		if err := syscall.Kill(s.PID(), signal); err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(20 * time.Second)
		for s.PID() == before || ping(t.Context(), url) != nil {
			if time.Now().After(deadline) {
				t.Fatalf("no answer after %v", signal)
			}
			time.Sleep(20 * time.Millisecond)
		}
		before = s.PID()
	}
}

func TestAnotherVersionsDataIsRefusedInWords(t *testing.T) {
	dir := scratch(t)
	start(t, dir).Stop()
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir, Getenv: os.Getenv, Log: dir + ".log"})
	if err == nil || !strings.Contains(err.Error(), "PG_BINDIR") {
		t.Errorf("got %v", err)
	}
}

func TestAMachineWithoutPostgreSQLIsToldWhatToDo(t *testing.T) {
	_, err := Find(func(name string) string {
		if name == "PG_BINDIR" {
			return t.TempDir()
		}
		return ""
	})
	if err == nil || !strings.Contains(err.Error(), "PG_BINDIR") {
		t.Errorf("got %v", err)
	}
}
