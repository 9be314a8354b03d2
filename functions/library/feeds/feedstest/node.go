package feedstest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The namespaces that a catalogue may use.
const (
	atom = "http://www.w3.org/2005/Atom"
	dc   = "http://purl.org/dc/terms/"
	opds = "http://opds-spec.org/2010/catalog"
	look = "http://a9.com/-/spec/opensearch/1.1/"
)

// node is an element.
type node struct {
	space, name string
	attrs       []xml.Attr
	text        string
	children    []*node
}

// parse reads a document. It wants it well-formed to the letter.
func parse(text []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	root := &node{}
	path := []*node{root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		last := path[len(path)-1]
		switch t := token.(type) {
		case xml.StartElement:
			n := &node{space: t.Name.Space, name: t.Name.Local, attrs: t.Copy().Attr}
			last.children = append(last.children, n)
			path = append(path, n)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			last.text += string(t)
		}
	}
	if len(root.children) != 1 {
		return nil, fmt.Errorf("%d elements at the top, want one", len(root.children))
	}
	return root.children[0], nil
}

// all are the children of a name.
func (n *node) all(space, name string) (found []*node) {
	for _, c := range n.children {
		if c.space == space && c.name == name {
			found = append(found, c)
		}
	}
	return found
}

// one is the text of the only child of a name, and whether there is exactly one.
func (n *node) one(space, name string) (string, bool) {
	found := n.all(space, name)
	if len(found) != 1 {
		return "", false
	}
	return strings.TrimSpace(found[0].text), true
}

func (n *node) attr(space, name string) string {
	for _, a := range n.attrs {
		if a.Name.Space == space && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// each calls visit for an element and all below it.
func (n *node) each(visit func(*node)) {
	visit(n)
	for _, c := range n.children {
		c.each(visit)
	}
}

// links are those of a relation, or of all where it is empty.
func (n *node) links(rel string) (found []*node) {
	for _, l := range n.all(atom, "link") {
		if rel == "" || l.attr("", "rel") == rel {
			found = append(found, l)
		}
	}
	return found
}

// acquisitions are the links that a book is had by.
func (n *node) acquisitions() (found []*node) {
	for _, l := range n.links("") {
		if strings.HasPrefix(l.attr("", "rel"), "http://opds-spec.org/acquisition") {
			found = append(found, l)
		}
	}
	return found
}
