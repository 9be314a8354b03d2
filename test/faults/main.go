// Command faults proves that what was accepted is done once, whatever dies. It
// runs the one-machine runtime for a set time, sends work at a bounded rate,
// breaks things by a plan that follows from the seed, lets everything come to
// its end, and holds every row and object against the rules.
//
//	go run ./test/faults --for 10m --seed 1
//
//	in   a time and a seed
//	out  every event, row and object that breaks a rule, how often each fault was
//	     done, and last one line
//	     accepted=… kills=… lost=… twice=… orphans=… poison=…
//
// It ends with status 1 where anything is lost, twice or an orphan, where the
// evidence cannot be read, or where the run did not come to its end. Further
// settings pass to the runtime with --set <function>.NAME=value. A full disk is
// simulated by root only. The clock is not made to jump.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
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
}

func main() {
	var o options
	flag.DurationVar(&o.length, "for", 10*time.Minute, "how long work is sent and things are broken")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what the plan follows from")
	flag.Float64Var(&o.rate, "rate", 25, "stories a second; a story is three or four events")
	flag.DurationVar(&o.drain, "drain", 5*time.Minute, "how long everything may take to come to its end")
	flag.BoolVar(&o.keep, "keep", false, "keep the state directory, and print where it is")
	flag.Func("set", "a function's setting: transcribe.MAX_CHUNK=30s", func(s string) error { o.sets = append(o.sets, s); return nil })
	flag.Func("only", "only this fault; may be given several times", func(s string) error { o.only = append(o.only, s); return nil })
	flag.Parse()
	log.SetOutput(io.Discard) // clients of HTTP tell there of connections that ended badly, as they must here
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Printf("seed=%d\n", o.seed)
	if err := harness(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

// errBroken says that a rule was broken; which, was printed.
var errBroken = errors.New("the toolbox broke its promises")

func harness(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "faults")
	if err != nil {
		return err
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
		return err
	}
	defer w.close()
	l, err := newLoad(ctx, w, o.seed)
	if err != nil {
		return err
	}
	began := time.Now()
	unfinished := w.storm(ctx, o, l)
	fmt.Printf("%s of faults, %d stories\n", time.Since(began).Round(time.Second), l.stories)
	if err := errors.Join(ctx.Err(), unfinished); err != nil {
		return err
	}
	began = time.Now()
	s, err := w.settle(ctx, l)
	if err != nil {
		return fmt.Errorf("no verdict: %w", err)
	}
	fmt.Printf("settled in %s\n", time.Since(began).Round(time.Second))
	return w.report(l, s)
}

func newLoad(ctx context.Context, w *world, seed uint64) (*load, error) {
	speech, err := os.ReadFile(filepath.Join(w.root, "local", "samples", "memo-en.mp4"))
	if err != nil {
		return nil, err
	}
	l := &load{world: w, seed: seed, speech: speech, promised: evidence.Promises{Tried: map[string]bool{}, Given: "given/"}}
	return l, l.prepare(ctx)
}

// storm sends work and breaks things for the time set.
func (w *world) storm(ctx context.Context, o options, l *load) error {
	ctx, cancel := context.WithTimeout(ctx, o.length)
	defer cancel()
	var all sync.WaitGroup
	all.Go(func() { w.watch(ctx) })
	all.Go(func() { l.run(ctx, o.rate) })
	faults := w.faults()
	if len(o.only) > 0 {
		faults = slices.DeleteFunc(faults, func(f fault) bool { return !slices.Contains(o.only, f.name) })
	}
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
	if w.runtime == nil {
		return errors.New("the runtime is down at the end of the storm")
	}
	return nil
}

// report prints what is broken and what was done.
func (w *world) report(l *load, s settled) error {
	v := judge.Judge(s.evidence)
	v.Lost = append(v.Lost, judge.Redriven(s.before, s.evidence, s.mended)...)
	list("lost", v.Lost)
	list("twice", v.Twice)
	list("orphan", v.Orphans)
	list("fault not done", texts(w.failed))
	list("not sent", texts(l.failed))
	list("cut off by the end", texts(l.cut))
	list("condemned and redriven", groups(s.condemned))
	counts := w.done()
	fmt.Println(figures(counts))
	fmt.Printf("sent=%d uploaded=%d endings=%d condemned=%d redriven_mended=%d repeated=%d\n",
		len(s.evidence.Receipts), len(s.evidence.Puts), len(s.evidence.Endings), len(s.condemned), len(s.mended), s.repeated)
	if w.scratch == "" {
		fmt.Println("disk-full=not possible: only root may mount the small disk that it needs")
	}
	kills := counts["kill"] + counts["runtime-kill"]
	fmt.Printf("accepted=%d kills=%d lost=%d twice=%d orphans=%d poison=%d\n", len(s.evidence.Events), kills, len(v.Lost), len(v.Twice), len(v.Orphans), v.Poison)
	if v.Broken() || len(l.failed) > 0 {
		return errBroken
	}
	return nil
}

func list(kind string, lines []string) {
	slices.Sort(lines)
	for _, line := range lines {
		fmt.Printf("%s: %s\n", kind, line)
	}
}

func texts(errs []error) (all []string) {
	for _, err := range errs {
		all = append(all, strings.Join(strings.Fields(err.Error()), " "))
	}
	return all
}

// figures are counts in the order of their names.
func figures(counts map[string]int) string {
	var all []string
	for name, n := range counts {
		all = append(all, fmt.Sprintf("%s=%d", name, n))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// groups counts dead letters by where and of what they died, without what
// differs from one to the next.
func groups(dead []evidence.Delivery) (all []string) {
	digits := regexp.MustCompile(`[0-9a-f]{16,}|[0-9]+`)
	counts := map[string]int{}
	for _, d := range dead {
		text := digits.ReplaceAllString(d.Reason, "#")
		counts[fmt.Sprintf("%s %d %s", d.Trigger, d.Code, text[:min(len(text), 160)])]++
	}
	for why, n := range counts {
		all = append(all, fmt.Sprintf("%d %s", n, why))
	}
	return all
}
