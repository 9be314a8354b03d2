package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

var roomy = Limits{Wall: 20 * time.Second, Output: 1 << 20}

func shell(script string, l Limits) Cmd {
	return Cmd{Path: "sh", Args: []string{"-c", script}, Limits: l}
}

func run(t *testing.T, c Cmd) string {
	t.Helper()
	out, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// within fails the test where f takes longer than d.
func within(t *testing.T, d time.Duration, f func()) {
	t.Helper()
	begin := time.Now()
	f()
	if took := time.Since(begin); took > d {
		t.Errorf("took %v, more than %v", took, d)
	}
}

// left are the processes that have marker in their command line.
func left(t *testing.T, marker string) (pids []string) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		text, _ := os.ReadFile(line) // a process may go while we look
		if bytes.Contains(text, []byte(marker)) {
			pids = append(pids, line)
		}
	}
	return pids
}

func TestOutputOfAProgram(t *testing.T) {
	c := Cmd{Path: "cat", Stdin: strings.NewReader("你好\n"), Limits: roomy}
	if got := run(t, c); got != "你好\n" {
		t.Errorf("got %q", got)
	}
	c = Cmd{Path: "/bin/echo", Args: []string{"a b", "$HOME"}, Limits: roomy}
	if got := run(t, c); got != "a b $HOME\n" {
		t.Errorf("got %q", got)
	}
}

func TestAProgramSeesNothingOfOurEnvironment(t *testing.T) {
	t.Setenv("S3_SECRET_KEY", "hunter2")
	t.Setenv("TMPDIR", t.TempDir())
	c := shell("env; pwd; umask; ls -ld . | cut -c1-10; ls -A | wc -l", roomy)
	c.Env = []string{"LANG=zh_CN.UTF-8", "HMM=/models"}
	lines := strings.Split(strings.TrimSpace(run(t, c)), "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "OLDPWD=") || strings.HasPrefix(l, "_=") })
	dir := lines[slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "/") })]
	slices.Sort(lines)
	want := []string{
		"HMM=/models", "HOME=" + dir, "LANG=zh_CN.UTF-8", "PATH=" + os.Getenv("PATH"), "PWD=" + dir, "TMPDIR=" + dir,
		dir, "drwx------", "0", "0022",
	}
	slices.Sort(want)
	if !slices.Equal(lines, want) {
		t.Errorf("got %q\nwant %q", lines, want)
	}
}

func TestThePrivateDirectoryIsRemoved(t *testing.T) {
	home := t.TempDir()
	t.Setenv("TMPDIR", home)
	for _, script := range []string{
		"touch a; mkdir -p b/c; touch b/c/d",
		"mkdir -p b/c; touch b/c/d; chmod 0 b/c b; exit 3",
		"touch a; sleep 60",
	} {
		if _, err := Run(t.Context(), shell(script, Limits{Wall: time.Second, Output: 1})); err != nil {
			t.Log(err)
		}
		if names, _ := os.ReadDir(home); len(names) != 0 {
			t.Errorf("%s: left %v", script, names)
		}
	}
}

func TestAGivenDirectoryStays(t *testing.T) {
	dir := t.TempDir()
	c := shell("echo made > here", roomy)
	c.Dir = dir
	run(t, c)
	if got, err := os.ReadFile(filepath.Join(dir, "here")); string(got) != "made\n" {
		t.Errorf("got %q %v", got, err)
	}
}

func TestFailuresSayHow(t *testing.T) {
	flood := "i=0; while [ $i -lt 2000 ]; do echo line $i >&2; i=$((i+1)); done; echo the end >&2; exit 9"
	for _, c := range []struct {
		script string
		want   ExitError
		text   string
	}{
		{"echo bad page >&2; exit 3", ExitError{"sh", 3, "", "bad page\n"}, "sh: exit status 3: bad page"},
		{"exit 1", ExitError{"sh", 1, "", ""}, "sh: exit status 1"},
		{"kill -SEGV $$", ExitError{"sh", -1, "SIGSEGV", ""}, "sh: ended by SIGSEGV"},
		{"kill -KILL $$", ExitError{"sh", -1, "SIGKILL", ""}, "sh: ended by SIGKILL"},
		{flood, ExitError{"sh", 9, "", ""}, "sh: exit status 9: the end"},
	} {
		_, err := Run(t.Context(), shell(c.script, roomy))
		var got *ExitError
		if !errors.As(err, &got) {
			t.Errorf("%s: got %v", c.script, err)
			continue
		}
		if got.Error() != c.text {
			t.Errorf("%s: got %q, want %q", c.script, got, c.text)
		}
		if c.script == flood {
			if len(got.Stderr) != 4<<10 || !strings.HasSuffix(got.Stderr, "line 1999\nthe end\n") {
				t.Errorf("kept %d bytes of standard error", len(got.Stderr))
			}
			got.Stderr = ""
		}
		if *got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.script, *got, c.want)
		}
	}
}

