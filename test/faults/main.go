// Command faults proves that what was accepted is done once, whatever dies. It
// runs the one-machine runtime for a set time, sends work at a bounded rate,
// breaks things by a plan that follows from the seed, lets everything come to
// its end, and holds every row and object against the rules.
//
//	go run ./test/faults --for 20m --seed 1
//	go run ./test/faults --for 90s --mutants
//
//	in   a time and a seed
//	out  every event, row and object that breaks a rule, how often each fault was
//	     done, which of them too seldom, and last one line
//	     accepted=… kills=… lost=… twice=… orphans=… poison=…
//
// It ends with status 1 where anything is lost, twice or an orphan, where the
// evidence cannot be read, where the run did not come to its end, or where in 20
// minutes or more a fault came less than 20 times. With --mutants the functions
// break one promise after another, and it ends with status 1 where that is not
// noticed. Functions are built with the tag faults. Further settings pass to the
// runtime with --set <function>.NAME=value. A full disk needs root, the clock that
// jumps the package faketime.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"xietong.dev/test/faults/evidence"
	"xietong.dev/test/faults/judge"
)

// options are what a run is told.
type options struct {
	length time.Duration
	drain  time.Duration
	rate   float64
	seed   uint64
	keep   bool
	sets   []string
	only   []string
	mutant string
	lines  int // how many broken rules of a kind are printed
}

func main() {
	o := options{lines: 1000}
	all := flag.Bool("mutants", false, "run every mutant, and fail where one is not caught")
	flag.DurationVar(&o.length, "for", 10*time.Minute, "how long work is sent and things are broken")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what the plan follows from")
	flag.Float64Var(&o.rate, "rate", 25, "stories a second; a story is three or four events")
	flag.DurationVar(&o.drain, "drain", 10*time.Minute, "how long everything may take to come to its end")
	flag.BoolVar(&o.keep, "keep", false, "keep the state directory, and print where it is")
	flag.Func("set", "a function's setting: transcribe.MAX_CHUNK=30s", func(s string) error { o.sets = append(o.sets, s); return nil })
	flag.Func("only", "only this fault; may be given several times", func(s string) error { o.only = append(o.only, s); return nil })
	flag.StringVar(&o.mutant, "mutant", "", "the promise that functions break: "+strings.Join(slices.Sorted(maps.Keys(mutants())), ", "))
	flag.Parse()
	log.SetOutput(io.Discard) // clients of HTTP tell there of connections that ended badly, as they must here
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Printf("seed=%d\n", o.seed)
	if err := command(ctx, o, *all); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

func command(ctx context.Context, o options, all bool) error {
	if all {
		o.lines = 3
		return tryMutants(ctx, o)
	}
	_, err := harness(ctx, o)
	return err
}

// harness makes one run.
func harness(ctx context.Context, o options) (v judge.Verdict, err error) {
	dir, err := os.MkdirTemp("", "faults")
	if err != nil {
		return v, err
	}
	defer func() {
		if o.keep {
			fmt.Println("state:", filepath.Join(dir, "state"))
			return
		}
		os.RemoveAll(dir)
	}()
	os.Chmod(dir, 0o755) // the database runs as another user
	w, err := open(ctx, o, filepath.Join(dir, "state"))
	if err != nil {
		return v, err
	}
	defer w.close()
	l, err := newLoad(ctx, w, o.seed)
	if err != nil {
		return v, err
	}
	began := time.Now()
	unfinished := w.storm(ctx, o, l)
	fmt.Printf("%s of faults, %d stories\n", time.Since(began).Round(time.Second), l.stories)
	if err := errors.Join(ctx.Err(), unfinished); err != nil {
		return v, err
	}
	began = time.Now()
	s, err := w.settle(ctx, l)
	if err != nil {
		return v, fmt.Errorf("no verdict: %w", err)
	}
	fmt.Printf("settled in %s\n", time.Since(began).Round(time.Second))
	return w.report(o, l, s)
}

// speech is the beginning of a bundled recording. The whole of it would keep the
// processors with listening, which is not what breaks here.
func speech(ctx context.Context, root string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "ffmpeg", "-v", "error", "-t", "4", "-i", filepath.Join(root, "local", "samples", "memo-en.mp4"), "-vn", "-c:a", "libvorbis", "-f", "ogg", "-")
	cmd.Stderr = os.Stderr
	clip, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("cut the bundled recording: %w", err)
	}
	return clip, nil
}

func newLoad(ctx context.Context, w *world, seed uint64) (*load, error) {
	speech, err := speech(ctx, w.root)
	if err != nil {
		return nil, err
	}
	l := &load{world: w, seed: seed, speech: speech, promised: evidence.Promises{Tried: map[string]bool{}, Given: "given/"}}
	return l, l.prepare(ctx)
}

// storm sends work and breaks things for the time set.
func (w *world) storm(ctx context.Context, o options, l *load) error {
	faults, err := choice(w.faults(), o.only, o.length)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.length)
	defer cancel()
	var all sync.WaitGroup
	all.Go(func() { w.watch(ctx) })
	all.Go(func() { l.run(ctx, o.rate, min(time.Minute, o.length)) })
	began := time.Now()
	for _, step := range plan(o.seed, o.length, faults) {
		if wait(ctx, time.Until(began.Add(step.at))) != nil {
			break
		}
		all.Go(func() {
			r := run{ctx, w, l}
			if err := step.fault.do(r, rand.New(rand.NewPCG(step.seed, 2))); err != nil && ctx.Err() == nil {
				w.couldNot(fmt.Errorf("%s: %w", step.fault.name, err))
			}
		})
	}
	all.Wait()
	w.calm()
	if w.runtime == nil {
		return errors.New("the runtime is down at the end of the storm")
	}
	return nil
}
