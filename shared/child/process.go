package child

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is a child that was started.
type process struct {
	cmd    *exec.Cmd
	out    output
	stderr tail
	exited chan struct{} // closed when the child is dead
	done   chan error    // what Wait said, once nothing of the child is left
	unread error         // why its output was not read to the end

	mu     sync.Mutex
	cause  error // why we stopped it, nil where we did not
	reaped bool  // the process group's number may belong to others now
}

var errWall = errors.New("out of time")

// heldOpen is how long standard error may stay open after the group is dead.
const heldOpen = 200 * time.Millisecond

func start(c Cmd, path, private string, traced bool) (*process, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &process{
		out:    output{pipe: r, left: c.Limits.Output},
		exited: make(chan struct{}),
		done:   make(chan error, 1),
	}
	p.cmd = &exec.Cmd{
		Path: path, Args: append([]string{c.Path}, c.Args...), Dir: c.Dir,
		Env: environment(private, c.Env), Stdin: c.Stdin, Stdout: w, Stderr: &p.stderr,
		WaitDelay:   heldOpen,
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: unix.SIGKILL, Ptrace: traced},
	}
	if c.Dir == "" {
		p.cmd.Dir = private
	}
	if c.Files != nil && Enclosed() == Bubblewrap {
		err = wrap(p.cmd, c.Files.with(path, private), private)
	}
	if err == nil {
		started := make(chan error)
		go p.live(c, path, private, started)
		err = <-started
	}
	w.Close()
	closeAll(p.cmd.ExtraFiles)
	if err != nil {
		r.Close()
		return nil, err
	}
	return p, nil
}

// live is the child's whole life, on a thread of its own that is never used
// again, because three things belong to the thread and not to the process: a
// child dies when the *thread* that forked it ends (Pdeathsig); only that thread
// may trace it; and what fence takes away does not come back.
func (p *process) live(c Cmd, program, private string, started chan<- error) {
	runtime.LockOSThread()
	err := fence(c, program, private)
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		started <- err
		return
	}
	err = limit(p.cmd, c.Limits)
	if err != nil {
		p.stop(err)
	}
	started <- nil

	wait(p.cmd.Process.Pid)
	close(p.exited)
	p.bury()
	p.out.ended()
	err = p.cmd.Wait()
	adopt(p.cmd.Process.Pid)
	p.done <- err
}

// wait returns when the child is dead. It leaves the zombie, so that the number
// of the group cannot pass to somebody else before the group is killed.
func wait(pid int) {
	for unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
}

// bury kills what the child leaves behind.
func (p *process) bury() {
	p.mu.Lock()
	defer p.mu.Unlock()
	unix.Kill(-p.cmd.Process.Pid, unix.SIGKILL)
	p.reaped = true
}

// adopt reaps the orphans of a dead group. In a container a function is often
// the first process, and so their new parent; elsewhere there are none.
func adopt(group int) {
	for {
		_, err := unix.Wait4(-group, nil, 0, nil)
		if err != nil && err != unix.EINTR {
			return
		}
	}
}

// stop kills the whole group; the first cause counts.
func (p *process) stop(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped {
		return
	}
	if p.cause == nil {
		p.cause = cause
	}
	unix.Kill(-p.cmd.Process.Pid, unix.SIGKILL)
}

// watch stops the child when its time is over, or when its Watch says so. It
// returns when the child is dead.
func (p *process) watch(ctx context.Context, c Cmd) {
	timer := time.NewTimer(c.Limits.Wall)
	defer timer.Stop()
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	over := ctx.Done()
	for {
		select {
		case <-p.exited:
			return
		case <-over:
			p.stop(ctx.Err())
			over = nil
		case <-timer.C:
			p.stop(errWall)
		case <-ticker.C:
			p.look(c.Watch)
		}
	}
}

// watchEvery is how often Watch is called.
const watchEvery = 100 * time.Millisecond

// look shows Watch what the child uses.
func (p *process) look(watch func(Usage) error) {
	if watch == nil {
		return
	}
	p.mu.Lock()
	var used Usage
	gone := p.reaped
	if !gone {
		used = usage(p.cmd.Process.Pid)
	}
	p.mu.Unlock()
	if gone {
		return
	}
	if err := watch(used); err != nil {
		p.stop(err)
	}
}

// consume lets read have the output, and sees to it that none is left.
func (p *process) consume(read func(io.Reader) error) {
	p.unread = read(&p.out)
	if p.unread == nil {
		_, p.unread = io.Copy(io.Discard, &p.out)
	}
	if p.unread != nil {
		p.stop(fmt.Errorf("read its output: %w", p.unread))
	}
	p.out.pipe.Close()
}

// verdict waits until nothing of the child is left, and says how it went: what
// we did to it comes before what it did, and that before what read made of it.
func (p *process) verdict(c Cmd) error {
	err := <-p.done
	var exit *exec.ExitError
	switch {
	case p.out.over:
		return &LimitError{c.Path, LimitOutput, bytesText(c.Limits.Output)}
	case errors.Is(p.cause, errWall):
		return &LimitError{c.Path, LimitWall, c.Limits.Wall.String()}
	case p.cause != nil:
		return fmt.Errorf("run %s: %w", c.Path, p.cause)
	case errors.As(err, &exit):
		return failure(c, exit.ProcessState, string(p.stderr.kept))
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return fmt.Errorf("run %s: feed its input: %w", c.Path, err)
	case p.unread != nil:
		return fmt.Errorf("run %s: read its output: %w", c.Path, p.unread)
	}
	return nil
}
