// Package pgtest gives every test a database of its own on a real server.
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
//
//	db := pgtest.Open(t, "minutes", migrations)
//
// The server is private to the test program. Migrations run once, into a
// template that each test's database is cloned from.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/private"
)

// shared is the server of this test program, and the templates made on it.
var shared struct {
	sync.Mutex
	server    *private.Server
	templates map[string]bool
}

// Main runs the tests with a server and returns the program's exit status.
func Main(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	os.Chmod(dir, 0o755)
	log := dir + "/log"
	server, err := private.Start(context.Background(), private.Config{Dir: dir + "/pg", Getenv: os.Getenv, Log: log})
	if err != nil {
		text, _ := os.ReadFile(log)
		fmt.Fprintf(os.Stderr, "%v\n%s", err, text)
		return 1
	}
	defer server.Stop()
	shared.server, shared.templates = server, map[string]bool{}
	return m.Run()
}

// Open returns a fresh database with the ledger and the migrations applied in
// the schema. It goes when the test ends.
func Open(t testing.TB, schema string, migrations fs.FS) *pg.DB {
	t.Helper()
	db, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(URL(t, schema, migrations)), Connections: 16}, schema, migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// URL is the address of such a database, for a test that opens it itself.
func URL(t testing.TB, schema string, migrations fs.FS) string {
	t.Helper()
	if shared.server == nil {
		t.Fatal("pgtest: no server; write func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }")
	}
	if err := template(schema, migrations); err != nil {
		t.Fatal(err)
	}
	name := "t" + strings.ToLower(rand.Text())
	if err := admin(fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, "template_"+schema)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return shared.server.URL(name)
}

// template makes the database that those of a schema are cloned from.
func template(schema string, migrations fs.FS) error {
	shared.Lock()
	defer shared.Unlock()
	if shared.templates[schema] {
		return nil
	}
	name := "template_" + schema
	if err := admin("CREATE DATABASE " + name); err != nil {
		return err
	}
	db, err := pg.Open(context.Background(), pg.Config{URL: conf.Secret(shared.server.URL(name))}, schema, migrations)
	if err != nil {
		return err
	}
	db.Close()
	shared.templates[schema] = true
	return nil
}

func admin(statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, shared.server.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
