// Package docx writes a text as a Word document (Office Open XML, ECMA-376) that people
// send on as it is: with real heading styles, numbered headings, page numbers, and
// the fonts and measures that are customary for the language.
//
//	in   a Document: what stands in it, in which look
//	out  a .docx file; the same document gives the same bytes
//
// A Chinese document keeps to GB/T 9704-2012, the layout of official documents of Party
// and government organs; an English one is set in the same way on the same paper. Text
// comes from hands that nobody vouches for: whatever it holds stays text, and what XML
// cannot hold is left out.
package docx

import (
	"archive/zip"
	"io"
	"time"
)

// Document is a text that is to be printed.
type Document struct {
	Title    string    // for its properties; what stands on the page is in the body
	Look     Look      // language, fonts and measures
	Numbers  Numbers   // of pages
	Keywords []string  // for its properties
	At       time.Time // when it was made, for its properties
	Body     []Block
}

// Look is in which language's custom a document is set.
type Look int

// The looks that there are.
const (
	Chinese Look = iota // GB/T 9704-2012
	English             // the same paper and order, with a serif typeface
)

// Numbers is how pages are numbered.
type Numbers int

// The ways of numbering pages.
const (
	Counted Numbers = iota // 1 / 3, in the middle
	Dashed                 // — 1 —, odd ones right and even ones left, as GB/T 9704-2012, 7.5 has it
)

// Write writes the file. Its errors are those of w.
func (d Document) Write(w io.Writer) error {
	file := zip.NewWriter(w)
	s := d.Look.sheet()
	for _, part := range []struct {
		name  string
		write func(*markup)
	}{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRelations},
		{"docProps/core.xml", d.properties},
		{"word/document.xml", func(m *markup) { d.document(m, s) }},
		{"word/styles.xml", s.writeStyles},
		{"word/numbering.xml", s.writeNumbering},
		{"word/fontTable.xml", s.writeFonts},
		{"word/settings.xml", func(m *markup) { d.settings(m, s) }},
		{"word/footer1.xml", func(m *markup) { d.footer(m, odd) }},
		{"word/footer2.xml", func(m *markup) { d.footer(m, even) }},
		{"word/_rels/document.xml.rels", documentRelations},
	} {
		// The time is given: two documents of the same text are the same file.
		entry, err := file.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: d.At.UTC()})
		if err != nil {
			return err
		}
		m := &markup{w: entry}
		m.raw(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n")
		part.write(m)
		if err := m.flush(); err != nil {
			return err
		}
	}
	return file.Close()
}
