package book

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What the elements of a page do to its text.
const (
	inline  = iota
	block   // a paragraph of its own
	cell    // apart from its neighbour in the row
	hidden  // not to be seen
	verse   // ends a line
	heading // a block, and a title for the part
)

var elements = func() map[string]int {
	all := map[string]int{}
	for kind, names := range map[int]string{
		block: "address article aside blockquote body caption center dd div dl dt fieldset figcaption figure footer form header hr html li main nav ol p pre " +
			"section summary table tbody tfoot thead tr ul title subtitle epigraph poem stanza v cite text-author empty-line annotation pagebreak",
		cell:    "td th",
		hidden:  "head script style rt rtc rp template svg audio video noscript annotation-xml",
		verse:   "br",
		heading: "h1 h2 h3 h4 h5 h6",
	} {
		for _, name := range strings.Fields(names) {
			all[name] = kind
		}
	}
	return all
}()

// textOf returns what a reader sees of a page of XHTML, one paragraph a line, and
// its first heading. Readings beside the characters (ruby) are left out: they would
// stand between the characters that people search for.
func textOf(page []byte) (text, title string, err error) {
	m := newMarkup(page)
	var x extract
	for m.next() {
		x.take(m)
	}
	x.w.endLine()
	return strings.TrimSuffix(x.w.b.String(), "\n"), x.title, m.finished("the page")
}

// extract gathers the text of a page.
type extract struct {
	w      paragraphs
	hidden string // the element that hides what is in it
	within int    // of the same name within it
	from   int    // where the text of a heading begins
	title  string // the first
}

func (x *extract) take(m *markup) {
	switch {
	case x.hidden != "":
		x.skip(m)
	case m.isText():
		x.w.write(m.text)
	default:
		x.element(m)
	}
}

// skip looks for the end of what is hidden. HTML lets rt and head go without one.
func (x *extract) skip(m *markup) {
	switch {
	case m.isText():
	case m.name == x.hidden && m.starts() && !m.ends():
		if x.hidden != "rt" && x.hidden != "rp" {
			x.within++
		}
	case m.name == x.hidden && m.ends() && !m.starts():
		if x.within--; x.within < 0 {
			x.hidden = ""
		}
	case m.name == "rp" && x.hidden == "rt" && !m.ends(), m.name == "rt" && x.hidden == "rp" && !m.ends():
		x.hidden = m.name
	case m.name == "ruby" && m.ends(), m.name == "rb" && m.starts(), m.name == "body" && m.starts():
		x.hidden = ""
		x.element(m)
	}
}

func (x *extract) element(m *markup) {
	kind := elements[m.name]
	if m.name == "pre" {
		x.w.pre = m.starts() && !m.ends()
	}
	switch kind {
	case hidden:
		if m.starts() && !m.ends() {
			x.hidden, x.within = m.name, 0
		}
	case cell:
		if m.starts() {
			x.w.tab()
		}
	case heading:
		x.heading(m)
	case block, verse:
		x.w.endLine()
	}
}

func (x *extract) heading(m *markup) {
	x.w.endLine()
	switch {
	case m.starts():
		x.from = x.w.b.Len()
	case x.title == "" && x.from < x.w.b.Len():
		x.title = strings.ReplaceAll(strings.TrimSpace(x.w.b.String()[x.from:]), "\n", " ")
	}
}

// paragraphs writes text as it is shown: spaces in a row are one, lines begin and
// end without, and what a typesetter breaks between Chinese characters belongs together.
type paragraphs struct {
	b     strings.Builder
	space byte // waits: ' ', or '\n' for a line end of the source, or '\t'
	last  rune // 0 at the beginning of a line
	pre   bool
}

func (p *paragraphs) write(text []byte) {
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf && c > ' ' && c != 0x7f && p.space == 0 {
			i += p.ascii(text[i:])
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		i += n
		p.rune(r, text[i-n:i])
	}
}

// ascii writes what needs no thought.
func (p *paragraphs) ascii(text []byte) int {
	n := 0
	for n < len(text) && text[n] > ' ' && text[n] < 0x7f {
		n++
	}
	p.b.Write(text[:n])
	p.last = rune(text[n-1])
	return n
}

func (p *paragraphs) rune(r rune, raw []byte) {
	switch {
	case r == '\n' && p.pre:
		p.endLine()
	case r == '\n' || r == '\r':
		if p.space == 0 {
			p.space = '\n'
		}
	case unicode.IsSpace(r):
		if p.space == 0 { // after a line end it is the source's indentation
			p.space = ' '
		}
	case unseen(r):
	default:
		p.gap(r)
		p.b.Write(raw)
		p.last = r
	}
}

// gap writes the space that waits before a character.
func (p *paragraphs) gap(r rune) {
	switch {
	case p.space == 0 || p.last == 0:
	case p.space == '\n' && wide(p.last) && wide(r):
	case p.space == '\t':
		p.b.WriteByte('\t')
	default:
		p.b.WriteByte(' ')
	}
	p.space = 0
}

func (p *paragraphs) tab() { p.space = '\t' }

func (p *paragraphs) endLine() {
	if p.last != 0 {
		p.b.WriteByte('\n')
	}
	p.last, p.space = 0, 0
}

// unseen are characters that are not shown, and keep words from being found.
func unseen(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0, r == 0xad, r == 0xfeff, r == 0xfffe, r == 0xffff,
		r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2069:
		return true
	}
	return false
}

// wide reports whether a character is written without spaces around it.
func wide(r rune) bool {
	return r >= 0x2e80 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0xff00 && r <= 0xff60 || r >= 0x20000 && r <= 0x3ffff ||
		r == '“' || r == '”' || r == '‘' || r == '’' || r == '…' || r == '—'
}
