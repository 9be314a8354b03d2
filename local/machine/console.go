package machine

import (
	"context"
	"errors"
	"net/http"
	"time"

	"xietong.dev/local/broker"
	"xietong.dev/local/console"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
)

// console returns the pages on which people see what this machine does.
func (m *Machine) console() (*console.Console, error) {
	store, err := m.Blob()
	if err != nil {
		return nil, err
	}
	provider, err := console.ReadProvider(m.Getenv, m.Running.Front)
	if err != nil {
		return nil, err
	}
	return &console.Console{
		Broker: m.current, Publish: m.publish, Functions: m.Functions, States: m.states, Store: store,
		Checks: []console.Check{
			{Name: "database", Ask: func(ctx context.Context) error { _, err := m.db.Exec(ctx, `SELECT 1`); return err }},
			{Name: "store", Ask: func(ctx context.Context) error { return answers(ctx, store) }},
		},
		Buckets: []console.Bucket{{Name: Recordings, Kind: "recording"}, {Name: Documents, Kind: "document"}, {Name: Books, Kind: "book"}, {Name: Reports, Kind: "report"}},
		Logs:    m.State.Logs(), Token: conf.Secret(m.Credentials.ConsoleToken()), Provider: provider, API: conf.Secret(m.Credentials.APIToken),
		Unit: "default", Stopping: m.stopping.Done(), Log: m.Log, Now: time.Now,
	}, nil
}

// answers asks the store for an object that there is not.
func answers(ctx context.Context, store blob.Store) error {
	_, err := store.Head(ctx, Artifacts, "console/there-is-none", "")
	if errors.Is(err, blob.ErrNotFound) {
		return nil
	}
	return err
}

// current is the broker that runs now.
func (m *Machine) current() *broker.Broker {
	m.swap.RLock()
	defer m.swap.RUnlock()
	return m.Broker
}

func (m *Machine) states() []console.State {
	var all []console.State
	for _, s := range m.supervisor.States() {
		all = append(all, console.State{Word: s.Word, Starting: s.Starting, Instances: s.Instances, Busy: s.Busy, Starts: s.Starts, Crashes: s.Crashes})
	}
	return all
}

// openConsole opens the console at the front door.
func (m *Machine) openConsole(mux *http.ServeMux) (*console.Console, error) {
	c, err := m.console()
	if err != nil {
		return nil, err
	}
	m.Running.Console = m.Running.Front + console.Prefix + "enter?token=" + c.Token.Reveal()
	mux.Handle(console.Prefix, c.HTTP())
	mux.Handle("GET /{$}", http.RedirectHandler(console.Prefix, http.StatusFound))
	return c, nil
}
