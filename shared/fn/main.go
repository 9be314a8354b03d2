package fn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/child"
	"xietong.dev/shared/conf"
)

// runtime is a function in its process.
type runtime struct {
	*Function
	config  Config
	ledger  ledger
	log     *slog.Logger
	metrics *metrics
	traces  *sdk.TracerProvider
	client  *http.Client
	ready   atomic.Bool
}

// Main runs a function until it is told to stop. It is all that a function's
// main does. Where the process was started as one of the workers, it is that
// instead.
func Main(open Open, workers ...child.Worker) {
	child.Serve(workers...)
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
	listener, err := inherited(getenv) // before anything is started that would inherit it too
	if err != nil {
		return err
	}
	r, shut, err := start(ctx, open, getenv, logs)
	if err != nil {
		return tellLambda(getenv("AWS_LAMBDA_RUNTIME_API"), err)
	}
	defer shut()
	if r.config.Lambda != "" {
		return r.serveLambda(ctx)
	}
	if listener == nil {
		if listener, err = listen(r.config); err != nil {
			return err
		}
	}
	return r.serve(ctx, listener)
}

func start(ctx context.Context, open Open, getenv func(string) string, logs io.Writer) (*runtime, func(), error) {
	r := &runtime{client: &http.Client{Timeout: 30 * time.Second, CheckRedirect: ce.NoRedirect}}
	if err := conf.Read(getenv, &r.config); err != nil {
		return nil, nil, err
	}
	if err := r.config.checkRetention(); err != nil {
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
	if r.ledger, err = openLedger(ctx, f.DB, getenv); err != nil {
		return nil, nil, err
	}
	r.log = slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: level})).With(slog.String("function", f.Word))
	r.metrics = newMetrics(f.Word)
	r.traces, err = newTraces(ctx, getenv("OTEL_EXPORTER_OTLP_ENDPOINT"))
	if err != nil {
		return nil, nil, fmt.Errorf("environment variable OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	sweeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	var behind sync.WaitGroup
	behind.Go(func() { r.sweep(sweeping) })
	behind.Go(func() { r.tend(sweeping) })
	return r, func() {
		stop()
		behind.Wait()
		limit, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		r.traces.Shutdown(limit)
		if f.Close != nil {
			f.Close()
		}
		if f.DB != nil {
			f.DB.Close()
		}
	}, nil
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
