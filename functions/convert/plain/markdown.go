package plain

import (
	"bufio"
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// block is what was written last, which says whether a blank line must follow.
type block int

const (
	nothing block = iota
	paragraph
	item
	table
)

// markdown is a page of CommonMark with tables.
type markdown struct {
	out     *bufio.Writer
	last    block
	columns int
}

// next separates blocks.
func (m *markdown) next(b block) {
	if m.last != nothing && !(m.last == b && (b == item || b == table)) {
		m.out.WriteByte('\n')
	}
	m.last = b
}

func (m *markdown) para(p *para) error {
	text := strings.TrimSpace(inline(p, p.level > 0))
	switch {
	case text == "":
		return nil
	case p.level > 0:
		m.next(paragraph)
		m.out.WriteString(strings.Repeat("#", min(6, p.level)) + " " + oneLine(text))
	case p.depth > 0:
		m.next(item)
		mark := "- "
		if p.ordered {
			mark = "1. "
		}
		m.out.WriteString(strings.Repeat("   ", min(p.depth, 9)-1) + mark + oneLine(text))
	default:
		m.next(paragraph)
		m.out.WriteString(strings.ReplaceAll(guard(text), "\n", "\\\n"))
	}
	return m.out.WriteByte('\n')
}

func (m *markdown) row(cells []para) error {
	first := m.last != table
	m.next(table)
	if first {
		m.columns = len(cells)
	}
	for i := range max(m.columns, len(cells)) {
		m.out.WriteString("| ")
		if i < len(cells) {
			m.out.WriteString(oneLine(strings.TrimSpace(inline(&cells[i], false))))
		}
		m.out.WriteByte(' ')
	}
	_, err := m.out.WriteString("|\n")
	if first {
		_, err = m.out.WriteString(strings.Repeat("| --- ", m.columns) + "|\n")
	}
	return err
}

func (m *markdown) endTable() error {
	if m.last == table {
		m.last = paragraph
	}
	return nil
}

func (m *markdown) section(name string) error {
	p := para{level: 2}
	p.add(name, style{})
	m.endTable()
	return m.para(&p)
}

func (m *markdown) verbatim(text []byte) error {
	m.last = paragraph
	_, err := m.out.Write(text)
	return err
}

// oneLine joins the lines of what must not have several.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// escapes are the characters that mean something wherever they stand.
var escapes = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]",
	"<", "\\<", ">", "\\>", "&", "\\&", "|", "\\|", "~", "\\~", "\t", " ", "\x00", "")

// starts are what makes something else of a paragraph that begins with it.
var starts = regexp.MustCompile(`(?m)^\s*(?:(#{1,6}(?:\s|$)|[-+=](?:\s|$|[-=]))|(\d{1,9})([.)](?:\s|$)))`)

// guard escapes the beginnings of lines that would be headings, lists or rules.
func guard(text string) string {
	return starts.ReplaceAllStringFunc(text, func(start string) string {
		m := starts.FindStringSubmatch(start)
		if m[1] != "" {
			return "\\" + m[1]
		}
		return m[2] + "\\" + m[3]
	})
}

// inline writes the text of a paragraph with its styles, or without where bare.
func inline(p *para, bare bool) string {
	var b strings.Builder
	for i, s := range p.spans {
		text := string(p.text[s.from:p.until(i)])
		if bare {
			s.bold, s.italic = false, false
		}
		b.WriteString(styled(text, s.style))
	}
	return b.String()
}

// styled puts marks around a text. Spaces and punctuation at its ends stay outside,
// for beside them a mark is none: Chinese has no space that would make it one.
func styled(text string, s style) string {
	mark := ""
	if s.bold {
		mark = "**"
	}
	if s.italic {
		mark += "*"
	}
	edge := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) }
	core := strings.TrimFunc(text, edge)
	if core == "" {
		return escapes.Replace(text)
	}
	if s.link != "" && safe(s.link) {
		return "[" + oneLine(escapes.Replace(text)) + "](" + destination(s.link) + ")"
	}
	if mark == "" || strings.Contains(core, "\n") {
		return escapes.Replace(text)
	}
	before, after, _ := strings.Cut(text, core)
	closing := []byte(mark)
	slices.Reverse(closing)
	return escapes.Replace(before) + mark + escapes.Replace(core) + string(closing) + escapes.Replace(after)
}

// safe reports whether a link leads to a page or a mailbox, and not to a script or
// a file.
func safe(link string) bool {
	u, err := url.Parse(link)
	return err == nil && slices.Contains([]string{"http", "https", "mailto", "ftp"}, strings.ToLower(u.Scheme)) && utf8.ValidString(link)
}

// destination writes a link so that no character of it ends it.
func destination(link string) string {
	var b bytes.Buffer
	for _, r := range link {
		if r <= ' ' || r == 0x7f || strings.ContainsRune("()<>\\|[]`*", r) {
			b.WriteString(url.PathEscape(string(r)))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
