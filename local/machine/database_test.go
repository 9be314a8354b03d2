package machine

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xietong.dev/local/state"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
)

const root = "../.."

// held is a state directory that the database's user can reach, as t.TempDir's
// is not.
func held(t *testing.T) state.Dir {
	t.Helper()
	path, err := os.MkdirTemp("", "machine")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(path) })
	os.Chmod(path, 0o755)
	dir, err := state.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func opened(t *testing.T, dir state.Dir, getenv func(string) string) *Machine {
	t.Helper()
	m := &Machine{Config: Config{State: dir, Getenv: getenv}}
	var err error
	if m.Functions, err = manifest.LoadAll(root); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Stop)
	if err := m.openDatabase(t.Context()); err != nil {
		t.Fatal(err)
	}
	return m
}

// address is what a function's process finds in DATABASE_URL.
func address(t *testing.T, m *Machine, f manifest.Function) string {
	t.Helper()
	env, err := m.environment(f)
	if err != nil {
		t.Fatal(err)
	}
	found := ""
	for _, v := range env {
		if value, is := strings.CutPrefix(v, "DATABASE_URL="); is {
			found = value
		}
	}
	return found
}

// Before there was an account for each function, all used the administrator's,
// which owns what they made.
func TestAStateOfBeforeTheAccountsIsTakenOver(t *testing.T) {
	dir := held(t)
	before, err := OpenServer(t.Context(), dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	words, err := filepath.Glob(filepath.Join(root, "functions", "*", "knative.yaml"))
	if err != nil || len(words) == 0 {
		t.Fatalf("the functions: %v %v", words, err)
	}
	for _, path := range words {
		keep(t, before.URL(Database), filepath.Dir(path))
	}
	before.Stop()

	m := opened(t, dir, os.Getenv)
	for _, f := range m.Functions {
		own := address(t, m, f)
		if u, err := url.Parse(own); err != nil || u.User.Username() != f.Word {
			t.Errorf("%s is given the account %v (%v), want its own", f.Word, u.User, err)
		}
		db, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(own)}, f.Word, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		tag, err := db.Exec(t.Context(), `UPDATE ledger SET reason = 'read and written'`)
		if err != nil || tag.RowsAffected() != 1 {
			t.Errorf("%s: %d rows (%v), want what was there before", f.Word, tag.RowsAffected(), err)
		}
		if _, err := db.Exec(t.Context(), `ALTER TABLE ledger ADD COLUMN later text`); err != nil {
			t.Errorf("%s cannot migrate: %v", f.Word, err)
		}
	}
	for name, query := range map[string]string{"the broker": `SELECT count(*) FROM broker.event`, "whoever may see all": `SELECT count(*) FROM minutes.ledger`} {
		if _, err := m.db.Exec(t.Context(), query); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// keep makes a function's tables under the administrator's account, and a row.
func keep(t *testing.T, admin, folder string) {
	t.Helper()
	db, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(admin)}, filepath.Base(folder), os.DirFS(filepath.Join(folder, "migrations")))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(t.Context(), `INSERT INTO ledger (source, id, type, hash, state) VALUES ('/before', '1', 't', 'h', 2)`); err != nil {
		t.Fatal(err)
	}
}

func TestAForeignDatabaseIsUsedAsItIsGiven(t *testing.T) {
	ours := opened(t, held(t), os.Getenv)
	given := ours.Running.Database
	m := opened(t, held(t), func(name string) string { return map[string]string{"DATABASE_URL": given}[name] })
	for _, f := range m.Functions {
		if got := address(t, m, f); got != given {
			t.Errorf("%s is given an address other than DATABASE_URL", f.Word)
		}
	}
}
