// Package child is the only way to run another program.
//
//	in   a program, its arguments and input, and what it may use at most
//	out  its output, or an error that says which limit it crossed or how it failed
//
// Every child runs in a process group of its own, with a private directory, a
// bare environment, no network where the kernel allows that (see [Isolated]),
// and limits on time, memory and output. Where it is given [Files], it sees
// nothing of the file system besides. It dies with its parent (what it has
// started itself does only where it is told to). When [Run]
// returns, the group has been killed and the directory removed. A child may not
// call setsid, so nothing leaves the group but what calls setpgid, as only
// interactive shells do.
//
// The limits on memory, CPU time and files hold for each process of a child by
// itself, because that is what the kernel counts; Wall and Output hold for all
// of them together.
package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// Cmd is one run of a program.
type Cmd struct {
	Path   string    // a program's name on PATH, or its path
	Args   []string  // without the program's name; never a shell's text
	Stdin  io.Reader // a read of it must end when the context does; nil for none
	Env    []string  // besides PATH, HOME, LANG and TMPDIR
	Dir    string    // working directory; empty for a fresh one that is removed afterwards
	Limits Limits
	// Files, where given, are all of the file system that it sees. It is not
	// started where nothing keeps it to them (see [Enclosed]).
	Files *Files
	// Watch, where given, is shown ten times a second what the child uses; an
	// error of it stops the child and is returned. It is not called again once
	// the run has returned.
	Watch func(Usage) error
}

// Limits is what a child may use at most. Zero leaves a limit out, but for Wall
// and Output, which must be given.
type Limits struct {
	Wall   time.Duration // from start to end
	CPU    time.Duration // of all threads of one process; the kernel counts whole seconds, so it is rounded up
	Memory int64         // bytes of address space of one process
	File   int64         // bytes of any file it writes
	Output int64         // bytes of standard output
}

// Run runs a program to its end and returns its standard output. The error is
// an [ExitError], a [LimitError], [ErrNotFound], or the context's.
func Run(ctx context.Context, c Cmd) ([]byte, error) {
	var out bytes.Buffer
	err := Stream(ctx, c, func(r io.Reader) error {
		_, err := out.ReadFrom(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Stream runs a program and hands its standard output to read while the program
// writes it. What read leaves unread is thrown away; an error of read stops the
// program and is returned. A program may fail after all of its output was read,
// so what read made of it counts only when Stream returns nil.
func Stream(ctx context.Context, c Cmd, read func(io.Reader) error) (err error) {
	if c.Limits.Wall <= 0 || c.Limits.Output <= 0 {
		return fmt.Errorf("run %s: Limits.Wall and Limits.Output must be given", c.Path)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("run %s: %w", c.Path, err)
	}
	path, err := find(c.Path)
	if err != nil {
		return fmt.Errorf("run %s: %w", c.Path, err)
	}
	if c.Files != nil && Enclosed() == "" {
		return fmt.Errorf("run %s: %w", c.Path, ErrNotEnclosed)
	}
	private, err := os.MkdirTemp("", "child-")
	if err != nil {
		return fmt.Errorf("run %s: make its private directory: %w", c.Path, err)
	}
	defer func() { err = errors.Join(err, remove(private)) }()

	p, err := start(c, path, private, traceable())
	if err != nil {
		return fmt.Errorf("run %s: %w", c.Path, err)
	}
	var watching sync.WaitGroup
	watching.Go(func() { p.watch(ctx, c) })
	defer watching.Wait()
	p.consume(read)
	return p.verdict(c)
}

// find resolves a program before the working directory changes.
func find(name string) (string, error) {
	path, err := exec.LookPath(name)
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// environment is all that a child sees of ours.
func environment(private string, more []string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + private,
		"LANG=C.UTF-8",
		"TMPDIR=" + private,
	}, more...)
}

// remove removes a child's directory, even where the child took its own right
// to write there away.
func remove(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	open := func(path string, d os.DirEntry, err error) error {
		if d != nil && d.IsDir() {
			os.Chmod(path, 0o700)
		}
		return nil
	}
	// A directory is opened when it is met, and read only after that.
	filepath.WalkDir(dir, open)
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove a child's private directory: %w", err)
	}
	return nil
}
