package render

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"xietong.dev/shared/manifest"
)

const root = "../.."

var platforms = []string{ToKnative, ToOpenFaaS, ToLambda}

// TestCases renders each case for each platform. WRITE_CASES=1 writes what comes
// out into them; then read the difference.
func TestCases(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			for _, f := range archive.Files {
				files[f.Name] = string(f.Data)
			}
			for _, to := range platforms {
				name, said := "out-"+to+".yaml", renderCase(t, files, to)
				if os.Getenv("WRITE_CASES") != "" {
					put(archive, name, said)
					continue
				}
				if diff := cmp.Diff(files[name], said); diff != "" {
					t.Errorf("%s (-want +got)\n%s", name, diff)
				}
			}
			if os.Getenv("WRITE_CASES") != "" {
				os.WriteFile(path, txtar.Format(archive), 0o644)
			}
		})
	}
}

func put(archive *txtar.Archive, name, text string) {
	for i := range archive.Files {
		if archive.Files[i].Name == name {
			archive.Files[i].Data = []byte(text)
			return
		}
	}
	archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text)})
}

// renderCase returns the rendering, or why there is none.
func renderCase(t *testing.T, files map[string]string, to string) string {
	t.Helper()
	f := load(t, files)
	var c Choice
	if err := yaml.Unmarshal([]byte(files["choice.yaml"]), &c); err != nil {
		t.Fatal(err)
	}
	if err := c.Settings.Read("settings.yaml", []byte(files["settings.yaml"])); err != nil {
		t.Fatal(err)
	}
	text, err := Render(to, []byte(files["knative.yaml"]), f, c)
	if err != nil {
		return err.Error() + "\n"
	}
	return string(text)
}

// load reads a case's manifest as it would lie in its folder.
func load(t *testing.T, files map[string]string) manifest.Function {
	t.Helper()
	var head struct{ Metadata struct{ Name string } }
	if err := yaml.Unmarshal([]byte(files["knative.yaml"]), &head); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), head.Metadata.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{manifest.FileName, manifest.PackagesName} {
		if text, there := files[name]; there {
			os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
		}
	}
	f, err := manifest.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Each refusal takes one text of the whole case for another.
