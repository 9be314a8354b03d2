// Package manifest reads the knative.yaml of a function: the very file that a
// cluster applies says how the function runs on one machine.
//
//	in   functions/<word>/knative.yaml: one Service, then the Triggers that wake it
//	     functions/<word>/packages.txt, where it runs programs besides itself
//	out  a [Function] with every default filled in, as Knative fills it
//
// Reading is stricter than Knative's. A field that is misspelt, or that one
// machine could not honour, is refused with the file, the line or the field,
// and what is allowed: a manifest that works here must not mean something else
// there.
package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"
)

// Function is one function as its manifest describes it.
type Function struct {
	Word        string
	Image       string
	Port        int // the port that the container listens on; 8080 where none is named
	Env         []EnvVar
	EnvFrom     []Ref
	MinScale    int
	MaxScale    int           // 0 is no bound
	Concurrency int           // requests that one process takes at once; 0 is no bound
	Timeout     time.Duration // within which every request is answered
	Limits      Resources
	Requests    Resources
	Internal    bool // reached from within the cluster alone
	Triggers    []Trigger
	Packages    []Package
}

// EnvVar is one variable of a function's environment: a value, or a key of a
// config map or a secret.
type EnvVar struct {
	Name            string
	Value           string
	ConfigMapKeyRef *KeyRef
	SecretKeyRef    *KeyRef
}

// KeyRef names one key of a config map or a secret.
type KeyRef struct {
	Name     string `yaml:"name"`
	Key      string `yaml:"key"`
	Optional bool   `yaml:"optional"`
}

// The kinds of a [Ref].
const (
	ConfigMap = "ConfigMap"
	Secret    = "Secret"
)

// Ref names a config map or a secret whose every key becomes a variable.
type Ref struct {
	Kind     string // ConfigMap or Secret
	Name     string
	Prefix   string
	Optional bool
}

// Trigger sends the events that pass its filters to a Service.
type Trigger struct {
	Name     string
	Broker   string
	Filters  []Filter // an event must pass all of them
	Service  string
	Path     string // where at the Service, such as /events; empty is its root
	Ordered  bool   // events with the same partitionkey one after the other; kafka.eventing.knative.dev/delivery.order asks for it
	Delivery Delivery
}

// The backoff policies of a [Delivery].
const (
	Linear      = "linear"      // the k-th retry waits k times the delay, so the first comes at once
	Exponential = "exponential" // the k-th retry waits 2^k times the delay, counted from 0
)

// Delivery is how hard a Trigger tries.
type Delivery struct {
	Retry          int // attempts after the first
	BackoffPolicy  string
	BackoffDelay   time.Duration
	Timeout        time.Duration // of one attempt
	RetryAfterMax  time.Duration // longest wait that an answer may ask for; 0 leaves it to the broker
	DeadLetterSink string        // the Service that also gets what could not be delivered; empty is none
}

// DefaultDelivery is what a Trigger without a delivery section gets. It is the
// Broker's default as Knative ships it (ConfigMap config-br-defaults). A
// Trigger with a delivery section gets that and nothing else: no retry field
// means no retry.
func DefaultDelivery(serviceTimeout time.Duration) Delivery {
	return Delivery{Retry: 10, BackoffPolicy: Exponential, BackoffDelay: 200 * time.Millisecond, Timeout: serviceTimeout}
}

// FileName is the name of a function's manifest within its folder.
const FileName = "knative.yaml"

// maxBytes bounds a manifest; the largest real ones have a few kilobytes.
const maxBytes = 1 << 20

// Load reads the manifest of the function whose folder is dir, and its list of
// packages. The folder's name must be the function's word.
func Load(dir string) (Function, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Function{}, err
	}
	path := filepath.Join(dir, FileName)
	file, err := os.Open(path)
	if err != nil {
		return Function{}, fmt.Errorf("read manifest: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err != nil {
		return Function{}, fmt.Errorf("read manifest: %w", err)
	}
	name := filepath.Join("functions", filepath.Base(dir), FileName)
	f, err := Parse(name, filepath.Base(dir), text)
	if err != nil {
		return f, err
	}
	f.Packages, err = loadPackages(dir)
	return f, err
}

// LoadAll reads the manifests of every function below root, sorted by word, and
// holds them against one another. It reports all that is wrong at once.
func LoadAll(root string) ([]Function, error) {
	paths, err := fs.Glob(os.DirFS(root), "functions/*/"+FileName)
	if err != nil {
		return nil, err
	}
	var all []Function
	var wrong []error
	for _, path := range paths {
		f, err := Load(filepath.Join(root, filepath.Dir(path)))
		all, wrong = append(all, f), append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return all, together(all)
}

// together checks what no manifest can tell alone.
func together(all []Function) error {
	words := map[string]bool{}
	for _, f := range all {
		words[f.Word] = true
	}
	for _, f := range all {
		for _, t := range f.Triggers {
			if sink := t.Delivery.DeadLetterSink; sink != "" && !words[sink] {
				return fmt.Errorf("functions/%s/%s: Trigger %s: spec.delivery.deadLetterSink.ref.name is %q, and no function has that name", f.Word, FileName, t.Name, sink)
			}
		}
	}
	return nil
}

// Parse reads the text of the manifest of a function. The name stands in errors.
func Parse(name, word string, text []byte) (Function, error) {
	if len(text) > maxBytes {
		return Function{}, fmt.Errorf("%s: is over %d bytes", name, maxBytes)
	}
	f, err := parse(word, text)
	if err != nil {
		return Function{}, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

func parse(word string, text []byte) (Function, error) {
	documents := yaml.NewDecoder(bytes.NewReader(text))
	var f *Function
	for {
		var node yaml.Node
		switch err := documents.Decode(&node); {
		case errors.Is(err, io.EOF):
			return ended(f, word)
		case err != nil:
			return Function{}, err
		case empty(node):
			continue
		}
		if err := add(&f, word, node.Content[0]); err != nil {
			return Function{}, err
		}
	}
}

// empty reports whether a document holds nothing, as between two "---".
func empty(document yaml.Node) bool {
	return len(document.Content) == 0 || document.Content[0].ShortTag() == "!!null"
}

// add takes one document into the function: first its Service, then Triggers.
func add(f **Function, word string, document *yaml.Node) error {
	var head struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string `yaml:"kind"`
	}
	if err := document.Decode(&head); err != nil {
		return err
	}
	switch kind := head.APIVersion + " " + head.Kind; {
	case kind == serviceKind && *f != nil:
		return fmt.Errorf("line %d: a second Service; a function has one", document.Line)
	case kind == serviceKind:
		service, err := readService(word, document)
		*f = &service
		return err
	case kind == triggerKind && *f == nil:
		return fmt.Errorf("line %d: a Trigger before the Service; the Service comes first", document.Line)
	case kind == triggerKind:
		return addTrigger(*f, document)
	default:
		return fmt.Errorf("line %d: apiVersion and kind are %q, want %q or %q", document.Line, kind, serviceKind, triggerKind)
	}
}

func ended(f *Function, word string) (Function, error) {
	if f == nil {
		return Function{}, fmt.Errorf("has no Service; want one %s named %s", serviceKind, word)
	}
	return *f, nil
}
