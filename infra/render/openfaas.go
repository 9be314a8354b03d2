package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"xietong.dev/shared/manifest"
)

// The parts of an OpenFaaS stack file.
type (
	stack struct {
		Version   string                  `yaml:"version"`
		Provider  map[string]string       `yaml:"provider"`
		Functions map[string]stackedEntry `yaml:"functions"`
	}
	stackedEntry struct {
		Namespace   string            `yaml:"namespace,omitempty"`
		Image       string            `yaml:"image"`
		SkipBuild   bool              `yaml:"skip_build"`
		ReadOnly    bool              `yaml:"readonly_root_filesystem"`
		Environment map[string]string `yaml:"environment"`
		Secrets     []string          `yaml:"secrets,omitempty"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations,omitempty"`
		Limits      *amounts          `yaml:"limits,omitempty"`
		Requests    *amounts          `yaml:"requests,omitempty"`
	}
	amounts struct {
		CPU    manifest.Quantity `yaml:"cpu,omitempty"`
		Memory manifest.Quantity `yaml:"memory,omitempty"`
	}
)

const (
	// healthInterval is for how long of-watchdog goes on sending after it was told
	// to stop. OpenFaaS asks every 2 s or less whether a replica is ready.
	healthInterval = 5 * time.Second
	upstream       = "8081" // the function's port; 8080 is the watchdog's
	secretsFolder  = "/var/openfaas/secrets/"
)

// WatchdogSuffix ends the tag of an image that begins with of-watchdog.
const WatchdogSuffix = "-openfaas"

// openFaaS renders a stack file. What containerConcurrency and timeoutSeconds
// promise, of-watchdog keeps: it stands before the function in its image.
func openFaaS(f manifest.Function, c Choice) ([]byte, error) {
	topics, err := topics(f, c)
	if err != nil {
		return nil, err
	}
	entry := stackedEntry{Namespace: c.Namespace, Image: Image(f, c) + WatchdogSuffix, SkipBuild: true, ReadOnly: true,
		Environment: watchdog(f), Labels: scale(f), Annotations: annotations(f, topics), Limits: amount(f.Limits), Requests: amount(f.Requests)}
	all, err := variables(f, c.Settings)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if v.secret == nil {
			entry.Environment[v.name] = v.value
			continue
		}
		name := SecretName(*v.secret)
		entry.Environment[v.name+"_FILE"] = secretsFolder + name
		entry.Secrets = append(entry.Secrets, name)
	}
	return write(openFaaSComment(f, entry), stack{"1.0", map[string]string{"name": "openfaas"}, map[string]stackedEntry{f.Word: entry}})
}

func openFaaSComment(f manifest.Function, entry stackedEntry) string {
	comment := fmt.Sprintf("%s on OpenFaaS, rendered from functions/%s/%s.\nIts image begins with of-watchdog: go run ./infra image %s --watchdog FILE\n", f.Word, f.Word, manifest.FileName, f.Word)
	for _, name := range entry.Secrets {
		comment += "Once: faas-cli secret create " + name + " --from-file FILE\n"
	}
	return comment
}

// SecretName is the name of the secret that holds one key: OpenFaaS has one value
// in each, and its gateway names the file after it.
func SecretName(ref manifest.KeyRef) string {
	return ref.Name + "-" + strings.ReplaceAll(strings.ToLower(ref.Key), "_", "-")
}

// topics are what connectors listen to for the function.
func topics(f manifest.Function, c Choice) ([]string, error) {
	if len(c.Topics) > 0 {
		return c.Topics, nil
	}
	found, err := types(f)
	if err != nil {
		return nil, fmt.Errorf("%w, and a connector knows topics alone: name those that carry its events with --topic", err)
	}
	return found, nil
}

func watchdog(f manifest.Function) map[string]string {
	env := map[string]string{
		"mode": "http", "fprocess": "/function", "upstream_url": "http://127.0.0.1:" + upstream,
		"HOST": "127.0.0.1", "PORT": upstream, // only the watchdog reaches the function
		"exec_timeout": f.Timeout.String(),
		// Longer than the work, so that its answer still gets out.
		"read_timeout": (f.Timeout + healthInterval).String(), "write_timeout": (f.Timeout + healthInterval).String(),
		"healthcheck_interval": healthInterval.String(), "ready_path": "/_/ready",
		"DRAIN_DELAY": healthInterval.String(), "DRAIN_LIMIT": f.Timeout.String(),
	}
	if f.Concurrency > 0 {
		env["max_inflight"] = strconv.Itoa(f.Concurrency)
	}
	return env
}

func scale(f manifest.Function) map[string]string {
	labels := map[string]string{
		"com.openfaas.scale.min":  strconv.Itoa(max(1, f.MinScale)), // replicas of one that is awake
		"com.openfaas.scale.zero": strconv.FormatBool(f.MinScale == 0),
	}
	if f.MaxScale > 0 {
		labels["com.openfaas.scale.max"] = strconv.Itoa(f.MaxScale)
	}
	return labels
}

// retried are the answers after which an event comes again, as Knative has it:
// 429 is busy, 500 anything else, the others come from what stands between.
const retried = "408,429,500,502,503,504"

// longestWait bounds the queue worker's exponential wait.
const longestWait = 5 * time.Minute

func annotations(f manifest.Function, topics []string) map[string]string {
	d := hardest(f)
	notes := map[string]string{
		"com.openfaas.ready.http.path": "/_/ready",
		"com.openfaas.retry.attempts":  strconv.Itoa(d.Retry),
		"com.openfaas.retry.codes":     retried,
		"com.openfaas.retry.max_wait":  longestWait.String(),
	}
	if d.BackoffDelay > 0 {
		notes["com.openfaas.retry.min_wait"] = d.BackoffDelay.String()
	}
	if len(topics) > 0 {
		notes["topic"] = strings.Join(topics, ",")
	}
	return notes
}

func amount(r manifest.Resources) *amounts {
	if r.CPU == "" && r.Memory == "" {
		return nil
	}
	return &amounts{r.CPU, r.Memory}
}
