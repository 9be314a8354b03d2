package supervise

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain turns this program into what the tests supervise: a function that
// serves, or a supervisor that a test kills.
func TestMain(m *testing.M) {
	switch os.Getenv("ROLE") {
	case "function":
		serve()
	case "supervisor":
		supervise()
	default:
		os.Exit(m.Run())
	}
}

func serve() {
	if os.Getenv("VERSION") == "broken" {
		os.Exit(3)
	}
	http.HandleFunc("/health/ready", func(w http.ResponseWriter, _ *http.Request) {
		if os.Getenv("VERSION") == "unready" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	http.HandleFunc("/pid", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, os.Getpid()) })
	http.HandleFunc("/leave", func(http.ResponseWriter, *http.Request) {
		os.CreateTemp("", "left")
		os.Exit(3)
	})
	http.HandleFunc("/crash", func(http.ResponseWriter, *http.Request) { os.Exit(3) })
	http.HandleFunc("/work", func(w http.ResponseWriter, r *http.Request) {
		d, _ := time.ParseDuration(r.URL.Query().Get("for"))
		time.Sleep(d)
		fmt.Fprint(w, os.Getpid())
	})
	http.HandleFunc("/shout", func(w http.ResponseWriter, _ *http.Request) {
		conn, both, _ := http.NewResponseController(w).Hijack()
		defer conn.Close()
		both.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n")
		for both.Flush() == nil {
			line, err := both.ReadString('\n')
			if err != nil {
				return
			}
			both.WriteString(strings.ToUpper(line))
		}
	})
	http.HandleFunc("/version", func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(20 * time.Millisecond)
		fmt.Fprint(w, os.Getenv("VERSION"))
	})
	listener, err := net.FileListener(os.NewFile(3, "inherited"))
	if err != nil {
		panic(err)
	}
	http.Serve(listener, nil)
}

func supervise() {
	dir, _ := os.MkdirTemp("", "supervise")
	defer os.RemoveAll(dir)
	s := &Supervisor{Idle: time.Minute, Logs: dir, Log: slog.New(slog.DiscardHandler)}
	s.Run(function(1, 1))
	fmt.Println(get(s, "/pid"))
	select {}
}

func function(maxScale, concurrency int) Service {
	program, _ := os.Executable()
	return Service{Word: "word", Program: program, Env: []string{"ROLE=function"}, MaxScale: maxScale, Concurrency: concurrency, Timeout: time.Second}
}

