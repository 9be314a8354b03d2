package drive

import (
	"os"
	"path/filepath"
	"testing"
)

// The second runtime of a program is lent what the first has compiled, and one that has
// run before keeps its own.
func TestWhatWasCompiledIsLent(t *testing.T) {
	dir := t.TempDir()
	program, first, second, third := filepath.Join(dir, "local"), filepath.Join(dir, "1"), filepath.Join(dir, "2"), filepath.Join(dir, "3")
	write := func(path, text string) {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := lend(program, first); err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(first, "bin", "minutes"), "compiled")
	write(filepath.Join(third, "bin", "minutes"), "its own")
	for _, do := range []func() error{
		func() error { return keep(program, first) }, func() error { return keep(program, third) },
		func() error { return lend(program, second) }, func() error { return lend(program, third) },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	for state, want := range map[string]string{second: "compiled", third: "its own"} {
		path := filepath.Join(state, "bin", "minutes")
		text, err := os.ReadFile(path)
		info, _ := os.Stat(path)
		if err != nil || string(text) != want || info.Mode().Perm()&0o100 == 0 {
			t.Errorf("%s: %q, %v, want %q that can be run", path, text, err, want)
		}
	}
}
