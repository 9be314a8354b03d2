package child

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// SelfTest starts a worker with [Files] that tries to get out, and returns an
// error that says what got through. A function that trusts the fence calls it
// before it serves; its main calls [Serve] first.
func SelfTest(ctx context.Context) error {
	outside, err := os.MkdirTemp("", "outside-")
	if err != nil {
		return fmt.Errorf("test the fence: %w", err)
	}
	defer os.RemoveAll(outside)
	through, err := attempt(ctx, outside)
	if err != nil {
		return fmt.Errorf("test the fence: %w", err)
	}
	if len(through) > 0 {
		return fmt.Errorf("a child that is fenced in by %s still could: %s; do not hand documents to it here", Enclosed(), strings.Join(through, ", "))
	}
	return nil
}

// targets are what a probe aims at.
type targets struct {
	Listener string // address of a listening TCP socket
	Outside  string // a directory with a file "secret" that holds canary
	Process  int    // that runs as we do
}

const canary = "that nobody should read"

// attempt has a fenced worker aim at targets of ours.
func attempt(ctx context.Context, outside string) ([]string, error) {
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte(canary), 0o600); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	aims, err := json.Marshal(targets{listener.Addr().String(), outside, os.Getpid()})
	if err != nil {
		return nil, err
	}
	c, err := Self(prober.Name)
	if err != nil {
		return nil, err
	}
	c.Stdin, c.Limits = bytes.NewReader(aims), Limits{Wall: 20 * time.Second, Output: 64 << 10}
	// What an executable that is linked with the C library is loaded with.
	c.Files = &Files{Read: []string{"/usr", "/lib", "/lib64", "/etc/ld.so.cache"}}
	answer, err := Run(ctx, c)
	if err != nil {
		return nil, err
	}
	var through []string
	err = json.Unmarshal(answer, &through)
	return through, err
}

// prober is the worker of [SelfTest]. Every program that calls Serve has it.
var prober = Worker{Name: "self-test", Run: func(in io.Reader, out io.Writer) error {
	var t targets
	if err := json.NewDecoder(in).Decode(&t); err != nil {
		return err
	}
	if err := os.WriteFile("mine", []byte("mine"), 0o600); err != nil {
		return errors.Join(errors.New("it cannot write its own directory"), err)
	}
	return json.NewEncoder(out).Encode(probe(t))
}}

// probe returns what it could do.
func probe(t targets) []string {
	through := []string{}
	for _, try := range []struct {
		what string
		do   func(targets) error
	}{
		{"open a network socket", openSocket},
		{"reach a listener on this machine", connect},
		{"read a file that is not its own", readSecret},
		{"list a directory that is not its own", list},
		{"write outside its directory", func(t targets) error { return os.WriteFile(filepath.Join(t.Outside, "new"), nil, 0o600) }},
		{"empty a file that is not its own", func(t targets) error { return os.Truncate(filepath.Join(t.Outside, "secret"), 0) }},
		{"trace a process that runs as it does", trace},
		{"read the memory of such a process", readMemory},
		{"make a namespace", func(targets) error { return unix.Unshare(unix.CLONE_NEWUSER | unix.CLONE_FS) }},
	} {
		if try.do(t) == nil {
			through = append(through, try.what)
		}
	}
	return through
}

func openSocket(targets) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
	}
	return err
}

func list(t targets) error {
	_, err := os.ReadDir(t.Outside)
	return err
}

func connect(t targets) error {
	conn, err := net.DialTimeout("tcp", t.Listener, 5*time.Second)
	if err == nil {
		conn.Close()
	}
	return err
}

func readSecret(t targets) error {
	text, err := os.ReadFile(filepath.Join(t.Outside, "secret"))
	if err == nil && string(text) != canary {
		return errors.New("something else")
	}
	return err
}

// trace attaches without stopping; it ends when the prober does.
func trace(t targets) error { return unix.PtraceSeize(t.Process) }

func readMemory(t targets) error {
	file, err := os.Open(fmt.Sprintf("/proc/%d/mem", t.Process))
	if err != nil {
		return err
	}
	return file.Close()
}
