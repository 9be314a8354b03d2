package manifest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

const serviceKind = "serving.knative.dev/v1 Service"

// The parts of a Knative Service that this package understands.
type (
	service struct {
		APIVersion string   `yaml:"apiVersion"`
		Kind       string   `yaml:"kind"`
		Metadata   metadata `yaml:"metadata"`
		Spec       struct {
			Template struct {
				Metadata metadata `yaml:"metadata"`
				Spec     revision `yaml:"spec"`
			} `yaml:"template"`
		} `yaml:"spec"`
	}
	metadata struct {
		Name        string            `yaml:"name"`
		Namespace   string            `yaml:"namespace"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations"`
	}
	revision struct {
		ContainerConcurrency int         `yaml:"containerConcurrency"`
		TimeoutSeconds       int         `yaml:"timeoutSeconds"`
		Containers           []container `yaml:"containers"`
		ServiceAccountName   string      `yaml:"serviceAccountName"`
		SecurityContext      anything    `yaml:"securityContext"`
		Volumes              anything    `yaml:"volumes"`
	}
	container struct {
		Name            string    `yaml:"name"`
		Image           string    `yaml:"image"`
		ImagePullPolicy string    `yaml:"imagePullPolicy"`
		Ports           []port    `yaml:"ports"`
		Env             []env     `yaml:"env"`
		EnvFrom         []envFrom `yaml:"envFrom"`
		ReadinessProbe  anything  `yaml:"readinessProbe"`
		LivenessProbe   anything  `yaml:"livenessProbe"`
		StartupProbe    anything  `yaml:"startupProbe"`
		Resources       struct {
			Limits   Resources `yaml:"limits"`
			Requests Resources `yaml:"requests"`
		} `yaml:"resources"`
		SecurityContext anything `yaml:"securityContext"`
		VolumeMounts    anything `yaml:"volumeMounts"`
	}
	port struct {
		Name          string `yaml:"name"`
		ContainerPort int    `yaml:"containerPort"`
		Protocol      string `yaml:"protocol"`
	}
	env struct {
		Name      string `yaml:"name"`
		Value     string `yaml:"value"`
		ValueFrom *struct {
			ConfigMapKeyRef *KeyRef `yaml:"configMapKeyRef"`
			SecretKeyRef    *KeyRef `yaml:"secretKeyRef"`
		} `yaml:"valueFrom"`
	}
	envFrom struct {
		Prefix       string   `yaml:"prefix"`
		ConfigMapRef *nameRef `yaml:"configMapRef"`
		SecretRef    *nameRef `yaml:"secretRef"`
	}
	nameRef struct {
		Name     string `yaml:"name"`
		Optional bool   `yaml:"optional"`
	}
)

// Knative's bounds: config-defaults sets both.
const (
	defaultTimeout = 300
	maxTimeout     = 600
)

func readService(word string, document *yaml.Node) (Function, error) {
	var s service
	if err := strict(document, &s); err != nil {
		return Function{}, err
	}
	f, err := s.function(word)
	if err != nil {
		return f, fmt.Errorf("Service: %w", err)
	}
	return f, nil
}

func (s service) function(word string) (Function, error) {
	r := s.Spec.Template.Spec
	switch {
	case s.Metadata.Name != word:
		return Function{}, fmt.Errorf("metadata.name is %q, want %q: the folder's name", s.Metadata.Name, word)
	case len(r.Containers) != 1:
		return Function{}, fmt.Errorf("spec.template.spec.containers has %d entries, want one", len(r.Containers))
	case r.Containers[0].Image == "":
		return Function{}, fmt.Errorf("spec.template.spec.containers[0].image is missing")
	case r.ContainerConcurrency < 0 || r.ContainerConcurrency > 1000:
		return Function{}, fmt.Errorf("spec.template.spec.containerConcurrency is %d, want 0 (no bound) to 1000", r.ContainerConcurrency)
	case r.TimeoutSeconds < 0 || r.TimeoutSeconds > maxTimeout:
		return Function{}, fmt.Errorf("spec.template.spec.timeoutSeconds is %d, want 1 to %d", r.TimeoutSeconds, maxTimeout)
	}
	f := Function{Word: word, Image: r.Containers[0].Image, Concurrency: r.ContainerConcurrency, Timeout: defaultTimeout * time.Second}
	if r.TimeoutSeconds > 0 {
		f.Timeout = time.Duration(r.TimeoutSeconds) * time.Second
	}
	if err := f.reach(s.Metadata.Labels); err != nil {
		return f, fmt.Errorf("metadata.labels: %w", err)
	}
	if err := f.scale(s.Spec.Template.Metadata.Annotations); err != nil {
		return f, fmt.Errorf("spec.template.metadata.annotations: %w", err)
	}
	if err := f.contain(r.Containers[0]); err != nil {
		return f, fmt.Errorf("spec.template.spec.containers[0].%w", err)
	}
	return f, nil
}

// visibility is the label that says from where a Service is reached.
const visibility = "networking.knative.dev/visibility"

