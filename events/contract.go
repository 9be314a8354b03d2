package events

// The schemas and examples, for programs that show them to people.

import (
	"embed"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

//go:embed schema/*.json example/*.json
var contracts embed.FS

// Schema returns the JSON Schema of the data of a type of event, or of a document
// such as transcript.v1, and false where there is none.
func Schema(name string) ([]byte, bool) { return contract("schema", name) }

// Example returns the example of a type of event, as the JSON format of CloudEvents
// has it, or of a document, and false where there is none.
func Example(name string) ([]byte, bool) { return contract("example", name) }

func contract(folder, name string) ([]byte, bool) {
	text, err := contracts.ReadFile(folder + "/" + name + ".json")
	return text, err == nil && !strings.Contains(name, "/")
}

// ErrUnknownType says that a type of event is none of ours.
var ErrUnknownType = errors.New("no such type of event")

// DecodeAny is [Decode] for whoever does not know the type: it returns the struct of
// the event's own. Its error wraps [ErrUnknownType] where there is none.
func DecodeAny(e Event) (Data, error) {
	for _, data := range Types() {
		if data.EventType() == e.Type() {
			return decodeAny(e, reflect.New(reflect.TypeOf(data)))
		}
	}
	return nil, fmt.Errorf("%w: %q", ErrUnknownType, e.Type())
}

func decodeAny(e Event, into reflect.Value) (Data, error) {
	if !isJSON(e.DataContentType()) {
		return nil, fmt.Errorf("datacontenttype is %q, want application/json", e.DataContentType())
	}
	err := decode(e.Data(), into.Interface())
	data := into.Elem().Interface().(Data)
	if err == nil {
		err = data.Validate()
	}
	if err != nil {
		return nil, fmt.Errorf("data of %s: %w", e.Type(), err)
	}
	return data, nil
}

// WrongField returns which field an error of this package is about, such as
// object.size or topics[2].title, and what is wrong with it; an empty field is the
// whole. What is wrong is a form of [fmt.Sprintf] with its arguments: whoever puts it
// into another language has one for each form, and for each [Kind] among the arguments.
func WrongField(err error) (field, form string, args []any) {
	var p problem
	if errors.As(err, &p) {
		return p.field, p.form, p.args
	}
	return "", "%s", []any{err.Error()}
}
