package drive

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Spent is the processor time that a process, what it has started, and what of
// that has ended have used so far.
func Spent(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The fields after the name: utime, stime, cutime and cstime are 14 to 17 of
	// proc(5), in ticks of 10 ms.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	ticks := int64(0)
	for _, field := range fields[11:15] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0
		}
		ticks += n
	}
	all := time.Duration(ticks) * 10 * time.Millisecond
	for _, child := range children(pid) {
		all += Spent(child)
	}
	return all
}

// children are those of all threads of a process.
func children(pid int) (all []int) {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // a thread has ended meanwhile
		}
		for _, word := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				all = append(all, child)
			}
		}
	}
	return all
}

// Below are all processes below one.
func Below(pid int) (all []int) {
	for _, child := range children(pid) {
		all = append(append(all, child), Below(child)...)
	}
	return all
}

// KillAll kills every process of one function, and returns when they are gone.
func (r *Runtime) KillAll(word string) error {
	pids, err := r.Processes(word)
	if err != nil {
		return err
	}
	for _, pid := range pids {
		syscall.Kill(pid, syscall.SIGKILL)
		for syscall.Kill(pid, 0) == nil {
			time.Sleep(time.Millisecond)
		}
	}
	return nil
}
