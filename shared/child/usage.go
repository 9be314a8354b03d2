package child

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// Usage is what all processes of a child use together.
type Usage struct {
	CPU      time.Duration // since they began, of those that are still there and those they have waited for
	Resident int64         // bytes of memory; what two of them share counts twice
}

// tick is the unit of CPU time in /proc, the same on every architecture here.
const tick = time.Second / 100

// usage adds up the processes of a group.
func usage(group int) Usage {
	var sum Usage
	names, _ := os.ReadDir("/proc") // without it nothing is known, as of a child that just ended
	for _, name := range names {
		if first := name.Name()[0]; first < '0' || first > '9' {
			continue
		}
		line, err := os.ReadFile("/proc/" + name.Name() + "/stat")
		if err != nil {
			continue // it has gone meanwhile
		}
		if in, used := readStat(line); in == group {
			sum.CPU += used.CPU
			sum.Resident += used.Resident
		}
	}
	return sum
}

// readStat reads a process's group and usage from its line in /proc (proc(5)).
func readStat(line []byte) (group int, used Usage) {
	// The program's name, in brackets, may hold anything.
	fields := bytes.Fields(line[bytes.LastIndexByte(line, ')')+1:])
	if len(fields) < 22 {
		return 0, Usage{}
	}
	number := func(i int) int64 {
		n, _ := strconv.ParseInt(string(fields[i-3]), 10, 64) // the kernel writes numbers there
		return n
	}
	const pgrp, utime, cstime, rss = 5, 14, 17, 24
	for i := utime; i <= cstime; i++ {
		used.CPU += time.Duration(number(i)) * tick
	}
	used.Resident = number(rss) * int64(os.Getpagesize())
	return int(number(pgrp)), used
}