func TestWhatAPlatformCannotDoIsRefused(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/whole.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ to, in, from, instead, want string }{
		"a filter by subject": {ToOpenFaaS, "knative.yaml", "type: dev.xietong.device.reported.v1", "subject: a",
			"Trigger score-device-reported filters by more than exact types, and a connector knows topics alone: name those that carry its events with --topic"},
		"a filter by two attributes": {ToLambda, "knative.yaml", "type: dev.xietong.device.reported.v1", "type: t\n        subject: a",
			"Trigger score-device-reported filters by more than exact types, and what a queue's filter leaves out is lost: write the Trigger with exact types"},
		"a prefix of ours": {ToLambda, "knative.yaml", "exact:\n        type: dev.xietong.device.reported.v1", "prefix:\n        type: dev.xietong.", "filters by more than exact types"},
		"CESQL":            {ToOpenFaaS, "knative.yaml", "exact:\n        type: dev.xietong.device.reported.v1", "cesql: type LIKE 'dev%'", "filters by more than exact types"},
		"any of more":      {ToLambda, "knative.yaml", "exact:\n        type: dev.xietong.device.reported.v1", "any: [{exact: {type: t}}, {suffix: {type: t}}]", "filters by more than exact types"},
		"loong64":          {ToLambda, "choice.yaml", "arm64", "loong64", "AWS Lambda has no loong64; choose --arch amd64 or arm64"},
		"no memory":        {ToLambda, "knative.yaml", "memory: 600M", "cpu: \"1\"", "the manifest sets no resources.limits.memory, and Lambda wants one"},
		"much memory":      {ToLambda, "knative.yaml", "memory: 600M", "memory: 11Gi", "resources.limits.memory is 11Gi, and Lambda has at most 10240 MiB"},
		"much storage":     {ToLambda, "knative.yaml", "ephemeral-storage: 2Gi", "ephemeral-storage: 11Gi", "resources.limits.ephemeral-storage is 11Gi, and Lambda has at most 10240 MiB"},
		"AWS's variables":  {ToLambda, "knative.yaml", "name: PEPPER", "name: AWS_REGION", "Lambda sets the variables that begin with AWS_ itself, and AWS_REGION cannot be given"},
		"unknown secret":   {ToOpenFaaS, "settings.yaml", "name: toolbox-store", "name: store", "the manifest refers to Secret toolbox-store, which no file of settings holds"},
		"unknown key":      {ToLambda, "settings.yaml", "WHITE_PEPPER", "BLACK_PEPPER", "the manifest refers to key WHITE_PEPPER of Secret kitchen, which no file of settings holds"},
		"unknown value":    {ToOpenFaaS, "settings.yaml", "K_SINK", "SINK", "the manifest refers to key K_SINK of ConfigMap toolbox, which no file of settings holds"},
		"a tag":            {ToKnative, "choice.yaml", "v2", "v2/3", `the tag is "v2/3", want letters, digits, dots and dashes, at most 128`},
		"a long tag":       {ToKnative, "choice.yaml", "v2", strings.Repeat("v", 129), "want letters, digits, dots and dashes, at most 128"},
		"a registry":       {ToKnative, "choice.yaml", "registry.example:5000/toolbox", "https://registry.example", "want host:port/path in lower case, without a scheme"},
		"a namespace":      {ToKnative, "choice.yaml", "office", "Office", `the namespace is "Office", want lower-case letters, digits and dashes, at most 63`},
		"another platform": {"nomad", "choice.yaml", "v2", "v2", "no such platform; there are knative, openfaas, lambda"},
	} {
		files := map[string]string{}
		for _, f := range archive.Files {
			files[f.Name] = string(f.Data)
		}
		if !strings.Contains(files[c.in], c.from) {
			t.Errorf("%s: %s has no %q", name, c.in, c.from)
		}
		if name == "no memory" {
			files[c.in] = strings.Replace(files[c.in], "              cpu: \"1\"\n", "", 1)
		}
		files[c.in] = strings.Replace(files[c.in], c.from, c.instead, 1)
		said := renderCase(t, files, c.to)
		if want := "render score for " + c.to + ": "; !strings.HasPrefix(said, want) || !strings.Contains(said, c.want) {
			t.Errorf("%s: says\n%swant\n%s", name, said, c.want)
		}
	}
}

func TestTopicsMayBeNamed(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/notices.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	files["choice.yaml"] = "topics: [store.notices, store.more]"
	if said := renderCase(t, files, ToOpenFaaS); !strings.Contains(said, "topic: store.notices,store.more\n") {
		t.Error(said)
	}
}

func TestAnEmptySettingIsNamed(t *testing.T) {
	f, err := manifest.Load(filepath.Join(root, "functions", "summarise"))
	if err != nil {
		t.Fatal(err)
	}
	var s Settings
	if err := s.Read("a.yaml", []byte("kind: ConfigMap\nmetadata: {name: toolbox}\ndata: {A: x, B: \"\"}\n---\nkind: Secret\nmetadata: {name: toolbox-store}\ndata: {C: \"\"}\n---\nkind: Secret\nmetadata: {name: postgres-summarise}\nstringData: {D: \"\"}\n")); err != nil {
		t.Fatal(err)
	}
	if empty, err := Unfilled(f, s); err != nil || fmt.Sprint(empty) != "[B (toolbox)]" {
		t.Errorf("%v, %v; want B of the config map alone: whether a secret is filled is not ours to know", empty, err)
	}
	if err := s.Read("b.yaml", []byte("kind: ConfigMap\nmetadata: {name: c}\ndata: [x]\n")); err == nil || !strings.HasPrefix(err.Error(), "b.yaml: ConfigMap c: ") {
		t.Errorf("got %v, want the file and what in it", err)
	}
}

