// Package machine ties the whole toolbox together on one machine, in the one
// place where that is done.
//
//	in   a state directory and the repository's functions
//	out  an object store, a database, a broker, a supervisor and one front door,
//	     all on loopback, until Stop
//
// The front door serves /broker (where events go in), /<word>/… (each
// function's own HTTP interface), /console/ and /health.
package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"xietong.dev/local/broker"
	"xietong.dev/local/state"
	"xietong.dev/local/store"
	"xietong.dev/local/supervise"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/private"
)

// The buckets that functions share. What arrives in the first four starts its own
// processing.
const (
	Recordings = "recordings"
	Documents  = "documents"
	Books      = "books"
	Reports    = "reports" // that probes kept for lack of a network
	Artifacts  = "artifacts"
)

// Config says what runs and where.
type Config struct {
	Root      string    // the repository
	State     state.Dir // held by this process
	Port      int       // of the front door; the store takes the next; 0 takes free ones
	Workers   int       // bounds every function's scale; 0 leaves it to the manifests
	Idle      time.Duration
	MaxQueued int           // deliveries on their way beyond which uploads and events are slowed down; 0 is the broker's default
	Keep      time.Duration // how long events are kept after their end; 0 is the broker's default
	KeepDead  time.Duration // the same for dead letters
	Variables []string      // <word>.NAME=value, over what a manifest says
	Also      []string      // FILE=ADDRESS: a manifest, and where its Service runs, which we do not
	Getenv    func(string) string
	Log       *slog.Logger
	Progress  func(step string, took time.Duration)
}

// Machine is the running toolbox.
type Machine struct {
	Config
	Running     state.Running
	Credentials state.Credentials
	Broker      *broker.Broker
	Functions   []manifest.Function

	guests     []guest
	supervisor *supervise.Supervisor
	server     *private.Server   // nil where DATABASE_URL names another
	databases  map[string]string // each function's address of the database
	db         *pg.DB
	store      *store.Store
	front      *http.Server
	stop       context.CancelFunc
	stopping   context.Context // done when Stop begins
	endStreams context.CancelFunc
	ended      chan struct{} // closed when the broker has ended
	swap       sync.RWMutex  // held to read by whoever publishes, to write by what replaces Broker
}

// Start starts everything and returns when events can be sent. On an error
// nothing is left running.
func Start(ctx context.Context, c Config) (*Machine, error) {
	m := &Machine{Config: c}
	m.stopping, m.endStreams = context.WithCancel(context.Background())
	if err := m.start(ctx); err != nil {
		m.Stop()
		return nil, err
	}
	return m, nil
}

func (m *Machine) start(ctx context.Context) (err error) {
	if m.Functions, err = manifest.LoadAll(m.Root); err != nil {
		return err
	}
	if m.guests, err = m.invite(); err != nil {
		return err
	}
	if m.Credentials, err = m.State.Credentials(); err != nil {
		return err
	}
	front, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(m.Port)))
	if err != nil {
		return fmt.Errorf("%w; choose another with --port", err)
	}
	m.Running.PID, m.Running.Front = os.Getpid(), "http://"+front.Addr().String()
	var together errgroup.Group
	together.Go(func() error { return m.timed("build", func() error { return m.build(ctx) }) })
	together.Go(func() error { return m.timed("database", func() error { return m.openDatabase(ctx) }) })
	if err := together.Wait(); err != nil {
		return errors.Join(err, front.Close())
	}
	if err := m.timed("store", func() error { return m.open(ctx) }); err != nil {
		return errors.Join(err, front.Close())
	}
	handler, err := m.handler()
	if err != nil {
		return errors.Join(err, front.Close())
	}
	m.front = &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go m.front.Serve(front)
	return m.State.Announce(m.Running)
}

// open opens what delivers events: the broker, the store that tells it what
// arrives, and the functions, in the order in which each knows the one before.
func (m *Machine) open(ctx context.Context) (err error) {
	temp, err := m.State.FreshTemp()
	if err != nil {
		return err
	}
	m.supervisor = &supervise.Supervisor{Idle: m.Idle, Logs: m.State.Logs(), Temp: temp, Log: m.Log}
	if m.Broker, err = m.broker(m.Functions); err != nil {
		return err
	}
	if err := m.openStore(ctx); err != nil {
		return err
	}
	if err := m.superviseAll(); err != nil {
		return err
	}
	m.deliver()
	return nil
}

