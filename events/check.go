package events

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Every check returns nil or an error that names the field and what is allowed.

var (
	ids       = regexp.MustCompile(`^[0-9a-z][0-9a-z-]{7,63}$`)
	languages = regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$`)
	codes     = regexp.MustCompile(`^[a-z][a-z0-9_]{1,62}$`)
)

// IsID reports whether s can be the id of a recording or an upload: 8 to 64
// lower-case letters, digits and hyphens.
func IsID(s string) bool { return ids.MatchString(s) }

// IsLanguage reports whether s is a BCP 47 language tag, such as zh, en, ja or
// zh-Hant.
func IsLanguage(s string) bool { return len(s) <= 35 && languages.MatchString(s) }

// problem is what is wrong with one field, or with the whole where it names none.
type problem struct {
	field string
	form  string // the sentence without its subject, as fmt.Sprintf takes it; each kind of problem has one
	args  []any
}

// Kind is what a value is in JSON: a word of the sentence about a problem with it.
type Kind string

func wrong(field, form string, args ...any) error { return problem{field, form, args} }

func (p problem) Error() string {
	what := fmt.Sprintf(p.form, p.args...)
	if p.field == "" {
		return "the value " + what
	}
	return "field " + p.field + " " + what
}

// in puts the name of what holds a field before the field's own.
func in(name string, err error) error {
	var p problem
	if !errors.As(err, &p) {
		return err
	}
	if p.field != "" && p.field[0] != '[' {
		name += "."
	}
	return problem{name + p.field, p.form, p.args}
}

// each checks the elements of a list.
func each[T interface{ check() error }](field string, list []T) error {
	for i, v := range list {
		if err := v.check(); err != nil {
			return in(fmt.Sprintf("%s[%d]", field, i), err)
		}
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func id(field, v string) error {
	if IsID(v) {
		return nil
	}
	return wrong(field, "is %q, want 8 to 64 of a-z, 0-9 and -", brief(v))
}

// text bounds a text by its length in characters.
func text(field, v string, least, most int) error {
	if n := utf8.RuneCountInString(v); n < least || n > most || strings.ContainsRune(v, 0) || !utf8.ValidString(v) {
		return wrong(field, "has %d characters, want %d to %d of UTF-8 without NUL", n, least, most)
	}
	return nil
}

// language checks a BCP 47 tag; the empty one leaves it to the engine.
func language(field, v string) error {
	if v == "" || IsLanguage(v) {
		return nil
	}
	return wrong(field, "is %q, want a BCP 47 tag such as zh, en or ja", brief(v))
}

// known checks a language that must be there, because somebody has heard it.
func known(field, v string) error {
	return first(text(field, v, 1, 35), language(field, v))
}

// knownAll checks a list of tags that must each be there.
func knownAll(field string, all []string) error {
	for i, v := range all {
		if err := known(field+element(i), v); err != nil {
			return err
		}
	}
	return nil
}

func code(field, v string) error {
	if codes.MatchString(v) {
		return nil
	}
	return wrong(field, "is %q, want lower-case letters, digits and _", brief(v))
}

func oneOf(field, v string, allowed ...string) error {
	if slices.Contains(allowed, v) {
		return nil
	}
	return wrong(field, "is %q, want one of %s", brief(v), strings.Join(allowed, ", "))
}

func atLeast(field string, v, least int64) error {
	if least <= v && v <= maxInteger {
		return nil
	}
	return wrong(field, "is %d, want %d to %d", v, least, maxInteger)
}

func between(field string, v, least, most int) error {
	if least <= v && v <= most {
		return nil
	}
	return wrong(field, "is %d, want %d to %d", v, least, most)
}

// count bounds how many elements a list has.
func count(field string, n, least, most int) error {
	if least <= n && n <= most {
		return nil
	}
	return wrong(field, "has %d elements, want %d to %d", n, least, most)
}

// element names a place in a list.
func element(i int) string { return fmt.Sprintf("[%d]", i) }

// share checks a part of one, such as a confidence; nil is none.
func share(field string, v *float64) error {
	if v == nil || 0 <= *v && *v <= 1 {
		return nil
	}
	return wrong(field, "is %g, want 0 to 1", *v)
}

// span checks a stretch of time that holds at least a millisecond.
func span(startMS, endMS int64) error {
	return first(atLeast("start_ms", startMS, 0), atLeast("end_ms", endMS, 1), notBefore("end_ms", endMS, "start_ms", startMS+1))
}

// notBefore checks a relation between two fields, which JSON Schema cannot say:
// their schemas say it in words.
func notBefore(field string, v int64, other string, least int64) error {
	if v >= least {
		return nil
	}
	return wrong(field, "is %d, which does not fit %s: want at least %d", v, other, least)
}

func brief(v string) string {
	if len(v) > 80 {
		return strings.ToValidUTF8(v[:77], "") + "..."
	}
	return v
}
