package records

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/letters"
)

// opener begins to read a form.
type opener func(*bufio.Reader) (rows, error)

// form tells which form a batch has by how it begins.
func (r *Reader) form(head []byte) (opener, error) {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	switch {
	case len(text) == 0:
		return nil, refusef(CodeUnsupported, "batch %q is empty", r.name)
	case text[0] == '{':
		return r.openJSON, nil
	case text[0] == '<' || bytes.HasPrefix(text, []byte("\xff\xfe<")) || bytes.HasPrefix(text, []byte("\xfe\xff\x00<")):
		return r.xmlForm(head)
	case leads(text):
		r.header.Form = FormMARC
		return r.openMARC, nil
	case bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")):
		return func(b *bufio.Reader) (rows, error) {
			decoder := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
			return r.openCSV(bufio.NewReaderSize(decoder.Reader(b), headBytes))
		}, nil
	case letters.IsText(head):
		return r.openCSV, nil
	}
	return nil, r.unsupported()
}

func (r *Reader) unsupported() error {
	return refusef(CodeUnsupported, "batch %q is none of JSON Lines with a header, CSV with column names, OPF, ONIX 3.0, MARC 21 or CNMARC", r.name)
}

// xmlForm tells which XML it is by its first element.
func (r *Reader) xmlForm(head []byte) (opener, error) {
	x := archive.NewXML(bytes.NewReader(head), r.name, r.limits.XML)
	for {
		token, err := x.Token()
		switch {
		case err == io.EOF:
			return nil, r.unsupported()
		case err != nil:
			return nil, r.why(err)
		}
		root, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		return r.xmlOpener(root)
	}
}

func (r *Reader) xmlOpener(root xml.StartElement) (opener, error) {
	switch strings.ToLower(root.Name.Local) {
	case "onixmessage":
		if release := archive.Attr(root, "release"); release != "" && !strings.HasPrefix(release, "3") {
			return nil, refusef(CodeUnsupported, "batch %q is ONIX %s, and only ONIX 3 is read", r.name, release)
		}
		r.header.Form = FormONIX
		return r.openONIX, nil
	case "package":
		r.header.Form = FormOPF
		return r.openOPF, nil
	case "collection", "record":
		r.header.Form = FormMARCXML
		return r.openMARCXML, nil
	}
	return nil, r.unsupported()
}
