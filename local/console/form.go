package console

// A form made from the JSON Schema of a type of event: it is filled from JSON, and what
// a person sends of it becomes JSON again.
//
// Every value has a name in the form: its JSON pointer. An entry of a list is there
// where the list's name and /# say its number; what may be left out is there where its
// name and ? say so.

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// formField is one value of a form, or several.
type formField struct {
	Name     string
	Path     string // JSON pointer
	Kind     string // text, long, integer, number, check (yes or no), maybe (neither, too), choice, constant, list, group
	About    string // what it means
	Bounds   string // what is allowed
	Required bool
	Options  []string // of a choice
	Most     int      // characters of a text, entries of a list; 0 is no bound
	Value    string
	There    bool
	Fields   []*formField // of a group, and the entries of a list
	Blank    *formField   // one more entry of a list
	Problem  string
	Say      func(string) string // a word of the message table
}

// blank stands in a path for the number that an entry is given when it is added.
const blank = "{n}"

// maxDeep bounds how deep a form goes.
const maxDeep = 12

// formMaker makes the fields of one schema.
type formMaker struct {
	whole    *schema
	language string
}

// formOf makes the form of a schema, filled with a value: JSON, with its numbers as
// [json.Number].
func formOf(text []byte, value any, language string) (*formField, error) {
	var whole schema
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	m := formMaker{&whole, language}
	return m.field(property{"", whole}, "", true, value, 0), nil
}

// field makes the field of a place and fills it.
func (m formMaker) field(p property, path string, required bool, value any, deep int) *formField {
	s := p.Schema.follow(m.whole)
	f := &formField{Name: p.Name, Path: path, Kind: kindOf(s, required), About: inLanguage(m.language, s.Description), Bounds: bounds(s, m.language),
		Required: required, There: required || value != nil, Say: func(key string) string { return tryWords.Say(m.language, key) }}
	switch f.Kind {
	case "group":
		m.group(f, s, value, deep)
	case "list":
		m.list(f, s, value, deep)
	case "constant":
		f.Value = plain(s.Const)
	default:
		for _, option := range s.Enum {
			f.Options = append(f.Options, plain(option))
		}
		f.Most = orNone(s.MaxLength)
		f.fill(value)
	}
	return f
}

func (m formMaker) group(f *formField, s schema, value any, deep int) {
	members, _ := value.(map[string]any)
	if deep > maxDeep {
		return
	}
	for _, p := range s.Properties {
		f.Fields = append(f.Fields, m.field(p, f.Path+"/"+p.Name, slices.Contains(s.Required, p.Name), members[p.Name], deep+1))
	}
}

func (m formMaker) list(f *formField, s schema, value any, deep int) {
	if s.Items == nil || deep > maxDeep {
		return
	}
	f.Most = orNone(s.MaxItems)
	entries, _ := value.([]any)
	for i, entry := range entries {
		f.Fields = append(f.Fields, m.field(property{"# " + strconv.Itoa(i+1), *s.Items}, fmt.Sprintf("%s/%d", f.Path, i), true, entry, deep+1))
	}
	f.Blank = m.field(property{"", *s.Items}, f.Path+"/"+blank, true, nil, deep+1)
}

func (f *formField) fill(value any) {
	if value != nil {
		f.Value = fmt.Sprint(value)
	}
	if f.Kind == "text" && strings.Contains(f.Value, "\n") {
		f.Kind = "long"
	}
}

func orNone(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// longFrom is from how many characters on a text is given several lines.
const longFrom = 2000

// kindOf is how a value is asked for.
func kindOf(s schema, required bool) string {
	switch {
	case s.Const != nil:
		return "constant"
	case len(s.Enum) > 0:
		return "choice"
	case s.Type == "object":
		return "group"
	case s.Type == "array":
		return "list"
	case s.Type == "boolean" && required:
		return "check"
	case s.Type == "boolean":
		return "maybe"
	case s.Type == "integer", s.Type == "number":
		return s.Type
	case orNone(s.MaxLength) >= longFrom:
		return "long"
	}
	return "text"
}

// plain is a JSON value as a form shows it: a text without its quotes.
func plain(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// bounds says what a schema allows.
func bounds(s schema, language string) string {
	word := func(key string, args ...any) string { return tryWords.Say(language, key, args...) }
	switch {
	case s.Const != nil, len(s.Enum) > 0:
		return ""
	case s.Minimum != nil && s.Maximum != nil && *s.Maximum == largest:
		return word("from number", *s.Minimum)
	case s.Minimum != nil && s.Maximum != nil:
		return word("number from to", *s.Minimum, *s.Maximum)
	case s.MaxItems != nil:
		return word("entries from to", orNone(s.MinItems), *s.MaxItems)
	case s.MaxLength != nil:
		return word("characters from to", orNone(s.MinLength), *s.MaxLength)
	}
	return ""
}

// largest is the greatest number that every reader of JSON keeps exact: no bound that
// anybody need be told.
const largest = "9007199254740991"

// mark writes what is wrong beside the field that it is about, or the nearest around
// it, and returns that one.
func (f *formField) mark(path, what string) *formField {
	for _, inner := range f.Fields {
		if inner.Path == path || strings.HasPrefix(path, inner.Path+"/") {
			return inner.mark(path, what)
		}
	}
	f.Problem = what
	return f
}

// pointer is the JSON pointer of a field as the events module names it, such as
// topics[2].title.
func pointer(name string) string {
	if name == "" {
		return ""
	}
	return "/" + strings.TrimPrefix(strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(name), "/")
}

// eventTitle is what a type of event is called.
func eventTitle(language, eventType string, schemaOf func(string) ([]byte, bool)) string {
	var s schema
	if text, has := schemaOf(eventType); has && json.Unmarshal(text, &s) == nil {
		return inLanguage(language, s.Title)
	}
	if strings.HasPrefix(eventType, "com.amazonaws.s3.ObjectCreated") {
		return tryWords.Say(language, "object arrived")
	}
	return eventType
}

// Index is the number of an entry of a list, and ListPath its list.
func (f *formField) Index() string { return f.Path[strings.LastIndex(f.Path, "/")+1:] }

// ListPath is the path of the list that the field is an entry of.
func (f *formField) ListPath() string { return f.Path[:strings.LastIndex(f.Path, "/")] }
