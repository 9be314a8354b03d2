package docx

import (
	"bytes"
	"encoding/xml"
	"io"
)

// node is one element of XML. A node without a name is its text alone.
type node struct {
	name  string
	attrs []string // name, value, name, value, …
	kids  []node
	text  string
}

// el is an element with attributes, given as name, value, ….
func el(name string, attrs ...string) node { return node{name: name, attrs: attrs} }

// val is an element whose only attribute is w:val.
func val(name, value string) node { return el(name, "w:val", value) }

// with is the element with more within it.
func (n node) with(kids ...node) node {
	n.kids = append(n.kids[:len(n.kids):len(n.kids)], kids...)
	return n
}

// markup writes XML, a bufferful at a time.
type markup struct {
	w   io.Writer
	b   bytes.Buffer
	err error
}

const bufferful = 64 << 10

func (m *markup) raw(s string) { m.b.WriteString(s) }

func (m *markup) open(n node) {
	m.raw("<" + n.name)
	for i := 0; i+1 < len(n.attrs); i += 2 {
		m.raw(" " + n.attrs[i] + `="`)
		xml.EscapeText(&m.b, []byte(printable(n.attrs[i+1]))) // a buffer takes all
		m.raw(`"`)
	}
	m.raw(">")
}

func (m *markup) close(name string) { m.raw("</" + name + ">") }

func (m *markup) write(all ...node) {
	for _, n := range all {
		if n.name == "" {
			xml.EscapeText(&m.b, []byte(printable(n.text)))
			continue
		}
		m.open(n)
		m.write(n.kids...)
		m.close(n.name)
	}
	if m.b.Len() > bufferful {
		m.flush()
	}
}

// flush hands on what was written, and returns the first error there was.
func (m *markup) flush() error {
	if m.err == nil {
		_, m.err = m.w.Write(m.b.Bytes())
	}
	m.b.Reset()
	return m.err
}
