package manifest

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// whole is a manifest that uses everything.
const whole = `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: transcribe
  labels: {app: toolbox}
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/min-scale: "0"
        autoscaling.knative.dev/max-scale: "4"
    spec:
      containerConcurrency: 2
      timeoutSeconds: 600
      containers:
        - image: xietong/transcribe:v1
          ports: [{containerPort: 9000}]
          readinessProbe: {httpGet: {path: /health/ready}}
          resources: {limits: {cpu: "2", memory: 1Gi}, requests: {cpu: 500m}}
          envFrom:
            - configMapRef: {name: toolbox}
            - secretRef: {name: toolbox-store, optional: true}
              prefix: S3_
          env:
            - {name: ENGINE, value: pocketsphinx}
            - name: KEY
              valueFrom: {secretKeyRef: {name: engine, key: api-key}}
            - name: BASE
              valueFrom: {configMapKeyRef: {name: engine, key: base, optional: true}}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: transcribe-recording-uploaded
spec:
  broker: default
  filters:
    - exact: {type: dev.xietong.recording.uploaded.v1}
    - any:
        - suffix: {subject: .wav}
        - not: {prefix: {source: /test}}
    - cesql: EXISTS unit
  subscriber:
    ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: transcribe}
  delivery:
    retry: 5
    backoffPolicy: exponential
    backoffDelay: PT0.5S
    timeout: PT4M50S
    retryAfterMax: PT1M
    deadLetterSink:
      ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: notify}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: transcribe-chunk-cut
  annotations: {kafka.eventing.knative.dev/delivery.order: ordered}
spec:
  broker: dead-letters
  filter:
    attributes: {type: dev.xietong.chunk.cut.v1, unit: ""}
  subscriber:
    ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: transcribe}
    uri: /dead
---
`

