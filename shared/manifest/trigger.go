package manifest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

const triggerKind = "eventing.knative.dev/v1 Trigger"

// DefaultBroker is the broker that every event goes to.
const DefaultBroker = "default"

const brokerKind = "eventing.knative.dev/v1 Broker"

// DeadLetters is the broker that keeps on a cluster what could not be delivered.
// On one machine the broker keeps that itself.
const DeadLetters = "dead-letters"

// The parts of a Knative Trigger that this package understands.
type (
	trigger struct {
		APIVersion string   `yaml:"apiVersion"`
		Kind       string   `yaml:"kind"`
		Metadata   metadata `yaml:"metadata"`
		Spec       struct {
			Broker     string         `yaml:"broker"`
			Filter     *triggerFilter `yaml:"filter"`
			Filters    []Filter       `yaml:"filters"`
			Subscriber destination    `yaml:"subscriber"`
			Delivery   *delivery      `yaml:"delivery"`
		} `yaml:"spec"`
	}
	triggerFilter struct {
		Attributes map[string]string `yaml:"attributes"`
	}
	destination struct {
		Ref *reference `yaml:"ref"`
		URI string     `yaml:"uri"`
	}
	reference struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string `yaml:"kind"`
		Name       string `yaml:"name"`
		Namespace  string `yaml:"namespace"`
	}
	delivery struct {
		Retry          int          `yaml:"retry"`
		BackoffPolicy  string       `yaml:"backoffPolicy"`
		BackoffDelay   string       `yaml:"backoffDelay"`
		Timeout        string       `yaml:"timeout"`
		RetryAfterMax  string       `yaml:"retryAfterMax"`
		DeadLetterSink *destination `yaml:"deadLetterSink"`
	}
)

func addTrigger(f *Function, document *yaml.Node) error {
	var t trigger
	if err := strict(document, &t); err != nil {
		return err
	}
	read, err := t.read(*f)
	if err != nil {
		return fmt.Errorf("Trigger %s: %w", t.Metadata.Name, err)
	}
	f.Triggers = append(f.Triggers, read)
	return nil
}

func (t trigger) read(f Function) (Trigger, error) {
	read := Trigger{Name: t.Metadata.Name, Broker: t.Spec.Broker, Service: f.Word, Filters: t.Spec.Filters}
	taken := func(o Trigger) bool { return o.Name == read.Name }
	switch {
	case !strings.HasPrefix(read.Name, f.Word+"-") || len(read.Name) > 63:
		return read, fmt.Errorf("metadata.name is %q, want %s-<noun>-<participle>, at most 63 letters", read.Name, f.Word)
	case slices.ContainsFunc(f.Triggers, taken):
		return read, fmt.Errorf("metadata.name is taken by another Trigger of this file")
	case read.Broker != DefaultBroker && read.Broker != DeadLetters:
		return read, fmt.Errorf("spec.broker is %q, want %q, or %q for what could not be delivered", read.Broker, DefaultBroker, DeadLetters)
	}
	if err := t.Spec.Subscriber.service("spec.subscriber", f.Word); err != nil {
		return read, err
	}
	var err error
	if read.Path, err = t.Spec.Subscriber.path("spec.subscriber"); err != nil {
		return read, err
	}
	if read.Ordered, err = ordered(t.Metadata.Annotations); err != nil {
		return read, fmt.Errorf("metadata.annotations: %w", err)
	}
	if err := checkFilters("spec.filters", read.Filters, 1); err != nil {
		return read, err
	}
	// Knative lets filters override the older filter where both are given.
	if len(read.Filters) == 0 {
		if read.Filters, err = legacy(t.Spec.Filter); err != nil {
			return read, err
		}
	}
	read.Delivery, err = t.Spec.Delivery.read(f.Timeout)
	return read, err
}

// kafka is the group of annotations of Knative's Kafka broker, of which one
// machine honours the order alone.
const (
	kafka         = "kafka.eventing.knative.dev/"
	deliveryOrder = "delivery.order"
)

// ordered reads the annotation that asks for order, by the name that Knative's
// Kafka broker gives it.
func ordered(annotations map[string]string) (bool, error) {
	for key := range annotations {
		if name, ok := strings.CutPrefix(key, kafka); ok && name != deliveryOrder {
			return false, fmt.Errorf("%s is not known here; allowed after %s: %s", key, kafka, deliveryOrder)
		}
	}
	switch text, given := annotations[kafka+deliveryOrder]; {
	case !given, text == "unordered":
		return false, nil
	case text == "ordered":
		return true, nil
	default:
		return false, fmt.Errorf("%s%s is %q, want ordered or unordered", kafka, deliveryOrder, text)
	}
}

