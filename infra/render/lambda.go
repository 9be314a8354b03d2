package render

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"xietong.dev/shared/manifest"
)

// The parts of a SAM template.
type (
	template struct {
		Version     string              `yaml:"AWSTemplateFormatVersion"`
		Transform   string              `yaml:"Transform"`
		Description string              `yaml:"Description"`
		Resources   map[string]resource `yaml:"Resources"`
		Outputs     map[string]output   `yaml:"Outputs,omitempty"`
	}
	resource struct {
		Type       string `yaml:"Type"`
		Properties any    `yaml:"Properties"`
	}
	output struct {
		Value any `yaml:"Value"`
	}
	lambdaFunction struct {
		Name          string              `yaml:"FunctionName"`
		PackageType   string              `yaml:"PackageType"`
		CodeURI       string              `yaml:"CodeUri,omitempty"`
		Handler       string              `yaml:"Handler,omitempty"`
		Runtime       string              `yaml:"Runtime,omitempty"`
		ImageURI      string              `yaml:"ImageUri,omitempty"`
		Architectures []string            `yaml:"Architectures"`
		Timeout       int                 `yaml:"Timeout"`
		MemorySize    int                 `yaml:"MemorySize"`
		Storage       *size               `yaml:"EphemeralStorage,omitempty"`
		Environment   environment         `yaml:"Environment"`
		Events        map[string]resource `yaml:"Events,omitempty"`
	}
	size struct {
		MiB int `yaml:"Size"`
	}
	environment struct {
		Variables map[string]string `yaml:"Variables"`
	}
	queueEvents struct {
		Queue         any                  `yaml:"Queue"`
		BatchSize     int                  `yaml:"BatchSize"`
		ResponseTypes []string             `yaml:"FunctionResponseTypes"`
		Scaling       *scaling             `yaml:"ScalingConfig,omitempty"`
		Filter        map[string][]pattern `yaml:"FilterCriteria,omitempty"`
	}
	scaling struct {
		Most int `yaml:"MaximumConcurrency"`
	}
	pattern struct {
		Pattern string `yaml:"Pattern"`
	}
	queue struct {
		Name       string   `yaml:"QueueName"`
		Visibility int      `yaml:"VisibilityTimeout,omitempty"`
		Retention  int      `yaml:"MessageRetentionPeriod"`
		Redrive    *redrive `yaml:"RedrivePolicy,omitempty"`
	}
	redrive struct {
		Target   any `yaml:"deadLetterTargetArn"`
		Received int `yaml:"maxReceiveCount"`
	}
)

// AWS's bounds, and its advice for a queue before a function: six times the
// function's timeout.
const (
	leastMemory, mostMemory     = 128, 10240 // MiB
	leastStorage, mostStorage   = 512, 10240 // MiB
	leastParallel, mostParallel = 2, 1000
	visibilityFactor            = 6
	retentionSeconds            = 14 * 24 * 60 * 60 // the longest there is
)

var architectures = map[string]string{"amd64": "x86_64", "arm64": "arm64"}

// Bootstrap is the folder, below the repository's root, that holds the function's
// binary for Lambda under the name bootstrap.
func Bootstrap(f manifest.Function, c Choice) string {
	return fmt.Sprintf("bin/lambda/%s/%s/%s", c.CPU, f.Word, Version(f, c))
}

// NeedsImage reports whether a function is more than its binary.
func NeedsImage(f manifest.Function) bool { return len(f.Packages) > 0 }

// lambda renders a SAM template: the function, and where events wake it the queue
// that feeds it and the queue of what it could not do.
func lambda(f manifest.Function, c Choice) ([]byte, error) {
	function, err := lambdaOf(f, c)
	if err != nil {
		return nil, err
	}
	t := template{Version: "2010-09-09", Transform: "AWS::Serverless-2016-10-31", Description: f.Word + " " + Version(f, c),
		Resources: map[string]resource{"Function": {"AWS::Serverless::Function", function}}, Outputs: map[string]output{}}
	if len(f.Triggers) > 0 {
		t.Resources["Queue"] = resource{"AWS::SQS::Queue", queue{f.Word, visibilityFactor * function.Timeout, retentionSeconds,
			&redrive{attribute("DeadLetters", "Arn"), hardest(f).Retry + 1}}}
		t.Resources["DeadLetters"] = resource{"AWS::SQS::Queue", queue{Name: f.Word + "-dead", Retention: retentionSeconds}}
		t.Outputs["QueueArn"] = output{attribute("Queue", "Arn")}
		t.Outputs["QueueUrl"] = output{map[string]string{"Ref": "Queue"}}
	}
	if !f.Internal {
		t.Outputs["Url"] = output{map[string]string{"Fn::Sub": "https://${ServerlessHttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/" + f.Word}}
	}
	return write(lambdaComment(f, c), t)
}

func lambdaComment(f manifest.Function, c Choice) string {
	comment := fmt.Sprintf("%s on AWS Lambda, rendered from functions/%s/%s.\n", f.Word, f.Word, manifest.FileName)
	if NeedsImage(f) {
		return comment + fmt.Sprintf("It runs programs that no zip holds (%s): go run ./infra image %s --base IMAGE, and push it.\n", packageNames(f), f.Word)
	}
	return comment + fmt.Sprintf("CodeUri is relative to this file; made by go run ./infra build %s --to lambda --tag %s --arch %s\n", f.Word, Version(f, c), c.CPU)
}