func TestAWholeManifest(t *testing.T) {
	got, err := Parse("knative.yaml", "transcribe", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	want := Function{
		Word: "transcribe", Image: "xietong/transcribe:v1", Port: 9000, MaxScale: 4, Concurrency: 2, Timeout: 10 * time.Minute,
		Limits: Resources{CPU: "2", Memory: "1Gi"}, Requests: Resources{CPU: "500m"},
		Env: []EnvVar{
			{Name: "ENGINE", Value: "pocketsphinx"},
			{Name: "KEY", SecretKeyRef: &KeyRef{Name: "engine", Key: "api-key"}},
			{Name: "BASE", ConfigMapKeyRef: &KeyRef{Name: "engine", Key: "base", Optional: true}},
		},
		EnvFrom: []Ref{{Kind: ConfigMap, Name: "toolbox"}, {Kind: Secret, Name: "toolbox-store", Prefix: "S3_", Optional: true}},
		Triggers: []Trigger{{
			Name: "transcribe-recording-uploaded", Broker: "default", Service: "transcribe",
			Filters: []Filter{
				{Exact: map[string]string{"type": "dev.xietong.recording.uploaded.v1"}},
				{Any: []Filter{{Suffix: map[string]string{"subject": ".wav"}}, {Not: &Filter{Prefix: map[string]string{"source": "/test"}}}}},
				{CESQL: "EXISTS unit"},
			},
			Delivery: Delivery{Retry: 5, BackoffPolicy: Exponential, BackoffDelay: 500 * time.Millisecond, Timeout: 290 * time.Second,
				RetryAfterMax: time.Minute, DeadLetterSink: "notify"},
		}, {
			Name: "transcribe-chunk-cut", Broker: "dead-letters", Service: "transcribe", Path: "/dead", Ordered: true,
			Filters:  []Filter{{Attributes: map[string]string{"type": "dev.xietong.chunk.cut.v1", "unit": ""}}},
			Delivery: Delivery{Retry: 10, BackoffPolicy: Exponential, BackoffDelay: 200 * time.Millisecond, Timeout: 10 * time.Minute},
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read\n%+v\nwant\n%+v", got, want)
	}
}

// One machine's broker keeps dead letters itself: there is nobody to send them to.
func TestTheBrokerOfDeadLettersIsNoService(t *testing.T) {
	text := strings.Replace(whole, "ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: notify}", "ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: dead-letters}", 1)
	got, err := Parse("knative.yaml", "transcribe", []byte(text))
	if err != nil || got.Triggers[0].Delivery.DeadLetterSink != "" || got.Triggers[0].Delivery.Retry != 5 {
		t.Errorf("read %+v (%v)", got.Triggers, err)
	}
}

const least = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: word}
spec: {template: {spec: {containers: [{image: xietong/word:v1}]}}}
`

func TestUnorderedMayBeSaid(t *testing.T) {
	f, err := Parse("f.yaml", "transcribe", []byte(strings.Replace(whole, "delivery.order: ordered", "delivery.order: unordered", 1)))
	if err != nil || len(f.Triggers) != 2 || f.Triggers[1].Ordered {
		t.Errorf("read %+v (%v), want two Triggers without an order", f.Triggers, err)
	}
}

func TestDefaults(t *testing.T) {
	got, err := Parse("knative.yaml", "word", []byte(least))
	want := Function{Word: "word", Image: "xietong/word:v1", Port: 8080, Timeout: 5 * time.Minute}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v (%v), want %+v", got, err, want)
	}
}

// Each case takes one text of the whole manifest for another.
func TestWrongManifests(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"misspelt field": {"containerConcurrency: 2", "containerConcurency: 2",
			"f.yaml: line 13: field spec.template.spec.containerConcurency is not known here; allowed at this place: containerConcurrency, containers, securityContext, serviceAccountName, timeoutSeconds, volumes"},
		"misspelt field of a Trigger": {"retry: 5", "retries: 5",
			"f.yaml: line 46: field spec.delivery.retries is not known here; allowed at this place: backoffDelay, backoffPolicy, deadLetterSink, retry, retryAfterMax, timeout"},
		"misspelt filter": {"- exact:", "- exactly:",
			"f.yaml: line 38: field spec.filters[0].exactly is not known here; allowed at this place: all, any, cesql, exact, not, prefix, suffix"},
		"sql for cesql": {"- cesql:", "- sql:",
			"f.yaml: line 42: field spec.filters[2].sql is not known here; allowed at this place: all, any, cesql, exact, not, prefix, suffix"},
		"misspelt annotation": {"autoscaling.knative.dev/max-scale", "autoscaling.knative.dev/maxscale",
			"f.yaml: Service: spec.template.metadata.annotations: autoscaling.knative.dev/maxscale is not known; allowed after autoscaling.knative.dev/: class, metric,"},
		"another order": {"delivery.order: ordered", "delivery.order: sorted",
			`f.yaml: Trigger transcribe-chunk-cut: metadata.annotations: kafka.eventing.knative.dev/delivery.order is "sorted", want ordered or unordered`},
		"misspelt order": {"delivery.order: ordered", "deliveryorder: ordered",
			"f.yaml: Trigger transcribe-chunk-cut: metadata.annotations: kafka.eventing.knative.dev/deliveryorder is not known here; allowed after kafka.eventing.knative.dev/: delivery.order"},
		"a number without quotes": {`min-scale: "0"`, `min-scale: 0`,
			"f.yaml: line 10: spec.template.metadata.annotations.autoscaling.knative.dev/min-scale is 0 without quotes, want a text; put quotes around it"},
		"a boolean without quotes": {"value: pocketsphinx", "value: yes",
			"f.yaml: line 25: spec.template.spec.containers[0].env[0].value is yes without quotes, want a text; put quotes around it"},
		"scale is no number":   {`"4"`, `"many"`, `f.yaml: Service: spec.template.metadata.annotations: autoscaling.knative.dev/max-scale is "many", want a whole number from 0`},
		"least over most":      {`min-scale: "0"`, `min-scale: "5"`, "f.yaml: Service: spec.template.metadata.annotations: min-scale 5 is over max-scale 4"},
		"another folder":       {"  name: transcribe\n  labels", "  name: transcript\n  labels", `f.yaml: Service: metadata.name is "transcript", want "transcribe": the folder's name`},
		"two ports":            {"[{containerPort: 9000}]", "[{containerPort: 9000}, {containerPort: 9001}]", "f.yaml: Service: spec.template.spec.containers[0].ports has 2 entries, want one: Knative sends everything to one port"},
		"port out of range":    {"containerPort: 9000", "containerPort: 90000", "f.yaml: Service: spec.template.spec.containers[0].ports[0].containerPort is 90000, want 1 to 65535"},
		"no image":             {"- image: xietong/transcribe:v1", "- name: main", "f.yaml: Service: spec.template.spec.containers[0].image is missing"},
		"concurrency too high": {"containerConcurrency: 2", "containerConcurrency: 1001", "f.yaml: Service: spec.template.spec.containerConcurrency is 1001, want 0 (no bound) to 1000"},
		"timeout too long":     {"timeoutSeconds: 600", "timeoutSeconds: 601", "f.yaml: Service: spec.template.spec.timeoutSeconds is 601, want 1 to 600"},
		"timeout is a text":    {"timeoutSeconds: 600", "timeoutSeconds: ten", "f.yaml: yaml: unmarshal errors:\n  line 14: cannot unmarshal !!str `ten` into int"},
		"a variable twice":     {"name: KEY", "name: ENGINE", "f.yaml: Service: spec.template.spec.containers[0].env[1]: ENGINE is set twice"},
		"a platform variable":  {"name: ENGINE", "name: PORT", "f.yaml: Service: spec.template.spec.containers[0].env[0]: PORT is set by the platform and cannot be given"},
		"a variable's name":    {"name: ENGINE", "name: MY-ENGINE", `f.yaml: Service: spec.template.spec.containers[0].env[0]: name is "MY-ENGINE", want letters, digits and _`},
		"two sources":          {"valueFrom: {secretKeyRef: {name: engine, key: api-key}}", "valueFrom: {}", "f.yaml: Service: spec.template.spec.containers[0].env[1]: KEY: valueFrom wants one of configMapKeyRef, secretKeyRef"},
		"a key without a name": {"secretKeyRef: {name: engine, key: api-key}", "secretKeyRef: {name: engine}", "f.yaml: Service: spec.template.spec.containers[0].env[1]: KEY: valueFrom wants a name and a key"},
		"empty reference":      {"configMapRef: {name: toolbox}", "prefix: X", "f.yaml: Service: spec.template.spec.containers[0].envFrom[0]: want one of configMapRef, secretRef"},
		"no such resource":     {"requests: {cpu: 500m}", "requests: {gpu: 500m}", "f.yaml: line 19: field spec.template.spec.containers[0].resources.requests.gpu is not known here; allowed at this place: cpu, ephemeral-storage, memory"},
		"no amount":            {"memory: 1Gi", "memory: 1GB", `f.yaml: Service: spec.template.spec.containers[0].resources.limits.memory is "1GB", want an amount such as 500m, 2, 128Mi or 1Gi`},
		"an amount of nothing": {"cpu: 500m", "cpu: 0m", `f.yaml: Service: spec.template.spec.containers[0].resources.requests.cpu is "0m", want an amount such as 500m, 2, 128Mi or 1Gi`},
		"request over limit":   {"cpu: 500m", "cpu: 2001m", `f.yaml: Service: spec.template.spec.containers[0].resources.requests.cpu is "2001m", over the limit "2"`},
		"misspelt visibility":  {"{app: toolbox}", "{networking.knative.dev/visibility: local}", `f.yaml: Service: metadata.labels: networking.knative.dev/visibility is "local", want cluster-local, or no such label`},
		"bad duration":         {"PT0.5S", "500ms", `f.yaml: Trigger transcribe-recording-uploaded: spec.delivery.backoffDelay is "500ms", want an ISO 8601 duration such as PT0.5S, PT30S or PT5M`},
		"delay too short":      {"PT0.5S", "PT0.05S", `f.yaml: Trigger transcribe-recording-uploaded: spec.delivery.backoffDelay is "PT0.05S", want at least PT0.1S: Knative takes less for nothing`},
		"no delay":             {"    backoffDelay: PT0.5S\n", "", "f.yaml: Trigger transcribe-recording-uploaded: spec.delivery.backoffDelay is missing; want a duration such as PT0.5S: without it Knative retries without a pause"},
		"unknown policy":       {"backoffPolicy: exponential", "backoffPolicy: quadratic", `f.yaml: Trigger transcribe-recording-uploaded: spec.delivery.backoffPolicy is "quadratic", want linear or exponential: without it Knative retries without a pause`},
		"negative retry":       {"retry: 5", "retry: -1", "f.yaml: Trigger transcribe-recording-uploaded: spec.delivery.retry is -1, want 0 to 100"},
		"too many retries":     {"retry: 5", "retry: 101", "f.yaml: Trigger transcribe-recording-uploaded: spec.delivery.retry is 101, want 0 to 100"},
		"timeout of nothing":   {"PT4M50S", "PT0S", `f.yaml: Trigger transcribe-recording-uploaded: spec.delivery.timeout is "PT0S", want more than nothing`},
		"timeout over the Service's": {"PT4M50S", "PT11M",
			`f.yaml: Trigger transcribe-recording-uploaded: spec.delivery.timeout is "PT11M", want at most timeoutSeconds of the Service, 10m0s`},
		"bad CESQL": {"EXISTS unit", "type = ",
			`f.yaml: Trigger transcribe-recording-uploaded: spec.filters[2].cesql: "type =" is not a CESQL expression`},
		"two conditions in one filter": {"- cesql: EXISTS unit", "- {cesql: EXISTS unit, exact: {type: t}}",
			"f.yaml: Trigger transcribe-recording-uploaded: spec.filters[2] has 2 conditions, want exactly one of exact, prefix, suffix, all, any, not, cesql"},
		"empty filter":   {"- cesql: EXISTS unit", "- {}", "f.yaml: Trigger transcribe-recording-uploaded: spec.filters[2] has 0 conditions, want exactly one of exact, prefix, suffix, all, any, not, cesql"},
		"attribute name": {"suffix: {subject: .wav}", "suffix: {Subject: .wav}", `f.yaml: Trigger transcribe-recording-uploaded: spec.filters[1].any[0].suffix: "Subject" is not the name of an attribute; want lower-case letters and digits, a letter first`},
		"empty value":    {"suffix: {subject: .wav}", `suffix: {subject: ""}`, "f.yaml: Trigger transcribe-recording-uploaded: spec.filters[1].any[0].suffix.subject is empty; want a text to compare with"},
		"unknown subscriber": {"name: transcribe}\n  delivery", "name: translate}\n  delivery",
			`f.yaml: Trigger transcribe-recording-uploaded: spec.subscriber.ref.name is "translate", want "transcribe": the Service of this file`},
		"subscriber of another kind": {"kind: Service, name: transcribe}\n  delivery", "kind: Broker, name: transcribe}\n  delivery",
			"f.yaml: Trigger transcribe-recording-uploaded: spec.subscriber.ref is serving.knative.dev/v1 Broker, want serving.knative.dev/v1 Service"},
		"dead letters to anything": {"ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: notify}", "ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: default}",
			"f.yaml: Trigger transcribe-recording-uploaded: spec.delivery.deadLetterSink.ref is eventing.knative.dev/v1 Broker, want serving.knative.dev/v1 Service, or eventing.knative.dev/v1 Broker named dead-letters"},
		"another broker":      {"broker: default\n  filters", "broker: kafka\n  filters", `f.yaml: Trigger transcribe-recording-uploaded: spec.broker is "kafka", want "default", or "dead-letters" for what could not be delivered`},
		"a whole address":     {"name: transcribe}\n  delivery:", "name: transcribe}\n    uri: http://elsewhere/\n  delivery:", `f.yaml: Trigger transcribe-recording-uploaded: spec.subscriber.uri is "http://elsewhere/", want a path at the Service such as /events`},
		"a path for the dead": {"name: notify}", "name: notify}\n      uri: /dead", `f.yaml: Trigger transcribe-recording-uploaded: spec.delivery.deadLetterSink.uri is "/dead", want none: dead letters go where the ref says`},
		"a foreign name":      {"name: transcribe-chunk-cut", "name: chunk-cut", `f.yaml: Trigger chunk-cut: metadata.name is "chunk-cut", want transcribe-<noun>-<participle>, at most 63 letters`},
		"a name twice":        {"name: transcribe-chunk-cut", "name: transcribe-recording-uploaded", "f.yaml: Trigger transcribe-recording-uploaded: metadata.name is taken by another Trigger of this file"},
		"unknown kind":        {"kind: Trigger", "kind: Sequence", `f.yaml: line 31: apiVersion and kind are "eventing.knative.dev/v1 Sequence", want "serving.knative.dev/v1 Service" or "eventing.knative.dev/v1 Trigger"`},
		"a second Service":    {"apiVersion: eventing.knative.dev/v1\nkind: Trigger", "apiVersion: serving.knative.dev/v1\nkind: Service", "f.yaml: line 31: a second Service; a function has one"},
		"a list for fields":   {"metadata:\n  name: transcribe\n  labels: {app: toolbox}", "metadata: [transcribe]", "f.yaml: line 3: metadata is a list, want fields: annotations, labels, name, namespace"},
		"fields for a list":   {"ports: [{containerPort: 9000}]", "ports: {containerPort: 9000}", "f.yaml: line 17: spec.template.spec.containers[0].ports is a group of fields, want a list"},
		"a field twice": {"timeoutSeconds: 600", "containerConcurrency: 3", `f.yaml: yaml: unmarshal errors:
  line 14: mapping key "containerConcurrency" already defined at line 13`},
		"an alias":    {"{app: toolbox}", "&l {app: toolbox}\n  annotations: *l", "f.yaml: line 6: metadata.annotations is an alias; write the value out, not every reader follows aliases"},
		"broken YAML": {"metadata:\n  name: transcribe\n", "metadata: [\n", "f.yaml: yaml: line "},
	} {
		if !strings.Contains(whole, c.from) {
			t.Errorf("%s: the manifest has no %q", name, c.from)
		}
		_, err := Parse("f.yaml", "transcribe", []byte(strings.Replace(whole, c.from, c.to, 1)))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: error\n%v\nwant\n%s", name, err, c.want)
		}
	}
}

