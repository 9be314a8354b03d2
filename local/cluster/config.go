package cluster

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"xietong.dev/local/console"
	"xietong.dev/shared/conf"
)

// Config is what the console needs of the environment, beside DATABASE_URL and S3_….
type Config struct {
	Host  string      `env:"HOST"` // address to listen on; empty listens on all
	Port  int         `env:"PORT,default=8080"`
	Token conf.Secret `env:"CONSOLE_TOKEN,required"` // that people show; at least 16 characters
	API   conf.Secret `env:"API_TOKEN,required"`     // that functions want to see
	Sink  string      `env:"K_SINK,required"`        // the broker's ingress

	// Functions is the address of a function within the cluster, in which {function}
	// stands for its word: http://{function}.toolbox.svc.cluster.local
	Functions string `env:"FUNCTION_URL,required"`
	// Manifests is the folder that holds functions/<word>/knative.yaml; the image has
	// those of its version at its root.
	Manifests string `env:"MANIFESTS,default=/"`
	// EventsHost ends the name under which events may be posted: that of the cluster
	// alone, so that nobody from outside can tell us what never happened.
	EventsHost string `env:"EVENTS_HOST,default=.svc.cluster.local"`
	Logs       string `env:"LOGS_URL"` // a page of the log store, with {function} and {event}; may be empty
	Unit       string `env:"UNIT,default=default"`

	MaxEvent   conf.Bytes    `env:"MAX_EVENT,default=1MiB"` // a larger event is answered 413 and not recorded
	Keep       time.Duration `env:"KEEP,default=168h"`      // how long an event is kept after its deliveries are done
	KeepDead   time.Duration `env:"KEEP_DEAD,default=720h"` // the same for a dead letter, and for what nobody tells the end of
	LearnEvery time.Duration `env:"LEARN_EVERY,default=2s"` // how often the ledgers are looked at

	Recordings string `env:"RECORDINGS_BUCKET,default=recordings"`
	Documents  string `env:"DOCUMENTS_BUCKET,default=documents"`
	Books      string `env:"BOOKS_BUCKET,default=books"`
	Reports    string `env:"REPORTS_BUCKET,default=reports"`
}

// shortestToken is how many characters a token has that nobody guesses.
const shortestToken = 16

func (c Config) check() error {
	var wrong []error
	say := func(name, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("environment variable "+name+": "+format, args...))
	}
	if n := len(c.Token.Reveal()); n < shortestToken {
		say("CONSOLE_TOKEN", "has %d characters, want at least %d", n, shortestToken)
	}
	if !isHTTP(c.Sink) {
		say("K_SINK", "is %q, want an address such as kubectl get broker default shows", c.Sink)
	}
	if !isHTTP(strings.ReplaceAll(c.Functions, "{function}", "word")) {
		say("FUNCTION_URL", "is %q, want http://{function}.<namespace>.svc.cluster.local", c.Functions)
	}
	if c.Logs != "" && !isHTTP(c.Logs) {
		say("LOGS_URL", "is %q, want http:// or https://, in which {function} and {event} stand for those", c.Logs)
	}
	if c.LearnEvery <= 0 {
		say("LEARN_EVERY", "is %v, want more than 0", c.LearnEvery)
	}
	return errors.Join(wrong...)
}

func isHTTP(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// addressOf is the address of a function within the cluster.
func (c Config) addressOf(word string) *url.URL {
	u, err := url.Parse(strings.ReplaceAll(c.Functions, "{function}", word))
	if err != nil {
		return &url.URL{Scheme: "http", Host: word} // check has refused what cannot be read
	}
	return u
}

// namespace is that of the functions, as their address names it; empty where it does not.
func (c Config) namespace() string {
	rest, named := strings.CutPrefix(c.addressOf("word").Host, "word.")
	name, _, _ := strings.Cut(rest, ".")
	if !named {
		return ""
	}
	return name
}

// buckets are where people drop files.
func (c Config) buckets() []console.Bucket {
	return []console.Bucket{{Name: c.Recordings, Kind: "recording"}, {Name: c.Documents, Kind: "document"}, {Name: c.Books, Kind: "book"}, {Name: c.Reports, Kind: "report"}}
}
