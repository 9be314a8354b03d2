package pg

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

//go:embed ledger/*.sql
var ledgerFiles embed.FS

var ledgerMigrations = must(fs.Sub(ledgerFiles, "ledger"))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// migrate applies the files of one set that the schema has not seen, in the
// order of their names (0001_what.sql, …), all in one transaction. The lock on
// the table of applied files makes instances that start together wait for one
// another; a lock on the session would not survive a connection pooler.
func (db *DB) migrate(ctx context.Context, files fs.FS, set string) error {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return err
	}
	slices.Sort(names)
	if err := db.prepare(ctx); err != nil {
		return db.explain(err)
	}
	if done, err := db.applied(ctx, db.Pool, set); err == nil && len(done) == len(names) && slices.Equal(done, names) {
		return nil
	}
	return db.InTx(ctx, func(tx Tx) error {
		if _, err := tx.Exec(ctx, `LOCK TABLE migration IN EXCLUSIVE MODE`); err != nil {
			return err
		}
		done, err := db.applied(ctx, tx, set)
		if err != nil {
			return err
		}
		for _, name := range names {
			if slices.Contains(done, name) {
				continue
			}
			if err := apply(ctx, tx, files, set, name); err != nil {
				return db.explain(fmt.Errorf("migration %s: %w", name, err))
			}
		}
		return nil
	})
}

// prepare makes the schema and its table of applied files. Creating "if not
// exists" is not safe against a neighbour that does the same, so a duplicate is
// taken for success. It also asks for the right to create where there is nothing
// left to do, so what is there is looked for first.
func (db *DB) prepare(ctx context.Context) error {
	for _, made := range []struct{ look, create string }{
		{`SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)`, `CREATE SCHEMA IF NOT EXISTS ` + pgx.Identifier{db.Schema}.Sanitize()},
		{`SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'migration')`, createMigration},
	} {
		var there bool
		if err := db.QueryRow(ctx, made.look, db.Schema).Scan(&there); err != nil {
			return err
		}
		if there {
			continue
		}
		if _, err := db.Exec(ctx, made.create); err != nil && !raced(err) {
			return err
		}
	}
	return nil
}

const createMigration = `CREATE TABLE IF NOT EXISTS migration (kind text NOT NULL, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (kind, name))`

// explain says which schema, and what to do where the account may not.
func (db *DB) explain(err error) error {
	if State(err) == "42501" {
		return fmt.Errorf("schema %s: %w: give the account its own schema with the SQL that `go run ./infra roles` prints", db.Schema, err)
	}
	return fmt.Errorf("schema %s: %w", db.Schema, err)
}

// raced reports whether a neighbour created the same thing at the same moment:
// duplicate key in the catalogue, duplicate schema, duplicate table.
func raced(err error) bool {
	return slices.Contains([]string{"23505", "42P06", "42P07", "42710"}, State(err))
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func (db *DB) applied(ctx context.Context, q querier, set string) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT name FROM migration WHERE kind = $1 ORDER BY name`, set)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func apply(ctx context.Context, tx Tx, files fs.FS, set, name string) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(text)) == "" {
		return fmt.Errorf("is empty")
	}
	if _, err := tx.Exec(ctx, string(text)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO migration (kind, name) VALUES ($1, $2)`, set, name)
	return err
}
