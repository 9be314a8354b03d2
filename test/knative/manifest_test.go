package knative

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	k8syaml "k8s.io/apimachinery/pkg/util/yaml"
	eventing "knative.dev/eventing/pkg/apis/eventing/v1"
	"knative.dev/eventing/pkg/apis/feature"
	"knative.dev/eventing/pkg/kncloudevents"
	"knative.dev/pkg/apis"
	serving "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

const root = "../.."

// object is what Knative's webhook completes and judges.
type object interface {
	SetDefaults(context.Context)
	Validate(context.Context) *apis.FieldError
}

// judge reads one document as strictly as the webhook, fills in the defaults,
// and returns what the webhook says of it.
func judge(ctx context.Context, document []byte) (object, error) {
	var head struct{ APIVersion, Kind string }
	if err := yaml.Unmarshal(document, &head); err != nil {
		return nil, err
	}
	o, err := empty(head.APIVersion + " " + head.Kind)
	if err != nil {
		return nil, err
	}
	if err := strict(document, o); err != nil {
		return nil, err
	}
	o.SetDefaults(ctx)
	if refused := o.Validate(ctx).Filter(apis.ErrorLevel); refused != nil { // a nil *FieldError would be an error
		return nil, refused
	}
	return o, nil
}

// strict decodes as the API server does for kubectl: every field is known,
// spelt in its case, given once, and of its type.
func strict(document []byte, into any) error {
	text, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return err
	}
	unknown, err := json.UnmarshalStrict(text, into)
	return errors.Join(append(unknown, err)...)
}

func empty(kind string) (object, error) {
	switch kind {
	case "serving.knative.dev/v1 Service":
		return &serving.Service{}, nil
	case "eventing.knative.dev/v1 Trigger":
		return &eventing.Trigger{}, nil
	case "eventing.knative.dev/v1 Broker":
		return &eventing.Broker{}, nil
	}
	return nil, fmt.Errorf("%q is no kind that Knative knows", kind)
}

// shipped is Knative with the features that it ships as on: an operator need
// switch on none for us.
func shipped(t *testing.T) context.Context {
	t.Helper()
	flags, err := feature.NewFlagsConfigFromMap(nil)
	if err != nil {
		t.Fatal(err)
	}
	return feature.ToContext(apis.WithinCreate(t.Context()), flags)
}

func documents(t *testing.T, text []byte) [][]byte {
	t.Helper()
	var all [][]byte
	for reader := k8syaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text))); ; {
		document, err := reader.Read()
		switch {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, document)
	}
}

// function is a manifest as Knative has read and completed it.
type function struct {
	service  *serving.Service
	triggers []*eventing.Trigger
}

func functions(t *testing.T) map[string]function {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "functions", "*", "knative.yaml"))
	if err != nil || len(paths) < 4 {
		t.Fatalf("the manifests: %v %v", paths, err)
	}
	all := map[string]function{}
	for _, path := range append(paths, filepath.Join(root, "local", "console", "knative.yaml")) {
		var f function
		for i, document := range documents(t, read(t, path)) {
			switch o, err := judge(shipped(t), document); o := o.(type) {
			case *serving.Service:
				f.service = o
			case *eventing.Trigger:
				f.triggers = append(f.triggers, o)
			default:
				t.Errorf("%s, document %d: %v", path, i+1, err)
			}
		}
		if f.service == nil || len(f.triggers) == 0 {
			t.Fatalf("%s: want a Service and its Triggers", path)
		}
		all[filepath.Base(filepath.Dir(path))] = f
	}
	return all
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestKnativeTakesEveryManifest(t *testing.T) {
	for word, f := range functions(t) {
		if f.service.Name != word {
			t.Errorf("%s: the Service is named %s", word, f.service.Name)
		}
		for _, trigger := range f.triggers {
			if ref := trigger.Spec.Subscriber.Ref; ref == nil || ref.Name != word {
				t.Errorf("%s: Trigger %s wakes %v", word, trigger.Name, ref)
			}
		}
	}
}

func TestKnativeTakesThePlatform(t *testing.T) {
	brokers := map[string]*eventing.Broker{}
	for _, document := range platform(t, "broker.yaml") {
		o, err := judge(shipped(t), document)
		broker, is := o.(*eventing.Broker)
		if err != nil || !is {
			t.Fatalf("%v, error %v; want a Broker", o, err)
		}
		brokers[broker.Name] = broker
	}
	for word, f := range functions(t) {
		for _, trigger := range f.triggers {
			sink := trigger.Spec.Delivery.DeadLetterSink
			if trigger.Spec.Broker == "dead-letters" {
				if sink != nil {
					t.Errorf("%s: Trigger %s sends dead letters to %+v: those of dead letters would go in circles", word, trigger.Name, sink)
				}
				continue
			}
			if brokers[trigger.Spec.Broker] == nil || sink == nil || sink.Ref == nil || sink.Ref.Kind != "Broker" || brokers[sink.Ref.Name] == nil {
				t.Errorf("%s: Trigger %s names broker %s and sends dead letters to %+v: they are not in broker.yaml", word, trigger.Name, trigger.Spec.Broker, sink)
			}
		}
	}
	for _, document := range platform(t, "redrive.yaml") {
		o, err := judge(shipped(t), document)
		trigger, is := o.(*eventing.Trigger)
		if err != nil || !is || brokers[trigger.Spec.Broker] == nil || brokers[trigger.Spec.Subscriber.Ref.Name] == nil {
			t.Errorf("%v, error %v; want a Trigger from one Broker to another", o, err)
		}
	}
}

