package office

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"

	"xietong.dev/shared/child"
)

// Worker is LibreOffice as a child of this program. Whoever opens a [Pool] gives
// it to child.Serve.
var Worker = child.Worker{Name: "office", Run: serve}

// setup is the first line that a worker is sent.
type setup struct {
	Program string `json:"program"`
	Profile string `json:"profile"`
}

// order is each line after that: one document.
type order struct {
	In       string `json:"in"`
	Out      string `json:"out"`
	Filter   string `json:"filter"`
	Options  string `json:"options,omitempty"`
	Password string `json:"password,omitempty"`
}

// answer is a worker's line for each line that it was sent.
type answer struct {
	Done    bool   `json:"done,omitempty"`
	Code    string `json:"code,omitempty"` // why not
	Text    string `json:"text,omitempty"` // what LibreOffice said
	Version string `json:"version,omitempty"`
}

// serve is the life of a worker: it starts LibreOffice, says so, and does what
// it is told until nothing more comes.
func serve(in io.Reader, out io.Writer) error {
	runtime.LockOSThread()
	lines, answers := json.NewDecoder(in), json.NewEncoder(out)
	var s setup
	if err := lines.Decode(&s); err != nil {
		return fmt.Errorf("read how to start: %w", err)
	}
	k, err := openKit(s.Program, s.Profile)
	if err != nil {
		return err
	}
	if err := answers.Encode(answer{Done: true, Version: k.version()}); err != nil {
		return err
	}
	for {
		var o order
		if err := lines.Decode(&o); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("read what to do: %w", err)
		}
		if err := answers.Encode(k.convert(o)); err != nil {
			return err
		}
	}
}
