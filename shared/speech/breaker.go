package speech

import (
	"context"
	"fmt"
	"sync"
	"time"

	"xietong.dev/shared/fault"
)

// Breaker keeps a dead engine from being asked over and over: a server that is
// down, or hangs while its health check says that all is well. After some
// failures in a row it is left alone for a while, and whoever comes meanwhile is
// told to come again; then one chunk tries it, and each that fails makes the
// while longer. Only chunks that were really tried have failed.
type Breaker struct {
	Engine Engine
	Now    func() time.Time

	lock   sync.Mutex
	failed int       // in a row
	until  time.Time // when it may be tried again
}

const (
	breakAfter = 3                // failures in a row
	breakFirst = 10 * time.Second // then twice as long each time,
	breakMost  = 2 * time.Minute  // up to this
)

// Serves implements [Engine].
func (b *Breaker) Serves(language string) error { return b.Engine.Serves(language) }

// Hear implements [Engine]. It returns a busy error while the engine is left alone.
func (b *Breaker) Hear(ctx context.Context, s Speech) (Heard, error) {
	if err := b.enter(); err != nil {
		return Heard{}, err
	}
	h, err := b.Engine.Hear(ctx, s)
	if ctx.Err() == nil { // an engine is not to blame for our going away
		b.leave(err)
	}
	return h, err
}

// enter sends away whoever comes while the engine is left alone. Who is let
// through after that keeps the others out until it comes back.
func (b *Breaker) enter() error {
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.failed < breakAfter {
		return nil
	}
	if wait := b.until.Sub(b.Now()); wait > 0 {
		return fault.Busy(wait, fmt.Errorf("the engine failed %d times in a row and is left alone for %s", b.failed, wait.Round(time.Second)))
	}
	b.until = b.Now().Add(breakMost)
	return nil
}

func (b *Breaker) leave(err error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	if _, busy := fault.RetryAfter(err); err == nil || busy || fault.IsInvalid(err) { // it answers
		b.failed = 0
		return
	}
	b.failed++
	b.until = b.Now().Add(min(breakMost, breakFirst<<min(8, max(0, b.failed-breakAfter))))
}
