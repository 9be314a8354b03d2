package book

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"xietong.dev/shared/fault"
	"xietong.dev/shared/letters"
)

// markup reads XML and HTML alike, and forgives what both forbid: books are full of
// &nbsp; without a declaration, of XML 1.1, of <br> without an end. Names are in
// lower case and without their prefix. Entities that a file declares stay as they
// are written, so that none can grow or read another file.
type markup struct {
	z     *html.Tokenizer
	kind  html.TokenType
	name  string // of an element
	text  []byte // valid until the next token
	more  bool   // attributes are left
	attrs map[string]string
	err   error
}

func newMarkup(held []byte) *markup {
	z := html.NewTokenizer(bytes.NewReader(unicodeOf(held)))
	z.AllowCDATA(true)
	return &markup{z: z}
}

// next goes to the next token that is an element or text.
func (m *markup) next() bool {
	for {
		m.kind, m.attrs, m.more = m.z.Next(), nil, false
		switch m.kind {
		case html.ErrorToken:
			if m.err = m.z.Err(); m.err == io.EOF {
				m.err = nil
			}
			return false
		case html.TextToken:
			m.text = m.z.Text()
			return true
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			m.element()
			return true
		}
	}
}

func (m *markup) element() {
	name, more := m.z.TagName()
	// In HTML these hold no elements; in XML all do, and <title/> is whole.
	if m.kind != html.EndTagToken && (m.kind == html.SelfClosingTagToken || !isRaw(name)) {
		m.z.NextIsNotRawText()
	}
	if colon := bytes.LastIndexByte(name, ':'); colon >= 0 {
		name = name[colon+1:]
	}
	m.name, m.more = intern(name), more
}

func isRaw(name []byte) bool { return string(name) == "script" || string(name) == "style" }

// common are names that are not worth a new string each time.
var common = func() map[string]string {
	all := map[string]string{}
	for _, name := range strings.Fields("p div span a br i b em strong h1 h2 h3 h4 li ul ol ruby rt rb rp img td tr table item itemref navpoint navlabel text content meta") {
		all[name] = name
	}
	return all
}()

func intern(name []byte) string {
	if known, ok := common[string(name)]; ok {
		return known
	}
	return string(name)
}

// Kinds of tokens. An element that is empty is of neither.
const (
	startTag = html.StartTagToken
	endTag   = html.EndTagToken
)

// starts reports whether the token begins an element, which may be empty.
func (m *markup) starts() bool {
	return m.kind == html.StartTagToken || m.kind == html.SelfClosingTagToken
}

// ends reports whether the token ends an element, which may be empty.
func (m *markup) ends() bool {
	return m.kind == html.EndTagToken || m.kind == html.SelfClosingTagToken
}

func (m *markup) isText() bool { return m.kind == html.TextToken }

// attr returns an attribute of the element, trimmed: by its full name in lower case,
// and where there is none, by its name without a prefix.
func (m *markup) attr(name string) string {
	if m.attrs == nil {
		m.attrs = map[string]string{}
		for m.more {
			key, value, more := m.z.TagAttr()
			m.more = more
			full := string(key)
			m.attrs[full] = strings.TrimSpace(string(value))
			if _, local, ok := strings.Cut(full, ":"); ok && m.attrs[local] == "" {
				m.attrs[local] = m.attrs[full]
			}
		}
	}
	return m.attrs[name]
}

// finished returns why reading ended before the end.
func (m *markup) finished(what string) error {
	if m.err != nil {
		return fault.Refusef(CodeUnreadable, "%s: %w", what, m.err)
	}
	return nil
}

var (
	declared = regexp.MustCompile(`^[\s\x{feff}]*<\?xml[^>]{0,200}encoding\s*=\s*["']([\w.:-]+)["']`)
	charset  = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]+)`)
)

// unicodeOf returns a file in UTF-8. What is valid is taken as it is, whatever it
// says of itself.
func unicodeOf(held []byte) []byte {
	if utf8.Valid(held) && !bytes.ContainsRune(held[:min(len(held), 64)], 0) {
		return bytes.TrimPrefix(held, []byte("\ufeff"))
	}
	r, _, err := letters.ReaderLabelled(bytes.NewReader(held), int64(len(held)), label(held))
	if err != nil {
		return held
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return held
	}
	return bytes.TrimPrefix(bytes.ToValidUTF8(text, []byte("\ufffd")), []byte("\ufeff"))
}

// label is the encoding that a file states.
func label(held []byte) string {
	head := held[:min(len(held), 1024)]
	for _, pattern := range []*regexp.Regexp{declared, charset} {
		if found := pattern.FindSubmatch(head); found != nil {
			return string(found[1])
		}
	}
	return ""
}
