package records

import (
	"bufio"
	"encoding/xml"
	"io"
	"math"
	"strings"

	"xietong.dev/shared/archive"
)

// node is an element of XML with all that is in it, or a text where it has no name.
// Names are in lower case, which is all that parts ONIX's reference names from the
// short names of its composites.
type node struct {
	name string
	attr []xml.Attr
	text string
	kids []*node
}

// trees reads the elements of a file that are rows, one at a time.
type trees struct {
	xml    *archive.XML
	limits Limits
	rename map[string]string // names that stand for others
	depth  int
}

func (r *Reader) trees(b *bufio.Reader, rename map[string]string) *trees {
	limits := r.limits.XML
	// The batch's own limits bound its bytes and, row by row, its elements.
	limits.XML, limits.XMLTokens = math.MaxInt64, math.MaxInt
	return &trees{xml: archive.NewXML(b, r.name, limits), limits: r.limits, rename: rename}
}

// start returns the next element that begins, [io.EOF] after the last.
func (t *trees) start() (xml.StartElement, error) {
	for {
		token, err := t.xml.Token()
		switch {
		case err == io.EOF && t.depth > 0:
			return xml.StartElement{}, refusef(archive.CodeUnreadable, "the XML ends within an element")
		case err != nil:
			return xml.StartElement{}, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			t.depth++
			return e, nil
		case xml.EndElement:
			t.depth--
		}
	}
}

func (t *trees) nameOf(e xml.StartElement) string {
	name := strings.ToLower(e.Name.Local)
	if other, ok := t.rename[name]; ok {
		return other
	}
	return name
}

// whole reads the element that has just begun. A larger one than the limits allow is
// read over and is a bad row.
func (t *trees) whole(e xml.StartElement) (*node, *RowError, error) {
	root := &node{name: t.nameOf(e), attr: e.Copy().Attr}
	within := []*node{root}
	parts, size := 0, 0
	fits := func() bool { return parts <= t.limits.Fields && size <= int(t.limits.Row) }
	err := t.xml.Each(func(token xml.Token) error {
		switch e := token.(type) {
		case xml.StartElement:
			parts++
			kid := &node{name: t.nameOf(e)}
			if size += sizeOf(e); fits() {
				kid.attr = e.Copy().Attr
				top := within[len(within)-1]
				top.kids = append(top.kids, kid)
			}
			within = append(within, kid)
		case xml.EndElement:
			within = within[:len(within)-1]
		case xml.CharData:
			parts++
			if size += len(e); fits() {
				top := within[len(within)-1]
				top.kids = append(top.kids, &node{text: string(e)})
			}
		}
		return nil
	})
	t.depth--
	switch {
	case err != nil:
		return nil, nil, err
	case parts > t.limits.Fields:
		return root, badf(CodeTooLarge, "the record has %d elements and texts, MAX_BATCH_FIELDS allows %d", parts, t.limits.Fields), nil
	case !fits():
		return root, badf(CodeTooLarge, "the record has %d bytes, MAX_BATCH_ROW allows %d", size, t.limits.Row), nil
	}
	return root, nil, nil
}

// sizeOf is what an element takes beside its text.
func sizeOf(e xml.StartElement) int {
	size := len(e.Name.Local)
	for _, a := range e.Attr {
		size += len(a.Name.Local) + len(a.Value)
	}
	return size
}

// all are the elements at the end of a path.
func (n *node) all(path ...string) []*node {
	if len(path) == 0 {
		return []*node{n}
	}
	var found []*node
	for _, kid := range n.kids {
		if kid.name == path[0] {
			found = append(found, kid.all(path[1:]...)...)
		}
	}
	return found
}

// get is the first text at the end of a path that is not empty.
func (n *node) get(path ...string) string {
	for _, found := range n.all(path...) {
		if text := found.string(); text != "" {
			return text
		}
	}
	return ""
}

// string is all text of an element, in its order.
func (n *node) string() string { return strings.TrimSpace(n.raw()) }

func (n *node) raw() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *node) write(b *strings.Builder) {
	switch n.name {
	case "p", "br", "li", "div": // XHTML within ONIX
		b.WriteByte('\n')
	}
	b.WriteString(n.text)
	for _, kid := range n.kids {
		kid.write(b)
	}
}

func (n *node) attribute(local string) string {
	return archive.Attr(xml.StartElement{Attr: n.attr}, local)
}

// where is the first of some elements whose child has a value.
func where(all []*node, child string, values ...string) *node {
	for _, value := range values {
		for _, n := range all {
			if n.get(child) == value {
				return n
			}
		}
	}
	return &node{}
}
