package child

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) {
	Serve(
		Worker{Name: "echo", Run: func(in io.Reader, out io.Writer) error {
			fmt.Println("a library that prints") // to standard error
			_, err := io.Copy(out, in)
			return err
		}},
		Worker{Name: "fails", Run: func(io.Reader, io.Writer) error { return errors.New("the engine is missing") }},
	)
	os.Exit(m.Run())
}

// system is what programs of the system are loaded from.
var system = []string{"/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache"}

// TestAChildSeesOnlyItsFiles runs under each of the keepers; see both.
func TestAChildSeesOnlyItsFiles(t *testing.T) {
	// Processes that somebody else started have it in their environment.
	neighbour := exec.Command("sleep", "60")
	neighbour.Env = []string{"S3_SECRET_KEY=hunter2"}
	if err := neighbour.Start(); err != nil {
		t.Fatal(err)
	}
	defer neighbour.Wait()
	defer neighbour.Process.Kill()
	both(t, func(t *testing.T) {
		for _, c := range []struct{ name, script, want string }{
			{"reads what it may", "cat $READ/file", "content\n"},
			{"reads nothing else", "cat $OTHER/file || echo refused", "refused\n"},
			{"lists nothing else", "ls $OTHER || echo refused", "refused\n"},
			{"writes what it may", "echo a > $WRITE/new && mkdir $WRITE/d && mv $WRITE/new $WRITE/d/ && cat $WRITE/d/new", "a\n"},
			{"does not write what it may read", "(echo a > $READ/new) || (echo a >> $READ/file) || rm $READ/file || echo refused", "refused\n"},
			{"writes nowhere else", "(echo a > $OTHER/new) || echo refused", "refused\n"},
			{"has its own directory", "echo a > x && cd $HOME && cat x && rm x", "a\n"},
			{"has the harmless devices", "head -c 2 /dev/zero | wc -c && echo a > /dev/null", "2\n"},
			{"sees no secrets of ours in /proc", "cat /proc/[0-9]*/environ 2>/dev/null | grep -c hunter2 || true", "0\n"},
			{"makes no devices", "mknod $WRITE/null c 1 3 || echo refused", "refused\n"},
		} {
			t.Run(c.name, func(t *testing.T) {
				read, write, other := t.TempDir(), t.TempDir(), t.TempDir()
				for _, dir := range []string{read, other} {
					if err := os.WriteFile(filepath.Join(dir, "file"), []byte("content\n"), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				cmd := shell(c.script, roomy)
				cmd.Env = []string{"READ=" + read, "WRITE=" + write, "OTHER=" + other}
				cmd.Files = &Files{Read: append([]string{read, "/not there"}, system...), Write: []string{write}}
				if got := run(t, cmd); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		}
	})
}

// both runs a test with Landlock and with bubblewrap.
func both(t *testing.T, test func(t *testing.T)) {
	if !bubblewraps() {
		t.Fatal("bubblewrap is not installed, or may not make namespaces")
	}
	before := enclosed
	defer func() { enclosed = before }()
	for _, keeper := range []string{Landlock, Bubblewrap} {
		if keeper == Landlock && before() != Landlock {
			t.Errorf("this kernel has no Landlock, or an old one (version %d)", landlockVersion())
			continue
		}
		enclosed = func() string { return keeper }
		t.Run(keeper, test)
	}
}

func TestWithoutAKeeperItIsNotStarted(t *testing.T) {
	before := enclosed
	defer func() { enclosed = before }()
	enclosed = func() string { return "" }
	c := shell("echo started", roomy)
	c.Files = &Files{}
	if out, err := Run(t.Context(), c); !errors.Is(err, ErrNotEnclosed) || out != nil {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestAFencedChildHasLimitsAndAnEnd(t *testing.T) {
	both(t, func(t *testing.T) {
		for _, c := range []struct {
			script, want string
			limits       Limits
		}{
			{"ulimit -c; ulimit -n; ulimit -v; exit 7", "sh: exit status 7", roomy},
			{"kill -SEGV $$", "sh: ended by SIGSEGV", roomy},
			{"while :; do :; done", "sh: stopped at its limit of 1s CPU time", Limits{Wall: 20 * time.Second, CPU: time.Second, Output: 1}},
			{"sleep 60 & sleep 60", "sh: stopped at its limit of 500ms wall time", Limits{Wall: 500 * time.Millisecond, Output: 1}},
		} {
			cmd := shell(c.script, c.limits)
			cmd.Files = &Files{Read: system}
			if _, err := Run(t.Context(), cmd); fmt.Sprint(err) != c.want {
				t.Errorf("%s: got %v, want %s", c.script, err, c.want)
			}
		}
	})
}

func TestNothingGetsOut(t *testing.T) {
	both(t, func(t *testing.T) {
		if err := SelfTest(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// The probe must be able to fail: without a fence all of it gets through.
func TestTheProbeFindsAMissingFence(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte(canary), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	victim := exec.Command("sleep", "60")
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	defer victim.Wait()
	defer victim.Process.Kill()
	got := probe(targets{listener.Addr().String(), outside, victim.Process.Pid})
	want := []string{
		"open a network socket", "reach a listener on this machine", "read a file that is not its own",
		"list a directory that is not its own", "write outside its directory", "empty a file that is not its own",
		"trace a process that runs as it does", "read the memory of such a process",
	}
	// A process of many threads may not make a user namespace, fence or not.
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAWorkerIsThisProgram(t *testing.T) {
	c, err := Self("echo")
	if err != nil {
		t.Fatal(err)
	}
	c.Limits, c.Stdin = roomy, strings.NewReader("你好\n")
	c.Files = &Files{Read: system}
	if got := run(t, c); got != "你好\n" {
		t.Errorf("got %q", got)
	}
}

func TestAWorkerThatFailsSaysWhy(t *testing.T) {
	for name, want := range map[string]string{
		"fails":   "exit status 1: the engine is missing",
		"unheard": `exit status 1: this program has no worker "unheard": it must be given to child.Serve`,
	} {
		c, err := Self(name)
		if err != nil {
			t.Fatal(err)
		}
		c.Limits = roomy
		if _, err := Run(t.Context(), c); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestWatchSeesWhatAFamilyUses(t *testing.T) {
	enough := errors.New("enough")
	var most Usage
	c := shell("(head -c 50000000 /dev/zero | tail -c 50000000 | (sleep 60; cat)) & while :; do :; done", roomy)
	c.Watch = func(u Usage) error {
		most.CPU, most.Resident = max(most.CPU, u.CPU), max(most.Resident, u.Resident)
		if u.CPU > 300*time.Millisecond && u.Resident > 50<<20 {
			return enough
		}
		return nil
	}
	if _, err := Run(t.Context(), c); !errors.Is(err, enough) {
		t.Errorf("got %v, at most %+v", err, most)
	}
}

func TestALineOfProc(t *testing.T) {
	line := "42 (a) b (c) S 1 77 77 0 -1 4194560 0 0 0 0 10 20 30 40 20 0 1 0 100 9999 25 184 1 1"
	group, used := readStat([]byte(line))
	if want := (Usage{CPU: time.Second, Resident: 25 * int64(os.Getpagesize())}); group != 77 || used != want {
		t.Errorf("got %d %+v", group, used)
	}
	if group, _ := readStat(bytes.TrimSuffix([]byte(line), []byte(" 25 184 1 1"))); group != 0 {
		t.Errorf("a short line: got group %d", group)
	}
}