func TestAManifestWithoutAService(t *testing.T) {
	for text, want := range map[string]string{
		"":             "f.yaml: has no Service; want one serving.knative.dev/v1 Service named word",
		"---\n---\n":   "f.yaml: has no Service; want one serving.knative.dev/v1 Service named word",
		"hello":        "f.yaml: yaml: unmarshal errors:",
		"kind: Thing":  `f.yaml: line 1: apiVersion and kind are " Thing", want "serving`,
		"- a\n- b\n":   "f.yaml: yaml: unmarshal errors:",
		"\x00":         "f.yaml: yaml: control characters are not allowed",
		triggerAlone(): "f.yaml: line 1: a Trigger before the Service; the Service comes first",
		least + "#" + strings.Repeat("x", maxBytes): "f.yaml: is over 1048576 bytes",
	} {
		if _, err := Parse("f.yaml", "word", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q: error %v, want %s", text, err, want)
		}
	}
}

func TestAServiceMayBeInternal(t *testing.T) {
	text := strings.Replace(whole, "{app: toolbox}", "{networking.knative.dev/visibility: cluster-local}", 1)
	if f, err := Parse("f.yaml", "transcribe", []byte(text)); err != nil || !f.Internal {
		t.Errorf("internal %v (%v), want true", f.Internal, err)
	}
}

