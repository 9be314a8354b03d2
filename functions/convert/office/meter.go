package office

import (
	"fmt"
	"sync"
	"time"

	"xietong.dev/shared/child"
)

// meter watches what an engine uses for the document that it has.
type meter struct {
	limits Limits

	mu    sync.Mutex
	busy  bool
	now   child.Usage // when it was last looked at
	begin time.Duration
	moved time.Time // when processor time was last seen to grow
}

// start says that a document begins.
func (m *meter) start(at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.busy, m.begin, m.moved = true, m.now.CPU, at
}

// end says that it is over, and returns the memory that the engine holds.
func (m *meter) end() (resident int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.busy = false
	return m.now.Resident
}

// watch is a [child.Cmd]'s Watch.
func (m *meter) watch(u child.Usage) error { return m.look(u, time.Now()) }

func (m *meter) look(u child.Usage, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if u.CPU > m.now.CPU {
		m.moved = at
	}
	m.now = u
	switch {
	case !m.busy:
		return nil
	case u.CPU-m.begin > m.limits.CPU:
		return &child.LimitError{Path: "LibreOffice", Limit: child.LimitCPU, Value: m.limits.CPU.String()}
	case u.Resident > int64(m.limits.Memory):
		return &child.LimitError{Path: "LibreOffice", Limit: child.LimitMemory, Value: fmt.Sprintf("%d bytes", m.limits.Memory)}
	case at.Sub(m.moved) > m.limits.Silence:
		return &child.LimitError{Path: "LibreOffice", Limit: LimitSilence, Value: m.limits.Silence.String()}
	}
	return nil
}
