package pages

import (
	"context"
	"errors"
	"fmt"

	"xietong.dev/shared/fault"
)

// with has a worker open a file, and hands that to use.
func (r *Reader) with(ctx context.Context, open request, file []byte, from *witness, use func(*Document) error) error {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return fmt.Errorf("wait to open a PDF: %w", ctx.Err())
	}
	for {
		h, waited, err := r.take()
		if err != nil {
			return fmt.Errorf("read a PDF: %w", errors.Join(ctx.Err(), err))
		}
		err = h.lend(ctx, open, file, from, use)
		r.put(h)
		if err != nil && ctx.Err() != nil {
			return fmt.Errorf("read a PDF: %w: %w", ctx.Err(), err)
		}
		if !errors.Is(err, errNotOpened) || !waited { // one that has waited may have died meanwhile
			return err
		}
	}
}

// errNotOpened says that a worker died before it had a file open.
var errNotOpened = errors.New("a worker ended before it had opened the file")

// lend opens a file, lets use have it, and closes it.
func (h *hand) lend(ctx context.Context, open request, file []byte, from *witness, use func(*Document) error) error {
	h.uses++
	unwatch := context.AfterFunc(ctx, h.kill)
	defer unwatch()
	d := &Document{hand: h, file: from}
	err := h.send(open, file)
	if err != nil {
		err = h.lost(err)
	} else {
		_, err = d.answer(&d.count)
	}
	switch {
	case h.broken && !fault.IsInvalid(err):
		err = fmt.Errorf("%w: %w", errNotOpened, err)
	case err == nil:
		err = use(d)
		if !h.broken && h.send(request{Do: doClose}, nil) != nil {
			h.stop()
		}
	}
	if ctx.Err() != nil {
		h.stop()
	}
	return err
}

// take returns a worker that has waited between two documents, or a new one.
func (r *Reader) take() (h *hand, waited bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ctx.Err(); err != nil {
		return nil, false, fmt.Errorf("the PDF reader is closed: %w", err)
	}
	if n := len(r.idle); n > 0 {
		h = r.idle[n-1]
		r.idle = r.idle[:n-1]
		return h, true, nil
	}
	if r.cache == "" {
		h, err = r.first()
	} else {
		h, err = r.start(r.setup(r.cache))
	}
	return h, false, err
}

// setup is how a worker starts that finds machine code in a directory.
func (r *Reader) setup(cache string) setup {
	c := r.config
	c.Cache = cache
	return setup{Config: c}
}

// put takes a worker back.
func (r *Reader) put(h *hand) {
	r.mu.Lock()
	keep := h.fresh() && r.ctx.Err() == nil
	if keep {
		r.idle = append(r.idle, h)
	}
	r.mu.Unlock()
	if !keep {
		h.stop()
	}
}
