package events

import (
	"encoding/json"
	"math"
)

// The document that the story of a book points to. It is read and written as
// [Transcript] and [Summary] are.

// BookContents is how a book is put together: what a reader needs to turn pages
// and to jump.
type BookContents struct {
	DocumentVersion int           `json:"document_version"`
	Identifier      string        `json:"identifier,omitempty"` // an EPUB's unique identifier, which is the key of its scrambled fonts
	Direction       string        `json:"direction,omitempty"`  // ltr, rtl or empty
	Fixed           bool          `json:"fixed,omitempty"`      // the pages are laid out already
	Reading         []BookPart    `json:"reading"`              // in the order of reading
	Resources       []BookPart    `json:"resources,omitempty"`  // what the parts need besides
	TOC             []BookHeading `json:"toc,omitempty"`
}

// BookPart is one file within a book, a page of it, or a stretch of its text.
type BookPart struct {
	Href       string   `json:"href"`
	MediaType  string   `json:"media_type"`
	Title      string   `json:"title,omitempty"`
	Offset     int64    `json:"offset,omitempty"` // in the book's file, where one range of bytes is the part
	Packed     int64    `json:"packed,omitempty"` // bytes there
	Size       int64    `json:"size,omitempty"`   // bytes unpacked
	Deflated   bool     `json:"deflated,omitempty"`
	CRC32      int64    `json:"crc32,omitempty"`
	Letters    int      `json:"letters,omitempty"`    // characters of its text, where that was read already
	Scrambled  string   `json:"scrambled,omitempty"`  // how a font is obfuscated: idpf or adobe
	Properties []string `json:"properties,omitempty"` // such as nav, cover-image
}

// BookHeading is a line of the table of contents.
type BookHeading struct {
	Title    string        `json:"title"`
	Href     string        `json:"href"` // of a part, with a fragment where it is within; empty where it leads nowhere
	Children []BookHeading `json:"children,omitempty"`
}

// The bounds of what a book is made of.
const (
	maxParts    = 100_000 // parts, and headings on all levels together
	maxHeadings = 16      // levels of headings
	maxHref     = 2048    // characters
	// contentsDepth leaves room for all levels of headings, each of which is a
	// list of objects, and for as much again as other values have.
	contentsDepth = maxDepth + 2*maxHeadings
)

// DecodeBookContents reads the contents of a book and checks them.
func DecodeBookContents(text []byte) (BookContents, error) {
	var c BookContents
	if err := decodeDeep(text, &c, contentsDepth); err != nil {
		return c, err
	}
	return c, c.Validate()
}

// Validate returns an error that names the first field that is wrong.
func (c BookContents) Validate() error {
	return first(version(c.DocumentVersion), text("identifier", c.Identifier, 0, 1024), oneOf("direction", c.Direction, "", "ltr", "rtl"),
		count("reading", len(c.Reading), 1, maxParts), count("resources", len(c.Resources), 0, maxParts), outline("toc", c.TOC),
		each("reading", c.Reading), each("resources", c.Resources), each("toc", c.TOC))
}

func (p BookPart) check() error {
	return first(text("href", p.Href, 1, maxHref), text("media_type", p.MediaType, 1, 127), text("title", p.Title, 0, 1024),
		atLeast("offset", p.Offset, 0), atLeast("packed", p.Packed, 0), atLeast("size", p.Size, 0),
		between("crc32", int(p.CRC32), 0, math.MaxUint32), atLeast("letters", int64(p.Letters), 0),
		oneOf("scrambled", p.Scrambled, "", "idpf", "adobe"), words("properties", p.Properties))
}

// A heading that only holds others together leads nowhere.
func (h BookHeading) check() error {
	return first(text("title", h.Title, 1, 1024), text("href", h.Href, 0, maxHref), each("children", h.Children))
}

// outline bounds how many headings there are and how deep they lie, which JSON
// Schema cannot say of all levels together: the schema says it in words.
func outline(field string, list []BookHeading) error {
	n, deep := extent(list)
	if n > maxParts {
		return wrong(field, "has %d headings on all levels, which does not fit the bound: want at most %d", n, maxParts)
	}
	if deep > maxHeadings {
		return wrong(field, "has %d levels, which does not fit the bound: want at most %d", deep, maxHeadings)
	}
	return nil
}

// extent returns how many headings a list holds, and on how many levels.
func extent(list []BookHeading) (n, deep int) {
	for _, h := range list {
		below, levels := extent(h.Children)
		n, deep = n+1+below, max(deep, 1+levels)
	}
	return n, deep
}

// MarshalJSON writes lists that hold nothing as [], never as null.
func (c BookContents) MarshalJSON() ([]byte, error) {
	type plain BookContents
	c.Reading = list(c.Reading)
	return json.Marshal(plain(c))
}
