package manifest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	cesql "github.com/cloudevents/sdk-go/sql/v2"
	cesqlparser "github.com/cloudevents/sdk-go/sql/v2/parser"
)

// Filter is one condition on an event's attributes, in one dialect of the
// CloudEvents Subscriptions API (section 3.2.4).
type Filter struct {
	Exact  map[string]string `yaml:"exact"`
	Prefix map[string]string `yaml:"prefix"`
	Suffix map[string]string `yaml:"suffix"`
	All    []Filter          `yaml:"all"`
	Any    []Filter          `yaml:"any"`
	Not    *Filter           `yaml:"not"`
	CESQL  string            `yaml:"cesql"`

	// Attributes is the older form, a Trigger's filter.attributes: as Exact, but
	// an empty value asks only that the attribute be there.
	Attributes map[string]string `yaml:"-"`
}

const dialects = "exact, prefix, suffix, all, any, not, cesql"

var attributeName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// maxDepth bounds how deep filters nest.
const maxDepth = 16

func checkFilters(path string, filters []Filter, depth int) error {
	for i, f := range filters {
		if err := f.check(fmt.Sprintf("%s[%d]", path, i), depth); err != nil {
			return err
		}
	}
	return nil
}

func (f Filter) check(path string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%s nests deeper than %d", path, maxDepth)
	}
	if n := f.dialects(); n != 1 {
		return fmt.Errorf("%s has %d conditions, want exactly one of %s", path, n, dialects)
	}
	for name, values := range map[string]map[string]string{"exact": f.Exact, "prefix": f.Prefix, "suffix": f.Suffix} {
		if err := checkValues(path+"."+name, values); err != nil {
			return err
		}
	}
	if f.Not != nil {
		return f.Not.check(path+".not", depth+1)
	}
	if f.CESQL != "" {
		_, err := ParseCESQL(f.CESQL)
		return wrap(path+".cesql", err)
	}
	if err := checkFilters(path+".all", f.All, depth+1); err != nil {
		return err
	}
	return checkFilters(path+".any", f.Any, depth+1)
}

// dialects counts the conditions that are set.
func (f Filter) dialects() int {
	n := 0
	for _, set := range []bool{len(f.Exact) > 0, len(f.Prefix) > 0, len(f.Suffix) > 0, len(f.All) > 0, len(f.Any) > 0, f.Not != nil, f.CESQL != ""} {
		if set {
			n++
		}
	}
	return n
}

func checkValues(path string, values map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch {
		case !attributeName.MatchString(name):
			return fmt.Errorf("%s: %q is not the name of an attribute; want lower-case letters and digits, a letter first", path, name)
		case values[name] == "":
			return fmt.Errorf("%s.%s is empty; want a text to compare with", path, name)
		}
	}
	return nil
}

// ParseCESQL parses an expression of the CloudEvents SQL language.
func ParseCESQL(text string) (expression cesql.Expression, err error) {
	defer func() {
		// The parser panics on some texts that it cannot read.
		if p := recover(); p != nil {
			err = fmt.Errorf("%q is not a CESQL expression", text)
		}
	}()
	expression, err = cesqlparser.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a CESQL expression: %s", text, strings.Trim(strings.TrimPrefix(err.Error(), "parse error:"), " :|"))
	}
	return expression, nil
}

// legacy turns a Trigger's older filter into its newer form.
func legacy(filter *triggerFilter) ([]Filter, error) {
	if filter == nil || len(filter.Attributes) == 0 {
		return nil, nil
	}
	for _, name := range slices.Sorted(maps.Keys(filter.Attributes)) {
		if !attributeName.MatchString(name) {
			return nil, fmt.Errorf("spec.filter.attributes: %q is not the name of an attribute; want lower-case letters and digits, a letter first", name)
		}
	}
	return []Filter{{Attributes: filter.Attributes}}, nil
}

func wrap(field string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", field, err)
}

// anything is a field that one machine has no use for and a cluster has.
type anything = yaml.Node
