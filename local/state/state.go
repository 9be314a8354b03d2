// Package state is the directory in which the one-machine runtime keeps
// everything: objects, database, binaries, logs, credentials.
//
//	in   a path
//	out  a directory that one runtime at a time holds, and what others must
//	     know to reach that runtime
package state

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Dir is a state directory, by its absolute path.
type Dir string

// ErrHeld says that a runtime is running on this state.
var ErrHeld = errors.New("a runtime is already running on this state")

// Open makes the directory where it is missing. It must be ours: an empty
// directory, or one that Open made.
func Open(path string) (Dir, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return "", err
	}
	d := Dir(path)
	entries, err := os.ReadDir(path)
	if err != nil {
		return "", err
	}
	if len(entries) > 0 && !exists(d.path("lock")) {
		return "", fmt.Errorf("%s holds other files: choose an empty directory for --state", path)
	}
	for _, sub := range []string{"bin", "cache", "logs", "store", "postgres", "results"} {
		if err := os.MkdirAll(d.path(sub), 0o755); err != nil {
			return "", err
		}
	}
	return d, touch(d.path("lock"))
}

func (d Dir) path(name string) string { return filepath.Join(string(d), name) }

// The parts of a state directory.
func (d Dir) Binaries() string { return d.path("bin") }
func (d Dir) Cache() string    { return d.path("cache") } // machine code that functions run: as safe as bin
func (d Dir) Logs() string     { return d.path("logs") }
func (d Dir) Store() string    { return d.path("store") }
func (d Dir) Database() string { return d.path("postgres") }
func (d Dir) Results() string  { return d.path("results") } // what try writes for people to read

// FreshTemp returns an empty directory for what is temporary. Only who holds the
// state calls it: what the runtime before left there, killed at work, is removed.
func (d Dir) FreshTemp() (string, error) {
	temp := d.path("tmp")
	if err := os.RemoveAll(temp); err != nil {
		return "", err
	}
	return temp, os.Mkdir(temp, 0o755)
}

// Hold takes the directory for this process until release is called, or the
// process ends however it ends.
func (d Dir) Hold() (release func(), err error) {
	f, err := os.OpenFile(d.path("lock"), os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", d, ErrHeld)
	}
	return func() { os.Remove(d.path("running.json")); f.Close() }, nil
}

// Credentials are made once and stay: clients keep them.
type Credentials struct {
	AccessKey string `json:"access_key"` // of the object store
	SecretKey string `json:"secret_key"`
	APIToken  string `json:"api_token"` // of the functions' HTTP interfaces
}

// ContentKey signs the addresses of books' parts. It follows from the store's secret,
// so that a state of before has one too.
func (c Credentials) ContentKey() string { return c.derived("content key") }

// ReceiptKey is the seed of the key that signs receipts of deletion: 32 bytes in
// hexadecimal digits. It follows from the store's secret too.
func (c Credentials) ReceiptKey() string { return c.derived("receipt key") }

// ScoreSecret is what score makes the hashes of devices and its tickets with: 32 bytes
// in hexadecimal digits. It follows from the store's secret too.
func (c Credentials) ScoreSecret() string { return c.derived("score secret") }

// ConsoleToken lets a person into the console. It follows from the store's secret too.
func (c Credentials) ConsoleToken() string { return c.derived("console token")[:32] }

func (c Credentials) derived(use string) string {
	sum := sha256.Sum256([]byte(use + "\x00" + c.SecretKey))
	return hex.EncodeToString(sum[:])
}

// Credentials returns those of this state, made now where there are none.
func (d Dir) Credentials() (Credentials, error) {
	var c Credentials
	err := read(d.path("credentials.json"), &c)
	if !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	c = Credentials{AccessKey: "toolbox-" + strings.ToLower(rand.Text()[:8]), SecretKey: rand.Text() + rand.Text(), APIToken: rand.Text()}
	return c, write(d.path("credentials.json"), c)
}

// Running is how to reach the runtime on this state.
type Running struct {
	PID      int    `json:"pid"`
	Front    string `json:"front"`    // http://127.0.0.1:7400
	Store    string `json:"store"`    // the S3 endpoint
	Database string `json:"database"` // with its password
	Console  string `json:"console"`  // with the token that lets people in
}

// Announce tells others how to reach this process, which holds the directory.
func (d Dir) Announce(r Running) error { return write(d.path("running.json"), r) }

// Running returns how to reach the runtime on this state, and false where none
// runs.
func (d Dir) Running() (Running, bool, error) {
	release, err := d.Hold()
	if err == nil {
		release()
		return Running{}, false, nil
	}
	if !errors.Is(err, ErrHeld) {
		return Running{}, false, err
	}
	var r Running
	err = read(d.path("running.json"), &r)
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, fmt.Errorf("%s: a runtime is starting or stopping; try again in a moment", d)
	}
	return r, true, err
}

// Reset removes everything in the directory.
func (d Dir) Reset() error {
	release, err := d.Hold()
	if err != nil {
		return err
	}
	defer release()
	return os.RemoveAll(string(d))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func read(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// write replaces a file that only its owner may read, whole or not at all.
func write(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "\t")
	if err != nil {
		return err
	}
	next := path + ".new"
	if err := os.WriteFile(next, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}
