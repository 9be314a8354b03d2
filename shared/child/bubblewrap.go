package child

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// namespaces are what bubblewrap makes. The network's is not among them: to set
// it up takes a socket that the filter of every child refuses, and with that
// filter there is no network anyway.
var namespaces = []string{"--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"}

// bubblewraps reports whether bubblewrap is installed and may make namespaces,
// with the filter that every child has.
func bubblewraps() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	answer := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlock
		err := confine(filter)
		if err == nil {
			args := append(slices.Clone(namespaces), "--ro-bind", "/", "/", "--proc", "/proc", "true")
			err = exec.CommandContext(ctx, "bwrap", args...).Run()
		}
		answer <- err
	}()
	return <-answer == nil
}

// wrap has bubblewrap start a program that is ready to be started.
func wrap(cmd *exec.Cmd, f Files, private string) error {
	path, err := find("bwrap")
	if err != nil {
		return err
	}
	program, err := pipeOf(strict(architectures[runtime.GOARCH]))
	if err != nil {
		return fmt.Errorf("hand bubblewrap the filter: %w", err)
	}
	args := append([]string{"bwrap", "--die-with-parent", "--cap-drop", "ALL"}, namespaces...)
	args = append(args, "--dev", "/dev", "--proc", "/proc")
	for _, path := range f.Sockets {
		args = append(args, "--tmpfs", path) // an empty one of its own
	}
	for _, path := range f.Read {
		args = append(args, "--ro-bind-try", path, path)
	}
	for _, path := range f.Write {
		args = append(args, "--bind-try", path, path)
	}
	args = append(args, "--remount-ro", "/", "--chdir", cmd.Dir, "--seccomp", "3", "--", cmd.Path)
	cmd.Path, cmd.Args, cmd.ExtraFiles = path, append(args, cmd.Args[1:]...), []*os.File{program}
	return nil
}

// pipeOf is a pipe that holds a filter, as the kernel reads it. A filter is
// smaller than any pipe.
func pipeOf(program []unix.SockFilter) (*os.File, error) {
	var raw bytes.Buffer
	if err := binary.Write(&raw, binary.NativeEndian, program); err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	if _, err := w.Write(raw.Bytes()); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}
