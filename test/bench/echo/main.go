// Command echo is the least that a function can do: one row, one reply.
//
//	in   an event of any type
//	out  dev.xietong.bench.answered.v1 with the same subject and data
package main

import (
	"context"
	"embed"
	"io/fs"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

//go:embed migrations/*.sql
var files embed.FS

func main() { fn.Main(open) }

func open(ctx context.Context, getenv func(string) string) (*fn.Function, error) {
	var database pg.Config
	if err := conf.Read(getenv, &database); err != nil {
		return nil, err
	}
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return nil, err
	}
	db, err := pg.Open(ctx, database, "echo", migrations)
	if err != nil {
		return nil, err
	}
	return &fn.Function{Word: "echo", DB: db, Handle: answer}, nil
}

func answer(_ context.Context, e fn.Event) (fn.Outcome, error) {
	reply := e.Clone()
	reply.SetType("dev.xietong.bench.answered.v1")
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		_, err := tx.Exec(ctx, `INSERT INTO result (id, text) VALUES ($1, $2)`, e.ID(), string(e.Data()))
		return []fn.Event{reply}, err
	}, nil
}
