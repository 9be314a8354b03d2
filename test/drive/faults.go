package drive

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
)

// Send posts an event to the broker and returns the status of its answer: 202
// once the event is on disk.
func (r *Runtime) Send(ctx context.Context, e events.Event) (int, error) {
	req, err := ce.NewRequest(ctx, r.Front+"/broker", e)
	if err != nil {
		return 0, err
	}
	return status(http.DefaultClient.Do(req))
}

// Post sends bytes that claim to be an event, and returns the answer's status.
func (r *Runtime) Post(ctx context.Context, contentType string, body []byte) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Front+"/broker", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", contentType)
	return status(http.DefaultClient.Do(req))
}

func status(res *http.Response, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// Processes returns the processes that the runtime started of one program: a
// function's word, or postgres.
func (r *Runtime) Processes(program string) ([]int, error) {
	return Children(r.PID(), program)
}

// Children returns the processes of a program that another process started.
func Children(parent int, program string) ([]int, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	var found []int
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended meanwhile
		}
		pid, name, of, err := readStat(string(text))
		if err != nil {
			return nil, err
		}
		if of == parent && name == program {
			found = append(found, pid)
		}
	}
	return found, nil
}

// readStat reads "pid (name) state parent …" of proc(5); the name may hold
// anything.
func readStat(text string) (pid int, name string, parent int, err error) {
	open, shut := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	rest := strings.Fields(text[max(0, shut+1):])
	if open < 0 || shut < open || len(rest) < 2 {
		return 0, "", 0, fmt.Errorf("a process's stat is %q", text)
	}
	if pid, err = strconv.Atoi(strings.TrimSpace(text[:open])); err == nil {
		parent, err = strconv.Atoi(rest[1])
	}
	return pid, text[open+1 : shut], parent, err
}
