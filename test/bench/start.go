package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"xietong.dev/test/drive"
)

// start measures how long the runtime takes to be ready, on a new state and on
// one that was used before; how long a function that sleeps takes to its first
// answer; and what the whole needs when nothing happens.
func start(b *bench) (figures, error) {
	var cold, warm, zero, awake []time.Duration
	var memory []float64
	for i := range b.rounds {
		state := filepath.Join(b.dir, fmt.Sprint("state", i))
		r, took, err := b.up(state)
		if err != nil {
			return nil, err
		}
		cold = append(cold, took)
		r.Down()
		if r, took, err = b.up(state); err != nil {
			return nil, err
		}
		warm = append(warm, took)
		memory = append(memory, resident(r.PID()))
		for _, into := range []*[]time.Duration{&zero, &awake} {
			began := time.Now()
			if status, err := r.Call(b.ctx, "GET", "/minutes", nil, nil); err != nil || status != 200 {
				return nil, fmt.Errorf("GET /minutes: %d, %v", status, err)
			}
			*into = append(*into, time.Since(began))
		}
		r.Down()
	}
	fmt.Printf("%-48s %s\n%-48s %s\n%-48s %s\n%-48s %s\n%-48s %.0f MiB\n",
		"start to ready, new state", seconds(median(cold)), "start to ready, state used before", seconds(median(warm)),
		"function from zero to its first answer", seconds(median(zero)), "its second answer", seconds(median(awake)),
		"memory of everything at rest (PSS)", median(memory))
	return figures{{"cold_s", median(cold).Seconds()}, {"warm_s", median(warm).Seconds()}, {"zero_s", median(zero).Seconds()},
		{"awake_s", median(awake).Seconds()}, {"rest_mib", median(memory)}}, nil
}

func (b *bench) up(state string, args ...string) (*drive.Runtime, time.Duration, error) {
	began := time.Now()
	r, err := drive.Up(b.ctx, b.root, b.program, state, args...)
	return r, time.Since(began), err
}

// resident is the proportional set size of a process and all below it, in MiB:
// memory that several share counts once.
func resident(pid int) float64 {
	total := pss(pid)
	entries, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return total
	}
	for _, path := range entries {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(after)
		if len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			child, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			total += resident(child)
		}
	}
	return total
}

func pss(pid int) float64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if kb, ok := strings.CutPrefix(lines.Text(), "Pss:"); ok {
			n, _ := strconv.ParseFloat(strings.Fields(kb)[0], 64)
			return n / 1024
		}
	}
	return 0
}
