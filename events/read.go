package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// encoding/json forgives what a contract must not: it takes RECORDING for
// recording, lets the last of two equal keys win, and leaves a field that is
// absent or null at its zero value. So it only says here whether the text is
// JSON, and reader fills the struct, whose fields are exactly what their tags
// say: required unless they say omitempty.

// maxDepth is how deep a value may be nested. The deepest place in a document
// of ours is the evidence of a topic's point, at 7; only the headings of a book
// go deeper, and bring their own bound.
const maxDepth = 16

// maxInteger is the largest integer that every JSON reader keeps exact (RFC
// 8259, section 6).
const maxInteger = 1<<53 - 1

// reader walks a text that is known to be JSON.
type reader struct {
	text   []byte
	at     int
	most   int // levels of nesting
	shapes map[reflect.Type][]member
}

// member is one field of a struct, as JSON names it.
type member struct {
	name     string
	index    []int
	required bool
}

func decode(text []byte, into any) error { return decodeDeep(text, into, maxDepth) }

func decodeDeep(text []byte, into any, most int) error {
	if !utf8.Valid(text) {
		return wrong("", "is not UTF-8")
	}
	if !json.Valid(text) {
		return syntax(text)
	}
	r := reader{text: text, most: most, shapes: map[reflect.Type][]member{}}
	return r.value(reflect.ValueOf(into).Elem(), 0)
}

func syntax(text []byte) error {
	var at *json.SyntaxError
	if err := json.Unmarshal(text, new(json.RawMessage)); errors.As(err, &at) {
		return wrong("", "is not JSON at byte %d: %s", at.Offset, at.Error())
	}
	return wrong("", "is not JSON")
}

// value reads the next value into v. The zero Value takes anything and keeps
// nothing: that is how fields pass that this version does not know.
func (r *reader) value(v reflect.Value, depth int) error {
	begins := r.next()
	if v.IsValid() && v.Kind() == reflect.Pointer && begins != 'n' {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if v.IsValid() && kindOf(begins) != kindOfType(v.Type()) {
		return wrong("", "is %s, want %s", kindOf(begins), kindOfType(v.Type()))
	}
	switch begins {
	case '{', '[':
		if depth == r.most {
			return wrong("", "is nested deeper than %d levels", r.most)
		}
		if begins == '{' {
			return r.object(v, depth+1)
		}
		return r.list(v, depth+1)
	case '"':
		return set(v, unquote(r.quoted()))
	}
	return scalar(v, r.word())
}

func (r *reader) object(v reflect.Value, depth int) error {
	members := r.members(v)
	seen := make([]bool, len(members))
	var unknown map[string]bool
	for r.at++; r.next() != '}'; {
		name, field, twice := unquote(r.quoted()), reflect.Value{}, false
		if i := slices.IndexFunc(members, func(m member) bool { return m.name == name }); i >= 0 {
			field, twice, seen[i] = v.FieldByIndex(members[i].index), seen[i], true
		} else {
			if unknown == nil {
				unknown = map[string]bool{}
			}
			twice, unknown[name] = unknown[name], true
		}
		if twice {
			return wrong(brief(name), "is there twice")
		}
		if err := r.value(field, depth); err != nil {
			return in(brief(name), err)
		}
	}
	r.at++
	for i, m := range members {
		if m.required && !seen[i] {
			return wrong(m.name, "is missing")
		}
	}
	return nil
}

func (r *reader) list(v reflect.Value, depth int) error {
	if v.IsValid() {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	r.at++
	for i := 0; r.next() != ']'; i++ {
		var element reflect.Value
		if v.IsValid() {
			v.Grow(1)
			v.SetLen(i + 1)
			element = v.Index(i)
		}
		if err := r.value(element, depth); err != nil {
			return in(fmt.Sprintf("[%d]", i), err)
		}
	}
	r.at++
	return nil
}

// next passes over what stands between values, and returns the byte that the
// next value begins with, or the bracket that ends what holds it.
func (r *reader) next() byte {
	for {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
			r.at++
		default:
			return c
		}
	}
}

// quoted returns the string that begins here, with its quotes.
func (r *reader) quoted() []byte {
	begin := r.at
	for r.at++; r.text[r.at] != '"'; r.at++ {
		if r.text[r.at] == '\\' {
			r.at++
		}
	}
	r.at++
	return r.text[begin:r.at]
}

// word returns the number or the literal that begins here.
func (r *reader) word() string {
	begin := r.at
	for r.at < len(r.text) && !strings.ContainsRune(" \t\r\n,]}", rune(r.text[r.at])) {
		r.at++
	}
	return string(r.text[begin:r.at])
}

func unquote(quoted []byte) string {
	if !slices.Contains(quoted, '\\') {
		return string(quoted[1 : len(quoted)-1])
	}
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		panic(err) // the whole text is JSON, so its strings are
	}
	return s
}

func set(v reflect.Value, s string) error {
	if v.IsValid() {
		v.SetString(s)
	}
	return nil
}

func scalar(v reflect.Value, word string) error {
	if !v.IsValid() {
		return nil
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(word == "true")
		return nil
	case reflect.Float64:
		return float(v, word)
	}
	return integer(v, word)
}

// integer takes 2, 2.0 and 2e0 alike, as JSON Schema does.
func integer(v reflect.Value, word string) error {
	f, err := strconv.ParseFloat(word, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > maxInteger {
		return wrong("", "is %s, want an integer of at most %d", brief(word), maxInteger)
	}
	v.SetInt(int64(f))
	return nil
}

func float(v reflect.Value, word string) error {
	f, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return wrong("", "is %s, want a number of 64 bits", brief(word))
	}
	v.SetFloat(f)
	return nil
}

func (r *reader) members(v reflect.Value) []member {
	if !v.IsValid() {
		return nil
	}
	members, known := r.shapes[v.Type()]
	if !known {
		members = shape(v.Type())
		r.shapes[v.Type()] = members
	}
	return members
}

func shape(t reflect.Type) []member {
	var members []member
	for _, f := range reflect.VisibleFields(t) {
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" {
			members = append(members, member{name, f.Index, option != "omitempty"})
		}
	}
	return members
}

func kindOf(begins byte) Kind {
	switch begins {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// kindOfType counts an integer as a number: a number with a fraction is found
// out when it is read.
func kindOfType(t reflect.Type) Kind {
	switch t.Kind() {
	case reflect.Pointer:
		return kindOfType(t.Elem())
	case reflect.Struct:
		return "an object"
	case reflect.Slice:
		return "a list"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "a boolean"
	}
	return "a number"
}
