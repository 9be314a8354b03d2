package records

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"

	"xietong.dev/shared/letters"
)

// alphabet is the encoding of a batch: one for all its rows, told by the first that
// has more than ASCII.
type alphabet struct {
	known bool
	utf8  bool
	from  *encoding.Decoder // of any other
}

// learn tells the encoding from a part of the batch. A part that is all ASCII tells
// nothing.
func (a *alphabet) learn(sample []byte) {
	if a.known || !slices.ContainsFunc(sample, func(b byte) bool { return b >= utf8.RuneSelf }) {
		return
	}
	a.known = true
	if a.utf8 = mostlyUTF8(sample); a.utf8 {
		return
	}
	sample = bytes.Clone(sample)
	for i, b := range sample {
		if b >= recordsEnd && b <= subfield { // what parts the fields of MARC is no text
			sample[i] = '\n'
		}
	}
	_, name := letters.Decode(sample)
	enc, err := htmlindex.Get(name)
	if a.utf8 = name == letters.UTF8; !a.utf8 && err == nil {
		a.from = enc.NewDecoder()
	}
}

// mostlyUTF8 reports whether there are more characters of three bytes than bytes that
// are not UTF-8: no other encoding has many of those by accident, and one bad row must
// not make a bad batch.
func mostlyUTF8(sample []byte) bool {
	good, bad := 0, 0
	for len(sample) > 0 {
		r, n := utf8.DecodeRune(sample)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n >= 3:
			good++
		}
		sample = sample[n:]
	}
	return good > bad
}

// text decodes a part of a row, and reports whether all of it is in the batch's
// encoding.
func (a *alphabet) text(part []byte) (string, bool) {
	a.learn(part)
	switch {
	case !a.known, a.utf8:
		return string(part), utf8.Valid(part)
	case a.from == nil:
		return "", false
	}
	decoded, err := a.from.Bytes(part)
	return string(decoded), err == nil && !strings.ContainsRune(string(decoded), utf8.RuneError)
}