func packageNames(f manifest.Function) string {
	var names []string
	for _, p := range f.Packages {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

func attribute(of, name string) any {
	return map[string][]string{"Fn::GetAtt": {of, name}}
}

func lambdaOf(f manifest.Function, c Choice) (lambdaFunction, error) {
	architecture, ok := architectures[c.CPU]
	if !ok {
		return lambdaFunction{}, fmt.Errorf("AWS Lambda has no %s; choose --arch amd64 or arm64", c.CPU)
	}
	l := lambdaFunction{Name: f.Word, Architectures: []string{architecture}, Timeout: int(f.Timeout.Seconds()), PackageType: "Zip",
		CodeURI: Bootstrap(f, c), Handler: "bootstrap", Runtime: "provided.al2023"}
	if NeedsImage(f) {
		l.PackageType, l.ImageURI, l.CodeURI, l.Handler, l.Runtime = "Image", Image(f, c), "", "", ""
	}
	if err := l.bound(f); err != nil {
		return l, err
	}
	var err error
	if l.Environment.Variables, err = lambdaVariables(f, c); err != nil {
		return l, err
	}
	l.Events, err = sources(f)
	return l, err
}

// sources are what invokes the function: its queue, and people by their paths
// alone. A function URL would let them reach the edge that takes events, where
// nobody is asked for a token.
func sources(f manifest.Function) (map[string]resource, error) {
	all := map[string]resource{}
	if !f.Internal {
		for name, path := range map[string]string{"Http": "/" + f.Word, "HttpBelow": "/" + f.Word + "/{proxy+}"} {
			all[name] = resource{"HttpApi", map[string]string{"Method": "ANY", "Path": path}}
		}
	}
	if len(f.Triggers) == 0 {
		return all, nil
	}
	events, err := feed(f)
	all["Queue"] = resource{"SQS", events}
	return all, err
}

func (l *lambdaFunction) bound(f manifest.Function) error {
	if f.Limits.Memory == "" {
		return fmt.Errorf("the manifest sets no resources.limits.memory, and Lambda wants one")
	}
	l.MemorySize = mebibytes(f.Limits.Memory, leastMemory)
	if l.MemorySize > mostMemory {
		return fmt.Errorf("resources.limits.memory is %s, and Lambda has at most %d MiB", f.Limits.Memory, mostMemory)
	}
	if f.Limits.Storage == "" {
		return nil
	}
	l.Storage = &size{mebibytes(f.Limits.Storage, leastStorage)}
	if l.Storage.MiB > mostStorage {
		return fmt.Errorf("resources.limits.ephemeral-storage is %s, and Lambda has at most %d MiB", f.Limits.Storage, mostStorage)
	}
	return nil
}

func mebibytes(q manifest.Quantity, least int) int {
	return max(least, int(math.Ceil(q.Value()/(1<<20))))
}

// feed is how the function takes from its queue: one event at a time, since each
// may take the whole of the timeout, and as many at once as its replicas would.
func feed(f manifest.Function) (queueEvents, error) {
	q := queueEvents{Queue: attribute("Queue", "Arn"), BatchSize: 1, ResponseTypes: []string{"ReportBatchItemFailures"}}
	if f.MaxScale > 0 {
		q.Scaling = &scaling{min(mostParallel, max(leastParallel, f.MaxScale*max(1, f.Concurrency)))}
	}
	wanted, err := wanted(f)
	if err != nil || len(wanted) == 0 {
		return q, err
	}
	text, err := json.Marshal(map[string]any{"body": map[string]any{"type": wanted}})
	q.Filter = map[string][]pattern{"Filters": {{string(text)}}}
	return q, err
}

// notices are what adapters call what a store tells. On AWS the store tells the
// queue itself, in its own words, without a type.
const notices = "com.amazonaws."

// wanted are the types that the queue lets through; none lets everything through.
// What Lambda filters out it deletes, so a function of notices filters nothing
// and refuses by itself.
func wanted(f manifest.Function) ([]string, error) {
	for _, t := range f.Triggers {
		if len(t.Filters) == 1 && len(t.Filters[0].Prefix) == 1 && t.Filters[0].Prefix["type"] == notices {
			return nil, nil
		}
	}
	all, err := types(f)
	if err != nil {
		return nil, fmt.Errorf("%w, and what a queue's filter leaves out is lost: write the Trigger with exact types", err)
	}
	if slices.ContainsFunc(all, func(t string) bool { return strings.HasPrefix(t, notices) }) {
		return nil, nil
	}
	return all, nil
}

// reserved are the variables that Lambda sets itself and refuses to be given.
const reserved = "AWS_"

func lambdaVariables(f manifest.Function, c Choice) (map[string]string, error) {
	all, err := variables(f, c.Settings)
	if err != nil {
		return nil, err
	}
	env := map[string]string{}
	for _, v := range all {
		if strings.HasPrefix(v.name, reserved) {
			return nil, fmt.Errorf("Lambda sets the variables that begin with %s itself, and %s cannot be given", reserved, v.name)
		}
		env[v.name] = v.value
		if v.secret != nil {
			env[v.name] = fmt.Sprintf("{{resolve:secretsmanager:%s:SecretString:%s}}", v.secret.Name, v.secret.Key)
		}
	}
	return env, nil
}
