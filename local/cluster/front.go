package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"

	"xietong.dev/local/console"
)

// HTTP is everything that the console answers.
func (c *Console) HTTP() http.Handler {
	mux, pages := http.NewServeMux(), c.pages()
	told, dead := c.broker.Tellers()
	mux.Handle("/events", c.fromWithin(told))
	mux.Handle("/dead", c.fromWithin(dead))
	mux.Handle(console.Prefix, pages.HTTP())
	mux.Handle("GET /{$}", http.RedirectHandler(console.Prefix, http.StatusFound))
	mux.HandleFunc("GET /health/live", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /health/ready", c.readiness)
	for _, f := range c.functions {
		lent := pages.Lend(c.lead(f.Word))
		mux.Handle("/"+f.Word, lent)
		mux.Handle("/"+f.Word+"/", lent)
	}
	return mux
}

// fromWithin takes events under a name that only the cluster knows us by, and under one
// of this machine.
func (c *Console) fromWithin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !c.isOurs(host) {
			c.log.Warn("event refused: it came from outside the cluster", slog.String("host", host))
			http.Error(w, "events are taken from within the cluster alone; EVENTS_HOST names its domain", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isOurs reports whether a name leads here within the cluster alone, or on this machine.
func (c *Console) isOurs(host string) bool {
	ip := net.ParseIP(host)
	return host == Word || strings.HasSuffix(host, c.EventsHost) || host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c *Console) readiness(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), askLimit)
	defer cancel()
	if c.db.Ping(ctx) != nil {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
	}
}

// lead passes requests on to a function's own address. What the gateway before us wrote
// of where a request came from goes on as it is.
func (c *Console) lead(word string) http.Handler {
	to := c.addressOf(word)
	return &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			p.Out.Host = to.Host
			for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
				if said := p.In.Header.Values(name); len(said) > 0 {
					p.Out.Header[name] = said
				}
			}
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			c.log.Error("request failed", slog.String("function", word), slog.Any("error", err))
			http.Error(w, "the function "+word+" does not answer", http.StatusBadGateway)
		},
	}
}

// Serve answers until ctx ends, then lets what runs end, and stops.
func (c *Console) Serve(ctx context.Context) error {
	listener, err := net.Listen("tcp", net.JoinHostPort(c.Host, strconv.Itoa(c.Port)))
	if err != nil {
		return fmt.Errorf("environment variables HOST and PORT: %w", err)
	}
	server := &http.Server{Handler: c.HTTP(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() { defer close(ended); c.Run(running) }()
	c.log.Info("ready", slog.String("address", listener.Addr().String()))
	select {
	case err = <-served:
	case <-ctx.Done():
		close(c.stopping) // or streams would be waited for in vain
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainLimit)
		defer cancel()
		err = server.Shutdown(limit)
	}
	stop()
	<-ended
	return errors.Join(err)
}

// drainLimit is how long requests may go on when the console stops.
const drainLimit = 20 * time.Second
