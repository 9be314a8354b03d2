package private

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNotInstalled says that this machine has no PostgreSQL server.
var ErrNotInstalled = errors.New("no PostgreSQL server of version 13 or later: install the package postgresql, or set PG_BINDIR to the directory that holds initdb and postgres, or set DATABASE_URL to a server that runs already")

const oldest = 13

// Find returns the directory that holds initdb and postgres.
func Find(getenv func(string) string) (string, error) {
	if dir := getenv("PG_BINDIR"); dir != "" {
		if holds(dir) {
			return dir, nil
		}
		return "", errors.New("environment variable PG_BINDIR: no initdb and postgres in " + dir)
	}
	candidates, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	more, _ := filepath.Glob("/usr/pgsql-*/bin")
	candidates = append(candidates, more...)
	slices.SortFunc(candidates, func(a, b string) int { return major(b) - major(a) })
	if text, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		candidates = append(candidates, strings.TrimSpace(string(text)))
	}
	candidates = append(candidates, "/usr/local/pgsql/bin", "/usr/bin")
	for _, dir := range candidates {
		if holds(dir) && (major(dir) == 0 || major(dir) >= oldest) {
			return dir, nil
		}
	}
	return "", ErrNotInstalled
}

func holds(dir string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if info, err := os.Stat(filepath.Join(dir, program)); err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

// major reads the version out of /usr/lib/postgresql/15/bin or /usr/pgsql-15/bin,
// and is 0 where the path does not tell.
func major(dir string) int {
	name := filepath.Base(filepath.Dir(dir))
	n, _ := strconv.Atoi(strings.TrimPrefix(name, "pgsql-"))
	return n
}

// CreateDatabase makes a database on the server where it is missing.
func CreateDatabase(ctx context.Context, s *Server, name string) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	return err
}

func ping(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}
