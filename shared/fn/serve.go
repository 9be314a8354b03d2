package fn

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// serve answers HTTP requests that come on a socket until ctx ends, and drains.
func (r *runtime) serve(ctx context.Context, listener net.Listener) error {
	work, giveUp := context.WithCancel(context.Background())
	defer giveUp()
	server := &http.Server{Handler: r.handler(), BaseContext: func(net.Listener) context.Context { return work },
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	r.ready.Store(true)
	r.log.Info("ready", slog.String("address", listener.Addr().String()))
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	r.drain(server, giveUp)
	return nil
}

// drain ends the service. What outlasts DRAIN_LIMIT is cancelled, so that it lets
// go of its claims and the next delivery can begin elsewhere at once. That is no
// failure of the process: a watchdog would cut off the others for it.
func (r *runtime) drain(server *http.Server, giveUp func()) {
	r.ready.Store(false)
	r.log.Info("draining", slog.Duration("delay", r.config.DrainDelay), slog.Duration("limit", r.config.DrainLimit))
	time.Sleep(r.config.DrainDelay)
	if err := shutdown(server, r.config.DrainLimit); err != nil {
		r.log.Error("work outlasted DRAIN_LIMIT; it is given up, and comes again")
		giveUp()
		err = shutdown(server, lettingGo)
		r.log.Info("stopped", slog.Any("error", err))
		return
	}
	r.log.Info("stopped")
}

// lettingGo is the time that cancelled work has to say so to the ledger.
const lettingGo = 5 * time.Second

func shutdown(server *http.Server, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return server.Shutdown(ctx)
}

func (r *runtime) handler() http.Handler {
	alive := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health/live", alive)
	mux.HandleFunc("GET /health/ready", r.readiness)
	mux.HandleFunc("GET /_/health", alive) // of-watchdog's names
	mux.HandleFunc("GET /_/ready", r.readiness)
	mux.Handle("GET /metrics", promhttp.HandlerFor(r.metrics.registry, promhttp.HandlerOpts{}))
	if r.HTTP != nil {
		mux.Handle("/", r.HTTP(r.apply))
	}
	edge := r.ledger.edge(r.receive)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !r.ready.Load() {
			w.Header().Set("Connection", "close") // lest a request comes on it when we close it
		}
		switch p := req.URL.Path; {
		case climbs(p):
			http.Error(w, "write the address without ..", http.StatusBadRequest)
		case path.Clean("/"+p) == "/":
			edge(w, req) // the mux redirects // to /, and a redirected event is lost
		default:
			mux.ServeHTTP(w, req)
		}
	})
}

// climbs reports whether a path goes up anywhere. Whoever lets people through to
// /<word>/ alone must not find that /<word>/.. takes events.
func climbs(p string) bool { return slices.Contains(strings.Split(p, "/"), "..") }

func (r *runtime) readiness(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithTimeout(req.Context(), 2*time.Second)
	defer cancel()
	if !r.ready.Load() || r.DB.Ping(ctx) != nil {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}
