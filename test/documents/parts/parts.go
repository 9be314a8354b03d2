// Package parts writes office documents by hand: the XML parts, and the zip
// files, compound files and pictures that they are made of. What an office
// program would never write can be written too, which is why no library is used.
//
//	in   XML, text and pictures as values
//	out  the bytes of a document; the same bytes for the same values
//
// Nothing is refused: what comes in is written as it is. Text goes through
// [Escape] first.
package parts

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// Part is one entry of a zip file.
type Part struct {
	Name   string
	Data   []byte
	Stored bool // not compressed: the mimetype of ODF and EPUB
}

// Zip writes entries in the order given. The error cases of archive/zip are
// those of its writer, and memory has none.
func Zip(entries ...Part) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.Name, Method: zip.Deflate}
		if e.Stored {
			h.Method = zip.Store
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			panic(err) // a name longer than a zip can hold: a mistake in the caller
		}
		w.Write(e.Data)
	}
	z.Close()
	return out.Bytes()
}

// Unzip reads the entries of a zip file.
func Unzip(file []byte) ([]Part, error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	var entries []Part
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", f.Name, err)
		}
		data, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", f.Name, err)
		}
		entries = append(entries, Part{f.Name, data, f.Method == zip.Store})
	}
	return entries, nil
}

// Escape makes a text safe inside an element or an attribute.
func Escape(text string) string {
	var out strings.Builder
	xml.EscapeText(&out, []byte(text)) // writing to a builder does not fail
	return out.String()
}

// Header begins every XML part.
const Header = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// Relation is a line of a .rels part.
type Relation struct {
	ID, Type, Target string
	External         bool
}

// Where the types of relations and the content types begin.
const (
	Relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	OfficeXML     = "application/vnd.openxmlformats-officedocument."
)

func relations(all []Relation) []byte {
	var out strings.Builder
	out.WriteString(Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, r := range all {
		mode := ""
		if r.External {
			mode = ` TargetMode="External"`
		}
		kind := r.Type
		if !strings.Contains(kind, ":") {
			kind = Relationships + kind
		}
		fmt.Fprintf(&out, `<Relationship Id="%s" Type="%s" Target="%s"%s/>`, r.ID, kind, Escape(r.Target), mode)
	}
	out.WriteString(`</Relationships>`)
	return []byte(out.String())
}

// Text returns what the elements of one local name say, a line for each element
// named by line: w:t and w:p of a document, a:t and a:p of a slide. Deleted text
// of tracked changes has other names.
func Text(document []byte, element, line string) string {
	var out strings.Builder
	depth := 0
	for d := xml.NewDecoder(bytes.NewReader(document)); ; {
		token, err := d.Token()
		if err != nil {
			return out.String() // the parts are our own, so this is their end
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == element {
				depth++
			}
		case xml.EndElement:
			if t.Name.Local == element {
				depth--
			}
			if t.Name.Local == line {
				out.WriteByte('\n')
			}
		case xml.CharData:
			if depth > 0 {
				out.Write(t)
			}
		}
	}
}