func TestAProgramThatIsNotThere(t *testing.T) {
	for _, path := range []string{"no-such-program", "/no/such/program"} {
		_, err := Run(t.Context(), Cmd{Path: path, Limits: roomy})
		if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v", err)
		}
	}
	_, err := Run(t.Context(), Cmd{Path: "/etc/passwd", Limits: roomy})
	if err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("a file that is no program: got %v", err)
	}
}

func TestEachLimitStopsAProgram(t *testing.T) {
	for _, c := range []struct {
		name   string
		script string
		limits Limits
		want   LimitError
	}{
		{"wall", "sleep 60", Limits{Wall: 300 * time.Millisecond, Output: 1}, LimitError{"sh", LimitWall, "300ms"}},
		{"cpu", "while :; do :; done", Limits{Wall: 20 * time.Second, CPU: time.Second, Output: 1}, LimitError{"sh", LimitCPU, "1s"}},
		{"cpu ignored", "trap '' XCPU; while :; do :; done", Limits{Wall: 20 * time.Second, CPU: time.Second, Output: 1}, LimitError{"sh", LimitCPU, "1s"}},
		{"output", "yes", Limits{Wall: 20 * time.Second, Output: 100_000}, LimitError{"sh", LimitOutput, "100000 bytes"}},
		{"one byte too many", "printf 123456", Limits{Wall: 20 * time.Second, Output: 5}, LimitError{"sh", LimitOutput, "5 bytes"}},
		{"file", "exec dd if=/dev/zero of=big bs=4096 count=100 2>/dev/null", Limits{Wall: 20 * time.Second, File: 65536, Output: 1}, LimitError{"sh", LimitFile, "65536 bytes"}},
		{"file, told", "trap '' XFSZ; dd if=/dev/zero of=big bs=4096 count=100", Limits{Wall: 20 * time.Second, File: 65536, Output: 1}, LimitError{"sh", LimitFile, "65536 bytes"}},
		{"memory", "exec dd if=/dev/zero of=/dev/null bs=300M count=1", Limits{Wall: 20 * time.Second, Memory: 100 << 20, Output: 1}, LimitError{"sh", LimitMemory, "104857600 bytes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Run(t.Context(), shell(c.script, c.limits))
			var got *LimitError
			if !errors.As(err, &got) || *got != c.want {
				t.Errorf("got %v, want %v", err, &c.want)
			}
		})
	}
}

func TestUpToTheLimitIsAllowed(t *testing.T) {
	if got := run(t, shell("printf 12345", Limits{Wall: roomy.Wall, Output: 5})); got != "12345" {
		t.Errorf("got %q", got)
	}
	got := run(t, shell("head -c 65536 /dev/zero > big; wc -c < big", Limits{Wall: roomy.Wall, File: 65536, Output: 10}))
	if strings.TrimSpace(got) != "65536" {
		t.Errorf("got %q", got)
	}
}

// Limits hold from the first instruction, and for what a program starts.
func TestLimitsOfGrandchildren(t *testing.T) {
	got := run(t, shell("(ulimit -c; ulimit -n; ulimit -v; ulimit -f; ulimit -t) & wait",
		Limits{Wall: roomy.Wall, Output: 1000, Memory: 512 << 20, File: 1 << 20, CPU: 1500 * time.Millisecond}))
	if want := "0\n256\n524288\n2048\n2\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWallAndOutputMustBeGiven(t *testing.T) {
	for _, l := range []Limits{{}, {Wall: time.Second}, {Output: 1}} {
		if _, err := Run(t.Context(), shell("true", l)); err == nil {
			t.Errorf("%+v was accepted", l)
		}
	}
}

