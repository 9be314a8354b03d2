// Package cluster is the console as it is deployed beside the functions on a cluster,
// where the platform runs the functions and a broker of Knative delivers the events.
//
//	in   every event, and every dead letter, as two Triggers deliver them (POST /events
//	     and /dead); the functions' ledgers, which it may read; their manifests
//	out  the console's pages, and the functions' own for whoever was let in; events that
//	     people publish or replay, to the cluster's broker; dead letters that they
//	     redrive, each to its function alone
//
// It keeps records of its own, in the tables and by the rules of the one-machine broker,
// and delivers nothing by itself. What is told twice is recorded once; what was not told
// yet is seen a little later, and nothing of the functions' work waits for it.
//
// One process at a time may write the records. While a new version takes over from an old
// one both may, for some seconds: then a page that is followed live may miss a line.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/local/console"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
)

// Word names the console's Service, its schema and its account.
const Word = "console"

// Console is the console of a cluster.
type Console struct {
	Config
	db        *pg.DB
	broker    *broker.Broker
	store     blob.Store
	functions []manifest.Function
	provider  *console.Provider
	learner   *learner
	log       *slog.Logger
	stopping  chan struct{}
}

// Open opens everything that the environment names.
func Open(ctx context.Context, getenv func(string) string, log *slog.Logger) (*Console, error) {
	c := &Console{log: log, stopping: make(chan struct{})}
	var database pg.Config
	var store blob.Config
	if err := errors.Join(conf.Read(getenv, &c.Config), conf.Read(getenv, &database), conf.Read(getenv, &store)); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	var err error
	if c.provider, err = console.ReadProvider(getenv, ""); err != nil {
		return nil, err
	}
	if c.functions, err = manifest.LoadAll(c.Manifests); err != nil {
		return nil, err
	}
	if len(c.functions) == 0 {
		return nil, fmt.Errorf("environment variable MANIFESTS: there is no functions/<word>/%s below %q", manifest.FileName, c.Manifests)
	}
	if c.store, err = blob.OpenS3(store); err != nil {
		return nil, err
	}
	if c.db, err = pg.Open(ctx, database, Word, broker.Migrations()); err != nil {
		return nil, err
	}
	if c.broker, err = c.records(); err != nil {
		c.db.Close()
		return nil, err
	}
	c.learner = &learner{broker: c.broker, every: c.LearnEvery, log: log, now: time.Now}
	for _, f := range c.functions {
		c.learner.words = append(c.learner.words, f.Word)
	}
	return c, nil
}

// records opens the records of the cluster's broker.
func (c *Console) records() (*broker.Broker, error) {
	b := broker.Config{DB: c.db, Subscribers: map[string]broker.Subscriber{}, Log: c.log, MaxEvent: int(c.MaxEvent), Keep: c.Keep, KeepDead: c.KeepDead,
		Forward: c.forward, Itself: Word}
	for _, f := range c.functions {
		b.Triggers = append(b.Triggers, f.Triggers...)
		b.Subscribers[f.Word] = broker.Subscriber{Slots: redrivesAtOnce, Do: func(req *http.Request) (*http.Response, error) {
			to := c.addressOf(f.Word).JoinPath(req.URL.Path)
			req.URL, req.Host = to, to.Host
			return http.DefaultTransport.RoundTrip(req)
		}}
	}
	return broker.Open(b)
}

// redrivesAtOnce is how many dead letters of one function are under way at a time. The
// cluster's own deliveries go on beside them.
const redrivesAtOnce = 4

// forward posts an event to the cluster's broker.
func (c *Console) forward(ctx context.Context, e broker.Event, trace string) error {
	req, err := ce.NewRequest(ctx, c.Sink, e)
	if err != nil {
		return err
	}
	req.Header.Set("Traceparent", trace)
	return ce.Send(&http.Client{Timeout: 30 * time.Second, CheckRedirect: ce.NoRedirect}, req)
}

// pages are the console's.
func (c *Console) pages() *console.Console {
	return &console.Console{
		Broker:    func() *broker.Broker { return c.broker },
		Publish:   func(ctx context.Context, e events.Event) error { return c.broker.Publish(ctx, e) },
		Functions: c.functions, Store: c.store, Checks: c.checks(), Buckets: c.buckets(),
		Cluster: &console.Cluster{Namespace: c.namespace(), Logs: c.Logs, Health: c.health},
		Token:   c.Token, Provider: c.provider, API: c.API, Unit: c.Unit, Stopping: c.stopping, Log: c.log, Now: time.Now,
	}
}

// Run keeps the records until ctx ends: it delivers what is redriven, learns from the
// ledgers, and removes what is old.
func (c *Console) Run(ctx context.Context) {
	var running sync.WaitGroup
	running.Go(func() { c.broker.Run(ctx) })
	running.Go(func() { c.learner.run(ctx) })
	running.Wait()
}

// Close lets go of the database.
func (c *Console) Close() { c.db.Close() }
