package supervise

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// rig is a folder with a program in its place and the next one beside it. The
// program does not drain, so that whatever sends it a request too late loses it.
type rig struct{ program, next string }

func newRig(t *testing.T) rig {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	r := rig{program: filepath.Join(t.TempDir(), "word")}
	r.next = r.program + ".next"
	for _, path := range []string{r.program, r.next} {
		if err := os.WriteFile(path, text, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (r rig) service(version string, maxScale, concurrency int) Service {
	s := function(maxScale, concurrency)
	s.Program = r.program
	s.Env = append(s.Env, "VERSION="+version)
	return s
}

func TestAReplacementLosesNoRequest(t *testing.T) {
	r := newRig(t)
	s := run(t, time.Minute, r.service("1", 2, 2))
	var replaced, end atomic.Bool
	var mu sync.Mutex
	answers := map[string]int{}
	var clients sync.WaitGroup
	for range 12 { // more than there are slots, so that some wait for one
		clients.Go(func() {
			for !end.Load() {
				late := replaced.Load()
				answer := get(s, "/version")
				if late {
					answer += " after"
				}
				mu.Lock()
				answers[answer]++
				mu.Unlock()
			}
		})
	}
	count := func(answer string) bool {
		mu.Lock()
		defer mu.Unlock()
		return answers[answer] > 20
	}
	await(t, "answers of the old", func() bool { return count("1") })
	old := state(s).PIDs
	if err := s.Replace(t.Context(), r.service("2", 3, 2), r.next); err != nil {
		t.Fatal(err)
	}
	replaced.Store(true)
	await(t, "answers of the new", func() bool { return count("2 after") })
	end.Store(true)
	clients.Wait()
	for answer, n := range answers {
		if answer != "1" && answer != "2" && answer != "2 after" {
			t.Errorf("%d requests: %s", n, answer)
		}
	}
	await(t, "the old ended", func() bool {
		return syscall.Kill(old[0], 0) != nil && syscall.Kill(old[len(old)-1], 0) != nil
	})
	if got := state(s); got.Crashes != 0 || s.Capacity("word") != 6 {
		t.Errorf("capacity %d, %+v", s.Capacity("word"), got)
	}
	if _, err := os.Stat(r.next); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the next program is not in its place: %v", err)
	}
}

func TestARequestUnderWayEndsWhereItIs(t *testing.T) {
	r := newRig(t)
	s := run(t, time.Minute, r.service("1", 1, 1))
	first := get(s, "/pid")
	answer := make(chan string)
	go func() { answer <- get(s, "/work?for=500ms") }()
	await(t, "a request under way", func() bool { return state(s).Busy == 1 })
	if err := s.Replace(t.Context(), r.service("2", 1, 1), r.next); err != nil {
		t.Fatal(err)
	}
	if got := get(s, "/version"); got != "2" {
		t.Errorf("while the old one works, a request went to %q", got)
	}
	if got := <-answer; got != first {
		t.Errorf("the request under way: %s, want the answer of %s", got, first)
	}
}

func TestAProgramThatDoesNotComeUpReplacesNothing(t *testing.T) {
	for _, wrong := range []string{"broken", "unready"} {
		t.Run(wrong, func(t *testing.T) {
			r := newRig(t)
			s := run(t, time.Minute, r.service("1", 1, 1))
			first := get(s, "/pid")
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			next := r.service(wrong, 1, 1)
			next.MinScale = 1
			err := s.Replace(ctx, next, r.next)
			switch {
			case err == nil:
				t.Fatal("it was replaced")
			case wrong == "broken" && (!strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "word.log")):
				t.Errorf("got %v", err)
			}
			if got := get(s, "/pid"); got != first {
				t.Errorf("served by %s, want %s", got, first)
			}
			if err := s.Replace(t.Context(), r.service("2", 1, 1), r.next); err != nil {
				t.Fatalf("the next attempt: %v", err)
			}
			if got := get(s, "/version"); got != "2" {
				t.Errorf("after the next attempt: %q", got)
			}
		})
	}
}

func TestAReplacedServiceKeepsItsLeastInstances(t *testing.T) {
	r := newRig(t)
	old := r.service("1", 2, 1)
	old.MinScale = 1
	s := run(t, 50*time.Millisecond, old)
	await(t, "started before any request", func() bool { return state(s).Instances == 1 })
	next := r.service("2", 2, 1)
	next.MinScale = 2
	if err := s.Replace(t.Context(), next, r.next); err != nil {
		t.Fatal(err)
	}
	await(t, "two of the new and none of the old", func() bool { return state(s).Instances == 2 && s.leaving[0].hasLeft() })
	if got := get(s, "/version"); got != "2" {
		t.Errorf("got %q", got)
	}
}

func TestNothingUnknownIsReplaced(t *testing.T) {
	r := newRig(t)
	s := run(t, time.Minute, r.service("1", 1, 1))
	other := r.service("2", 1, 1)
	other.Word = "other"
	if err := s.Replace(t.Context(), other, r.next); !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v", err)
	}
}
