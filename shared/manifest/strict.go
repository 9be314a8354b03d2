package manifest

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// strict decodes a document into a struct, and refuses every field that the
// struct does not have.
func strict(document *yaml.Node, into any) error {
	if err := known(document, reflect.TypeOf(into).Elem(), ""); err != nil {
		return err
	}
	return document.Decode(into)
}

var nodeType = reflect.TypeFor[yaml.Node]()

// known walks a document along a type. A field of type yaml.Node may hold
// anything: it matters to a cluster and not to one machine.
func known(node *yaml.Node, t reflect.Type, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case node.Kind == yaml.AliasNode:
		return fmt.Errorf("line %d: %s is an alias; write the value out, not every reader follows aliases", node.Line, path)
	case t == nodeType || node.ShortTag() == "!!null":
		return nil
	}
	switch t.Kind() {
	case reflect.Struct:
		return knownFields(node, t, path)
	case reflect.Slice:
		return knownItems(node, t, path)
	case reflect.Map:
		return knownValues(node, t, path)
	case reflect.String:
		return quoted(node, path)
	}
	return nil
}

func knownFields(node *yaml.Node, t reflect.Type, path string) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: %s is %s, want fields: %s", node.Line, or(path, "the document"), describe(node), strings.Join(fields(t), ", "))
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		at := strings.TrimPrefix(path+"."+key.Value, ".")
		field, ok := fieldOf(t, key.Value)
		if !ok {
			return fmt.Errorf("line %d: field %s is not known here; allowed at this place: %s", key.Line, at, strings.Join(fields(t), ", "))
		}
		if err := known(value, field.Type, at); err != nil {
			return err
		}
	}
	return nil
}

func knownItems(node *yaml.Node, t reflect.Type, path string) error {
	if node.Kind != yaml.SequenceNode {
		return fmt.Errorf("line %d: %s is %s, want a list", node.Line, path, describe(node))
	}
	for i, item := range node.Content {
		if err := known(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	return nil
}

func knownValues(node *yaml.Node, t reflect.Type, path string) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: %s is %s, want names and values", node.Line, path, describe(node))
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if err := known(node.Content[i+1], t.Elem(), path+"."+node.Content[i].Value); err != nil {
			return err
		}
	}
	return nil
}

// booleans are the words that Kubernetes, which reads YAML 1.1, takes for true
// and false where nothing quotes them.
var booleans = regexp.MustCompile(`^(?i:y|n|yes|no|on|off)$`)

// quoted refuses a number or a boolean where a text belongs: Kubernetes does,
// and a decoder would pass it in silence.
func quoted(node *yaml.Node, path string) error {
	plain := node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!str" && !(plain && booleans.MatchString(node.Value)) {
		return nil
	}
	return fmt.Errorf("line %d: %s is %s, want a text; put quotes around it", node.Line, path, describe(node))
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a group of fields"
	case yaml.SequenceNode:
		return "a list"
	}
	return fmt.Sprintf("%s without quotes", node.Value)
}

func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for f := range t.Fields() {
		if name != unread && nameOf(f) == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func fields(t reflect.Type) []string {
	var names []string
	for f := range t.Fields() {
		if nameOf(f) != unread {
			names = append(names, nameOf(f))
		}
	}
	slices.Sort(names)
	return names
}

// unread is the name of a struct's field that no document fills.
const unread = "-"

func nameOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
