package broker

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"
	"go.yaml.in/yaml/v3"

	"xietong.dev/shared/manifest"
)

// filterTable is what Knative's own filters answer too (test/knative): what
// passes here must pass on a cluster.
type filterTable struct {
	Events        map[string]map[string]any
	Cases, Differ []struct {
		Filters, Filter       any
		Passes, Ours, Knative []string
	}
}

func TestFiltersAnswerAsKnativesDo(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "filters.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var table filterTable
	if err := yaml.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Cases) < 200 {
		t.Fatalf("%d cases, want 200", len(table.Cases))
	}
	for _, c := range table.Cases {
		same(t, c.Passes, passing(t, table, c.Filters, c.Filter), c)
	}
	for _, c := range table.Differ {
		same(t, c.Ours, passing(t, table, c.Filters, c.Filter), c)
	}
}

func same(t *testing.T, want, got []string, c any) {
	t.Helper()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		t.Errorf("%+v: %v passed, want %v", c, got, want)
	}
}

// passing returns the names of the events that pass.
func passing(t *testing.T, table filterTable, filters, filter any) []string {
	t.Helper()
	passes, err := Compile(readFilters(t, filters, filter))
	if err != nil {
		t.Fatalf("filters %v, filter %v: %v", filters, filter, err)
	}
	var names []string
	for name, attributes := range table.Events {
		if passes(made(t, attributes)) {
			names = append(names, name)
		}
	}
	return names
}

// readFilters takes filters the way that every Trigger's go, through a manifest.
func readFilters(t *testing.T, filters, filter any) []manifest.Filter {
	t.Helper()
	spec := map[string]any{"broker": "default",
		"subscriber": map[string]any{"ref": map[string]any{"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "word"}}}
	if filters != nil {
		spec["filters"] = filters
	}
	if filter != nil {
		spec["filter"] = filter
	}
	trigger, err := yaml.Marshal(map[string]any{"apiVersion": "eventing.knative.dev/v1", "kind": "Trigger",
		"metadata": map[string]any{"name": "word-noun-seen"}, "spec": spec})
	if err != nil {
		t.Fatal(err)
	}
	service := `apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: word}
spec: {template: {spec: {containers: [{image: xietong/word:v1}]}}}
---
`
	f, err := manifest.Parse("knative.yaml", "word", append([]byte(service), trigger...))
	if err != nil {
		t.Fatalf("filters %v, filter %v: %v", filters, filter, err)
	}
	return f.Triggers[0].Filters
}

func made(t *testing.T, attributes map[string]any) Event {
	t.Helper()
	text, err := json.Marshal(attributes)
	if err != nil {
		t.Fatal(err)
	}
	var e event.Event
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	return e
}