func get(s *Supervisor, path string) string {
	req, _ := http.NewRequest(http.MethodGet, "http://word"+path, nil)
	res, err := s.Do("word", req)
	if err != nil {
		return "error: " + err.Error()
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	return string(text)
}

func run(t *testing.T, idle time.Duration, spec Service) *Supervisor {
	s := &Supervisor{Idle: idle, Logs: t.TempDir(), Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	s.Run(spec)
	t.Cleanup(s.Stop)
	return s
}

func state(s *Supervisor) State { return s.States()[0] }

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// What an instance had for the time being does not outlast it, even where it
// had no time to remove it.
func TestTemporaryFilesGoWithTheirInstance(t *testing.T) {
	s := &Supervisor{Idle: time.Minute, Logs: t.TempDir(), Temp: t.TempDir(), Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	s.Run(function(1, 1))
	t.Cleanup(s.Stop)
	left := func() int {
		entries, err := os.ReadDir(s.Temp)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	if get(s, "/pid"); left() != 1 {
		t.Errorf("%d directories for one instance", left())
	}
	get(s, "/leave")
	await(t, "its directory is gone", func() bool { return left() == 0 })
}

func TestStartsOnTheFirstRequestAndStopsWhenIdle(t *testing.T) {
	s := run(t, 200*time.Millisecond, function(1, 1))
	if n := state(s).Instances; n != 0 {
		t.Fatalf("%d instances before any request", n)
	}
	first := get(s, "/pid")
	if again := get(s, "/pid"); again != first {
		t.Errorf("served by %s, then by %s", first, again)
	}
	await(t, "stopped when idle", func() bool { return state(s).Instances == 0 })
	if got := get(s, "/pid"); got == first || strings.HasPrefix(got, "error") {
		t.Errorf("after the idle stop: %s", got)
	}
}

func TestScalesToItsLimitAndNoFurther(t *testing.T) {
	s := run(t, time.Minute, function(2, 1))
	var mu sync.Mutex
	pids := map[string]int{}
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			pid := get(s, "/work?for=100ms")
			mu.Lock()
			defer mu.Unlock()
			pids[pid]++
		})
	}
	all.Wait()
	if len(pids) != 2 {
		t.Errorf("6 requests were served by %v, want two instances", pids)
	}
	if s.Capacity("word") != 2 {
		t.Errorf("capacity %d", s.Capacity("word"))
	}
}

func TestACrashFailsItsRequestAndTheNextIsServed(t *testing.T) {
	s := run(t, time.Minute, function(1, 1))
	first := get(s, "/pid")
	if got := get(s, "/crash"); !strings.HasPrefix(got, "error") {
		t.Fatalf("the crash answered %q", got)
	}
	await(t, "the crash was noticed", func() bool { return state(s).Crashes == 1 })
	if got := get(s, "/pid"); got == first || strings.HasPrefix(got, "error") {
		t.Errorf("after the crash: %s", got)
	}
}

func TestKeepsItsLeastInstances(t *testing.T) {
	spec := function(2, 1)
	spec.MinScale = 1
	s := run(t, 50*time.Millisecond, spec)
	await(t, "started before any request", func() bool { return state(s).Instances == 1 })
	syscall.Kill(state(s).PIDs[0], syscall.SIGKILL)
	await(t, "started again", func() bool { st := state(s); return st.Instances == 1 && st.Crashes == 1 })
}

func TestARequestThatTakesTooLongIsCut(t *testing.T) {
	s := run(t, time.Minute, function(1, 1))
	if got := get(s, "/work?for=3s"); !strings.Contains(got, "timeoutSeconds (1s)") {
		t.Errorf("got %q", got)
	}
	if got := get(s, "/pid"); strings.HasPrefix(got, "error") {
		t.Errorf("the next request: %s", got)
	}
}

func TestAProgramThatDoesNotStartSaysWhere(t *testing.T) {
	spec := function(1, 1)
	spec.Program = "/bin/false"
	s := run(t, time.Minute, spec)
	if got := get(s, "/pid"); !strings.Contains(got, "exit status 1") || !strings.Contains(got, "word.log") {
		t.Errorf("got %q", got)
	}
	if got, err := s.Do("other", &http.Request{}); err == nil {
		t.Errorf("an unknown function answered %v", got)
	}
}

func TestNothingOutlivesAKilledSupervisor(t *testing.T) {
	program, _ := os.Executable()
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "ROLE=supervisor")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	await(t, "the function ended with its parent", func() bool { return syscall.Kill(pid, 0) != nil })
}

// A connection on which both sides have agreed on another protocol goes both ways, and
// ends when a request's time is over.
func TestAnotherProtocol(t *testing.T) {
	s := run(t, time.Minute, function(1, 1))
	req, _ := http.NewRequest(http.MethodGet, "http://word/shout", nil)
	req.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"shout"}}
	res, err := s.Do("word", req)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", res, err)
	}
	defer res.Body.Close()
	answers := bufio.NewReader(res.Body)
	for _, word := range []string{"one", "two"} {
		fmt.Fprintln(res.Body.(io.Writer), word)
		if got, err := answers.ReadString('\n'); got != strings.ToUpper(word)+"\n" {
			t.Errorf("answered %q, %v", got, err)
		}
	}
	if got, err := answers.ReadString('\n'); err == nil {
		t.Errorf("answered %q after its time", got)
	}
}
