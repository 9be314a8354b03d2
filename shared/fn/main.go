package fn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/trace"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/conf"
)

// runtime is a function in its process.
type runtime struct {
	*Function
	config  Config
	log     *slog.Logger
	metrics *metrics
	tracer  trace.Tracer
	client  *http.Client
	ready   atomic.Bool
}

// Main runs a function until it is told to stop. It is all that a function's
// main does.
func Main(open Open) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	// For what a function logs besides its deliveries.
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	if err := Run(ctx, open, os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Run opens a function, serves it until ctx ends, and drains it: not ready any
// more, serving on for DRAIN_DELAY, then finishing what runs. Platforms differ
// in whether they stop sending before or after they say stop; this order suits
// both.
func Run(ctx context.Context, open Open, getenv func(string) string, logs io.Writer) error {
	r, shut, err := start(ctx, open, getenv, logs)
	if err != nil {
		return err
	}
	defer shut()
	listener, err := net.Listen("tcp", net.JoinHostPort(r.config.Host, strconv.Itoa(r.config.Port)))
	if err != nil {
		return fmt.Errorf("environment variable PORT: %w", err)
	}
	server := &http.Server{Handler: r.handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	r.ready.Store(true)
	r.log.Info("ready", slog.String("address", listener.Addr().String()))
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	r.ready.Store(false)
	time.Sleep(r.config.DrainDelay)
	limit, cancel := context.WithTimeout(context.Background(), r.config.DrainLimit)
	defer cancel()
	err = server.Shutdown(limit)
	r.log.Info("stopped", slog.Any("error", err))
	return err
}

func start(ctx context.Context, open Open, getenv func(string) string, logs io.Writer) (*runtime, func(), error) {
	r := &runtime{client: &http.Client{Timeout: 30 * time.Second, CheckRedirect: ce.NoRedirect}}
	if err := conf.Read(getenv, &r.config); err != nil {
		return nil, nil, err
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(r.config.LogLevel)); err != nil {
		return nil, nil, fmt.Errorf("environment variable LOG_LEVEL: want debug, info, warn or error: %w", err)
	}
	f, err := open(context.WithoutCancel(ctx), getenv)
	if err != nil {
		return nil, nil, err
	}
	r.Function = f
	r.log = slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: level})).With(slog.String("function", f.Word))
	r.metrics = newMetrics(f.Word)
	var flush func(context.Context) error
	r.tracer, flush, err = newTracer(ctx, f.Word, getenv("OTEL_EXPORTER_OTLP_ENDPOINT"))
	if err != nil {
		return nil, nil, fmt.Errorf("environment variable OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	return r, func() {
		limit, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		flush(limit)
		if f.Close != nil {
			f.Close()
		}
		if f.DB != nil {
			f.DB.Close()
		}
	}, nil
}

func (r *runtime) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", r.receive)
	mux.HandleFunc("GET /health/live", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /health/ready", r.readiness)
	mux.Handle("GET /metrics", promhttp.HandlerFor(r.metrics.registry, promhttp.HandlerOpts{}))
	if r.HTTP != nil {
		mux.Handle("/", r.HTTP(r.apply))
	}
	return mux
}

func (r *runtime) readiness(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithTimeout(req.Context(), 2*time.Second)
	defer cancel()
	if !r.ready.Load() || r.DB.Ping(ctx) != nil {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// apply is the [Apply] that a function's own HTTP handler is given.
func (r *runtime) apply(ctx context.Context, e Event) (err error) {
	e.SetSource("/functions/" + r.Word + "/http")
	if e.Time().IsZero() {
		e.SetTime(time.Now())
	}
	if err := ce.Check(e); err != nil {
		return err
	}
	r.observe(ctx, http.Header{}, e, func(obs *observation) {
		s := r.settle(obs.ctx, e)
		obs.settled(s)
		err = errors.Join(s.err, r.post(obs.ctx, s.send))
	})
	return err
}
