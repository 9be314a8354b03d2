package pg

import (
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Role is a function's account in the database: its name is the function's
// word, and it has rights on the schema of that name alone.
type Role struct{ Word, Password string }

// maxRoleConnections is ten instances, each with the pool that [Config] gives it.
// A function that runs away leaves the others their connections.
const maxRoleConnections = 80

//go:embed role.sql
var roleSQL string

// passwords is what needs no quoting, in SQL, in an address or in a shell.
var passwords = regexp.MustCompile(`^[A-Za-z0-9._~-]{16,128}$`)

// ParseRole reads the account out of the address that its function is given, and
// the database that it is for.
func ParseRole(word, address string) (r Role, database string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.User == nil || u.User.Username() != word || len(u.Path) < 2 {
		return r, "", fmt.Errorf("the account of %s: want an address like postgres://%s:password@host:5432/database", word, word)
	}
	password, _ := u.User.Password()
	return Role{Word: word, Password: password}, u.Path[1:], nil
}

// Address is the address of the same database under the account.
func (r Role) Address(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("the address of the database is not a URL")
	}
	u.User = url.UserPassword(r.Word, r.Password)
	return u.String(), nil
}

// SQL makes the account in a database. Running it again changes nothing but the
// password.
func (r Role) SQL(database string) (string, error) {
	if !words.MatchString(r.Word) {
		return "", fmt.Errorf("account %q: want lower-case letters, digits and _", r.Word)
	}
	if !words.MatchString(database) {
		return "", fmt.Errorf("database %q: want lower-case letters, digits and _", database)
	}
	if !passwords.MatchString(r.Password) {
		return "", fmt.Errorf("the password of account %s: want 16 to 128 of the characters A-Z a-z 0-9 . _ ~ -", r.Word)
	}
	return strings.NewReplacer("{word}", r.Word, "{database}", database, "{password}", r.Password,
		"{connections}", strconv.Itoa(maxRoleConnections)).Replace(roleSQL), nil
}

// CreateRoles makes the accounts in the database of an administrator's address.
func CreateRoles(ctx context.Context, admin string, roles ...Role) error {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return fmt.Errorf("create accounts: %w", err)
	}
	defer conn.Close(ctx)
	for _, r := range roles {
		text, err := r.SQL(conn.Config().Database)
		if err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, text); err != nil {
			return fmt.Errorf("create account %s: %w", r.Word, err)
		}
	}
	return nil
}
