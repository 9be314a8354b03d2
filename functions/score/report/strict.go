package report

// JSON that two readers cannot understand in two ways.

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/shared/fault"
)

// nameShape is narrow because encoding/json takes Claimed and ſtate for claimed and
// state, where other readers see a field they do not know.
var nameShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// forbidden are identifiers that a device or its owner hardly ever changes. No more
// personal information may be taken than the purpose needs (PIPL, article 6), and
// nothing here needs one of these.
var forbidden = []string{"imei", "imsi", "mac", "serial", "oaid", "idfa", "meid"}

// strict decodes one JSON object. It refuses doubled fields, control characters,
// numbers that are not finite, values of another type than the field's, and whatever
// is deeper than most.
func strict(data []byte, most int, into any) error {
	if !utf8.Valid(data) {
		return fault.Refusef(CodeMalformed, "report: is not UTF-8")
	}
	w := walker{json.NewDecoder(bytes.NewReader(data))}
	w.UseNumber()
	if err := w.object(most); err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fault.Refusef(CodeMalformed, "report: %s", unreadable(err))
	}
	return nil
}

func unreadable(err error) string {
	if t, is := errors.AsType[*json.UnmarshalTypeError](err); is {
		return "field " + strconv.Quote(t.Field) + " holds a " + t.Value
	}
	return "is not JSON: " + err.Error()
}

type walker struct{ *json.Decoder }

func (w walker) object(most int) error {
	if token, err := w.Token(); err != nil || token != json.Delim('{') {
		return fault.Refusef(CodeMalformed, "report: is not a JSON object")
	}
	if err := w.fields(most); err != nil {
		return err
	}
	if _, err := w.Token(); err != io.EOF {
		return fault.Refusef(CodeMalformed, "report: something follows the JSON object")
	}
	return nil
}

func (w walker) fields(most int) error {
	seen := map[string]bool{}
	for w.More() {
		token, err := w.Token()
		if err != nil {
			return fault.Refusef(CodeMalformed, "report: %s", unreadable(err))
		}
		name, _ := token.(string)
		if err := checkName(name); err != nil {
			return err
		}
		if seen[name] {
			return fault.Refusef(CodeMalformed, "report: field %s stands twice in one object", name)
		}
		seen[name] = true
		if err := w.value(most); err != nil {
			return err
		}
	}
	return w.end()
}

func (w walker) items(most int) error {
	for w.More() {
		if err := w.value(most); err != nil {
			return err
		}
	}
	return w.end()
}

func (w walker) end() error {
	if _, err := w.Token(); err != nil {
		return fault.Refusef(CodeMalformed, "report: %s", unreadable(err))
	}
	return nil
}

func (w walker) value(most int) error {
	token, err := w.Token()
	if err != nil {
		return fault.Refusef(CodeMalformed, "report: %s", unreadable(err))
	}
	switch t := token.(type) {
	case string:
		return checkText(t)
	case json.Number:
		return checkNumber(t)
	case json.Delim:
		if most <= 1 {
			return fault.Refusef(CodeTooLarge, "report: objects and lists are too deep in one another")
		}
		if t == '{' {
			return w.fields(most - 1)
		}
		return w.items(most - 1)
	}
	return nil
}

func checkName(name string) error {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range words {
		if slices.Contains(forbidden, word) {
			return fault.Refusef(CodeForbiddenField, "report: field %.80q: %s must not be sent; a device is known by its key", name, strings.Join(forbidden, ", "))
		}
	}
	if !nameShape.MatchString(name) {
		return fault.Refusef(CodeMalformed, "report: field %.80q: names are lower-case letters, digits and underscores, at most 64", name)
	}
	return nil
}

func checkText(text string) error {
	switch {
	case len(text) > MaxSealed:
		return fault.Refusef(CodeTooLarge, "report: a text has %d bytes", len(text))
	case strings.ContainsFunc(text, unicode.IsControl):
		return fault.Refusef(CodeMalformed, "report: a text holds a control character")
	}
	return nil
}

func checkNumber(n json.Number) error {
	if _, err := n.Float64(); err != nil {
		return fault.Refusef(CodeMalformed, "report: number %.40s is out of range", n)
	}
	return nil
}
