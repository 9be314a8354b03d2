package drive

// What a runtime has compiled is lent to the next one that a program starts. Linking the
// functions takes 20 s of a processor, and to see that nothing has changed takes one.

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// built is the folder of what was compiled by a program's runtimes.
func built(program string) string { return program + ".built" }

// lend gives a runtime that is to be started what one before it compiled. The compiler
// sees whether it is still what the sources come to.
func lend(program, state string) error {
	from := built(program)
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	to := filepath.Join(state, "bin")
	if _, err := os.Stat(to); err == nil { // it has run before, and has its own
		return nil
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(state, "lock"), nil, 0o644) // which says that the folder is a runtime's
}

// keep takes what a runtime has compiled, unless there is something already. It is put
// into its place whole, since others may be started meanwhile.
func keep(program, state string) error {
	to := built(program)
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	dir, err := os.MkdirTemp(filepath.Dir(program), "built")
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(state, "bin"))); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	if err := os.Rename(dir, to); err != nil { // somebody was faster
		return os.RemoveAll(dir)
	}
	return nil
}