func (m *Machine) timed(step string, do func() error) error {
	began := time.Now()
	if err := do(); err != nil {
		return err
	}
	m.Progress(step, time.Since(began))
	return nil
}

func (m *Machine) openStore(ctx context.Context) (err error) {
	port := 0
	if m.Port != 0 {
		port = m.Port + 1
	}
	m.store, err = store.Open(ctx, store.Config{
		Dir: m.State.Store(), Address: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		AccessKey: m.Credentials.AccessKey, SecretKey: m.Credentials.SecretKey,
		Buckets: []string{Recordings, Documents, Books, Reports, Artifacts}, Notices: []string{Recordings, Documents, Books, Reports}, Log: m.Log,
		Origins: []string{m.Running.Front, strings.Replace(m.Running.Front, "127.0.0.1", "localhost", 1)},
		Notify:  m.publish,
	})
	if err == nil {
		m.Running.Store = m.store.URL()
	}
	return err
}

// Blob is a client of the store.
func (m *Machine) Blob() (blob.Store, error) {
	return blob.OpenS3(blob.Config{Endpoint: m.Running.Store, Region: region, AccessKey: m.Credentials.AccessKey, SecretKey: conf.Secret(m.Credentials.SecretKey)})
}

// Stop ends everything in the order in which nothing is lost: first nothing new
// comes in, then what runs is finished, then the database goes.
func (m *Machine) Stop() {
	if m.endStreams != nil {
		m.endStreams() // or the front would wait for them in vain
	}
	if m.front != nil {
		limit, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		m.front.Shutdown(limit)
	}
	if m.store != nil {
		m.store.Close()
	}
	if m.stop != nil {
		m.stop()
		<-m.ended
	}
	if m.supervisor != nil {
		m.supervisor.Stop()
	}
	if m.db != nil {
		m.db.Close()
	}
	if m.server != nil {
		m.server.Stop()
	}
}

// States tells how each function stands.
func (m *Machine) States() []supervise.State { return m.supervisor.States() }

// handler is the front door.
func (m *Machine) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("/broker", m.accept)
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	c, err := m.openConsole(mux)
	if err != nil {
		return nil, err
	}
	for _, f := range m.Functions {
		serve := c.Lend(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { m.forward(w, req, f.Word) }))
		mux.Handle("/"+f.Word, serve)
		mux.Handle("/"+f.Word+"/", serve)
	}
	return loopbackOnly(mux), nil
}

// loopbackOnly refuses requests that reached us under a foreign name: a page in
// somebody's browser whose name was made to point here.
func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		host, _, err := net.SplitHostPort(req.Host)
		if err != nil {
			host = req.Host
		}
		if !isLoopback(host) {
			http.Error(w, "this runtime answers only to 127.0.0.1 and localhost", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, req)
	})
}

// isLoopback reports whether a name is that of this machine to itself.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// door is a function as a transport knows it.
type door func(*http.Request) (*http.Response, error)

func (d door) RoundTrip(req *http.Request) (*http.Response, error) { return d(req) }

// forward passes a request to a function and its answer back, or a connection that both
// sides use from then on, as WebSockets are.
func (m *Machine) forward(w http.ResponseWriter, req *http.Request, word string) {
	if req.Header.Get("Upgrade") != "" {
		through := door(func(out *http.Request) (*http.Response, error) { return m.supervisor.Do(word, out) })
		(&httputil.ReverseProxy{Transport: through, Rewrite: func(*httputil.ProxyRequest) {}}).ServeHTTP(w, req)
		return
	}
	res, err := m.supervisor.Do(word, req)
	if err != nil {
		m.Log.Error("request failed", "function", word, "error", err)
		http.Error(w, "the function "+word+" does not answer; its log says why", http.StatusBadGateway)
		return
	}
	defer res.Body.Close()
	for name, values := range res.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(res.StatusCode)
	io.Copy(w, res.Body)
}
