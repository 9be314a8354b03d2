package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"xietong.dev/test/faults/evidence"
	"xietong.dev/test/faults/proxy"
)

// run is what a fault works with.
type run struct {
	context.Context
	*world
	load *load
}

// faults are those that are injected from outside. How often each comes in ten
// minutes leaves the machine time to work between them, and in twenty minutes
// makes more than [enough] of each, although some meet nothing.
func (w *world) faults() []fault {
	all := []fault{
		{"kill", 300, time.Second, signalled("kill", syscall.SIGKILL)},
		{"term", 30, time.Second, signalled("term", syscall.SIGTERM)},
		{"nap", 30, 8 * time.Second, nap},
		{"pause", 45, lease + 15*time.Second, pause},
		{"database-restart", 11, 5 * time.Second, restartDatabase},
		{"database-away", 11, 45 * time.Second, takeDatabaseAway},
		{"runtime-kill", 22, 10 * time.Second, killRuntime},
		{"bad-network", 60, 7 * time.Second, badNetwork},
		{"store-away", 13, 15 * time.Second, takeStoreAway},
	}
	if w.scratch != "" {
		all = append(all, fault{"disk-full", 14, 8 * time.Second, fillDisk})
	}
	if w.clock != "" {
		all = append(all, fault{"clock-jump", 20, 10 * time.Second, jumpClock})
	}
	return all
}

// take waits for what one fault at a time may hold, and is an error where the
// run is over by then.
func (r run) take(what *sync.Mutex) (release func(), err error) {
	what.Lock()
	if err := r.Err(); err != nil {
		what.Unlock()
		return nil, err
	}
	return what.Unlock, nil
}

// victim returns a process of one of the functions, none that is asleep, and 0
// where there is none now. It waits for none: who shows up would be killed before
// it is ready, over and over.
func (r run) victim(dice *rand.Rand, words ...string) (int, error) {
	runtime, _, err := r.now(r)
	if err != nil {
		return 0, err
	}
	var all []int
	for _, word := range words {
		pids, err := runtime.Processes(word)
		if err != nil {
			return 0, err
		}
		all = append(all, slices.DeleteFunc(pids, asleep)...)
	}
	if len(all) == 0 {
		return 0, nil
	}
	return all[dice.IntN(len(all))], nil
}

// signalled sends a signal to any function's process.
func signalled(name string, s syscall.Signal) func(run, *rand.Rand) error {
	return func(r run, dice *rand.Rand) error {
		pid, err := r.victim(dice, evidence.Functions()...)
		if err != nil || pid == 0 {
			return err
		}
		if syscall.Kill(pid, s) == nil {
			r.count(name, 1)
		}
		return nil
	}
}

// asleep reports whether a process is stopped.
func asleep(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && bytes.Contains(text, []byte(") T "))
}

// stop stops processes for a while, and lets them go on however the run ends.
func stop(ctx context.Context, pids []int, d time.Duration) error {
	for _, pid := range pids {
		syscall.Kill(pid, syscall.SIGSTOP)
		defer syscall.Kill(pid, syscall.SIGCONT)
	}
	return wait(ctx, d)
}

// nap stops a function that takes no lease, for less than a Trigger's timeout.
func nap(r run, dice *rand.Rand) error {
	pid, err := r.victim(dice, "uploads", "summarise", "minutes")
	if err != nil || pid == 0 {
		return err
	}
	if err := stop(r, []int{pid}, between(dice, 2*time.Second, 6*time.Second)); err != nil {
		return err
	}
	r.count("nap", 1)
	return nil
}

// restartLimit bounds how long a runtime may take to come up on a state that
// was left in a hurry.
const restartLimit = time.Minute

// killRuntime ends the broker and the store, and with them everything, and
// starts again on the same state; and once more, soon after, when it has just
// begun to take up what was left. It lets sleepers wake first.
func killRuntime(r run, dice *rand.Rand) error {
	r.sleep.Lock()
	defer r.sleep.Unlock()
	release, err := r.take(&r.machine)
	if err != nil {
		return err
	}
	defer release()
	if err := r.killOnce(); err != nil {
		return err
	}
	if err := wait(r, between(dice, 100*time.Millisecond, 3*time.Second)); err != nil {
		return err
	}
	return r.killOnce()
}

func (r run) killOnce() error {
	old := r.down()
	if old == nil {
		return errors.New("there is no runtime to kill")
	}
	old.Kill()
	r.count("runtime-kill", 1)
	// Not the run's own context: the runtime must be up for what comes after.
	limit, cancel := context.WithTimeout(context.Background(), restartLimit)
	defer cancel()
	for {
		err := r.up(limit)
		if err == nil {
			return nil
		}
		r.couldNot(fmt.Errorf("the runtime did not come up at once: %w", err))
		if wait(limit, time.Second) != nil {
			return fmt.Errorf("the runtime did not come up within %s: %w", restartLimit, err)
		}
	}
}

// takeStoreAway has the store refuse everything, for longer than an event's
// attempts last.
func takeStoreAway(r run, dice *rand.Rand) error {
	r.store.Away(true)
	defer r.store.Away(false)
	if err := wait(r, between(dice, 8*time.Second, 12*time.Second)); err != nil {
		return err
	}
	r.count("store-away", 1)
	return nil
}

// badNetwork troubles the store and the database for a few seconds.
func badNetwork(r run, dice *rand.Rand) error {
	r.network.Trouble(proxy.Chance{Fault: "store-refused", Share: 0.08}, proxy.Chance{Fault: "store-slow", Share: 0.08},
		proxy.Chance{Fault: "store-half-open", Share: 0.06}, proxy.Chance{Fault: "store-partial", Share: 0.08}, proxy.Chance{Fault: "store-answer-lost", Share: 0.08},
		proxy.Chance{Fault: "commit-cut", Share: 0.08}, proxy.Chance{Fault: "commit-lost", Share: 0.08},
		proxy.Chance{Fault: "database-slow", Share: 0.05}, proxy.Chance{Fault: "database-half-open", Share: 0.03})
	defer r.network.Trouble()
	r.count("bad-network", 1)
	return wait(r, between(dice, 3*time.Second, 6*time.Second))
}

// fillDisk leaves transcribe no room to work in, while a recording comes.
func fillDisk(r run, dice *rand.Rand) error {
	path := filepath.Join(r.scratch, "filler")
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 1<<20))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("fill the disk: %w", err)
	}
	r.count("disk-full", 1)
	r.load.tell(r, dice, (*sender).silence)
	return wait(r, between(dice, time.Second, 3*time.Second))
}

func between(dice *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(dice.Int64N(int64(most-least)))
}