func platform(t *testing.T, name string) [][]byte {
	t.Helper()
	return documents(t, read(t, filepath.Join(root, "infra", "platform", name)))
}

// What a delivery section means is decided by the code that delivers.
func TestDeliveriesMeanWhatTheySay(t *testing.T) {
	for word, f := range functions(t) {
		service := time.Duration(*f.service.Spec.Template.Spec.TimeoutSeconds) * time.Second
		for _, trigger := range f.triggers {
			config, err := kncloudevents.RetryConfigFromDeliverySpec(*trigger.Spec.Delivery)
			if err != nil {
				t.Errorf("%s: %v", trigger.Name, err)
				continue
			}
			if config.RequestTimeout <= 0 || config.RequestTimeout >= service {
				t.Errorf("%s: an attempt ends after %v, want less than the %v of the Service %s", trigger.Name, config.RequestTimeout, service, word)
			}
			for attempt := range config.RetryMax {
				if wait := config.Backoff(attempt, nil); wait < 100*time.Millisecond {
					t.Errorf("%s: retry %d comes after %v: a busy function gets no pause", trigger.Name, attempt+1, wait)
				}
			}
			if config.RetryMax == 0 {
				t.Errorf("%s: what fails once is a dead letter at once", trigger.Name)
			}
		}
	}
}

// The timeout of a delivery is a feature that an operator can switch off; then
// the webhook refuses our Triggers rather than deliver without a limit.
func TestWithoutItsFeatureATimeoutIsRefused(t *testing.T) {
	off := feature.ToContext(apis.WithinCreate(t.Context()), feature.Flags{feature.DeliveryTimeout: feature.Disabled})
	refused := 0
	for _, document := range documents(t, read(t, filepath.Join(root, "functions", "uploads", "knative.yaml"))) {
		if !bytes.Contains(document, []byte("kind: Trigger")) {
			continue
		}
		if _, err := judge(off, document); err == nil || err.Error() != "must not set the field(s): spec.delivery.timeout" {
			t.Errorf("error %v, want one that names spec.delivery.timeout", err)
		}
		refused++
	}
	if refused == 0 {
		t.Error("the manifest holds no Trigger")
	}
}

// Each archive holds a manifest that Knative takes, then changes of it that
// spoil it in one way, each followed by what Knative says.
func TestWrongManifests(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join("testdata", "wrong-*.txtar"))
	if err != nil || len(archives) != 3 {
		t.Fatalf("the archives: %v %v", archives, err)
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		right := string(archive.Files[0].Data)
		if _, err := judge(shipped(t), []byte(right)); err != nil {
			t.Errorf("%s: the manifest that is right: %v", path, err)
		}
		for _, f := range archive.Files[1:] {
			t.Run(f.Name, func(t *testing.T) {
				c := parseChange(t, string(f.Data))
				if strings.Count(right, c.from) != 1 {
					t.Fatalf("the manifest holds %q %d times", c.from, strings.Count(right, c.from))
				}
				_, err := judge(shipped(t), []byte(strings.Replace(right, c.from, c.to, 1)))
				if err == nil {
					t.Fatal("Knative takes it")
				}
				if diff := cmp.Diff(c.said, strings.TrimSpace(err.Error())); diff != "" {
					t.Errorf("Knative says (-want +got)\n%s", diff)
				}
			})
		}
	}
}

// change takes lines of a manifest for others, as a diff shows them.
type change struct{ from, to, said string }

func parseChange(t *testing.T, text string) (c change) {
	t.Helper()
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "-"):
			c.from += line[1:]
		case strings.HasPrefix(line, "+"):
			c.to += line[1:]
		default:
			c.said += line
		}
	}
	c.said = strings.TrimSpace(c.said)
	return c
}

// What an operator's choices make of a manifest, Knative takes too.
func TestKnativeTakesWhatIsRendered(t *testing.T) {
	for word := range functions(t) {
		cmd := exec.CommandContext(t.Context(), "go", "run", "./infra", "render", word, "--to", "knative", "--tag", "v2", "--registry", "registry.example:5000/toolbox", "--namespace", "office")
		cmd.Dir = root
		text, err := cmd.Output()
		if err != nil {
			t.Fatalf("render %s: %v", word, err)
		}
		for _, document := range documents(t, text) {
			switch o, err := judge(shipped(t), document); o := o.(type) {
			case *serving.Service:
				if image := o.Spec.Template.Spec.Containers[0].Image; o.Namespace != "office" || image != "registry.example:5000/toolbox/"+word+":v2" {
					t.Errorf("%s: %s in namespace %q", word, image, o.Namespace)
				}
			case *eventing.Trigger:
				if ref := o.Spec.Subscriber.Ref; o.Namespace != "office" || ref.Name != word || ref.Namespace != "office" {
					t.Errorf("%s: %s in namespace %q wakes %v", word, o.Name, o.Namespace, ref)
				}
			default:
				t.Errorf("%s: %v", word, err)
			}
		}
	}
}
