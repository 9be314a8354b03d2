package minutes

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"xietong.dev/shared/web"
)

// Link is an address that opens minutes for whoever has it, until it ends.
type Link struct {
	ID        string
	Recording string
	Unit      string
	Hash      string // of the token
	Name      string
	May       string // read, or read+audio
	Password  string // as keepPassword returns it; empty where there is none
	Account   string // who made it
	At        time.Time
	EndsAt    time.Time
	RevokedAt *time.Time
	Uses      int64
	UsedAt    *time.Time
	Attempts  int
	TriedAt   *time.Time
	Deleted   bool // the minutes are
}

const (
	mayRead = "read"
	mayHear = "read+audio"
)

// attemptsWithin is how long a link's password cannot be tried after too many attempts.
const attemptsWithin = 15 * time.Minute

// newToken returns what a link's address ends in, and what is kept of it: whoever reads
// the database learns no address. A hash without salt is enough, for nobody guesses 256
// random bits.
func newToken() (token, hash string) {
	var b [32]byte
	rand.Read(b[:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, hashOf(token)
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// stands refuses a link that no longer opens anything, in words for whoever has it.
func (l Link) stands(now time.Time) error {
	switch {
	case l.Deleted:
		return web.Refuse(http.StatusGone, "deleted")
	case l.RevokedAt != nil:
		return web.Refuse(http.StatusGone, "link_revoked")
	case !now.Before(l.EndsAt):
		return web.Refuse(http.StatusGone, "link_ended")
	}
	return nil
}

// iterations of PBKDF2 with SHA-256: what OWASP's password storage cheat sheet asks for.
// The number of attempts is bounded besides.
const iterations = 600_000

// keepPassword is what is kept of a password: a salt, and what PBKDF2 makes of both.
func keepPassword(password string) (string, error) {
	var salt [16]byte
	rand.Read(salt[:]) // never fails
	return stretched(password, salt[:])
}

func stretched(password string, salt []byte) (string, error) {
	key, err := pbkdf2.Key(sha256.New, password, salt, iterations, 32)
	return hex.EncodeToString(salt) + "$" + hex.EncodeToString(key), err
}

// isPassword reports whether a password is the one that was kept.
func isPassword(password, kept string) (bool, error) {
	head, _, _ := strings.Cut(kept, "$")
	salt, err := hex.DecodeString(head)
	if err != nil {
		return false, err
	}
	again, err := stretched(password, salt)
	return subtle.ConstantTimeCompare([]byte(again), []byte(kept)) == 1, err
}

// pass is what a visitor shows who has given the password. It follows from what is kept
// of it, so that a link's passes end with the link.
func (l Link) pass() string {
	mac := hmac.New(sha256.New, []byte(l.Password))
	mac.Write([]byte("pass of " + l.ID))
	return hex.EncodeToString(mac.Sum(nil))
}

// passes reports whether a visitor may come in.
func (l Link) passes(shown string) bool {
	return l.Password == "" || hmac.Equal([]byte(shown), []byte(l.pass()))
}
