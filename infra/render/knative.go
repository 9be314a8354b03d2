package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"xietong.dev/shared/manifest"
)

// knative is the manifest itself, comments and all, with the image and the
// namespace that the operator chose.
func knative(source []byte, f manifest.Function, c Choice) ([]byte, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	documents := yaml.NewDecoder(bytes.NewReader(source))
	for {
		var document yaml.Node
		switch err := documents.Decode(&document); {
		case errors.Is(err, io.EOF):
			return text.Bytes(), encoder.Close()
		case err != nil:
			return nil, err
		}
		if err := choose(&document, f, c); err != nil {
			return nil, err
		}
		if err := encoder.Encode(&document); err != nil {
			return nil, err
		}
	}
}

func choose(document *yaml.Node, f manifest.Function, c Choice) error {
	if at(document, "kind").Value == "Service" {
		containers := at(document, "spec", "template", "spec", "containers")
		if len(containers.Content) != 1 {
			return fmt.Errorf("the Service has no container") // the manifest's reader refuses it before
		}
		set(containers.Content[0], "image", Image(f, c))
	}
	if c.Namespace != "" {
		set(at(document, "metadata"), "namespace", c.Namespace)
	}
	return nil
}

// at follows field names down from a document; what is missing is an empty node.
func at(node *yaml.Node, path ...string) *yaml.Node {
	if node.Kind == yaml.DocumentNode {
		node = node.Content[0]
	}
	for _, name := range path {
		node = field(node, name)
	}
	return node
}

func field(node *yaml.Node, name string) *yaml.Node {
	if node.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == name {
				return node.Content[i+1]
			}
		}
	}
	return &yaml.Node{}
}

// set gives a field its value, at its place where it has one.
func set(mapping *yaml.Node, name, value string) {
	if there := field(mapping, name); there.Kind == yaml.ScalarNode {
		there.Value = value
		return
	}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name},
		&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value})
}

// Trigger is a Trigger's place in a cluster.
type Trigger struct{ Name, Namespace string }

// Triggers returns those of a rendering for Knative.
func Triggers(rendered []byte) ([]Trigger, error) {
	var all []Trigger
	documents := yaml.NewDecoder(bytes.NewReader(rendered))
	for {
		var head struct {
			Kind     string
			Metadata Trigger
		}
		switch err := documents.Decode(&head); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("read what was rendered: %w", err)
		}
		if head.Kind == "Trigger" {
			all = append(all, head.Metadata)
		}
	}
}
