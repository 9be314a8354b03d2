package archive

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"

	"xietong.dev/shared/fault"
)

// XML reads an XML file token by token, within limits. A document type is
// refused where it declares entities, which is how one file reads another and how
// ten lines become a billion; no other entity is ever resolved.
type XML struct {
	decoder *xml.Decoder
	in      *counted
	name    string
	limits  Limits
	tokens  int
	depth   int
}

// NewXML reads XML from r; name says in errors what it is.
func NewXML(r io.Reader, name string, limits Limits) *XML {
	x := &XML{name: name, limits: limits}
	x.in = &counted{r: r, of: x}
	head := bufio.NewReader(x.in)
	mark, _ := head.Peek(2)
	var text io.Reader = head
	if string(mark) == "\xff\xfe" || string(mark) == "\xfe\xff" {
		text = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(head)
	}
	x.decoder = xml.NewDecoder(text)
	x.decoder.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(label), "utf-16") {
			return r, nil // decoded already, by its mark
		}
		return charset.NewReaderLabel(label, r)
	}
	return x
}

// Token returns the next token, and [io.EOF] after the last. It is valid until
// the next call.
func (x *XML) Token() (xml.Token, error) {
	x.in.since = 0
	token, err := x.decoder.Token()
	switch {
	case err == io.EOF:
		return nil, err
	case x.in.err != nil: // rather than how the decoder puts it
		return nil, x.in.err
	case err != nil:
		return nil, x.syntax(err)
	}
	if x.tokens++; x.tokens > x.limits.XMLTokens {
		return nil, fault.Refusef(CodeTooLarge, "%s has more than %d elements and texts, which is what MAX_XML_TOKENS allows", x.name, x.limits.XMLTokens)
	}
	switch t := token.(type) {
	case xml.StartElement:
		if x.depth++; x.depth > x.limits.XMLDepth {
			return nil, fault.Refusef(CodeXML, "%s nests elements deeper than %d, which is what MAX_XML_DEPTH allows", x.name, x.limits.XMLDepth)
		}
	case xml.EndElement:
		x.depth--
	case xml.Directive:
		if strings.Contains(strings.ToUpper(string(t)), "ENTITY") {
			return nil, fault.Refusef(CodeXML, "%s declares entities of its own", x.name)
		}
	}
	return token, nil
}

// Skip passes over the element that was just begun.
func (x *XML) Skip() error {
	for until := x.depth - 1; x.depth > until; {
		if _, err := x.Token(); err != nil {
			return x.ended(err)
		}
	}
	return nil
}

// Each calls visit for the tokens within the element that was just begun, or for
// all where none was, until the element ends. Visit may read on itself, if it
// stops where an element ends.
func (x *XML) Each(visit func(xml.Token) error) error {
	for until := x.depth - 1; ; {
		token, err := x.Token()
		if err == io.EOF && until < 0 {
			return nil
		}
		if err != nil {
			return x.ended(err)
		}
		if x.depth == until {
			return nil
		}
		if err := visit(token); err != nil {
			return err
		}
	}
}

// Text returns the text within the element that was just begun.
func (x *XML) Text() (string, error) {
	var b strings.Builder
	err := x.Each(func(token xml.Token) error {
		if t, ok := token.(xml.CharData); ok {
			b.Write(t)
		}
		return nil
	})
	return b.String(), err
}

// ended makes an error of an end that comes too early.
func (x *XML) ended(err error) error {
	if err == io.EOF {
		return unreadablef("%s ends too early", x.name)
	}
	return err
}

func (x *XML) syntax(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) && strings.Contains(syntax.Msg, "entity") {
		return fault.Refusef(CodeXML, "%s: %w", x.name, err)
	}
	return unreadablef("%s is not well-formed XML: %w", x.name, err)
}

// Attr returns an attribute by its local name, or "".
func Attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// counted ends a file that is too large, and a token that is: the decoder holds
// the whole of a token in memory.
type counted struct {
	r            io.Reader
	of           *XML
	total, since int64
	err          error
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.total, c.since = c.total+int64(n), c.since+int64(n)
	switch {
	case c.total > int64(c.of.limits.XML):
		err = fault.Refusef(CodeTooLarge, "%s has more than %d bytes, MAX_XML allows no more", c.of.name, c.of.limits.XML)
	case c.since > int64(c.of.limits.XMLToken)+8<<10: // what is buffered belongs to the tokens before
		err = fault.Refusef(CodeTooLarge, "%s has a text or an element of more than %d bytes, MAX_XML_TOKEN allows no more", c.of.name, c.of.limits.XMLToken)
	}
	if err != nil && err != io.EOF {
		c.err = err
		return 0, err
	}
	return n, err
}
