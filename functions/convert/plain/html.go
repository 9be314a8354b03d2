package plain

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/letters"
)

// readHTML reads a page. The encoding that it states counts where its bytes do not
// contradict it.
func readHTML(s source, b *builder) error {
	if err := s.flat(); err != nil {
		return err
	}
	head := make([]byte, min(4096, s.size))
	if _, err := s.r.ReadAt(head, 0); err != nil && err != io.EOF {
		return err
	}
	r, name, err := letters.ReaderLabelled(s.r, s.size, statedCharset(head))
	if err != nil {
		return err
	}
	b.notes.Encoding = name
	return pageText(r, b, s.limits)
}

// statedCharset returns the encoding that a page states in its head, or "".
func statedCharset(head []byte) string {
	z := html.NewTokenizer(bytes.NewReader(head))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if t.DataAtom != atom.Meta {
				continue
			}
			if label := attr(t, "charset"); label != "" {
				return label
			}
			if _, label, ok := strings.Cut(strings.ToLower(attr(t, "content")), "charset="); ok {
				return strings.Trim(label, ` "';`)
			}
		}
	}
}

func attr(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// pageText reads the tokens of a page in their order; tags need not match.
func pageText(r io.Reader, b *builder, limits Limits) error {
	z := html.NewTokenizer(r)
	z.SetMaxBuf(int(limits.Archive.XMLToken))
	h := &hyper{b: b}
	for {
		switch z.Next() {
		case html.ErrorToken:
			switch err := z.Err(); err {
			case io.EOF:
				return h.close()
			case html.ErrBufferExceeded:
				return fault.Refusef(archive.CodeTooLarge, "the page has a text or a tag of more than %d bytes, MAX_XML_TOKEN allows no more", limits.Archive.XMLToken)
			default:
				return err
			}
		case html.TextToken:
			if err := h.text(string(z.Text())); err != nil {
				return err
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			if err := h.start(z.Token()); err != nil {
				return err
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if err := h.end(atom.Lookup(name)); err != nil {
				return err
			}
		}
	}
}
