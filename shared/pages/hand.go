package pages

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"xietong.dev/shared/child"
	"xietong.dev/shared/fault"
)

// hand is the Reader's end of a worker. Who has it has it alone.
type hand struct {
	wire
	input  *os.File
	kill   context.CancelFunc
	left   chan struct{} // closed by who has it, when it reads no more
	done   chan struct{} // closed when nothing of the worker is left
	ended  error         // how it ended, once done
	broken bool          // it is of no more use
	born   time.Time
	uses   int
}

// A worker ends after so many files and so long: what it holds is given back.
const (
	mostUses = 200
	mostAge  = time.Hour
)

// reserved is address space that a worker takes without using it: Go's runtime
// reserves over a gigabyte.
const reserved = 1536 << 20

// startingTime is what a worker may take to start, on a very busy machine.
const startingTime = 2 * time.Minute

// programs is what a worker may need to start, where it is not one static file.
var programs = []string{"/usr", "/lib", "/lib64", "/etc/ld.so.cache"}

// start starts a worker and waits until PDFium is ready in it.
func (r *Reader) start(s setup) (*hand, error) {
	c, err := child.Self(Worker.Name)
	if err != nil {
		return nil, err
	}
	c.Limits = child.Limits{Wall: mostAge + 24*time.Hour, Output: 1 << 50, Memory: reserved + 2*s.Config.MemoryBytes + s.Config.mostBytes(), File: 1 << 30}
	if child.Enclosed() != "" { // WebAssembly is a fence too
		c.Files = &child.Files{Read: append([]string{s.Config.Cache}, programs...)}
		if s.Config.Fonts != "" {
			c.Files.Read = append(c.Files.Read, s.Config.Fonts)
		}
		if s.Fill {
			c.Files.Write = []string{s.Config.Cache}
		}
	}
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	ctx, kill := context.WithCancel(r.ctx)
	h := &hand{input: ours, kill: kill, left: make(chan struct{}), done: make(chan struct{}), born: time.Now()}
	c.Stdin = theirs
	output := make(chan io.Reader)
	r.all.Go(func() {
		defer close(h.done)
		defer kill()
		h.ended = child.Stream(ctx, c, func(out io.Reader) error {
			theirs.Close() // so that we are told when nobody reads it
			output <- out
			<-h.left
			return nil
		})
	})
	select {
	case out := <-output:
		h.wire = wire{in: bufio.NewReaderSize(out, 64<<10), out: ours, most: s.Config.mostBytes()}
	case <-h.done:
		theirs.Close()
		ours.Close()
		return nil, fmt.Errorf("start PDFium: %w", h.ended)
	}
	slow := time.AfterFunc(startingTime, kill)
	defer slow.Stop()
	var ready reply
	if err = h.send(s, nil); err == nil {
		_, err = h.receive(&ready)
	}
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", h.lost(err))
	}
	return h, nil
}

// mostBytes is the longest part of a frame that a worker may send.
func (c Config) mostBytes() int64 {
	return max(c.Limits.FileBytes, 4*int64(c.Limits.Pixels), 16*int64(c.Limits.Chars)) + 1<<20
}

// stop ends the worker, and waits until nothing of it is left.
func (h *hand) stop() {
	h.kill()
	h.leave()
}

// leave waits until nothing of the worker is left.
func (h *hand) leave() {
	if h.broken {
		return
	}
	h.broken = true
	h.input.Close()
	close(h.left)
	<-h.done
}

// dying is what a worker may take to end that has stopped answering.
const dying = time.Second

// lost ends a worker that does not answer as it should, and says why it does not.
// What needs too much memory is refused; anything else may be tried again.
func (h *hand) lost(err error) error {
	late := time.AfterFunc(dying, h.kill)
	defer late.Stop()
	h.leave()
	var limit *child.LimitError
	switch {
	case errors.As(h.ended, &limit):
		return fault.Refusef(CodeUnreadable, "the PDF needs too much: %s", limit)
	case h.ended != nil && !errors.Is(h.ended, context.Canceled):
		return fmt.Errorf("PDFium: %w", h.ended)
	}
	return fmt.Errorf("PDFium: %w", err)
}

// fresh reports whether a worker may have another file.
func (h *hand) fresh() bool { return !h.broken && h.uses < mostUses && time.Since(h.born) < mostAge }
