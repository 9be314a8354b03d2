package main

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// filled is toolbox.yaml as an operator fills it in for a database. We stand at
// the root of the repository, as he does.
func filled(t *testing.T, database string) (path string, address func(word string) string) {
	t.Helper()
	t.Chdir("..")
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	address = func(word string) string {
		own := *u
		own.User = url.UserPassword(word, "password-of-"+word+"-1")
		return own.String()
	}
	text, err := os.ReadFile("infra/platform/toolbox.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	word := ""
	for line := range strings.Lines(string(text)) {
		if name, is := strings.CutPrefix(line, "  name: postgres-"); is {
			word = strings.TrimSpace(name)
		}
		b.WriteString(strings.Replace(line, `DATABASE_URL: ""`, `DATABASE_URL: "`+address(word)+`"`, 1))
	}
	path = filepath.Join(t.TempDir(), "toolbox.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, address
}

// roles runs the command as an operator does, and returns what it prints.
func roles(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	s := &session{ctx: t.Context(), root: ".", getenv: os.Getenv, now: time.Now, out: &out}
	err := s.run(append([]string{"roles"}, args...))
	return out.String(), err
}

// The SQL that is printed gives every function what its own migrations need, and
// nothing of another's.
func TestEveryFunctionLivesInItsOwnAccount(t *testing.T) {
	admin := pgtest.URL(t, "empty", nil)
	path, address := filled(t, admin)
	printed, err := roles(t, "--from", path)
	if err != nil {
		t.Fatal(err)
	}
	operator, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(admin)}, "operator", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer operator.Close()
	for range 2 {
		if _, err := operator.Exec(t.Context(), printed); err != nil {
			t.Fatal(err)
		}
	}
	words, err := functions(".")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*pg.DB{}
	for _, word := range words {
		all[word], err = pg.Open(t.Context(), pg.Config{URL: conf.Secret(address(word)), Connections: 2}, word, os.DirFS(filepath.Join("functions", word, "migrations")))
		if err != nil {
			t.Fatal(err)
		}
		defer all[word].Close()
	}
	for word, db := range all {
		for other := range all {
			for _, statement := range []string{`SELECT count(*) FROM ` + other + `.ledger`, `DELETE FROM ` + other + `.ledger`} {
				_, err := db.Exec(t.Context(), statement)
				if may := pg.State(err) != "42501"; may != (word == other) {
					t.Errorf("%s as %s: %v", statement, word, err)
				}
			}
		}
	}
}

// The console reads how the work on events stands, in every ledger, and nothing else.
func TestTheConsoleReadsLedgersAlone(t *testing.T) {
	admin := pgtest.URL(t, "empty", nil)
	path, address := filled(t, admin)
	printed, err := roles(t, "--from", path)
	if err != nil {
		t.Fatal(err)
	}
	open := func(url, schema string) *pg.DB {
		db, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(url), Connections: 2}, schema, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(db.Close)
		return db
	}
	operator := open(admin, "operator")
	run := func() {
		if _, err := operator.Exec(t.Context(), printed); err != nil {
			t.Fatal(err)
		}
	}
	run()
	open(address("minutes"), "minutes") // makes its ledger, as it does when it first starts
	console := open(address("console"), "console")
	const may = `SELECT source, id, state, lease_until, failures, reason, received_at, ended_at FROM minutes.ledger`
	if _, err := console.Exec(t.Context(), may); pg.State(err) != "42501" {
		t.Errorf("before the SQL is run again: %v", err)
	}
	run()
	for statement, want := range map[string]string{may: "", `SELECT sent FROM minutes.ledger`: "42501", `DELETE FROM minutes.ledger`: "42501", `SELECT * FROM minutes.migration`: "42501",
		`CREATE TABLE minutes.mine ()`: "42501", `CREATE TABLE mine ()`: ""} {
		if _, err := console.Exec(t.Context(), statement); pg.State(err) != want || want == "" && err != nil {
			t.Errorf("%s: %v, want SQLSTATE %q", statement, err, want)
		}
	}
}

func TestRolesSaysWhatIsMissing(t *testing.T) {
	path, _ := filled(t, "postgres://h:5432/toolbox")
	short := filepath.Join(t.TempDir(), "short.yaml")
	if err := os.WriteFile(short, []byte("kind: Secret\nmetadata: {name: other}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"not filled in": {nil, "infra/platform/toolbox.yaml: Secret postgres-captions: DATABASE_URL: the account of captions: want an address like postgres://captions:password@host:5432/database"},
		"no function":   {[]string{"minute", "--from", path}, `no function "minute"; there are captions, catalogue, convert, library`},
		"no Secret":     {[]string{"minutes", "--from", short}, short + ": there is no Secret postgres-minutes"},
		"no file":       {[]string{"--from", "none.yaml"}, "open none.yaml"},
	} {
		if _, err := roles(t, c.args...); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	if one, err := roles(t, "minutes", "--from", path); err != nil || strings.Count(one, "CREATE ROLE") != 1 {
		t.Errorf("of one function: %v\n%s", err, one)
	}
}
