package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// office is a repository with one function, and stand-ins for the platforms'
// tools, which are not to be had here: each notes how it was called and with
// which file, and fails where it is told to.
type office struct {
	root, tools string
	clock       time.Time
}

const tool = `#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
for file in "$@"; do [ -f "$file" ] && cat "$file" > "$CALLS.file"; done
if [ -f "$CALLS.fail" ]; then echo "the cluster says no"; exit 3; fi
echo "done"
`

func newOffice(t *testing.T, tools ...string) *office {
	t.Helper()
	o := &office{root: t.TempDir(), tools: t.TempDir(), clock: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	archive, err := txtar.ParseFile("testdata/office.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		o.write(t, filepath.Join(o.root, f.Name), string(f.Data), 0o644)
	}
	for _, name := range tools {
		o.write(t, filepath.Join(o.tools, name), tool, 0o755)
	}
	t.Setenv("PATH", o.tools+":/usr/bin:/bin")
	t.Setenv("CALLS", filepath.Join(o.tools, "calls"))
	return o
}

func (o *office) write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// infra runs a command line, a minute after the one before, and returns what it
// printed and its error.
func (o *office) infra(t *testing.T, line string) (string, error) {
	t.Helper()
	o.clock = o.clock.Add(time.Minute)
	var out bytes.Buffer
	s := &session{ctx: t.Context(), root: o.root, now: func() time.Time { return o.clock }, out: &out,
		getenv: func(string) string { return "ada" }}
	err := s.run(strings.Fields(line))
	return strings.ReplaceAll(out.String(), o.root+"/", ""), err
}

func (o *office) must(t *testing.T, line string) string {
	t.Helper()
	out, err := o.infra(t, line)
	if err != nil {
		t.Fatalf("infra %s: %v", line, err)
	}
	return out
}

// called returns the calls since it was asked last.
func (o *office) called(t *testing.T) string {
	t.Helper()
	path := filepath.Join(o.tools, "calls")
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	os.Remove(path)
	return string(text)
}

func (o *office) read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (o *office) records(t *testing.T, to string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(o.root, ".deployments", to, "score", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEachPlatformGetsItsFileFromItsTool(t *testing.T) {
	o := newOffice(t, "kubectl", "faas-cli", "sam")
	o.write(t, filepath.Join(o.root, "bin/lambda/arm64/score/v2/bootstrap"), "", 0o755)
	for to, call := range map[string]string{
		"knative":  "kubectl apply -f .deploy-knative-score.yaml\n",
		"openfaas": "faas-cli deploy -f .deploy-openfaas-score.yaml\n",
		"lambda":   "sam deploy --template-file .deploy-lambda-score.yaml --stack-name score --resolve-s3 --capabilities CAPABILITY_IAM --no-confirm-changeset --no-fail-on-empty-changeset\n",
	} {
		flags := " score --tag v2 --arch arm64 --settings " + filepath.Join(o.root, "office.yaml") + " --to " + to
		out := o.must(t, "deploy"+flags+" --why ticket-7")
		want(t, out, "done\nscore is on "+to+" in version v2; recorded as .deployments/"+to+"/score/0001.yaml\n")
		want(t, o.called(t), call)
		rendered := o.must(t, "render"+flags)
		want(t, o.read(t, filepath.Join(o.tools, "calls.file")), rendered)
		header := "# version: v2\n# time: " + o.clock.Add(-time.Minute).Format(time.RFC3339) + "\n# who: ada\n# why: ticket-7\n\n"
		want(t, o.read(t, o.records(t, to)[0]), header+rendered)
		want(t, o.must(t, "diff"+flags), "nothing would change against record 1, version v2\n")
		if left, _ := filepath.Glob(filepath.Join(o.root, ".deploy-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestDeployingTheSameTwiceSaysSoAndApplies(t *testing.T) {
	o := newOffice(t, "kubectl")
	o.must(t, "deploy score --to knative")
	o.called(t)
	out := o.must(t, "deploy score --to knative --who grace")
	want(t, out, "nothing changes against record 1; applied all the same\ndone\nscore is on knative in version v1; recorded as .deployments/knative/score/0002.yaml\n")
	want(t, o.called(t), "kubectl apply -f .deploy-knative-score.yaml\n")
	want(t, o.must(t, "history score --to knative"), "   1  2026-03-01T08:01:00Z  v1           ada\n   2  2026-03-01T08:02:00Z  v1           grace\n")
}

func TestWhatFailsIsNotRecorded(t *testing.T) {
	o := newOffice(t, "kubectl")
	o.write(t, filepath.Join(o.tools, "calls.fail"), "", 0o644)
	out, err := o.infra(t, "deploy score --to knative")
	want(t, out, "the cluster says no\n")
	want(t, fmt.Sprint(err), "kubectl apply -f .deploy-knative-score.yaml: exit status 3\n"+
		"nothing is recorded; what was rendered lies in .deploy-knative-score.yaml. By hand, at the root of the repository:\n"+
		"  kubectl apply -f .deploy-knative-score.yaml\nthen the same command with --by-hand records it")
	if found := o.records(t, "knative"); len(found) > 0 {
		t.Errorf("recorded: %v", found)
	}
	want(t, o.read(t, filepath.Join(o.root, ".deploy-knative-score.yaml")), o.must(t, "render score --to knative"))
}

func TestAMissingToolIsNoEnd(t *testing.T) {
	o := newOffice(t)
	t.Setenv("PATH", o.tools)
	_, err := o.infra(t, "deploy score --to openfaas --settings "+filepath.Join(o.root, "office.yaml"))
	want(t, fmt.Sprint(err), "faas-cli is not to be found on this machine\n"+
		"nothing is recorded; what was rendered lies in .deploy-openfaas-score.yaml. By hand, at the root of the repository:\n"+
		"  faas-cli deploy -f .deploy-openfaas-score.yaml\nthen the same command with --by-hand records it")
	out := o.must(t, "deploy score --to openfaas --by-hand --settings "+filepath.Join(o.root, "office.yaml"))
	want(t, out, "score is on openfaas in version v1; recorded as .deployments/openfaas/score/0001.yaml\n")
}

func TestDiffAndRollback(t *testing.T) {
	o := newOffice(t, "kubectl")
	for _, tag := range []string{"v1", "v2", "v3"} {
		o.must(t, "deploy score --to knative --tag "+tag)
	}
	want(t, o.must(t, "diff score --to knative --tag v4"), `--- record 3, version v3
+++ version v4
@@ -6,7 +6,7 @@
   template:
     spec:
       containers:
-        - image: xietong/score:v3
+        - image: xietong/score:v4
           resources:
             limits:
               memory: 256Mi
`)
	want(t, o.must(t, "rollback score --to knative --why slow"), "back to record 2: v2 of 2026-03-01T08:02:00Z\ndone\nscore is on knative in version v2; recorded as .deployments/knative/score/0004.yaml\n")
	want(t, o.read(t, filepath.Join(o.tools, "calls.file")), o.must(t, "render score --to knative --tag v2"))
	want(t, o.must(t, "rollback score --to knative"), "back to record 1: v1 of 2026-03-01T08:01:00Z\ndone\nscore is on knative in version v1; recorded as .deployments/knative/score/0005.yaml\n")
	_, err := o.infra(t, "rollback score --to knative")
	want(t, fmt.Sprint(err), "nothing else was deployed before record 1")
	o.called(t)
	want(t, o.must(t, "rollback score --to knative --record 3"), "back to record 3: v3 of 2026-03-01T08:03:00Z\ndone\nscore is on knative in version v3; recorded as .deployments/knative/score/0006.yaml\n")
	o.called(t)
	o.must(t, "rollback score --to knative --record 1 --by-hand")
	want(t, o.called(t), "")
	_, err = o.infra(t, "rollback score --to knative --record 9")
	want(t, fmt.Sprint(err), "no record 9 of score on knative; history lists them")
	if history := o.must(t, "history score --to knative"); !strings.Contains(history, "v2           ada          (record 2 again) slow\n") {
		t.Error(history)
	}
}

// A Trigger that a version no longer has would go on waking it.
func TestTriggersThatAreGoneAreDeleted(t *testing.T) {
	o := newOffice(t, "kubectl")
	o.must(t, "deploy score --to knative --namespace office")
	path := filepath.Join(o.root, "functions/score/knative.yaml")
	whole := o.read(t, path)
	cut := whole[:strings.LastIndex(whole, "---")]
	o.write(t, path, cut, 0o644)
	o.called(t)
	o.must(t, "deploy score --to knative --namespace office")
	want(t, o.called(t), "kubectl apply -f .deploy-knative-score.yaml\nkubectl delete triggers.eventing.knative.dev score-device-removed --ignore-not-found --namespace office\n")
	o.must(t, "rollback score --to knative")
	want(t, o.called(t), "kubectl apply -f .deploy-knative-score.yaml\n")
	o.write(t, path, whole, 0o644)
	want(t, o.read(t, filepath.Join(o.tools, "calls.file")), o.must(t, "render score --to knative --namespace office"))
}

func TestWithoutRecords(t *testing.T) {
	o := newOffice(t, "kubectl")
	lost := "no record of score on knative in .deployments/knative/score (another folder with --records); what runs there, its own tool tells: kubectl get ksvc,trigger --output yaml"
	want(t, o.must(t, "diff score --to knative"), lost+"\nthe next deploy begins the records\n")
	want(t, o.must(t, "history score --to knative"), lost+"\n")
	_, err := o.infra(t, "rollback score --to knative")
	want(t, strings.ReplaceAll(fmt.Sprint(err), o.root+"/", ""), lost+"; deploy the older version instead: go run ./infra deploy score --to knative --tag TAG, from the source as it was then")
	want(t, o.called(t), "")
}

func TestWhatWouldNotStartIsNotDeployed(t *testing.T) {
	o := newOffice(t, "kubectl", "faas-cli", "sam")
	for line, wrong := range map[string]string{
		"deploy score --to openfaas":              "score: these settings are empty: K_SINK (toolbox); fill them in, in a copy of infra/platform/toolbox.yaml, and name it with --settings",
		"deploy score --to lambda --arch loong64": "render score for lambda: AWS Lambda has no loong64; choose --arch amd64 or arm64",
		"deploy grade --to knative":               "no function \"grade\"; there are score, and console",
		"deploy score --to lambda --tag v9 --settings " + filepath.Join(o.root, "office.yaml"): "bin/lambda/amd64/score/v9/bootstrap is missing; at the source of that version run: go run ./infra build score --to lambda --arch amd64 --tag v9",
		"deploy score --to knative --settings nowhere.yaml":                                    "read the settings: open nowhere.yaml: no such file or directory",
	} {
		_, err := o.infra(t, line)
		want(t, fmt.Sprint(err), wrong)
	}
	want(t, o.called(t), "")
}
