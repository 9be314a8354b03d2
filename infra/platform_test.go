package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"xietong.dev/shared/manifest"
)

const platform = "platform"

func readResources(t *testing.T, name string) []resource {
	t.Helper()
	file, err := os.Open(filepath.Join(platform, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := resources(file)
	if err != nil || len(all) == 0 {
		t.Fatalf("%s: %d resources, %v", name, len(all), err)
	}
	return all
}

// keys are "kind/name/key" of everything that resources define.
func keys(all []resource) []string {
	var defined []string
	for _, r := range all {
		for _, data := range []map[string]string{r.Data, r.StringData} {
			for key := range data {
				defined = append(defined, r.Kind+"/"+r.Metadata.Name+"/"+key)
			}
		}
	}
	slices.Sort(defined)
	return defined
}

// wanted are the keys among those defined that functions refer to, and the
// references that lead nowhere.
func wanted(all []manifest.Function, defined []string) (used []string, broken []string) {
	find := func(who, reference string) {
		n := len(used)
		for _, key := range defined {
			if key == reference || strings.HasSuffix(reference, "/") && strings.HasPrefix(key, reference) {
				used = append(used, key)
			}
		}
		if n == len(used) {
			broken = append(broken, who+" refers to "+reference)
		}
	}
	for _, f := range all {
		for _, from := range f.EnvFrom {
			find(f.Word, from.Kind+"/"+from.Name+"/")
		}
		for _, v := range f.Env {
			if v.ConfigMapKeyRef != nil {
				find(f.Word, manifest.ConfigMap+"/"+v.ConfigMapKeyRef.Name+"/"+v.ConfigMapKeyRef.Key)
			}
			if v.SecretKeyRef != nil {
				find(f.Word, manifest.Secret+"/"+v.SecretKeyRef.Name+"/"+v.SecretKeyRef.Key)
			}
		}
	}
	slices.Sort(used)
	return slices.Compact(used), broken
}

// Each reference of a function leads to something an operator fills in, and he
// fills in nothing for nobody.
func TestWhatFunctionsReferToIsThereToBeFilledIn(t *testing.T) {
	all, err := manifest.LoadAll("..")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := manifest.Load(filepath.Join("..", folder(console)))
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, ours)
	defined := keys(readResources(t, "toolbox.yaml"))
	used, broken := wanted(all, defined)
	if len(broken) > 0 || !slices.Equal(used, defined) {
		t.Errorf("used\n%s\ndefined\n%s\nleading nowhere: %v", strings.Join(used, "\n"), strings.Join(defined, "\n"), broken)
	}
	_, broken = wanted(all, slices.DeleteFunc(slices.Clone(defined), func(key string) bool { return strings.HasPrefix(key, "Secret/postgres-minutes/") }))
	if !slices.Equal(broken, []string{"minutes refers to Secret/postgres-minutes/"}) {
		t.Errorf("without its Secret: %v", broken)
	}
}

// The brokers' configuration is where they look for it, and so is Kafka's account.
func TestTheBrokersFindTheirConfiguration(t *testing.T) {
	kept := map[string]resource{}
	for _, r := range readResources(t, "kafka.yaml") {
		kept[r.Kind+"/"+r.Metadata.Namespace+"/"+r.Metadata.Name] = r
	}
	used := map[string]bool{}
	for _, broker := range readResources(t, "broker.yaml") {
		var spec struct {
			Config struct{ Kind, Name, Namespace string }
		}
		if err := broker.Spec.Decode(&spec); err != nil {
			t.Fatal(err)
		}
		name := spec.Config.Kind + "/" + spec.Config.Namespace + "/" + spec.Config.Name
		secret := "Secret/" + spec.Config.Namespace + "/" + kept[name].Data["auth.secret.ref.name"]
		used[name], used[secret] = true, true
	}
	if got, want := slices.Sorted(maps.Keys(kept)), slices.Sorted(maps.Keys(used)); !slices.Equal(got, want) {
		t.Errorf("kafka.yaml holds %v, and the brokers want %v", got, want)
	}
	for name, r := range kept {
		for key := range r.Data {
			if !regexp.MustCompile(`^(bootstrap\.servers|default\.topic\.(partitions|replication\.factor|config\.[a-z.]+)|auth\.secret\.ref\.name)$`).MatchString(key) {
				t.Errorf("%s: Knative's Kafka broker knows no %s", name, key)
			}
		}
	}
}

// What the stores are asked to tell is what uploads takes: an arrival, in the
// bucket that it looks after.
func TestStoresAreAskedForWhatUploadsTakes(t *testing.T) {
	uploads, err := manifest.Load(filepath.Join("..", "functions", "uploads"))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(uploads.Env, func(v manifest.EnvVar) bool { return v.Name == "RECORDINGS_BUCKET" })
	bucket := uploads.Env[i].Value
	for store, told := range map[string][]string{"aws": {"aws", "sqs", "eventbridge"}, "ceph": {"ceph"}, "minio": {"minio"}} {
		events := asked(t, store, bucket)
		for _, name := range told {
			text, err := os.ReadFile(filepath.Join("..", "functions", "uploads", "testdata", "notice", name+".txtar"))
			if err != nil {
				t.Fatal(err)
			}
			_, want, _ := strings.Cut(string(text), "-- want --\n")
			event, rest, _ := strings.Cut(want, " ")
			matches := func(pattern string) bool {
				ok, err := filepath.Match(strings.TrimPrefix(pattern, "s3:"), event)
				return err == nil && ok
			}
			if !slices.ContainsFunc(events, matches) || !strings.HasPrefix(rest, bucket+" ") {
				t.Errorf("%s is asked for %v of bucket %s, and tells of %s", store, events, bucket, want)
			}
		}
	}
}

// asked returns the events that a store is asked to tell of, all of them
// arrivals in the bucket.
func asked(t *testing.T, store, bucket string) (events []string) {
	t.Helper()
	type target struct {
		ID       string   `yaml:"Id"`
		QueueARN string   `yaml:"QueueArn"`
		TopicARN string   `yaml:"TopicArn"`
		Events   []string `yaml:"Events"`
	}
	var config struct {
		Bucket                    string `yaml:"Bucket"`
		NotificationConfiguration struct {
			Queues []target `yaml:"QueueConfigurations"`
			Topics []target `yaml:"TopicConfigurations"`
		} `yaml:"NotificationConfiguration"`
	}
	file, err := os.Open(filepath.Join(platform, "notices", store+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	d := yaml.NewDecoder(file)
	d.KnownFields(true)
	if err := d.Decode(&config); err != nil {
		t.Fatalf("%s: %v", store, err)
	}
	for _, target := range append(config.NotificationConfiguration.Queues, config.NotificationConfiguration.Topics...) {
		events = append(events, target.Events...)
	}
	if config.Bucket != bucket || len(events) == 0 || slices.ContainsFunc(events, func(e string) bool { return !strings.HasPrefix(e, "s3:ObjectCreated:") }) {
		t.Errorf("%s is asked for %v of bucket %s, want arrivals in %s", store, events, config.Bucket, bucket)
	}
	return events
}
