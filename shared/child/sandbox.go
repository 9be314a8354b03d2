package child

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Isolated reports whether the kernel keeps children from the network. It does
// on every Linux with seccomp filters (3.17, loong64 5.19), in containers too
// and without any right. Where it says false, children run all the same, and a
// function should log it.
func Isolated() bool { return isolated() }

var isolated = sync.OnceValue(func() bool {
	answer := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		answer <- confine(filter)
	}()
	return <-answer == nil
})

// architectures are the names that the kernel gives, in a filter, to the system
// call tables that this package knows.
var architectures = map[string]uint32{
	"amd64":   unix.AUDIT_ARCH_X86_64,
	"arm64":   unix.AUDIT_ARCH_AARCH64,
	"loong64": unix.AUDIT_ARCH_LOONGARCH64,
}

// confine takes from the calling thread, and from what it starts, the right to
// gain rights, to open any socket but a local one, to leave its session, and
// what else the filter refuses.
//
// It is a filter and not a network namespace because namespaces need a right
// that containers do not have; a filter needs none. io_uring is refused because
// it opens sockets past the filter.
func confine(filter func(arch uint32) []unix.SockFilter) error {
	arch, ok := architectures[runtime.GOARCH]
	if !ok {
		return fmt.Errorf("no filter for %s", runtime.GOARCH)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("set no_new_privs: %w", err)
	}
	program := filter(arch)
	p := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&p)))
	if errno != 0 {
		return fmt.Errorf("set the system call filter: %w", errno)
	}
	return nil
}

// fence takes from the calling thread what a child may not have. Without Files
// the filter is what the kernel can do, which [Isolated] says; with them, a
// child is fenced in or not started.
func fence(c Cmd, program, private string) error {
	switch {
	case c.Files == nil:
		_ = confine(filter)
		return nil
	case Enclosed() == Landlock:
		if err := confine(strict); err != nil {
			return err
		}
		return enclose(c.Files.with(program, private))
	}
	return confine(filter) // and bubblewrap does the rest
}

// traceable reports whether a child may be traced. Hardened kernels forbid it
// (kernel.yama.ptrace_scope of 2 or 3).
var traceable = sync.OnceValue(func() bool {
	answer := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlock
		_, err := os.StartProcess("/no such program", nil, &os.ProcAttr{
			Sys: &syscall.SysProcAttr{Ptrace: true},
		})
		answer <- err
	}()
	// The child asks to be traced, and then fails to become the program.
	return errors.Is(<-answer, os.ErrNotExist)
})

// openFiles is how many files one process of a child may have open.
const openFiles = 256

// limit sets the limits of a child that was just started.
//
// A traced child stands still before its first instruction, so it cannot fork
// out of its limits. Where tracing is forbidden the child runs for some
// microseconds without them; what it allocates then is counted later.
func limit(cmd *exec.Cmd, l Limits) error {
	pid := cmd.Process.Pid
	if cmd.SysProcAttr.Ptrace {
		if err := standing(pid); err != nil {
			return err
		}
	}
	for _, r := range limits(l) {
		if err := lower(pid, r.resource, r.soft, r.hard); err != nil {
			return fmt.Errorf("set its limits: %w", err)
		}
	}
	if cmd.SysProcAttr.Ptrace {
		if err := unix.PtraceDetach(pid); err != nil {
			return fmt.Errorf("let it go: %w", err)
		}
	}
	return nil
}

// trapped is CLD_TRAPPED: a traced process has stopped.
const trapped = 4

// standing waits until a traced child has stopped at its start. It reaps
// nothing, for the same reason as wait.
func standing(pid int) error {
	var info unix.Siginfo
	for {
		err := unix.Waitid(unix.P_PID, pid, &info, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return fmt.Errorf("wait for it to stand still: %w", err)
		case info.Code != trapped:
			return errors.New("it was killed before it could begin")
		default:
			return nil
		}
	}
}

type resourceLimit struct {
	resource   int
	soft, hard uint64
}

// limits translates l for the kernel.
func limits(l Limits) []resourceLimit {
	set := []resourceLimit{{unix.RLIMIT_CORE, 0, 0}, {unix.RLIMIT_NOFILE, openFiles, openFiles}}
	if l.CPU > 0 {
		// SIGXCPU at the limit tells it from other deaths; SIGKILL follows for
		// programs that ignore it.
		seconds := uint64((l.CPU + time.Second - 1) / time.Second)
		set = append(set, resourceLimit{unix.RLIMIT_CPU, seconds, seconds + 1})
	}
	if l.Memory > 0 {
		set = append(set, resourceLimit{unix.RLIMIT_AS, uint64(l.Memory), uint64(l.Memory)})
	}
	if l.File > 0 {
		set = append(set, resourceLimit{unix.RLIMIT_FSIZE, uint64(l.File), uint64(l.File)})
	}
	return set
}

// lower sets one limit, where that is less than what holds already.
func lower(pid, resource int, soft, hard uint64) error {
	var old unix.Rlimit
	if err := unix.Prlimit(pid, resource, nil, &old); err != nil {
		return err
	}
	return unix.Prlimit(pid, resource, &unix.Rlimit{Cur: min(soft, old.Max), Max: min(hard, old.Max)}, nil)
}
