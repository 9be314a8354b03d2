package child

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ErrNotFound is returned where the program is not installed.
var ErrNotFound = errors.New("no such program")

// ExitError says that a program ended by itself, but not well.
type ExitError struct {
	Path   string
	Code   int    // exit status, -1 when a signal ended it
	Signal string // the signal's name (SIGSEGV), "" when none; SIGKILL is most often the kernel out of memory
	Stderr string // the last 4 KiB of standard error
}

func (e *ExitError) Error() string {
	how := fmt.Sprintf("%s: exit status %d", e.Path, e.Code)
	if e.Signal != "" {
		how = fmt.Sprintf("%s: ended by %s", e.Path, e.Signal)
	}
	if last := lastLine(e.Stderr); last != "" {
		return how + ": " + last
	}
	return how
}

// lastLine is the line of standard error in which programs say why.
func lastLine(stderr string) string {
	text := strings.TrimSpace(strings.ToValidUTF8(stderr, "?"))
	return strings.TrimSpace(text[strings.LastIndexAny(text, "\r\n")+1:])
}

// LimitError says that a program was stopped because it crossed a limit.
type LimitError struct {
	Path  string
	Limit string // one of the Limit… constants
	Value string // what was allowed
}

// The limits that a [LimitError] names.
const (
	LimitWall   = "wall time"
	LimitCPU    = "CPU time"
	LimitMemory = "memory"
	LimitFile   = "file size"
	LimitOutput = "output"
)

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: stopped at its limit of %s %s", e.Path, e.Value, e.Limit)
}

// failure explains a program that did not end with status 0, and that nobody
// here stopped.
//
// CPU time shows in the signal. Memory and file size do so only in programs
// that let themselves be killed; most are told "no" by the kernel and give up
// in their own words, so those are looked for on standard error. A program that
// says nothing is an ExitError.
func failure(c Cmd, state *os.ProcessState, stderr string) error {
	limit := func(name, value string) error { return &LimitError{c.Path, name, value} }
	code, signal := ending(c, state.Sys().(syscall.WaitStatus))
	switch l := c.Limits; {
	case l.CPU > 0 && (signal == unix.SIGXCPU || signal == unix.SIGKILL && cpuTime(state) >= l.CPU):
		return limit(LimitCPU, l.CPU.String())
	case l.File > 0 && (signal == unix.SIGXFSZ || says(stderr, fileWords)):
		return limit(LimitFile, bytesText(l.File))
	case l.Memory > 0 && says(stderr, memoryWords):
		return limit(LimitMemory, bytesText(l.Memory))
	}
	return &ExitError{Path: c.Path, Code: code, Signal: unix.SignalName(signal), Stderr: stderr}
}

// ending is the exit status of a program, or -1 and the signal that ended it.
// Bubblewrap tells of a signal as shells do, by a status above 128.
func ending(c Cmd, status syscall.WaitStatus) (int, syscall.Signal) {
	code := status.ExitStatus()
	if c.Files != nil && Enclosed() == Bubblewrap && code > 128 {
		return -1, syscall.Signal(code - 128)
	}
	return code, status.Signal()
}

var (
	fileWords   = []string{"file too large", "file size limit exceeded"}
	memoryWords = []string{"cannot allocate memory", "out of memory", "memory exhausted", "bad_alloc",
		"memoryerror", "failed to map segment from shared object", "virtual memory exhausted"}
)

func says(stderr string, words []string) bool {
	text := strings.ToLower(stderr)
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

func cpuTime(s *os.ProcessState) time.Duration { return s.UserTime() + s.SystemTime() }

func bytesText(n int64) string { return fmt.Sprintf("%d bytes", n) }
