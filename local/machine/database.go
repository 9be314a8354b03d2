package machine

import (
	"context"
	"crypto/rand"
	"path/filepath"

	"xietong.dev/local/broker"
	"xietong.dev/local/state"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/private"
)

// openDatabase starts a server of our own, unless DATABASE_URL names one. There
// the functions use that address as it is: who gave it says what it may do.
func (m *Machine) openDatabase(ctx context.Context) error {
	m.Running.Database = m.Getenv("DATABASE_URL")
	if m.Running.Database == "" {
		server, err := OpenServer(ctx, m.State, m.Getenv)
		if err != nil {
			return err
		}
		m.server, m.Running.Database = server, server.URL(Database)
		if err := m.giveAccounts(ctx); err != nil {
			return err
		}
	}
	db, err := OpenBroker(ctx, m.Running.Database)
	m.db = db
	return err
}

// giveAccounts gives each function an account of its own, as on a cluster, with
// a password that lasts as long as we do.
func (m *Machine) giveAccounts(ctx context.Context) error {
	m.databases = map[string]string{}
	var accounts []pg.Role
	for _, f := range m.Functions {
		account := pg.Role{Word: f.Word, Password: rand.Text()}
		address, err := account.Address(m.Running.Database)
		if err != nil {
			return err
		}
		m.databases[f.Word], accounts = address, append(accounts, account)
	}
	return pg.CreateRoles(ctx, m.Running.Database, accounts...)
}

// Database is the one database; each function has a schema in it.
const Database = "toolbox"

// OpenServer starts the state's own PostgreSQL, with the database in it.
func OpenServer(ctx context.Context, dir state.Dir, getenv func(string) string) (*private.Server, error) {
	server, err := private.Start(ctx, private.Config{Dir: dir.Database(), Durable: true, Getenv: getenv, Log: filepath.Join(dir.Logs(), "postgres.log")})
	if err != nil {
		return nil, err
	}
	if err := private.CreateDatabase(ctx, server, Database); err != nil {
		server.Stop()
		return nil, err
	}
	return server, nil
}

// OpenBroker opens the broker's own schema.
func OpenBroker(ctx context.Context, url string) (*pg.DB, error) {
	return pg.Open(ctx, pg.Config{URL: conf.Secret(url), Connections: 16}, broker.Schema, broker.Migrations())
}
