package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"xietong.dev/test/faults/evidence"
	"xietong.dev/test/faults/judge"
)

// errBroken says that a rule was broken; which, was printed.
var errBroken = errors.New("the toolbox broke its promises")

// errTooFew says that a run proves too little; in what, was printed.
var errTooFew = errors.New("the run was too mild to prove anything")

// A run that is long enough for it must have met each fault so often, and sent
// so much work.
const (
	enough       = 20
	enoughEvents = 20_000
	longEnough   = 20 * time.Minute
)

// wanted are the names under which everything that goes wrong is counted.
func wanted() []string {
	names := []string{"kill", "term", "nap", "pause", "database-restart", "database-away", "runtime-kill", "store-away", "disk-full", "clock-jump",
		"store-refused", "store-slow", "store-half-open", "store-partial", "store-answer-lost",
		"commit-cut", "commit-lost", "database-slow", "database-half-open", "duplicates", "reordered", "malformed"}
	for _, p := range points() {
		names = append(names, "kill-"+p)
	}
	for _, k := range poisons() {
		names = append(names, "poison-"+k.name)
	}
	return names
}

// tooFew returns what did not happen often enough.
func tooFew(counts map[string]int, accepted int) (all []string) {
	for _, name := range wanted() {
		if counts[name] < enough {
			all = append(all, fmt.Sprintf("%s=%d", name, counts[name]))
		}
	}
	if accepted < enoughEvents {
		all = append(all, fmt.Sprintf("accepted=%d", accepted))
	}
	return all
}

// report prints what is broken and what was done.
func (w *world) report(o options, l *load, s settled) (judge.Verdict, error) {
	v := judge.Judge(s.evidence)
	v.Lost = append(v.Lost, judge.Redriven(s.before, s.evidence, s.mended)...)
	v.Lost = append(v.Lost, s.unmended...)
	list("lost", v.Lost, o.lines)
	list("twice", v.Twice, o.lines)
	list("orphan", v.Orphans, o.lines)
	list("fault not done", texts(w.failed), o.lines)
	list("not sent", texts(l.failed), o.lines)
	list("cut off by the end", texts(l.cut), o.lines)
	list("condemned and redriven", groups(s.condemned), o.lines)
	counts, accepted := w.done(), len(s.evidence.Events)
	fmt.Println(figures(counts))
	fmt.Printf("sent=%d uploaded=%d endings=%d condemned=%d redriven_mended=%d repeated=%d\n",
		len(s.evidence.Receipts), len(s.evidence.Puts), len(s.evidence.Endings), len(s.condemned), len(s.mended), s.repeated)
	if w.scratch == "" {
		fmt.Println("disk-full=not possible: only root may mount the small disk that it needs")
	}
	if w.clock == "" {
		fmt.Println("clock-jump=not possible: install the package faketime")
	}
	few := tooFew(counts, accepted)
	if len(few) > 0 {
		fmt.Println("too few:", strings.Join(few, " "))
	}
	fmt.Printf("accepted=%d kills=%d lost=%d twice=%d orphans=%d poison=%d\n", accepted, kills(counts), len(v.Lost), len(v.Twice), len(v.Orphans), v.Poison)
	switch {
	case s.stuck:
		return v, errors.Join(errBroken, errNotIdle)
	case v.Broken() || len(l.failed) > 0:
		return v, errBroken
	case len(few) > 0 && o.length >= longEnough:
		return v, errTooFew
	}
	return v, nil
}

// kills is how often a process was killed at once.
func kills(counts map[string]int) int {
	n := counts["kill"] + counts["runtime-kill"]
	for _, p := range points() {
		n += counts["kill-"+p]
	}
	return n
}

// list prints lines in their order, and how many more there are than most.
func list(kind string, lines []string, most int) {
	slices.Sort(lines)
	for i, line := range lines {
		if i == most {
			fmt.Printf("%s: and %d more\n", kind, len(lines)-most)
			return
		}
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
