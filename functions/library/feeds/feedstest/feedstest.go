// Package feedstest holds documents of a catalogue against the rules of their kind.
//
//	err := feedstest.Check(response.Header.Get("Content-Type"), body)
//
// OPDS 2.0, Authentication for OPDS and ODL's documents are held against a JSON Schema.
// OPDS 1.2 has a grammar for RELAX NG alone, so that each "must" of its text, and of
// RFC 4287 and OpenSearch below it, is a rule in Go here.
package feedstest

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed opds2.schema.json
var schema []byte

// definitions are the parts of the schema, by media type.
var definitions = map[string]string{
	"application/opds+json":                "feed",
	"application/opds-publication+json":    "publication",
	"application/opds-authentication+json": "authentication",
	"application/vnd.odl.info+json":        "info",
}

// Check returns what is wrong with a document, by its media type.
func Check(media string, text []byte) error {
	if definition, is := definitions[media]; is {
		return checkJSON(definition, text)
	}
	if strings.HasPrefix(media, "application/atom+xml") || media == description {
		return checkXML(media, text)
	}
	return fmt.Errorf("media type %q is none of a catalogue", media)
}

func checkJSON(definition string, text []byte) error {
	rules, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("opds2.schema.json", rules); err != nil {
		return err
	}
	compiled, err := c.Compile("opds2.schema.json#/$defs/" + definition)
	if err != nil {
		return err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return compiled.Validate(document)
}
