// Package private runs a PostgreSQL server that belongs to this process alone:
// for one machine, and for tests.
//
//	in   a directory to keep the data in
//	out  an address on loopback, with a password made once
//
// The server dies with its parent, cleanly, even when the parent is killed; when
// it dies alone it is started again, at the same address.
package private

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Config says where and how a server runs.
type Config struct {
	Dir     string // absolute; made where it is missing
	Durable bool   // sync every commit to disk; tests do without
	Getenv  func(string) string
	Log     string // path of the file that takes what the server says
}

// Server is a running PostgreSQL.
type Server struct {
	cluster  *cluster
	port     int
	password string
	ready    atomic.Bool   // it has answered once
	stopping chan struct{} // closed by Stop
	ended    chan struct{} // closed when no process is left and none will be started

	mu      sync.Mutex
	process *os.Process // the newest
}

// Start makes the data directory where it is missing, starts the server and
// waits until it answers.
func Start(ctx context.Context, c Config) (*Server, error) {
	programs, err := Find(c.Getenv)
	if err != nil {
		return nil, err
	}
	owner, err := ownerFor(c.Dir)
	if err != nil {
		return nil, err
	}
	cluster := &cluster{Config: c, programs: programs, owner: owner, data: filepath.Join(c.Dir, "data")}
	password, err := cluster.create(ctx)
	if err != nil {
		return nil, fmt.Errorf("create a database in %s: %w", c.Dir, err)
	}
	s, err := cluster.start(ctx, password)
	if err != nil {
		return nil, fmt.Errorf("start the database in %s: %w (log: %s)", c.Dir, err, c.Log)
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
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process.Pid
}

// Stop ends the server: open transactions are rolled back, data is safe.
func (s *Server) Stop() {
	s.mu.Lock()
	close(s.stopping)
	process := s.process
	s.mu.Unlock()
	process.Signal(os.Interrupt)
	select {
	case <-s.ended:
	case <-time.After(20 * time.Second):
		process.Signal(syscall.SIGQUIT)
		<-s.ended
	}
}

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
	c.awaitOld(ctx)
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &Server{cluster: c, port: port, password: password, stopping: make(chan struct{}), ended: make(chan struct{})}
	started := make(chan error, 1)
	go s.keep(started)
	if err := <-started; err != nil {
		return nil, err
	}
	return s, s.await(ctx)
}

// awaitOld waits while a server that a killed parent left is still stopping: it
// holds the data until then.
func (c *cluster) awaitOld(ctx context.Context) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile(filepath.Join(c.data, "postmaster.pid"))
		if err != nil {
			return
		}
		first, _, _ := strings.Cut(string(text), "\n")
		pid, err := strconv.Atoi(first)
		if err != nil || syscall.Kill(pid, 0) != nil {
			return
		}
	}
}

// keep runs the server until Stop. The signal on the parent's death is sent
// when the thread that started the child ends, so one thread starts them all
// and stays.
func (s *Server) keep(started chan<- error) {
	runtime.LockOSThread()
	defer close(s.ended)
	cmd, err := s.launch()
	started <- err
	for err == nil {
		cmd.Wait()
		if !s.ready.Load() {
			return // it never came up; starting again would not help
		}
		select {
		case <-s.stopping:
			return
		case <-time.After(restartPause):
		}
		cmd, err = s.launch()
	}
}

// restartPause lets what is left of a killed server see that it is alone.
const restartPause = 500 * time.Millisecond

// launch starts a process, unless Stop was called. Its buffers hold the rows of some
// 200,000 books, which a search reads here and there; memory is taken as they fill.
func (s *Server) launch() (*exec.Cmd, error) {
	args := []string{"-D", s.cluster.data, "-p", strconv.Itoa(s.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "max_connections=300", "-c", "shared_buffers=512MB", "-c", "max_wal_size=1GB", "-c", "log_min_messages=warning", "-c", "timezone=UTC"}
	if !s.cluster.Durable {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	cmd := s.cluster.command(context.Background(), "postgres", args...)
	log, err := os.OpenFile(s.cluster.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.stopping:
		return nil, errors.New("the database is being stopped")
	default:
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s.process = cmd.Process
	return cmd, nil
}

// await returns when the server takes connections.
func (s *Server) await(ctx context.Context) error {
	deadline := time.After(30 * time.Second)
	for {
		if err := ping(ctx, s.URL("postgres")); err == nil {
			s.ready.Store(true)
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
