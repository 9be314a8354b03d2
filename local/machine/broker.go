package machine

import (
	"context"
	"net/http"
	"time"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/shared/manifest"
)

// broker returns a broker that delivers to these functions once it runs.
func (m *Machine) broker(functions []manifest.Function) (*broker.Broker, error) {
	c := broker.Config{DB: m.db, Subscribers: map[string]broker.Subscriber{}, Log: m.Log, MaxQueued: m.MaxQueued, Keep: m.Keep, KeepDead: m.KeepDead}
	for _, f := range functions {
		c.Triggers = append(c.Triggers, f.Triggers...)
		c.Subscribers[f.Word] = broker.Subscriber{Slots: m.slots(f),
			Do: func(req *http.Request) (*http.Response, error) { return m.supervisor.Do(f.Word, req) }}
	}
	for _, g := range m.guests {
		c.Triggers = append(c.Triggers, g.Triggers...)
		c.Subscribers[g.Word] = broker.Subscriber{Slots: m.slots(g.Function), Do: g.do}
	}
	return broker.Open(c)
}

// deliver starts to deliver what the broker accepts.
func (m *Machine) deliver() {
	running, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	m.stop, m.ended = stop, ended
	b := m.Broker
	go func() { defer close(ended); b.Run(running) }()
}

// follow puts another broker, with other Triggers, in the place of the one that
// runs. First the old one ends its deliveries: they may publish, so publishers
// are not kept waiting for that, and what they publish is delivered by the new
// one. Then publishers wait for as long as it takes to finish what they began, so
// that no event is accepted by Triggers that are gone.
func (m *Machine) follow(next *broker.Broker) {
	m.stop()
	<-m.ended
	m.swap.Lock()
	m.Broker = next
	m.swap.Unlock()
	m.deliver()
}

func (m *Machine) publish(ctx context.Context, e events.Event) error {
	m.swap.RLock()
	defer m.swap.RUnlock()
	return m.Broker.Publish(ctx, e)
}

// accept takes an event over HTTP. A publisher that stalls may not keep the
// others waiting for a swap.
func (m *Machine) accept(w http.ResponseWriter, req *http.Request) {
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(30 * time.Second))
	m.swap.RLock()
	defer m.swap.RUnlock()
	m.Broker.ServeHTTP(w, req)
}