// everything are the settings that the repository ships, with an operator's
// topics for the function whose Triggers cannot say.
func everything(t *testing.T) Choice {
	t.Helper()
	c := Choice{Tag: "v2", CPU: "arm64"}
	paths, err := filepath.Glob(filepath.Join(root, "infra", "platform", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Settings.Read(path, text); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func functions(t *testing.T) []manifest.Function {
	t.Helper()
	all, err := manifest.LoadAll(root)
	if err != nil || len(all) < 4 {
		t.Fatalf("%d functions, %v", len(all), err)
	}
	return all
}

// Meaning stays: what is rendered for Knative reads as the source does, but for
// its image.
func TestEveryFunctionRendersForKnative(t *testing.T) {
	for _, f := range functions(t) {
		source, err := os.ReadFile(filepath.Join(root, "functions", f.Word, manifest.FileName))
		if err != nil {
			t.Fatal(err)
		}
		text, err := Render(ToKnative, source, f, everything(t))
		if err != nil {
			t.Error(err)
			continue
		}
		got, err := manifest.Parse("rendered", f.Word, text)
		if err != nil {
			t.Error(err)
		}
		want := f
		want.Image, want.Packages = "xietong/"+f.Word+":v2", nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", f.Word, diff)
		}
	}
}

func TestEveryFunctionRendersForOpenFaaS(t *testing.T) {
	for _, f := range functions(t) {
		c := everything(t)
		if _, err := types(f); err != nil {
			c.Topics = []string{"store.notices"}
		}
		text, err := Render(ToOpenFaaS, nil, f, c)
		if err != nil {
			t.Error(err)
			continue
		}
		var s stack
		if err := yaml.Unmarshal(text, &s); err != nil {
			t.Errorf("%s: %v", f.Word, err)
		}
		e := s.Functions[f.Word]
		if s.Provider["name"] != "openfaas" || len(s.Functions) != 1 || e.Image == "" || len(e.Secrets) < 3 || e.Annotations["topic"] == "" {
			t.Errorf("%s lacks something\n%s", f.Word, text)
		}
		for _, secret := range e.Secrets {
			if !strings.Contains(string(text), "_FILE: "+secretsFolder+secret+"\n") {
				t.Errorf("%s: no variable names the secret %s", f.Word, secret)
			}
		}
		if e.Environment["DATABASE_URL_FILE"] == "" || e.Environment["DATABASE_URL"] != "" {
			t.Errorf("%s: its database lies in no secret\n%s", f.Word, text)
		}
	}
}

func TestEveryFunctionRendersForLambda(t *testing.T) {
	for _, f := range functions(t) {
		text, err := Render(ToLambda, nil, f, everything(t))
		if err != nil {
			t.Error(err)
			continue
		}
		var s struct {
			Resources map[string]struct {
				Type       string         `yaml:"Type"`
				Properties map[string]any `yaml:"Properties"`
			} `yaml:"Resources"`
		}
		if err := yaml.Unmarshal(text, &s); err != nil {
			t.Errorf("%s: %v", f.Word, err)
		}
		for name, want := range map[string]struct{ kind, properties string }{
			"Function":    {"AWS::Serverless::Function", "FunctionName PackageType Architectures Timeout MemorySize Environment Events"},
			"Queue":       {"AWS::SQS::Queue", "QueueName VisibilityTimeout RedrivePolicy"},
			"DeadLetters": {"AWS::SQS::Queue", "QueueName MessageRetentionPeriod"},
		} {
			if got := s.Resources[name].Type; got != want.kind {
				t.Errorf("%s: %s is a %q, want %s", f.Word, name, got, want.kind)
			}
			for property := range strings.FieldsSeq(want.properties) {
				if s.Resources[name].Properties[property] == nil {
					t.Errorf("%s: %s has no %s", f.Word, name, property)
				}
			}
		}
	}
}
