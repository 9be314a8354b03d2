package broker

import (
	"fmt"
	"strings"
	"time"

	cesql "github.com/cloudevents/sdk-go/sql/v2"
	"github.com/cloudevents/sdk-go/v2/types"

	"xietong.dev/shared/manifest"
)

// Compile turns the filters of a Trigger into one test that an event passes
// where it passes every filter. No filters pass everything.
//
// It decides as Knative does (eventing, pkg/eventfilter): an attribute that the
// event lacks never matches, an empty filter lets everything through, a CESQL
// expression that fails or is no boolean does not match.
func Compile(filters []manifest.Filter) (func(Event) bool, error) {
	tests, err := compileAll(filters)
	if err != nil {
		return nil, err
	}
	return every(tests), nil
}

type test = func(Event) bool

func compileAll(filters []manifest.Filter) ([]test, error) {
	tests := make([]test, len(filters))
	for i, f := range filters {
		var err error
		if tests[i], err = compile(f); err != nil {
			return nil, err
		}
	}
	return tests, nil
}

func compile(f manifest.Filter) (test, error) {
	switch {
	case len(f.Attributes) > 0:
		return matches(f.Attributes, func(value, want string) bool { return want == "" || value == want }), nil
	case len(f.Exact) > 0:
		return matches(f.Exact, func(value, want string) bool { return value == want }), nil
	case len(f.Prefix) > 0:
		return matches(f.Prefix, strings.HasPrefix), nil
	case len(f.Suffix) > 0:
		return matches(f.Suffix, strings.HasSuffix), nil
	case len(f.All) > 0:
		tests, err := compileAll(f.All)
		return every(tests), err
	case len(f.Any) > 0:
		tests, err := compileAll(f.Any)
		return some(tests), err
	case f.Not != nil:
		inner, err := compile(*f.Not)
		return func(e Event) bool { return !inner(e) }, err
	case f.CESQL != "":
		return compileCESQL(f.CESQL)
	}
	return func(Event) bool { return true }, nil
}

func compileCESQL(text string) (test, error) {
	expression, err := manifest.ParseCESQL(text)
	if err != nil {
		return nil, err
	}
	return func(e Event) bool { return evaluate(expression, e) }, nil
}

// evaluate counts everything but a plain true as false, a panic of the
// evaluator too: one odd event must not stop the broker.
func evaluate(expression cesql.Expression, e Event) (passed bool) {
	defer func() {
		if recover() != nil {
			passed = false
		}
	}()
	value, err := expression.Evaluate(e)
	return err == nil && value == true
}

func every(tests []test) test {
	return func(e Event) bool {
		for _, passes := range tests {
			if !passes(e) {
				return false
			}
		}
		return true
	}
}

func some(tests []test) test {
	return func(e Event) bool {
		for _, passes := range tests {
			if passes(e) {
				return true
			}
		}
		return false
	}
}

// matches holds every named attribute against its text.
func matches(wanted map[string]string, match func(value, want string) bool) test {
	return func(e Event) bool {
		for name, want := range wanted {
			if value := attribute(e, name); value == "" || !match(value, want) {
				return false
			}
		}
		return true
	}
}

// attribute returns an attribute as text, and "" where the event lacks it.
func attribute(e Event, name string) string {
	switch name {
	case "specversion":
		return e.SpecVersion()
	case "id":
		return e.ID()
	case "source":
		return e.Source()
	case "type":
		return e.Type()
	case "subject":
		return e.Subject()
	case "dataschema":
		return e.DataSchema()
	case "datacontenttype":
		return e.DataContentType()
	case "time":
		if e.Time().IsZero() {
			return ""
		}
		return e.Time().Format(time.RFC3339Nano)
	}
	value, ok := e.Extensions()[name]
	if !ok {
		return ""
	}
	if text, err := types.Format(value); err == nil {
		return text
	}
	return fmt.Sprint(value)
}
