package office

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"xietong.dev/shared/child"
)

// hand is the parent's end of a worker.
type hand struct {
	dir     string // the worker's own; the document and what is made of it are in it
	send    *io.PipeWriter
	answers chan answer
	kill    context.CancelFunc
	done    chan struct{} // closed when nothing of the worker is left
	ended   error         // how it ended, once done
	meter   meter
	born    time.Time
	uses    int
}

// longestAnswer is what a line of a worker may have; the worker is not trusted
// once it has seen a document.
const longestAnswer = 64 << 10

// reserved is address space that a worker takes without using it: Go's runtime
// reserves over a gigabyte. What it uses, meter sees.
const reserved = 1536 << 20

// startingTime is what LibreOffice may take to start, on a very busy machine.
const startingTime = 2 * time.Minute

// start starts a worker and waits until LibreOffice is ready in it.
func (p *Pool) start() (*hand, error) {
	dir, err := p.workplace()
	if err != nil {
		return nil, err
	}
	c, err := child.Self(Worker.Name)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	ctx, kill := context.WithCancel(p.ctx)
	h := &hand{
		dir: dir, answers: make(chan answer), kill: kill, done: make(chan struct{}), born: time.Now(),
		meter: meter{limits: p.config.Limits},
	}
	input, send := io.Pipe()
	h.send = send
	c = p.fenced(c, dir)
	// Go interrupts itself with a signal that LibreOffice takes over, at first with
	// a handler that Go does not bear (see onSignalStacks).
	c.Env = append(c.Env, "GODEBUG=asyncpreemptoff=1")
	c.Stdin, c.Watch = input, h.meter.watch
	c.Limits.Wall = startingTime + p.config.Age + p.config.Wall
	c.Limits.Memory += reserved
	p.all.Go(func() {
		h.ended = child.Stream(ctx, c, func(r io.Reader) error { return h.listen(ctx, r) })
		kill()
		input.Close()
		h.ended = errors.Join(h.ended, discard(dir))
		close(h.done)
	})
	begun, cancel := context.WithTimeoutCause(p.ctx, startingTime, &child.LimitError{Path: "LibreOffice", Limit: child.LimitWall, Value: startingTime.String()})
	defer cancel()
	if _, err := h.ask(begun, setup{p.config.Program, filepath.Join(dir, "profile")}); err != nil {
		h.stop()
		return nil, fmt.Errorf("start LibreOffice: %w", err)
	}
	return h, nil
}

// listen passes on what the worker answers.
func (h *hand) listen(ctx context.Context, r io.Reader) error {
	// The worker's input ends with its output, or its end would be waited for.
	defer h.send.Close()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestAnswer)
	for lines.Scan() {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return fmt.Errorf("a worker's answer: %w", err)
		}
		select {
		case h.answers <- a:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return lines.Err()
}

// ask sends a line and waits for the answer. Whatever goes wrong is the end of
// the worker.
func (h *hand) ask(ctx context.Context, line any) (answer, error) {
	if err := json.NewEncoder(h.send).Encode(line); err != nil {
		h.stop()
	}
	select {
	case a := <-h.answers:
		return a, nil
	case <-h.done:
		if h.ended == nil {
			return answer{}, errors.New("the worker left")
		}
		return answer{}, h.ended
	case <-ctx.Done():
		h.stop()
		return answer{}, context.Cause(ctx)
	}
}

// convert has the worker convert one document. It returns the memory that the
// worker holds afterwards.
func (h *hand) convert(ctx context.Context, j Job, l Limits) (resident int64, err error) {
	work, err := os.OpenRoot(h.dir)
	if err != nil {
		return 0, err
	}
	defer work.Close()
	source, result := j.fileName(), filepath.Join(made, "out."+j.Filter)
	if err := place(j.In, work, source); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, l.Wall, &child.LimitError{Path: "LibreOffice", Limit: child.LimitWall, Value: l.Wall.String()})
	defer cancel()
	o := order{In: filepath.Join(h.dir, source), Out: filepath.Join(h.dir, result), Filter: j.Filter, Options: j.Options, Password: j.Password}
	h.meter.start(time.Now())
	a, err := h.ask(ctx, o)
	resident = h.meter.end()
	switch {
	case err != nil:
		return 0, verdict(err)
	case !a.Done:
		return 0, refusal(a)
	}
	if err := deliver(work, result, j.Out, int64(l.File)); err != nil {
		return 0, err
	}
	return resident, errors.Join(work.Remove(result), work.Remove(source))
}

// alive reports whether the worker has not ended.
func (h *hand) alive() bool {
	select {
	case <-h.done:
		return false
	default:
		return true
	}
}

// stop ends the worker, without waiting for it.
func (h *hand) stop() { h.kill() }
