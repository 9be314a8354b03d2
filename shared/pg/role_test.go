package pg_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

const password = "a-password-of-a-test"

var (
	left  = pg.Role{Word: "left", Password: password}
	right = pg.Role{Word: "right", Password: password} // both are words of SQL as well
	first = fstest.MapFS{"0001_note.sql": {Data: []byte(`CREATE TABLE note (id text PRIMARY KEY); CREATE INDEX note_id ON note (id)`)}}
	next  = fstest.MapFS{"0001_note.sql": first["0001_note.sql"], "0002_said.sql": {Data: []byte(`ALTER TABLE note ADD COLUMN said text NOT NULL DEFAULT ''`)}}
)

// open opens a schema under an account.
func open(t *testing.T, admin string, r pg.Role, migrations fstest.MapFS) (*pg.DB, error) {
	t.Helper()
	address, err := r.Address(admin)
	if err != nil {
		t.Fatal(err)
	}
	db, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(address), Connections: 2}, r.Word, migrations)
	if err == nil {
		t.Cleanup(db.Close)
	}
	return db, err
}

func create(t *testing.T, admin string, roles ...pg.Role) {
	t.Helper()
	for range 2 { // an operator applies a file more than once
		if err := pg.CreateRoles(t.Context(), admin, roles...); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnAccountHasItsOwnSchemaAndNoOther(t *testing.T) {
	admin := pgtest.URL(t, "empty", nil)
	create(t, admin, left, right)
	mine, err := open(t, admin, left, first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, admin, right, first); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`SELECT * FROM "right".note`,
		`SELECT reason FROM "right".ledger`,
		`INSERT INTO "right".note VALUES ('1')`,
		`DELETE FROM "right".ledger`,
		`CREATE TABLE "right".mine (n int)`,
		`CREATE TABLE public.mine (n int)`,
		`CREATE TEMPORARY TABLE mine (n int)`,
		`CREATE SCHEMA mine`,
		`CREATE ROLE mine`,
		`CREATE DATABASE mine`,
		`SET ROLE "right"`,
		`SELECT pg_read_file('postgresql.conf')`,
	} {
		if _, err := mine.Exec(t.Context(), statement); pg.State(err) != "42501" {
			t.Errorf("%s: got %v, want that it may not", statement, err)
		}
	}
	var seen []string
	err = mine.QueryRow(t.Context(), `SELECT array_agg(DISTINCT table_schema::text) FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`).Scan(&seen)
	if err != nil || !slices.Equal(seen, []string{"left"}) {
		t.Errorf("sees the tables of %v (%v), want its own", seen, err)
	}
	if _, err := mine.Exec(t.Context(), `INSERT INTO note VALUES ('1')`); err != nil {
		t.Error(err)
	}
}

// What one account made for all, as before there was one for each, the function
// must be able to read, write and migrate.
func TestTablesOfAnotherAccountAreHandedOver(t *testing.T) {
	admin := pgtest.URL(t, "empty", nil)
	before, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(admin)}, left.Word, first)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	create(t, admin, left)
	after, err := open(t, admin, left, next)
	if err != nil {
		t.Fatal(err)
	}
	for _, db := range []*pg.DB{before, after} {
		if _, err := db.Exec(t.Context(), `INSERT INTO note (id) SELECT count(*)::text FROM note`); err != nil {
			t.Error(err)
		}
	}
}

func TestWithoutAnAccountOfItsOwnTheOperatorIsToldWhatToDo(t *testing.T) {
	admin := pgtest.URL(t, "empty", nil)
	create(t, admin, left)
	address, err := left.Address(admin)
	if err != nil {
		t.Fatal(err)
	}
	_, err = pg.Open(t.Context(), pg.Config{URL: conf.Secret(address)}, "middle", first)
	if err == nil || !strings.Contains(err.Error(), "schema middle") || !strings.Contains(err.Error(), "go run ./infra roles") {
		t.Errorf("got %v", err)
	}
}

// Of the databases with accounts of ours, each lets in its own alone.
func TestAnAccountReachesItsOwnDatabaseAlone(t *testing.T) {
	here, there := pgtest.URL(t, "empty", nil), pgtest.URL(t, "empty", nil)
	create(t, here, left)
	create(t, there, right)
	for admin, may := range map[string]bool{here: true, there: false} {
		address, err := left.Address(admin)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := pgx.Connect(t.Context(), address)
		if err == nil {
			conn.Close(t.Context())
		}
		if may && err != nil || !may && pg.State(err) != "42501" {
			t.Errorf("may connect: %v, got %v", may, err)
		}
	}
}

func TestAnAccountLeavesConnectionsToOthers(t *testing.T) {
	const most = 80
	admin := pgtest.URL(t, "empty", nil)
	create(t, admin, left)
	address, err := left.Address(admin)
	if err != nil {
		t.Fatal(err)
	}
	opened := 0
	for range most + 1 {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(t.Context(), address); err != nil {
			break
		}
		defer conn.Close(context.Background())
		opened++
	}
	if opened != most || pg.State(err) != "53300" || !pg.IsAway(err) {
		t.Errorf("%d connections, then %v; want %d, then a refusal that passes", opened, err, most)
	}
}

func TestAnAccountsStatementsAndTransactionsEnd(t *testing.T) {
	admin := pgtest.URL(t, "empty", nil)
	create(t, admin, left)
	db, err := open(t, admin, left, nil)
	if err != nil {
		t.Fatal(err)
	}
	for setting, want := range map[string]string{"statement_timeout": "5min", "idle_in_transaction_session_timeout": "1min"} {
		var got string
		if err := db.QueryRow(t.Context(), `SELECT current_setting($1)`, setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %s", setting, got, err, want)
		}
	}
}

func TestWrongAccountsAreRefusedInWords(t *testing.T) {
	for name, c := range map[string]struct {
		role     pg.Role
		database string
		want     string
	}{
		"no password":      {pg.Role{Word: "a"}, "toolbox", "the password of account a: want 16 to 128"},
		"a quote":          {pg.Role{Word: "a", Password: "0123456789abcdef'"}, "toolbox", "the password of account a: want 16 to 128"},
		"a short one":      {pg.Role{Word: "a", Password: "0123456789abcde"}, "toolbox", "the password of account a: want 16 to 128"},
		"a long one":       {pg.Role{Word: "a", Password: strings.Repeat("0", 129)}, "toolbox", "the password of account a: want 16 to 128"},
		"no word":          {pg.Role{Word: `a"b`, Password: password}, "toolbox", `account "a\"b": want lower-case`},
		"no such database": {pg.Role{Word: "a", Password: password}, `t"`, `database "t\"": want lower-case`},
	} {
		if text, err := c.role.SQL(c.database); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %q, %v", name, text, err)
		}
	}
	for _, address := range []string{"", "toolbox", "postgres://other:" + password + "@host/toolbox", "postgres://a:" + password + "@host", "postgres://host/toolbox"} {
		if _, _, err := pg.ParseRole("a", address); err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("%q: got %v", address, err)
		}
	}
	role, database, err := pg.ParseRole("a", (&url.URL{Scheme: "postgres", User: url.UserPassword("a", password), Host: "host:5432", Path: "/toolbox"}).String())
	if err != nil || role != (pg.Role{Word: "a", Password: password}) || database != "toolbox" {
		t.Errorf("got %v, %q, %v", role, database, err)
	}
}
