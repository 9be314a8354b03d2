package knative

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"
	"go.uber.org/zap"
	eventing "knative.dev/eventing/pkg/apis/eventing/v1"
	"knative.dev/eventing/pkg/eventfilter"
	"knative.dev/eventing/pkg/eventfilter/attributes"
	"knative.dev/eventing/pkg/eventfilter/subscriptionsapi"
	"sigs.k8s.io/yaml"
)

// table is what local/broker answers too: the one file says what passes, so
// that what works on one machine works on a cluster.
type table struct {
	Events        map[string]event.Event
	Cases, Differ []struct {
		Filters, Filter       json.RawMessage
		Passes, Ours, Knative []string
	}
}

func TestFilters(t *testing.T) {
	var filters table
	text := read(t, filepath.Join(root, "local", "broker", "testdata", "filters.yaml"))
	if err := yaml.UnmarshalStrict(text, &filters); err != nil {
		t.Fatal(err)
	}
	if len(filters.Cases) < 200 {
		t.Fatalf("%d cases, want 200", len(filters.Cases))
	}
	for _, c := range filters.Cases {
		got := passing(t, filters.Events, applied(t, c.Filters, c.Filter))
		if !sameNames(c.Passes, got) {
			t.Errorf("filters %s, filter %s: Knative passes %v, the table %v", c.Filters, c.Filter, got, c.Passes)
		}
	}
	for _, c := range filters.Differ {
		got := passing(t, filters.Events, applied(t, c.Filters, c.Filter))
		if !sameNames(c.Knative, got) || sameNames(c.Ours, got) {
			t.Errorf("filters %s, filter %s: Knative passes %v, the table says %v for it and %v for us", c.Filters, c.Filter, got, c.Knative, c.Ours)
		}
	}
}

func sameNames(a, b []string) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// passing returns the names of the events that Knative delivers.
func passing(t *testing.T, events map[string]event.Event, trigger *eventing.Trigger) []string {
	var names []string
	for name, e := range events {
		if delivers(t, trigger, e) {
			names = append(names, name)
		}
	}
	return names
}

// applied is a Trigger with these filters as Knative keeps it once it is
// applied.
func applied(t *testing.T, filters, filter json.RawMessage) *eventing.Trigger {
	t.Helper()
	spec := map[string]any{"broker": "default", "subscriber": map[string]any{"uri": "http://function.example"}}
	if filters != nil {
		spec["filters"] = filters
	}
	if filter != nil {
		spec["filter"] = filter
	}
	document, err := yaml.Marshal(map[string]any{"apiVersion": "eventing.knative.dev/v1", "kind": "Trigger",
		"metadata": map[string]string{"name": "trigger"}, "spec": spec})
	if err != nil {
		t.Fatal(err)
	}
	o, err := judge(shipped(t), document)
	if err != nil {
		t.Fatalf("filters %s, filter %s: %v", filters, filter, err)
	}
	return o.(*eventing.Trigger)
}

// delivers chooses between the two forms of filters as the broker does
// (eventing, pkg/broker/filter/filter_handler.go, filterEvent).
func delivers(t *testing.T, trigger *eventing.Trigger, e event.Event) bool {
	var filter eventfilter.Filter
	switch {
	case len(trigger.Spec.Filters) > 0:
		filter = subscriptionsapi.CreateSubscriptionsAPIFilters(zap.NewNop(), trigger.Spec.Filters)
	case trigger.Spec.Filter != nil:
		filter = attributes.NewAttributesFilter(trigger.Spec.Filter.Attributes)
	default:
		return true
	}
	defer filter.Cleanup()
	return passed(t, filter, e)
}

// passed counts a panic as no: Knative panics over a CESQL expression that is
// no boolean, and what makes its filter break off is never delivered.
func passed(t *testing.T, filter eventfilter.Filter, e event.Event) (passed bool) {
	defer func() {
		if p := recover(); p != nil {
			passed = false
		}
	}()
	return filter.Filter(t.Context(), e) != eventfilter.FailFilter
}
