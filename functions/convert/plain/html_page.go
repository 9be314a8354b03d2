package plain

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// hyper is where in a page the reading is.
type hyper struct {
	b      *builder
	unseen atom.Atom // the element whose content is not shown
	pre    int
	lists  []bool // that are open: whether they have numbers
	style  style
	next   para // how the next paragraph begins
}

// unseen are elements whose content is not text of the page.
var unseen = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Template: true, atom.Title: true, atom.Noscript: true,
	atom.Textarea: true, atom.Select: true, atom.Svg: true, atom.Iframe: true, atom.Object: true}

// apart are elements that end the paragraph before them, and are ended by it.
var apart = map[atom.Atom]bool{atom.P: true, atom.Div: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Table: true, atom.Tr: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Blockquote: true, atom.Pre: true,
	atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true, atom.Nav: true, atom.Aside: true, atom.Main: true,
	atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Form: true, atom.Hr: true, atom.Figure: true, atom.Figcaption: true, atom.Address: true,
	atom.Body: true, atom.Center: true, atom.Caption: true, atom.Td: true, atom.Th: true, atom.Fieldset: true}

func (h *hyper) text(raw string) error {
	if h.unseen != 0 || h.b.tables > 0 && h.b.cell == 0 && strings.TrimSpace(raw) == "" {
		return nil
	}
	text := html.UnescapeString(raw)
	if h.pre == 0 {
		spaced := true
		if n := len(h.b.open); n > 0 {
			open := h.b.open[n-1].text
			spaced = len(open) == 0 || open[len(open)-1] == ' ' || open[len(open)-1] == '\n'
		}
		text = collapse(text, spaced)
	}
	if text == "" {
		return nil
	}
	if len(h.b.open) == 0 {
		h.b.begin(h.next)
		h.next = para{}
	}
	return h.b.text(text, h.style)
}

func (h *hyper) start(t html.Token) error {
	a := t.DataAtom
	if h.unseen != 0 {
		return nil
	}
	if unseen[a] && t.Type == html.StartTagToken {
		h.unseen = a
		return nil
	}
	if apart[a] {
		if err := h.b.end(); err != nil {
			return err
		}
		h.next = para{}
	}
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		h.next.level = int(t.Data[1] - '0')
	case atom.Ul, atom.Ol:
		if len(h.lists) < 64 {
			h.lists = append(h.lists, a == atom.Ol)
		}
	case atom.Li:
		if n := len(h.lists); n > 0 {
			h.next = para{depth: min(n, 9), ordered: h.lists[n-1]}
		} else {
			h.next.depth = 1
		}
	case atom.Br:
		if len(h.b.open) > 0 {
			return h.b.text("\n", h.style)
		}
	case atom.Pre:
		h.pre++
	case atom.B, atom.Strong:
		h.style.bold = true
	case atom.I, atom.Em:
		h.style.italic = true
	case atom.A:
		h.style.link = attr(t, "href")
	case atom.Table:
		h.b.beginTable()
	case atom.Tr:
		return h.row()
	case atom.Td, atom.Th:
		return h.cell()
	}
	return nil
}

// row ends the row before, whose end may have been left out.
func (h *hyper) row() error {
	if h.b.tables != 1 {
		return nil
	}
	h.b.cell = 0
	return h.b.endRow()
}

func (h *hyper) cell() error {
	switch h.b.tables {
	case 0:
		h.b.beginTable()
	case 1:
		h.b.cell = 0
	}
	if h.b.cell > 0 {
		return nil
	}
	return h.b.beginCell()
}

func (h *hyper) end(a atom.Atom) error {
	if h.unseen != 0 {
		if a == h.unseen {
			h.unseen = 0
		}
		return nil
	}
	if apart[a] {
		if err := h.b.end(); err != nil {
			return err
		}
		h.next = para{}
	}
	switch a {
	case atom.Ul, atom.Ol:
		if n := len(h.lists); n > 0 {
			h.lists = h.lists[:n-1]
		}
	case atom.Pre:
		h.pre = max(0, h.pre-1)
	case atom.B, atom.Strong:
		h.style.bold = false
	case atom.I, atom.Em:
		h.style.italic = false
	case atom.A:
		h.style.link = ""
	case atom.Td, atom.Th:
		if h.b.tables == 1 {
			h.b.endCell()
		}
	case atom.Tr:
		return h.row()
	case atom.Table:
		if h.b.tables == 1 {
			if err := h.row(); err != nil {
				return err
			}
		}
		return h.b.endTable()
	}
	return nil
}

// close ends what the page left open.
func (h *hyper) close() error {
	if err := h.b.end(); err != nil {
		return err
	}
	h.b.cell, h.b.tables = 0, 1
	if err := h.row(); err != nil {
		return err
	}
	return h.b.endTable()
}
