// Package office makes other documents of office documents, with LibreOffice.
//
//	in   a file, what it is, what to make of it, and perhaps its password
//	out  the file that was made, whole or not at all
//
// A document that LibreOffice cannot load, that is encrypted, or that takes more
// than a document may, is refused with a code (see the Code… constants). Every
// other error may be tried again.
//
// No document is trusted. LibreOffice runs in children that see the system's
// programs and fonts, and one directory of their own: no network, no other file,
// no other process. A document from outside has a worker to itself, which was
// started before the document came and ends with it.
package office

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"xietong.dev/shared/child"
)

// Pool converts documents, several at a time. Make one with [Open].
type Pool struct {
	config  Config
	dir     string        // everything of ours is below
	kit     bool          // LibreOfficeKit is installed; where not, each document takes a start of LibreOffice
	version string        // of LibreOffice
	fonts   string        // their hash
	slots   chan struct{} // one for each document that is being converted
	ready   chan fresh    // started workers that have seen no document

	ctx   context.Context // ends with the pool
	close context.CancelFunc
	all   sync.WaitGroup // whatever runs

	mu   sync.Mutex
	idle []*hand // workers between two trusted documents
}

// fresh is a worker that was just started, or why it was not.
type fresh struct {
	hand *hand
	err  error
}

// Open tests the fence, prepares a profile and the fonts, and starts the first
// workers. The program's main must have called child.Serve with [Worker]. It
// takes some seconds; the pool lives until Close.
func Open(ctx context.Context, c Config) (*Pool, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(c.Program, "soffice.bin")); err != nil {
		return nil, fmt.Errorf("environment variable OFFICE_PROGRAM: no LibreOffice there: %w", err)
	}
	if err := child.SelfTest(ctx); err != nil {
		return nil, err
	}
	p := &Pool{config: c, slots: make(chan struct{}, c.Workers), ready: make(chan fresh)}
	p.ctx, p.close = context.WithCancel(context.WithoutCancel(ctx))
	if p.dir, err = os.MkdirTemp("", "office-"); err == nil {
		err = p.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare LibreOffice: %w", err), p.Close())
	}
	_, err = os.Stat(filepath.Join(c.Program, "libmergedlo.so"))
	if p.kit = err == nil; p.kit {
		for range c.Workers {
			p.all.Go(p.keep)
		}
	}
	return p, nil
}

// Close ends all workers, and with them the documents they have. Nothing of them
// is left when it returns.
func (p *Pool) Close() error {
	p.close()
	p.all.Wait()
	if p.dir == "" {
		return nil
	}
	return os.RemoveAll(p.dir)
}

// Engine names what converts: LibreOffice with its version, and the fonts. The
// same document, converted with the same engine, is the same.
func (p *Pool) Engine() string { return p.version + ", fonts " + p.fonts[:16] }

// FontEnv is the environment in which fontconfig's own programs see the fonts as
// LibreOffice does.
func (p *Pool) FontEnv() []string {
	return []string{"FONTCONFIG_FILE=" + filepath.Join(p.dir, "fonts.conf")}
}

// Convert makes a document. It waits for a free worker; its limits hold from
// then on.
func (p *Pool) Convert(ctx context.Context, j Job) error {
	if err := j.check(); err != nil {
		return err
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return fmt.Errorf("convert %s: wait for LibreOffice: %w", j.In, ctx.Err())
	case <-p.ctx.Done():
		return fmt.Errorf("convert %s: LibreOffice is shut down", j.In)
	}
	if err := p.convert(ctx, j); err != nil {
		return fmt.Errorf("convert %s: %w", j.In, err)
	}
	return nil
}

// convert asks a worker, and where LibreOffice crashes there, LibreOffice by
// itself: some documents fare better so.
func (p *Pool) convert(ctx context.Context, j Job) error {
	if !p.kit || j.plain() {
		return p.cold(ctx, j)
	}
	err := p.warm(ctx, j)
	if ownFault(err) {
		return p.cold(ctx, j)
	}
	return err
}

// warm converts with a worker.
func (p *Pool) warm(ctx context.Context, j Job) error {
	h, err := p.take(ctx, j.Trusted)
	if err != nil {
		return err
	}
	resident, err := h.convert(ctx, j, p.config.Limits)
	h.uses++
	if err == nil && j.Trusted && p.config.fit(h.uses, resident, time.Since(h.born)) {
		p.mu.Lock()
		p.idle = append(p.idle, h)
		p.mu.Unlock()
		return nil
	}
	h.stop()
	return err
}

// fit reports whether a worker may have another trusted document.
func (c Config) fit(uses int, resident int64, age time.Duration) bool {
	return uses < c.Uses && resident <= int64(c.Resident) && age <= c.Age
}

// take returns a worker: for a trusted document one that has seen only such.
func (p *Pool) take(ctx context.Context, trusted bool) (*hand, error) {
	if trusted {
		if h := p.reuse(); h != nil {
			return h, nil
		}
	}
	select {
	case f := <-p.ready:
		return f.hand, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.ctx.Done():
		return nil, errors.New("LibreOffice is shut down")
	}
}

// reuse returns an idle worker that still lives, and nil where there is none.
func (p *Pool) reuse() *hand {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		last := len(p.idle) - 1
		h := p.idle[last]
		p.idle = p.idle[:last]
		if h.alive() && time.Since(h.born) <= p.config.Age {
			return h
		}
		h.stop()
	}
	return nil
}

// keep has a worker ready, all the time: the next one starts when one is taken.
func (p *Pool) keep() {
	for p.ctx.Err() == nil {
		h, err := p.start()
		if err != nil {
			p.offer(fresh{err: err}, nil, p.config.Age)
			continue
		}
		if taken, err := p.rehearse(h); err != nil {
			h.stop()
			p.offer(fresh{err: err}, nil, p.config.Age)
		} else if !taken && !p.offer(fresh{hand: h}, h.done, p.config.Age) {
			h.stop()
		}
	}
}

// offer waits for so long until somebody takes a worker, unless that ends before, and
// reports whether somebody did.
func (p *Pool) offer(f fresh, done <-chan struct{}, wait time.Duration) bool {
	select {
	case p.ready <- f: // also where there is no time to wait
		return true
	default:
	}
	over := time.NewTimer(wait)
	defer over.Stop()
	select {
	case p.ready <- f:
		return true
	case <-done:
	case <-over.C:
	case <-p.ctx.Done():
	}
	return false
}
