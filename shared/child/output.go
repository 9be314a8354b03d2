package child

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// stderrKept is how much of standard error an ExitError carries.
const stderrKept = 4 << 10

// tail keeps the last bytes that were written to it.
type tail struct {
	kept []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.kept = append(t.kept, b...)
	if extra := len(t.kept) - stderrKept; extra > 0 {
		t.kept = append(t.kept[:0], t.kept[extra:]...)
	}
	return len(b), nil
}

// errOutput says that a child wrote more than it may.
var errOutput = errors.New("too much output")

// output reads a child's standard output, up to a limit. It ends when the child
// does: a process that left the group may hold the pipe open for ever.
type output struct {
	pipe *os.File
	left int64
	over bool
}

// ended makes reads return what is in the pipe, and then io.EOF.
func (o *output) ended() { o.pipe.SetReadDeadline(time.Unix(1, 0)) }

func (o *output) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	// One byte more than is left tells "just enough" from "too much".
	if int64(len(b)) > o.left+1 {
		b = b[:o.left+1]
	}
	n, err := o.pipe.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		n, err = o.drain(b)
	}
	if int64(n) > o.left {
		n, err, o.over = int(o.left), errOutput, true
	}
	o.left -= int64(n)
	return n, err
}

// drain reads without waiting.
func (o *output) drain(b []byte) (n int, err error) {
	o.pipe.SetReadDeadline(time.Time{})
	defer o.ended()
	conn, err := o.pipe.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = conn.Read(func(fd uintptr) bool {
		n, failed = unix.Read(int(fd), b)
		return true
	})
	if err != nil {
		return 0, err
	}
	if n > 0 {
		return n, nil
	}
	if failed == unix.EAGAIN || failed == nil {
		return 0, io.EOF
	}
	return 0, failed
}
