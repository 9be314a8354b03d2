package child

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Worker is a part of this program that runs as a child: the same executable,
// started again. It takes the place of a second program for what may crash, or
// may not be trusted.
type Worker struct {
	Name string
	// Run is the whole life of a worker. It reads what the parent writes and
	// answers; an error becomes exit status 1 and the last line of standard error.
	Run func(in io.Reader, out io.Writer) error
}

// workerPrefix marks the one argument of an executable that is to be a worker.
const workerPrefix = "child-worker:"

// Serve makes this process a worker where it was started as one (by a [Self]),
// and then does not return; otherwise it returns at once. It comes first in
// main, and in the TestMain of tests that start workers.
func Serve(workers ...Worker) {
	if len(os.Args) != 2 || !strings.HasPrefix(os.Args[1], workerPrefix) {
		return
	}
	if err := serve(strings.TrimPrefix(os.Args[1], workerPrefix), append(workers, prober)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func serve(name string, workers []Worker) error {
	for _, w := range workers {
		if w.Name == name {
			in, out, err := ownPipes()
			if err != nil {
				return fmt.Errorf("worker %s: %w", name, err)
			}
			return w.Run(bufio.NewReader(in), out)
		}
	}
	return fmt.Errorf("this program has no worker %q: it must be given to child.Serve", name)
}

// ownPipes keeps standard input and output for the worker alone. What a library
// prints goes to standard error, and it has nothing to read.
func ownPipes() (in, out *os.File, err error) {
	read, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, nil, err
	}
	write, err := unix.FcntlInt(1, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, nil, err
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, nil, err
	}
	defer null.Close()
	if err := unix.Dup3(int(null.Fd()), 0, 0); err != nil {
		return nil, nil, err
	}
	if err := unix.Dup3(2, 1, 0); err != nil {
		return nil, nil, err
	}
	return os.NewFile(uintptr(read), "stdin"), os.NewFile(uintptr(write), "stdout"), nil
}

// Self is a [Cmd] that runs this executable as one of its workers. What the
// worker may use and see is the caller's to add.
func Self(worker string) (Cmd, error) {
	path, err := os.Executable()
	if err != nil {
		return Cmd{}, fmt.Errorf("find our own executable: %w", err)
	}
	return Cmd{Path: path, Args: []string{workerPrefix + worker}}, nil
}
