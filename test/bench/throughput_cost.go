package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of the kernel's process times: USER_HZ, 100 a second on every
// machine that we build for.
const tick = 10 * time.Millisecond

// processor is the processor time that a process and all below it have used,
// those that have ended included. Other work on the machine does not enter it.
func processor(pid int) time.Duration {
	times := map[int]time.Duration{}
	below := map[int][]int{}
	paths, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended, and is in its parent's times
		}
		own, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		_, after, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(after) // from the third of proc_pid_stat(5) on
		if len(fields) < 15 {
			continue
		}
		parent, _ := strconv.Atoi(fields[1])
		below[parent] = append(below[parent], own)
		for _, field := range fields[11:15] { // its own times and those of ended children, user's and system's
			n, _ := strconv.ParseInt(field, 10, 64)
			times[own] += time.Duration(n) * tick
		}
	}
	return sum(pid, times, below)
}

func sum(pid int, times map[int]time.Duration, below map[int][]int) time.Duration {
	total := times[pid]
	for _, child := range below[pid] {
		total += sum(child, times, below)
	}
	return total
}
