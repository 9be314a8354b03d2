// Package pg is the only opener of PostgreSQL.
//
//	in   an address, the name of a schema, its migrations
//	out  a pool whose every connection sees that schema and no other
//
// Each function owns one schema, named by its word, and never reads another's.
// What is used of PostgreSQL is what compatible databases also have: see the
// package comment of the migrations in any function.
package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"xietong.dev/shared/conf"
)

// Tx is a transaction.
type Tx = pgx.Tx

// Batch is a list of statements that travel together.
type Batch = pgx.Batch

// Row is what one row is scanned from, and Rows what several are.
type (
	Row  = pgx.Row
	Rows = pgx.Rows
)

// ErrNoRows is what Scan returns where a query found nothing.
var ErrNoRows = pgx.ErrNoRows

// Config is what [Open] needs of the environment.
type Config struct {
	URL conf.Secret `env:"DATABASE_URL,required"`
	// Connections bounds the pool. Many small functions share one server, so it is small.
	Connections int32 `env:"DATABASE_CONNECTIONS,default=8"`
}

// DB is a pool of connections that see one schema.
type DB struct {
	*pgxpool.Pool
	Schema string
}

// restIsSuspect is how long a connection may rest before it is tried when it is
// taken: after the server was restarted every one in the pool is dead, and whoever
// is given it would fail. Busy pools are spared the round trip.
const restIsSuspect = 50 * time.Millisecond

// How long a connection may take to be opened, and to answer when it is tried. A
// server that vanished with its host says nothing at all: without these whoever
// asks would wait for as long as the system tries, which is a quarter of an hour.
const (
	connectLimit = 10 * time.Second
	answerLimit  = 5 * time.Second
)

var words = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Open connects, creates the schema where it is missing, and brings it up to
// the newest migration: first those of the ledger, then the caller's.
func Open(ctx context.Context, c Config, schema string, migrations fs.FS) (*DB, error) {
	if !words.MatchString(schema) {
		return nil, fmt.Errorf("schema %q: want lower-case letters, digits and _", schema)
	}
	config, err := pgxpool.ParseConfig(c.URL.Reveal())
	if err != nil {
		return nil, errors.New("environment variable DATABASE_URL: want postgres://user:password@host:port/database")
	}
	config.ConnConfig.RuntimeParams["search_path"] = schema
	config.ConnConfig.RuntimeParams["application_name"] = schema
	if c.Connections > 0 {
		config.MaxConns = c.Connections
	}
	if config.ConnConfig.ConnectTimeout == 0 { // the address may say otherwise
		config.ConnConfig.ConnectTimeout = connectLimit
	}
	config.PingTimeout = answerLimit
	config.ShouldPing = func(_ context.Context, p pgxpool.ShouldPingParams) bool { return p.IdleDuration > restIsSuspect }
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db := &DB{Pool: pool, Schema: schema}
	if err := db.migrate(ctx, ledgerMigrations, "ledger"); err != nil {
		pool.Close()
		return nil, err
	}
	if migrations == nil {
		return db, nil
	}
	if err := db.migrate(ctx, migrations, "own"); err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

// InTx runs work in a transaction and commits it, or rolls it back where work
// returns an error.
func (db *DB) InTx(ctx context.Context, work func(Tx) error) error {
	return pgx.BeginFunc(ctx, patient{db.Pool}, work)
}

// patient begins transactions on a pool whose connections may have died
// unnoticed. To begin again is safe: nothing was done yet.
type patient struct{ pool *pgxpool.Pool }

func (p patient) Begin(ctx context.Context) (Tx, error) {
	tx, err := p.pool.Begin(ctx)
	for range 3 {
		if err == nil || State(err) != "" || ctx.Err() != nil {
			break
		}
		tx, err = p.pool.Begin(ctx)
	}
	return tx, err
}

// State returns the SQLSTATE of err, and "" where it has none.
func State(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// IsDuplicate reports whether err says that a unique key is taken.
func IsDuplicate(err error) bool { return State(err) == "23505" }

// IsAway reports whether err says that the server could not be reached, or had
// something else to do (it stops, starts, is full, has cancelled a deadlock). It
// is nobody's fault who sent the statement, and passes.
func IsAway(err error) bool {
	if state := State(err); state != "" {
		return slices.Contains([]string{"08", "40", "53", "55", "57", "58"}, state[:2])
	}
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || pgconn.SafeToRetry(err)
}
