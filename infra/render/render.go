// Package render writes what each platform needs to run a function, from the one
// source that says how it runs.
//
//	in   functions/<word>/knative.yaml; the config maps and secrets that it refers
//	     to; what the operator chooses: version, registry, namespace
//	out  Knative:    the same manifest with the operator's choices
//	     OpenFaaS:   a stack file of one function, behind of-watchdog
//	     AWS Lambda: a SAM template with the function's queue and its dead letters
//
// What a platform cannot express is refused with a sentence, never left out: a
// function must not mean something else there. Of secrets only the names are
// read and written, never a value.
package render

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"xietong.dev/shared/manifest"
)

// The platforms.
const (
	ToKnative  = "knative"
	ToOpenFaaS = "openfaas"
	ToLambda   = "lambda"
)

// Choice is what the operator decides.
type Choice struct {
	Tag       string   // the version; empty for the manifest's
	Registry  string   // where images are pulled from; empty for the manifest's
	Namespace string   // empty leaves it to the platform's own tool
	CPU       string   // of a Lambda function: amd64 or arm64
	Topics    []string // that wake a function of OpenFaaS, where its Triggers cannot say
	Settings  Settings
}

// Render writes what the platform needs. The source is the text of the manifest
// that f was read from.
func Render(to string, source []byte, f manifest.Function, c Choice) ([]byte, error) {
	text, err := render(to, source, f, c)
	if err != nil {
		return nil, fmt.Errorf("render %s for %s: %w", f.Word, to, err)
	}
	return text, nil
}

func render(to string, source []byte, f manifest.Function, c Choice) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	switch to {
	case ToKnative:
		return knative(source, f, c)
	case ToOpenFaaS:
		return openFaaS(f, c)
	case ToLambda:
		return lambda(f, c)
	}
	return nil, fmt.Errorf("no such platform; there are %s, %s, %s", ToKnative, ToOpenFaaS, ToLambda)
}

var (
	tagPattern      = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`) // as the OCI distribution has it
	registryPattern = regexp.MustCompile(`^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*$`)
	namePattern     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

func (c Choice) check() error {
	switch {
	case c.Tag != "" && !tagPattern.MatchString(c.Tag):
		return fmt.Errorf("the tag is %q, want letters, digits, dots and dashes, at most 128", c.Tag)
	case c.Registry != "" && !registryPattern.MatchString(c.Registry):
		return fmt.Errorf("the registry is %q, want host:port/path in lower case, without a scheme", c.Registry)
	case c.Namespace != "" && !namePattern.MatchString(c.Namespace):
		return fmt.Errorf("the namespace is %q, want lower-case letters, digits and dashes, at most 63", c.Namespace)
	}
	return nil
}

// Version is the tag that is rendered.
func Version(f manifest.Function, c Choice) string {
	if c.Tag != "" {
		return c.Tag
	}
	_, tag := split(f.Image)
	return tag
}

// Image is the name of the function's image. A registry takes the place of all
// but the name's last part.
func Image(f manifest.Function, c Choice) string {
	name, _ := split(f.Image)
	if c.Registry != "" {
		name = c.Registry + "/" + name[strings.LastIndex(name, "/")+1:]
	}
	return name + ":" + Version(f, c)
}

// split parts an image's name and its tag.
func split(image string) (name, tag string) {
	if at := strings.LastIndex(image, ":"); at > strings.LastIndex(image, "/") {
		return image[:at], image[at+1:]
	}
	return image, "latest"
}

// types returns the event types that the Triggers want, where each wants exact
// types and nothing else; otherwise which Trigger does not.
func types(f manifest.Function) ([]string, error) {
	var all []string
	for _, t := range f.Triggers {
		found, ok := exactTypes(t.Filters)
		if !ok {
			return nil, fmt.Errorf("Trigger %s filters by more than exact types", t.Name)
		}
		all = append(all, found...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// exactTypes reads one filter that is an exact type, or any of several.
func exactTypes(filters []manifest.Filter) ([]string, bool) {
	if len(filters) != 1 {
		return nil, false
	}
	if len(filters[0].Any) == 0 {
		return exactType(filters[0])
	}
	var all []string
	for _, f := range filters[0].Any {
		one, ok := exactTypes([]manifest.Filter{f})
		if !ok {
			return nil, false
		}
		all = append(all, one...)
	}
	return all, true
}

func exactType(f manifest.Filter) ([]string, bool) {
	for _, attributes := range []map[string]string{f.Exact, f.Attributes} {
		if t := attributes["type"]; t != "" && len(attributes) == 1 {
			return []string{t}, true
		}
	}
	return nil, false
}

// hardest is the delivery of the Trigger that tries most often: a platform with
// one queue for a function tries all its events alike.
func hardest(f manifest.Function) manifest.Delivery {
	most := manifest.Delivery{}
	for _, t := range f.Triggers {
		if t.Delivery.Retry >= most.Retry {
			most = t.Delivery
		}
	}
	return most
}

// write puts a comment before a document.
func write(comment string, document any) ([]byte, error) {
	var text bytes.Buffer
	for line := range strings.Lines(comment) {
		text.WriteString(strings.TrimRight("# "+strings.TrimSpace(line), " ") + "\n")
	}
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return nil, err
	}
	return text.Bytes(), encoder.Close()
}
