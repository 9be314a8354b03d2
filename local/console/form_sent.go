package console

// What a person sends of a form becomes JSON again.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var numbers = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// wrongValue is what one field of a form has wrong before it is JSON.
type wrongValue struct{ Path, Word string }

func (w wrongValue) Error() string { return w.Word + " at " + w.Path }

// read makes JSON of what a person sent of the form, and fills the form with it so that
// it can be shown again. Its error is a [wrongValue].
func (m formMaker) read(sent url.Values) (*formField, []byte, error) {
	f := m.field(property{"", *m.whole}, "", true, m.sentValue(property{"", *m.whole}, "", true, sent, 0), 0)
	var out bytes.Buffer
	err := f.write(&out)
	return f, out.Bytes(), err
}

// formSent is formOf for what a person sent.
func formSent(text []byte, sent url.Values, language string) (*formField, []byte, error) {
	var whole schema
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, nil, fmt.Errorf("read the schema: %w", err)
	}
	return formMaker{&whole, language}.read(sent)
}

// sentValue is what was sent for a place, as the form is filled with it.
func (m formMaker) sentValue(p property, path string, required bool, sent url.Values, deep int) any {
	s := p.Schema.follow(m.whole)
	there := required || sent.Has(path+"?")
	switch kindOf(s, required) {
	case "group":
		if !there || deep > maxDeep {
			return nil
		}
		members := map[string]any{}
		for _, p := range s.Properties {
			members[p.Name] = m.sentValue(p, path+"/"+p.Name, slices.Contains(s.Required, p.Name), sent, deep+1)
		}
		return members
	case "list":
		if !there || s.Items == nil || deep > maxDeep {
			return nil
		}
		entries := []any{}
		for _, n := range sent[path+"/#"] {
			entries = append(entries, m.sentValue(property{"", *s.Items}, path+"/"+n, true, sent, deep+1))
		}
		return entries
	case "check":
		return strconv.FormatBool(sent.Has(path))
	}
	text := strings.ReplaceAll(sent.Get(path), "\r\n", "\n")
	if text == "" && !required {
		return nil
	}
	return text
}

// write writes a filled form as JSON.
func (f *formField) write(out *bytes.Buffer) error {
	switch f.Kind {
	case "group":
		return f.writeAll(out, '{', '}')
	case "list":
		return f.writeAll(out, '[', ']')
	case "integer", "number", "check", "maybe":
		return f.writeBare(out)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(f.Value)
}

// writeBare writes a number or a truth value exactly as it was written.
func (f *formField) writeBare(out *bytes.Buffer) error {
	text := strings.TrimSpace(f.Value)
	truth := f.Kind == "check" || f.Kind == "maybe"
	if truth && text != "true" && text != "false" || !truth && !numbers.MatchString(text) {
		f.Problem = f.Say("no number")
		return wrongValue{f.Path, "no number"}
	}
	out.WriteString(text)
	return nil
}

func (f *formField) writeAll(out *bytes.Buffer, begin, end byte) error {
	out.WriteByte(begin)
	first := true
	for _, inner := range f.Fields {
		if !inner.There {
			continue
		}
		if !first {
			out.WriteByte(',')
		}
		first = false
		if f.Kind == "group" {
			name, _ := json.Marshal(inner.Name) // a text always is JSON
			out.Write(append(name, ':'))
		}
		if err := inner.write(out); err != nil {
			return err
		}
	}
	out.WriteByte(end)
	return nil
}