// service checks that a destination is a Service of the given name; an empty
// name allows any.
func (d destination) service(path, name string) error {
	switch {
	case d.Ref == nil:
		return fmt.Errorf("%s.ref is missing; want a Service", path)
	case d.Ref.APIVersion+" "+d.Ref.Kind != serviceKind:
		return fmt.Errorf("%s.ref is %s %s, want %s", path, d.Ref.APIVersion, d.Ref.Kind, serviceKind)
	case d.Ref.Name == "":
		return fmt.Errorf("%s.ref.name is missing", path)
	case name != "" && d.Ref.Name != name:
		return fmt.Errorf("%s.ref.name is %q, want %q: the Service of this file", path, d.Ref.Name, name)
	}
	return nil
}

var uriPattern = regexp.MustCompile(`^/[a-z0-9/_-]{0,127}$`)

// path is where at the Service events go. Knative also takes whole addresses, which
// would lead past the Service.
func (d destination) path(path string) (string, error) {
	if d.URI != "" && !uriPattern.MatchString(d.URI) {
		return "", fmt.Errorf("%s.uri is %q, want a path at the Service such as /events", path, d.URI)
	}
	return d.URI, nil
}

// isDeadLetters reports whether a destination is the broker of dead letters.
func (d destination) isDeadLetters() bool {
	return d.Ref != nil && d.Ref.APIVersion+" "+d.Ref.Kind == brokerKind && d.Ref.Name == DeadLetters
}

// shortestDelay is the shortest backoff that Knative keeps to: a shorter one
// acts as none there.
const shortestDelay = 100 * time.Millisecond

// maxRetry bounds the attempts; 30 doublings of the shortest delay are years.
const maxRetry = 100

func (d *delivery) read(serviceTimeout time.Duration) (Delivery, error) {
	if d == nil {
		return DefaultDelivery(serviceTimeout), nil
	}
	read := Delivery{Retry: d.Retry, BackoffPolicy: d.BackoffPolicy, Timeout: serviceTimeout}
	if d.Retry < 0 || d.Retry > maxRetry {
		return read, fmt.Errorf("spec.delivery.retry is %d, want 0 to %d", d.Retry, maxRetry)
	}
	if err := d.backoff(&read); err != nil {
		return read, err
	}
	if err := d.limits(&read, serviceTimeout); err != nil {
		return read, err
	}
	switch {
	case d.DeadLetterSink == nil:
		return read, nil
	case d.DeadLetterSink.URI != "":
		return read, fmt.Errorf("spec.delivery.deadLetterSink.uri is %q, want none: dead letters go where the ref says", d.DeadLetterSink.URI)
	case d.DeadLetterSink.isDeadLetters():
		return read, nil
	}
	if err := d.DeadLetterSink.service("spec.delivery.deadLetterSink", ""); err != nil {
		return read, fmt.Errorf("%w, or %s named %s", err, brokerKind, DeadLetters)
	}
	read.DeadLetterSink = d.DeadLetterSink.Ref.Name
	return read, nil
}

func (d *delivery) backoff(read *Delivery) (err error) {
	switch {
	case d.Retry == 0 && d.BackoffPolicy == "" && d.BackoffDelay == "":
		return nil
	case d.BackoffPolicy != Linear && d.BackoffPolicy != Exponential:
		return fmt.Errorf("spec.delivery.backoffPolicy is %q, want %s or %s: without it Knative retries without a pause", d.BackoffPolicy, Linear, Exponential)
	case d.BackoffDelay == "":
		return fmt.Errorf("spec.delivery.backoffDelay is missing; want a duration such as PT0.5S: without it Knative retries without a pause")
	}
	read.BackoffDelay, err = duration("spec.delivery.backoffDelay", d.BackoffDelay)
	if err == nil && read.BackoffDelay < shortestDelay {
		return fmt.Errorf("spec.delivery.backoffDelay is %q, want at least PT0.1S: Knative takes less for nothing", d.BackoffDelay)
	}
	return err
}

func (d *delivery) limits(read *Delivery, serviceTimeout time.Duration) (err error) {
	if d.Timeout != "" {
		if read.Timeout, err = positive("spec.delivery.timeout", d.Timeout); err != nil {
			return err
		}
	}
	if read.Timeout > serviceTimeout {
		return fmt.Errorf("spec.delivery.timeout is %q, want at most timeoutSeconds of the Service, %v", d.Timeout, serviceTimeout)
	}
	if d.RetryAfterMax != "" {
		read.RetryAfterMax, err = positive("spec.delivery.retryAfterMax", d.RetryAfterMax)
	}
	return err
}
