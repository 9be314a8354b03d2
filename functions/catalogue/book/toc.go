package book

import (
	"bytes"
	"strings"

	"xietong.dev/events"
)

// tocReader reads a table of contents, of EPUB 3 (nav) or of EPUB 2 (NCX).
type tocReader struct {
	tree
	z    *bundle
	base string
	lost int // lines that lead nowhere
}

func (t *tocReader) read(held []byte) {
	if bytes.Contains(bytes.ToLower(held[:min(len(held), 4096)]), []byte("<ncx")) || bytes.Contains(held[:min(len(held), 8192)], []byte("navMap")) {
		t.ncx(newMarkup(held))
		return
	}
	if !t.nav(held, isTOC) {
		t.nav(held, func(*markup) bool { return true })
	}
}

// isTOC tells the table of contents from lists of pages and of landmarks.
func isTOC(m *markup) bool {
	return strings.Contains(" "+m.attr("epub:type")+" ", " toc ") || m.attr("type") == "toc" || m.attr("role") == "doc-toc"
}

// nav reads the first list of links that is wanted.
func (t *tocReader) nav(held []byte, wanted func(*markup) bool) bool {
	var l line
	within, level := false, -1
	for m := newMarkup(held); m.next(); {
		switch {
		case !within:
			within = m.name == "nav" && m.kind == startTag && wanted(m)
		case m.isText():
			l.write(m.text)
		case m.name == "nav":
			return true
		case m.name == "ol" || m.name == "ul":
			level += nesting(m)
		case m.name == "li":
			l = line{}
		case m.name == "a" || m.name == "span":
			if l.mark(m) {
				t.line(l.text.String(), l.href, max(level, 0))
				l.done = true
			}
		}
	}
	return within
}

func nesting(m *markup) int {
	switch m.kind {
	case startTag:
		return 1
	case endTag:
		return -1
	}
	return 0
}

// line is one of the list: a link, or a text over others.
type line struct {
	open string // a or span
	deep int    // elements of that name within
	href string
	text *strings.Builder
	done bool
}

func (l *line) write(text []byte) {
	if l.open != "" && !l.done {
		l.text.Write(text)
	}
}

// mark takes the beginning or the end of a link, and reports whether the line is whole.
func (l *line) mark(m *markup) bool {
	switch {
	case l.done:
	case l.open == "" && m.kind == startTag:
		l.open, l.deep, l.href, l.text = m.name, 1, m.attr("href"), new(strings.Builder)
	case l.open == m.name:
		l.deep += nesting(m)
		return l.deep == 0
	case m.name == "a" && m.kind == startTag && l.href == "": // a link within a span
		l.href = m.attr("href")
	}
	return false
}

// ncx reads the navMap; lists of pages and others are left out.
func (t *tocReader) ncx(m *markup) {
	level, label, waits := -1, false, false
	var title strings.Builder
	href := ""
	flush := func() {
		if waits {
			t.line(title.String(), href, max(level, 0))
		}
		waits, href = false, ""
		title.Reset()
	}
	for m.next() {
		switch {
		case m.isText():
			if label && waits {
				title.Write(m.text)
			}
		case m.name == "navpoint" && m.kind == startTag:
			flush()
			level, waits = level+1, true
		case m.name == "navpoint" && m.kind == endTag:
			flush()
			level--
		case m.name == "text":
			label = m.kind == startTag && title.Len() == 0
		case m.name == "content" && m.starts() && href == "":
			href = m.attr("src")
		case m.name == "navmap" && m.kind == endTag:
			flush()
			return
		}
	}
	flush()
}

// line adds one to the tree. Where it leads nowhere its href is empty.
func (t *tocReader) line(title, href string, level int) {
	h := events.BookHeading{Title: title}
	if at, fragment, ok := t.z.resolve(t.base, href); ok && href != "" {
		h.Href = at.href
		if fragment != "" {
			h.Href += "#" + fragment
		}
	}
	t.add(h, level)
}

// linked leaves out what leads nowhere. A heading over others leads to the first.
func (t *tocReader) linked(all []events.BookHeading) (kept []events.BookHeading) {
	for _, h := range all {
		h.Children = t.linked(h.Children)
		if h.Href == "" && len(h.Children) > 0 {
			h.Href = h.Children[0].Href
		}
		if h.Href == "" {
			t.lost++
			continue
		}
		kept = append(kept, h)
	}
	return kept
}
