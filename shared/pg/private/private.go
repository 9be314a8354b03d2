// Package private runs a PostgreSQL server that belongs to this process alone:
// for one machine, and for tests.
//
//	in   a directory to keep the data in
//	out  an address on loopback, with a password made once
//
// The server dies with its parent, cleanly, even when the parent is killed.
package private

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Config says where and how a server runs.
type Config struct {
	Dir     string // absolute; made where it is missing
	Durable bool   // sync every commit to disk; tests do without
	Getenv  func(string) string
	Log     io.Writer // what the server says
}

// Server is a running PostgreSQL.
type Server struct {
	port     int
	password string
	process  *os.Process
	ended    chan struct{}
}

// Start makes the data directory where it is missing, starts the server and
// waits until it answers.
func Start(ctx context.Context, c Config) (*Server, error) {
	programs, err := find(c.Getenv)
	if err != nil {
		return nil, err
	}
	owner, err := ownerFor(c.Dir)
	if err != nil {
		return nil, err
	}
	cluster := cluster{Config: c, programs: programs, owner: owner, data: filepath.Join(c.Dir, "data")}
	password, err := cluster.create(ctx)
	if err != nil {
		return nil, fmt.Errorf("create a database in %s: %w", c.Dir, err)
	}
	s, err := cluster.start(ctx, password)
	if err != nil {
		return nil, fmt.Errorf("start the database in %s: %w", c.Dir, err)
	}
	return s, nil
}

// URL is the address of a database on the server.
func (s *Server) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("postgres", s.password), Path: "/" + database,
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), RawQuery: "sslmode=disable"}
	return u.String()
}

// PID is the server's process id.
func (s *Server) PID() int { return s.process.Pid }

// Stop ends the server: open transactions are rolled back, data is safe.
func (s *Server) Stop() {
	s.process.Signal(os.Interrupt)
	select {
	case <-s.ended:
	case <-time.After(20 * time.Second):
		s.process.Signal(syscall.SIGQUIT)
		<-s.ended
	}
}

// Ended is closed when the server has ended, for whatever reason.
func (s *Server) Ended() <-chan struct{} { return s.ended }

type cluster struct {
	Config
	programs string
	owner    *owner
	data     string
}

// create runs initdb unless that was done before, and returns the password.
func (c *cluster) create(ctx context.Context) (string, error) {
	secret := filepath.Join(c.Dir, "password")
	if _, err := os.Stat(filepath.Join(c.data, "PG_VERSION")); err == nil {
		if err := c.sameVersion(ctx); err != nil {
			return "", err
		}
		password, err := os.ReadFile(secret)
		return string(password), err
	}
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		return "", err
	}
	if err := os.WriteFile(secret, []byte(rand.Text()), 0o600); err != nil {
		return "", err
	}
	for _, path := range []string{c.Dir, c.data, secret} {
		if err := c.owner.give(path); err != nil {
			return "", err
		}
	}
	text, err := c.command(ctx, "initdb", "-D", c.data, "-U", "postgres", "--pwfile", secret,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-instructions").CombinedOutput()
	if err != nil {
		return "", errors.Join(fmt.Errorf("initdb: %w: %s", err, text), os.RemoveAll(c.data))
	}
	password, err := os.ReadFile(secret)
	return string(password), err
}

// sameVersion refuses data that another major version wrote: PostgreSQL would
// too, in words that help nobody.
func (c *cluster) sameVersion(ctx context.Context) error {
	wrote, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	if err != nil {
		return err
	}
	text, err := c.command(ctx, "postgres", "--version").Output()
	if err != nil {
		return err
	}
	major := strings.TrimSpace(string(wrote))
	if !strings.Contains(string(text), " "+major+".") && !strings.Contains(string(text), " "+major+"\n") {
		return fmt.Errorf("the data was written by PostgreSQL %s but %s is installed: set PG_BINDIR to the bin directory of version %s, or choose another state directory",
			major, strings.TrimSpace(string(text)), major)
	}
	return nil
}

func (c *cluster) start(ctx context.Context, password string) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	args := []string{"-D", c.data, "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "max_connections=300", "-c", "shared_buffers=128MB", "-c", "max_wal_size=1GB", "-c", "log_min_messages=warning", "-c", "timezone=UTC"}
	if !c.Durable {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	cmd := c.command(context.WithoutCancel(ctx), "postgres", args...)
	cmd.Stdout, cmd.Stderr = c.Log, c.Log
	s := &Server{port: port, password: password, ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The signal on the parent's death is sent when the thread that started
		// the child ends, so this thread stays until the child has ended.
		runtime.LockOSThread()
		err := cmd.Start()
		s.process = cmd.Process
		started <- err
		if err == nil {
			cmd.Wait()
		}
		close(s.ended)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return s, s.await(ctx)
}

// await returns when the server takes connections.
func (s *Server) await(ctx context.Context) error {
	deadline := time.After(30 * time.Second)
	for {
		if err := ping(ctx, s.URL("postgres")); err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return errors.New("it ended at once; its log says why")
		case <-ctx.Done():
			s.Stop()
			return ctx.Err()
		case <-deadline:
			s.Stop()
			return errors.New("it does not answer after 30 s; its log says why")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (c *cluster) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.programs, program), args...)
	cmd.Dir = c.Dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	cmd.SysProcAttr = c.owner.attributes()
	return cmd
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
