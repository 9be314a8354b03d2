package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xietong.dev/shared/manifest"
)

// The console is rendered as a function is; what only Knative does is refused elsewhere.
func TestTheConsoleIsRenderedAsFunctionsAre(t *testing.T) {
	var out bytes.Buffer
	s := &session{ctx: t.Context(), root: "..", getenv: os.Getenv, now: time.Now, out: &out}
	if err := s.run([]string{"render", "console", "--to", "knative", "--tag", "v7", "--registry", "registry.example/toolbox", "--namespace", "office"}); err != nil {
		t.Fatal(err)
	}
	for text, n := range map[string]int{"image: registry.example/toolbox/console:v7": 1, "namespace: office": 3, "uri: /events": 1, "uri: /dead": 1, "broker: dead-letters": 1} {
		if got := strings.Count(out.String(), text); got != n {
			t.Errorf("%q stands there %d times, want %d", text, got, n)
		}
	}
	for _, to := range []string{"openfaas", "lambda"} {
		err := s.run([]string{"render", "console", "--to", to})
		if err == nil || !strings.Contains(err.Error(), "console-event-accepted filters by more than exact types") {
			t.Errorf("for %s: %v", to, err)
		}
	}
}

// Its image holds the manifests, where it looks for them by default.
func TestTheConsolesImageHoldsTheManifests(t *testing.T) {
	s := &session{ctx: t.Context(), root: "..", getenv: os.Getenv, now: time.Now, out: &bytes.Buffer{}}
	words, err := functions(s.root)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := s.gatherManifests(dir, manifest.Function{Word: "minutes"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "root")); err == nil {
		t.Error("a function's image holds manifests")
	}
	if err := s.gatherManifests(dir, manifest.Function{Word: console}); err != nil {
		t.Fatal(err)
	}
	all, err := manifest.LoadAll(filepath.Join(dir, "root"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range all {
		got = append(got, f.Word)
	}
	if !slices.Equal(got, words) {
		t.Errorf("the image has the manifests of %v, want %v", got, words)
	}
}
