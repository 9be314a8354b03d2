package console

// What a function wrote into its log about one event. A log is read from its end, and
// only so far: it may be larger than memory.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

const (
	logLook  = 4 << 20 // bytes from the end of a log that are looked at
	logBlock = 64 << 10
	logMost  = 50 // lines that are shown
)

// logLine is one line of a log.
type logLine struct {
	At      time.Time
	Level   string
	Message string
	Rest    string // what else it says, name=value
}

// linesAbout returns the newest lines of a log that carry an event's id, oldest first,
// and whether it looked at less than the whole log and found fewer than it may show.
func linesAbout(path, event string) (lines []logLine, short bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil // the function has not run yet
	}
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	floor := max(0, info.Size()-logLook)
	err = backwards(f, floor, info.Size(), func(text []byte) bool {
		if l, about := lineAbout(text, event); about {
			lines = append(lines, l)
		}
		return len(lines) < logMost
	})
	slices.Reverse(lines)
	return lines, floor > 0 && len(lines) < logMost, err
}

// backwards gives the lines between two places of a file, the last first, until take
// returns false. A line that begins before the first place is left out.
func backwards(f *os.File, floor, end int64, take func([]byte) bool) error {
	var tail []byte // what was read of a line that begins further up
	for end > floor {
		n := min(logBlock, end-floor)
		block := make([]byte, n, int(n)+len(tail))
		if _, err := f.ReadAt(block, end-n); err != nil {
			return fmt.Errorf("read log %s: %w", f.Name(), err)
		}
		end -= n
		block = append(block, tail...)
		begin := 0
		if end > 0 {
			begin = bytes.IndexByte(block, '\n') + 1
		}
		if tail = block; begin == 0 && end > 0 {
			continue
		}
		tail = block[:begin]
		for rest := bytes.TrimSuffix(block[begin:], []byte("\n")); len(rest) > 0; {
			last := bytes.LastIndexByte(rest, '\n')
			if !take(rest[last+1:]) {
				return nil
			}
			rest = rest[:max(last, 0)]
		}
	}
	return nil
}

// lineAbout reads a line of a log, and reports whether it is about an event.
func lineAbout(text []byte, event string) (l logLine, about bool) {
	if !bytes.Contains(text, []byte(`"event":`)) {
		return l, false
	}
	var all map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // they are shown as they are written
	if d.Decode(&all) != nil || all["event"] != event {
		return l, false
	}
	at, _ := all["time"].(string)
	l.At, _ = time.Parse(time.RFC3339Nano, at)
	l.Level, _ = all["level"].(string)
	l.Message, _ = all["msg"].(string)
	for _, shown := range []string{"time", "level", "msg", "event", "type", "subject", "correlation", "trace", "function"} {
		delete(all, shown)
	}
	var rest []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		value := all[name]
		if n, is := value.(json.Number); is && name == "took" {
			if ns, err := n.Int64(); err == nil {
				value = time.Duration(ns) // as slog writes one
			}
		}
		rest = append(rest, fmt.Sprintf("%s=%v", name, value))
	}
	l.Rest = strings.Join(rest, "  ")
	return l, true
}
