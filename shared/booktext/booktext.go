// Package booktext is the text of a book as one object: what the catalogue writes,
// and what is searched.
//
//	out  zstd (RFC 8878) of a line {"document_version":1}, then for each part, in the
//	     order of reading, a line {"href":"1.xhtml","bytes":12}, so many bytes of
//	     UTF-8 with one paragraph a line, and a line feed
//	in   the same
//
// A search looks into many books and shows few, so that unpacking decides its speed:
// 300 KB take a tenth of what they take as JSON in gzip (measured). `zstd -dc` shows
// an object to people. Refused is what is not of this form, or larger than allowed.
package booktext

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Version is the version of the form that this code writes and reads.
const Version = 1

// MediaType is what an object with a text is stored as.
const MediaType = "application/zstd"

// The bounds of a text.
const (
	MaxParts = 100_000
	MaxPart  = 64 << 20 // bytes of one part
	MaxHref  = 2048     // characters
)

// Part is the text of one part of a book, as a reader sees it: one paragraph a line.
type Part struct {
	Href string // of the part, as the book's contents name it
	Text string
}

// check returns an error that names what is wrong with a part.
func (p Part) check() error {
	switch n := utf8.RuneCountInString(p.Href); {
	case n == 0 || n > MaxHref:
		return fmt.Errorf("the href of a part has %d characters: want 1 to %d", n, MaxHref)
	case !utf8.ValidString(p.Href):
		return errors.New("the href of a part is not UTF-8")
	case len(p.Text) > MaxPart:
		return fmt.Errorf("part %q has %d bytes: want at most %d", p.Href, len(p.Text), MaxPart)
	case !utf8.ValidString(p.Text):
		return fmt.Errorf("the text of part %q is not UTF-8", p.Href)
	}
	return nil
}

// start is the first line.
type start struct {
	Version int `json:"document_version"`
}

// head is the line before a part.
type head struct {
	Href  string `json:"href"`
	Bytes int    `json:"bytes"`
}
