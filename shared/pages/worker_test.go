package pages

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fault"
)

// workers are the processes that this one has started.
func workers() (pids []int) {
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range all {
		if fields := statFields(path); len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid()) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// statFields are what the kernel tells of a process after its name: state, parent …
// (proc(5)).
func statFields(path string) []string {
	line, _ := os.ReadFile(path)
	return strings.Fields(string(line[bytes.LastIndexByte(line, ')')+1:]))
}

// alone opens a Reader that has one worker.
func alone(t *testing.T) *Reader {
	if err := reader.Warm(); err != nil { // fills the cache
		t.Fatal(err)
	}
	r, err := Open(t.Context(), Config{Instances: 1, Cache: reader.config.Cache})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// worker is the process of a Reader's one worker, which others have none of.
func worker(t *testing.T, r *Reader) int {
	t.Helper()
	before := workers()
	if err := r.Warm(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range workers() {
		if !slices.Contains(before, pid) {
			return pid
		}
	}
	t.Fatal("no worker was started")
	return 0
}

func TestAWorkerThatDiedBetweenTwoDocuments(t *testing.T) {
	r := alone(t)
	syscall.Kill(worker(t, r), syscall.SIGKILL)
	for range 2 {
		if err := look(t.Context(), r, made["letter.fodt"]); err != nil {
			t.Error(err)
		}
	}
}

// What died with a document in its hands may be tried again.
func TestAWorkerThatDiesWithADocument(t *testing.T) {
	r := alone(t)
	pid := worker(t, r)
	err := r.With(t.Context(), made["letter.fodt"], "", func(d *Document) error {
		syscall.Kill(pid, syscall.SIGKILL)
		_, err := d.Text(1)
		return err
	})
	if err == nil || fault.IsInvalid(err) || errors.Is(err, errNotOpened) {
		t.Errorf("got %v", err)
	}
	if err := look(t.Context(), r, made["letter.fodt"]); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestAWorkerHasSoManyDocuments(t *testing.T) {
	r := alone(t)
	pid := worker(t, r)
	for i := range mostUses {
		if there := slices.Contains(workers(), pid); !there {
			t.Fatalf("the worker left after %d documents", i)
		}
		if err := r.With(t.Context(), made["letter.fodt"], "", func(*Document) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if slices.Contains(workers(), pid) {
		t.Errorf("after %d documents the worker is still there", mostUses)
	}
}

func TestClosingEndsWorkers(t *testing.T) {
	r := alone(t)
	pid := worker(t, r)
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if slices.Contains(workers(), pid) {
		t.Error("the worker is still there")
	}
}

// A worker is not trusted with how much it says.
func TestFrames(t *testing.T) {
	var sent bytes.Buffer
	from := wire{out: &sent}
	if err := from.send(reply{Code: CodeUnreadable, Error: "broken"}, []byte("picture")); err != nil {
		t.Fatal(err)
	}
	frame := sent.Bytes()
	for _, c := range []struct {
		name string
		sent []byte
		most int64
		err  bool
	}{
		{"whole", frame, 1000, false},
		{"cut off", frame[:len(frame)-1], 1000, true},
		{"text too long", frame, int64(len(frame)) - frameHead - 7 - 1, true},
		{"bytes too long", frame[:frameHead], 6, true},
	} {
		var r reply
		raw, err := (&wire{in: bufio.NewReader(bytes.NewReader(c.sent)), most: c.most}).receive(&r)
		if (err != nil) != c.err {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil {
			if diff := cmp.Diff("picture", string(raw)); diff != "" || fault.Code(r.err()) != CodeUnreadable {
				t.Errorf("%s: %v %s", c.name, r.err(), diff)
			}
		}
	}
	if err := (reply{Code: "made_up", Error: "x"}).err(); err == nil || fault.IsInvalid(err) {
		t.Errorf("a code that is none of ours: %v", err)
	}
}
