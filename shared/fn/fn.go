// Package fn is the only place that knows runtimes. It turns a function, which
// takes an event and says what it comes to, into a program that Knative,
// OpenFaaS, AWS Lambda or a plain process supervisor can run.
//
//	in   CloudEvents over HTTP at POST /, in both content modes
//	     messages of OpenFaaS's connectors, which become CloudEvents
//	     invocations, where AWS_LAMBDA_RUNTIME_API is set (build with the tag
//	     lambda.norpc, which leaves out what Lambda needed long ago)
//	out  an empty 204, a reply event, or events posted to K_SINK
//
// Every event is done once although it may arrive often: the rows it comes to,
// its entry in the ledger and the events it sends are committed together, and a
// repeated delivery sends the recorded events again (with the same ids) and
// writes nothing. A malformed event is answered 400, 413 or 415; one that can
// never succeed 422 with a code and a reason; both are final. Everything else is
// tried again until the event itself has failed MAX_FAILURES times.
package fn

import (
	"context"
	"net/http"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pg"
)

// Event is a CloudEvent.
type Event = event.Event

// Function is one capability.
type Function struct {
	Word string // names folder, binary, image, schema, and the source of its events: /functions/<word>
	DB   *pg.DB // its own schema, which also holds its ledger

	// Handle does the slow, repeatable part of the work and returns what the
	// event comes to. It may run more than once for one event, and at the same
	// moment in two processes.
	Handle func(ctx context.Context, e Event) (Outcome, error)

	// Refuse returns what an event comes to that is given up for the reason
	// given: those who wait must be told. It may be nil.
	Refuse func(ctx context.Context, e Event, reason error) (Outcome, error)

	// Lease keeps a second delivery of the same event away while the first is
	// worked on, and is extended for as long as the process lives. Zero lets
	// both work, and the first to commit wins: right for work that costs little.
	Lease time.Duration

	// Wrap makes an event of a request that carries none, such as a notice of
	// an object store. It may be nil.
	Wrap func(header http.Header, body []byte) (Event, error)

	// HTTP serves everything that is neither an event nor a probe. It may be nil.
	HTTP func(Apply) http.Handler

	// Tend looks after what no event tells of, such as what has come to its end. It
	// is called every TEND_EVERY while the process lives, in each instance. It may be
	// nil.
	Tend func(ctx context.Context, apply Apply) error

	// Close lets go of what Open took. It may be nil.
	Close func()
}

// Outcome writes what an event came to, in the transaction that marks the event
// done, and returns the events to send once that is committed. They need type,
// subject and data; fn adds the rest. A nil Outcome writes and sends nothing.
type Outcome func(ctx context.Context, tx pg.Tx) ([]Event, error)

// Take decodes what an event says, and has the work done on it. An event that cannot be
// decoded is invalid for ever.
func Take[T any](ctx context.Context, e Event, decode func(Event) (T, error), work func(context.Context, T) (Outcome, error)) (Outcome, error) {
	data, err := decode(e)
	if err != nil {
		return nil, fault.Invalid(err)
	}
	return work(ctx, data)
}

// Send is an outcome that writes nothing.
func Send(events ...Event) Outcome {
	return func(context.Context, pg.Tx) ([]Event, error) { return events, nil }
}

// Apply takes an event that an HTTP request amounts to through the same path as
// a delivered one: once, with its rows and its events. The event's id says what
// counts as the same request.
type Apply func(ctx context.Context, e Event) error

// Open makes a function from its environment.
type Open func(ctx context.Context, getenv func(string) string) (*Function, error)

// Config is what fn itself needs of the environment. Where LISTEN_FDS says that a
// socket was inherited, as systemd hands them on, that is served and not Host and
// Port.
type Config struct {
	Host        string        `env:"HOST"`                  // address to listen on; empty listens on all
	Port        int           `env:"PORT,default=8080"`     // set by the platform
	Sink        string        `env:"K_SINK"`                // where events go: the broker's ingress
	DrainDelay  time.Duration `env:"DRAIN_DELAY,default=0"` // how long to serve on after SIGTERM; OpenFaaS needs its healthcheck_interval
	DrainLimit  time.Duration `env:"DRAIN_LIMIT,default=30s"`
	MaxEvent    conf.Bytes    `env:"MAX_EVENT,default=1MiB"` // a larger request is answered 413
	MaxFailures int           `env:"MAX_FAILURES,default=4"` // an event that failed so often is refused; keep the Trigger's retry at least as large
	// WorkLimit bounds the work on one event: what takes longer has failed. Below the
	// Trigger's timeout, so that those who wait are told of work that never ends; 0
	// is no limit.
	WorkLimit time.Duration `env:"WORK_LIMIT,default=0"`
	// LedgerRetention is how long the ledger remembers an event after its end. It
	// must be longer than the broker keeps events and dead letters to send again;
	// 0 is for ever.
	LedgerRetention time.Duration `env:"LEDGER_RETENTION,default=840h"`
	TendEvery       time.Duration `env:"TEND_EVERY,default=1m"`          // how often a function looks after what no event tells of; 0 is never
	MaxAnswer       conf.Bytes    `env:"LAMBDA_MAX_ANSWER,default=6MiB"` // on Lambda, which cannot answer more; a larger HTTP answer becomes 500
	DeadlineMargin  time.Duration `env:"DEADLINE_MARGIN,default=500ms"`  // on Lambda: how long before an invocation's deadline its work is cancelled
	Lambda          string        `env:"AWS_LAMBDA_RUNTIME_API"`         // set by Lambda: where invocations come from
	LogLevel        string        `env:"LOG_LEVEL,default=info"`         // debug, info, warn or error
}