func TestTheContextStopsAProgram(t *testing.T) {
	within(t, 5*time.Second, func() {
		ctx, cancel := context.WithCancel(t.Context())
		err := Stream(ctx, shell("echo up; sleep 60 & sleep 60", roomy), func(r io.Reader) error {
			if _, err := io.ReadFull(r, make([]byte, 3)); err != nil {
				return err
			}
			cancel()
			_, err := io.Copy(io.Discard, r)
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if _, err := Run(ctx, shell("true", roomy)); !errors.Is(err, context.Canceled) {
			t.Errorf("started although cancelled: %v", err)
		}
		late, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := Run(late, shell("sleep 60", roomy)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNothingIsLeftOfAFamily(t *testing.T) {
	marker := "60." + strconv.Itoa(os.Getpid())
	family := fmt.Sprintf("sleep %[1]s & (sleep %[1]s & (trap '' TERM INT HUP; sleep %[1]s) &) & nohup sleep %[1]s >/dev/null 2>&1 & ", marker)
	for _, c := range []struct{ end, want string }{
		{"sleep 0.2; exit 0", "<nil>"},
		{"sleep 0.2; exit 4", "sh: exit status 4"},
		{"sleep 60", "sh: stopped at its limit of 1s wall time"},
	} {
		within(t, 5*time.Second, func() {
			_, err := Run(t.Context(), shell(family+c.end, Limits{Wall: time.Second, Output: 100}))
			if fmt.Sprint(err) != c.want {
				t.Errorf("%s: got %v", c.end, err)
			}
		})
		if pids := left(t, marker); len(pids) != 0 {
			t.Errorf("%s: left %v", c.end, pids)
		}
	}
}

// As the first process of a container, a function inherits all orphans.
func TestNoZombiesAreLeft(t *testing.T) {
	inherit := func(yes uintptr) {
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, yes, 0, 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	inherit(1)
	defer inherit(0)
	run(t, shell("for i in 1 2 3 4 5; do (sleep 60 & sleep 60 & (sleep 60 &) ) & done; sleep 0.1", roomy))
	if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err != unix.ECHILD {
		t.Errorf("child %d is left, %v", pid, err)
	}
}

func TestAForkBombEndsWithItsTime(t *testing.T) {
	marker := "bomb" + strconv.Itoa(os.Getpid())
	// Each of three generations forks as fast as it can, up to 120 processes.
	bomb := `f() { [ $1 -gt 0 ] && { for i in 1 2 3 4; do f $(($1-1)) & done; }; sleep 60; }; f 3 #` + marker
	_, err := Run(t.Context(), shell(bomb, Limits{Wall: 500 * time.Millisecond, Output: 1}))
	var got *LimitError
	if !errors.As(err, &got) || got.Limit != LimitWall {
		t.Errorf("got %v", err)
	}
	if pids := left(t, marker); len(pids) != 0 {
		t.Errorf("left %v", pids)
	}
}

func TestAnEscapedGrandchildDoesNotHoldRun(t *testing.T) {
	within(t, 5*time.Second, func() {
		// An interactive shell puts its jobs into groups of their own.
		got := run(t, shell("set -m; echo before; sleep 7 & echo after", roomy))
		if got != "before\nafter\n" {
			t.Errorf("got %q", got)
		}
	})
}

func TestNobodyLeavesBySetsid(t *testing.T) {
	if !Isolated() {
		t.Fatal("this kernel has no seccomp filters")
	}
	_, err := Run(t.Context(), shell("(setsid sleep 1); exit $?", roomy))
	var got *ExitError
	if !errors.As(err, &got) || !strings.Contains(got.Stderr, "Operation not permitted") {
		t.Errorf("got %v", err)
	}
}

func TestThereIsNoNetwork(t *testing.T) {
	if !Isolated() {
		t.Fatal("this kernel has no seccomp filters")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	callers := make(chan net.Addr, 2)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			callers <- c.RemoteAddr()
			c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_, err = Run(t.Context(), Cmd{Path: "bash", Args: []string{"-c", "echo hello > /dev/tcp/127.0.0.1/" + port}, Limits: roomy})
	var got *ExitError
	if !errors.As(err, &got) || !strings.Contains(got.Stderr, "Operation not permitted") {
		t.Errorf("got %v", err)
	}
	own, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatalf("this process lost its own network: %v", err)
	}
	defer own.Close()
	// Callers are served in order, so a child would have come first.
	if first := <-callers; first.String() != own.LocalAddr().String() {
		t.Errorf("a child connected from %v", first)
	}
}

func TestAProgramGainsNoRights(t *testing.T) {
	got := run(t, shell("grep NoNewPrivs /proc/self/status", roomy))
	if got != "NoNewPrivs:\t1\n" {
		t.Errorf("got %q", got)
	}
	// Of this thread: the one that started the child is confined, and never used
	// again; it may be the process's first.
	own, err := os.ReadFile("/proc/thread-self/status")
	if err != nil || !bytes.Contains(own, []byte("NoNewPrivs:\t0")) {
		t.Errorf("this thread was confined too: %v", err)
	}
}

func TestStreamHandsOverWhatIsWritten(t *testing.T) {
	var n int64
	err := Stream(t.Context(), Cmd{Path: "head", Args: []string{"-c", "30000000", "/dev/zero"},
		Limits: Limits{Wall: roomy.Wall, Output: 1 << 30}}, func(r io.Reader) (err error) {
		n, err = io.Copy(io.Discard, r)
		return err
	})
	if err != nil || n != 30_000_000 {
		t.Errorf("got %d bytes, %v", n, err)
	}
}

// The last of the output may be read long after the program is gone.
func TestASlowReaderLosesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	var n int64
	err := Stream(t.Context(), shell("head -c 60000 /dev/zero; echo /proc/$$ > "+file, roomy), func(r io.Reader) (err error) {
		eventually(t, func() bool {
			proc, _ := os.ReadFile(file)
			_, err := os.Stat(strings.TrimSpace(string(proc)))
			return bytes.HasSuffix(proc, []byte("\n")) && os.IsNotExist(err)
		})
		n, err = io.Copy(io.Discard, r)
		return err
	})
	if err != nil || n != 60000 {
		t.Errorf("got %d bytes, %v", n, err)
	}
}

func eventually(t *testing.T, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not in ten seconds")
		}
	}
}

func TestAnErrorOfTheReaderStopsTheProgram(t *testing.T) {
	full := errors.New("disk full")
	within(t, 5*time.Second, func() {
		err := Stream(t.Context(), shell("echo a; sleep 60", roomy), func(r io.Reader) error {
			r.Read(make([]byte, 1))
			return full
		})
		if !errors.Is(err, full) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAReaderThatStopsEarlyStillLearnsTheEnd(t *testing.T) {
	err := Stream(t.Context(), shell("seq 100000; exit 5", roomy), func(r io.Reader) error { return nil })
	var got *ExitError
	if !errors.As(err, &got) || got.Code != 5 {
		t.Errorf("got %v", err)
	}
}

func TestAnInputThatFailsIsAFailure(t *testing.T) {
	broken := errors.New("connection reset")
	c := Cmd{Path: "cat", Stdin: io.MultiReader(strings.NewReader("half"), errReader{broken}), Limits: roomy}
	if _, err := Run(t.Context(), c); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	// A program need not read all it is given.
	c = Cmd{Path: "true", Stdin: bytes.NewReader(make([]byte, 1<<20)), Limits: roomy}
	if _, err := Run(t.Context(), c); err != nil {
		t.Errorf("got %v", err)
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func TestWithoutTracingTheLimitsHoldToo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "go")
	c := shell("until [ -e "+file+" ]; do sleep 0.01; done; ulimit -n; exit 6", roomy)
	p, err := start(c, "/bin/sh", t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	// Start has set the limits when it returns.
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var out []byte
	p.consume(func(r io.Reader) (err error) {
		out, err = io.ReadAll(r)
		return err
	})
	if err := p.verdict(c); string(out) != "256\n" || fmt.Sprint(err) != "sh: exit status 6" {
		t.Errorf("got %q, %v", out, err)
	}
}

// parentMarker makes this test binary the parent that is going to be killed.
const parentMarker = "CHILD_TEST_PARENT"

func TestItDiesWithItsParent(t *testing.T) {
	if marker := os.Getenv(parentMarker); marker != "" {
		Run(t.Context(), Cmd{Path: "sleep", Args: []string{marker}, Limits: Limits{Wall: time.Hour, Output: 1}})
		return
	}
	marker := "61." + strconv.Itoa(os.Getpid())
	parent := exec.Command(os.Args[0], "-test.run=^TestItDiesWithItsParent$")
	parent.Env = append(os.Environ(), parentMarker+"="+marker)
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return len(left(t, marker)) == 1 })
	parent.Process.Kill()
	parent.Wait()
	eventually(t, func() bool { return len(left(t, marker)) == 0 })
}

func TestManyAtOnce(t *testing.T) {
	before := runtime.NumGoroutine()
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			want := strconv.Itoa(i)
			if got, err := Run(t.Context(), shell("printf "+want, roomy)); err != nil || string(got) != want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	all.Wait()
	eventually(t, func() bool { return runtime.NumGoroutine() <= before })
}

func BenchmarkRun(b *testing.B) {
	for b.Loop() {
		if _, err := Run(b.Context(), Cmd{Path: "true", Limits: roomy}); err != nil {
			b.Fatal(err)
		}
	}
}