func TestQuantities(t *testing.T) {
	for text, want := range map[Quantity]float64{"": 0, "2": 2, "500m": 0.5, "0.25": 0.25, "128Mi": 128 << 20, "1Gi": 1 << 30, "1.5G": 1.5e9, "4k": 4000, "-1": 0, "1 Gi": 0} {
		if got := text.Value(); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

func TestPackages(t *testing.T) {
	got, err := parsePackages([]byte("# for people\n\nffmpeg ffmpeg decodes audio\ng++-12 /usr/bin/g*  compiles\n"))
	want := []Package{{"ffmpeg", "ffmpeg", "decodes audio"}, {"g++-12", "/usr/bin/g*", "compiles"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %v (%v), want %v", got, err, want)
	}
	for text, want := range map[string]string{
		"ffmpeg ffmpeg":          "line 1: want a package, a program or path",
		"\n--yes ffmpeg decodes": `line 2: "--yes" is not the name of a Debian package`,
	} {
		if _, err := parsePackages([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

func triggerAlone() string {
	_, rest, _ := strings.Cut(whole, "---\n")
	return rest
}

func TestFiltersNestNoDeeperThanAllowed(t *testing.T) {
	nested := func(depth int) string {
		return "- " + strings.Repeat("not: {", depth) + "cesql: EXISTS unit" + strings.Repeat("}", depth)
	}
	for depth, ok := range map[int]bool{maxDepth - 1: true, maxDepth: false} {
		_, err := Parse("f.yaml", "transcribe", []byte(strings.Replace(whole, "- cesql: EXISTS unit", nested(depth), 1)))
		if (err == nil) != ok {
			t.Errorf("%d levels: %v", depth+1, err)
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT0.5S": 500 * time.Millisecond, "PT5M": 5 * time.Minute, "PT1H2M3S": time.Hour + 2*time.Minute + 3*time.Second,
		"P1D": 24 * time.Hour, "P1W": 7 * 24 * time.Hour, "P1DT1S": 24*time.Hour + time.Second, "PT0S": 0, "PT0.001S": time.Millisecond,
	} {
		if got, err := duration("f", text); err != nil || got != want {
			t.Errorf("%s is %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "P", "PT", "5s", "PT5", "P1Y", "P1M", "-PT5S", "PT-5S", "pt5s", "PT5S ", "PT1.5M", "PT99999999999999999999S", "P99999999999D"} {
		if got, err := duration("f", text); err == nil {
			t.Errorf("%q was read as %v, want an error", text, got)
		}
	}
}

func TestLoadAll(t *testing.T) {
	root := t.TempDir()
	put := func(word, text string) {
		dir := filepath.Join(root, "functions", word)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, FileName), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("word", least)
	put("transcribe", whole)
	_, err := LoadAll(root)
	want := `functions/transcribe/knative.yaml: Trigger transcribe-recording-uploaded: spec.delivery.deadLetterSink.ref.name is "notify", and no function has that name`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	put("notify", strings.ReplaceAll(least, "word", "notify"))
	all, err := LoadAll(root)
	if err != nil || len(all) != 3 || all[0].Word != "notify" || all[1].Word != "transcribe" || all[2].Word != "word" {
		t.Errorf("read %v (%v), want notify, transcribe, word", all, err)
	}
	put("misnamed", least)
	want = `functions/misnamed/knative.yaml: Service: metadata.name is "word", want "misnamed": the folder's name`
	if _, err := LoadAll(root); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if _, err := Load(filepath.Join(root, "functions", "none")); err == nil || !strings.Contains(err.Error(), "read manifest") {
		t.Errorf("error %v, want one that says the manifest cannot be read", err)
	}
}