func (f *Function) reach(labels map[string]string) error {
	from, given := labels[visibility]
	if given && from != "cluster-local" {
		return fmt.Errorf("%s is %q, want cluster-local, or no such label where people call the function", visibility, from)
	}
	f.Internal = given
	return nil
}

// autoscaling is the group of annotations in which a misspelt name would pass
// unseen in a cluster.
const autoscaling = "autoscaling.knative.dev/"

var autoscalingNames = strings.Fields(`class metric target target-utilization-percentage target-burst-capacity
	min-scale max-scale initial-scale activation-scale scale-down-delay scale-to-zero-pod-retention-period
	window panic-window-percentage panic-threshold-percentage`)

func (f *Function) scale(annotations map[string]string) error {
	for key := range annotations {
		if name, ok := strings.CutPrefix(key, autoscaling); ok && !slices.Contains(autoscalingNames, name) {
			return fmt.Errorf("%s is not known; allowed after %s: %s", key, autoscaling, strings.Join(autoscalingNames, ", "))
		}
	}
	for name, into := range map[string]*int{"min-scale": &f.MinScale, "max-scale": &f.MaxScale} {
		text, ok := annotations[autoscaling+name]
		if !ok {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return fmt.Errorf("%s%s is %q, want a whole number from 0", autoscaling, name, text)
		}
		*into = n
	}
	if f.MaxScale > 0 && f.MinScale > f.MaxScale {
		return fmt.Errorf("min-scale %d is over max-scale %d", f.MinScale, f.MaxScale)
	}
	return nil
}

func (f *Function) contain(c container) error {
	f.Port = 8080
	switch {
	case len(c.Ports) > 1:
		return fmt.Errorf("ports has %d entries, want one: Knative sends everything to one port", len(c.Ports))
	case len(c.Ports) == 1:
		f.Port = c.Ports[0].ContainerPort
	}
	if f.Port < 1 || f.Port > 65535 {
		return fmt.Errorf("ports[0].containerPort is %d, want 1 to 65535", f.Port)
	}
	if err := f.bound(c); err != nil {
		return err
	}
	for i, e := range c.Env {
		v, err := e.variable()
		if err != nil {
			return fmt.Errorf("env[%d]: %w", i, err)
		}
		if slices.ContainsFunc(f.Env, func(o EnvVar) bool { return o.Name == v.Name }) {
			return fmt.Errorf("env[%d]: %s is set twice", i, v.Name)
		}
		f.Env = append(f.Env, v)
	}
	for i, e := range c.EnvFrom {
		ref, err := e.ref()
		if err != nil {
			return fmt.Errorf("envFrom[%d]: %w", i, err)
		}
		f.EnvFrom = append(f.EnvFrom, ref)
	}
	return nil
}

func (f *Function) bound(c container) error {
	f.Limits, f.Requests = c.Resources.Limits, c.Resources.Requests
	if err := f.Limits.check("resources.limits"); err != nil {
		return err
	}
	if err := f.Requests.check("resources.requests"); err != nil {
		return err
	}
	return f.Requests.within(f.Limits)
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// platform are the variables that Knative sets itself and refuses to be given.
var platform = []string{"PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION"}

func (e env) variable() (EnvVar, error) {
	v := EnvVar{Name: e.Name, Value: e.Value}
	switch {
	case !variableName.MatchString(e.Name):
		return v, fmt.Errorf("name is %q, want letters, digits and _", e.Name)
	case slices.Contains(platform, e.Name):
		return v, fmt.Errorf("%s is set by the platform and cannot be given", e.Name)
	case e.ValueFrom == nil:
		return v, nil
	case e.Value != "":
		return v, fmt.Errorf("%s has both value and valueFrom, want one", e.Name)
	}
	v.ConfigMapKeyRef, v.SecretKeyRef = e.ValueFrom.ConfigMapKeyRef, e.ValueFrom.SecretKeyRef
	if (v.ConfigMapKeyRef == nil) == (v.SecretKeyRef == nil) {
		return v, fmt.Errorf("%s: valueFrom wants one of configMapKeyRef, secretKeyRef", e.Name)
	}
	for _, ref := range []*KeyRef{v.ConfigMapKeyRef, v.SecretKeyRef} {
		if ref != nil && (ref.Name == "" || ref.Key == "") {
			return v, fmt.Errorf("%s: valueFrom wants a name and a key", e.Name)
		}
	}
	return v, nil
}

func (e envFrom) ref() (Ref, error) {
	switch {
	case (e.ConfigMapRef == nil) == (e.SecretRef == nil):
		return Ref{}, fmt.Errorf("want one of configMapRef, secretRef")
	case e.ConfigMapRef != nil && e.ConfigMapRef.Name != "":
		return Ref{ConfigMap, e.ConfigMapRef.Name, e.Prefix, e.ConfigMapRef.Optional}, nil
	case e.SecretRef != nil && e.SecretRef.Name != "":
		return Ref{Secret, e.SecretRef.Name, e.Prefix, e.SecretRef.Optional}, nil
	}
	return Ref{}, fmt.Errorf("the reference has no name")
}
