// Package eventstest spoils a JSON document one field at a time, so that a test
// can see whether its reader notices.
//
//	in   a document as encoding/json decodes it into an any
//	out  its fields, and copies of it with one field changed or gone
package eventstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Field is one place in a document: a member of an object or an element of a list.
type Field struct {
	Path  string // as errors name it: segments[0].words[1].text
	Name  string // the member's name; that of the list for an element
	Value any
	steps []any
}

// Parse reads a document, with its numbers as they are written.
func Parse(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var doc any
	err := d.Decode(&doc)
	return doc, err
}

// Fields returns every place in a document, in the order of their paths.
func Fields(doc any) []Field {
	return below(Field{Value: doc})
}

func below(f Field) []Field {
	var all []Field
	add := func(path, name string, step, value any) {
		field := Field{path, name, value, append(slices.Clone(f.steps), step)}
		all = append(append(all, field), below(field)...)
	}
	switch v := f.Value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			path := name
			if f.Path != "" {
				path = f.Path + "." + name
			}
			add(path, name, name, v[name])
		}
	case []any:
		for i, element := range v {
			add(fmt.Sprintf("%s[%d]", f.Path, i), f.Name, i, element)
		}
	}
	return all
}

// IsElement reports whether the field stands in a list.
func (f Field) IsElement() bool {
	_, is := f.steps[len(f.steps)-1].(int)
	return is
}

// Set returns a copy of doc in which the field has another value.
func (f Field) Set(doc, value any) any {
	return edit(doc, f.steps, func(holder map[string]any, name string) { holder[name] = value }, value)
}

// Remove returns a copy of doc without the field, which is a member of an object.
func (f Field) Remove(doc any) any {
	return edit(doc, f.steps, func(holder map[string]any, name string) { delete(holder, name) }, nil)
}

// edit copies what lies on the way and leaves the rest shared.
func edit(doc any, steps []any, change func(map[string]any, string), element any) any {
	last := len(steps) == 1
	switch step := steps[0].(type) {
	case string:
		holder := maps.Clone(doc.(map[string]any))
		if last {
			change(holder, step)
		} else {
			holder[step] = edit(holder[step], steps[1:], change, element)
		}
		return holder
	default:
		list, i := slices.Clone(doc.([]any)), step.(int)
		if last {
			list[i] = element
		} else {
			list[i] = edit(list[i], steps[1:], change, element)
		}
		return list
	}
}
