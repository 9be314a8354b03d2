package pages

import (
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// Heading is a line of a PDF's outline, as the document has it.
type Heading struct {
	Title string
	Page  int // that it leads to; 0 for none
	Level int // from 0
}

// Outline hands the lines of the outline to give, in their order, down to so many
// levels, until give is false. Nothing of it is checked, and it may come back to
// itself: only give knows when that is enough. What lies below a line that leads to
// the same page under the same title is left out: no reader misses it, and an outline
// whose lines lie within themselves ends there.
func (d *Document) Outline(levels int, give func(Heading) bool) error {
	w := outline{Document: d, levels: levels, give: give}
	return w.walk(nil)
}

type outline struct {
	*Document
	levels int
	give   func(Heading) bool
	path   []Heading
	ended  bool
}

// walk hands out the lines below one, and what is below each.
func (w *outline) walk(below *references.FPDF_BOOKMARK) error {
	first, err := w.instance.FPDFBookmark_GetFirstChild(&requests.FPDFBookmark_GetFirstChild{Document: w.ref, Bookmark: below})
	if err != nil {
		return w.failed("read its outline", err)
	}
	for at := first.Bookmark; at != nil && !w.ended; {
		if err := w.line(*at); err != nil {
			return err
		}
		next, err := w.instance.FPDFBookmark_GetNextSibling(&requests.FPDFBookmark_GetNextSibling{Document: w.ref, Bookmark: *at})
		if err != nil {
			return w.failed("read its outline", err)
		}
		at = next.Bookmark
	}
	return nil
}

// line hands out one line, and then what is below it.
func (w *outline) line(at references.FPDF_BOOKMARK) error {
	h := Heading{Level: len(w.path)}
	// It is an error too that there is no title.
	if got, err := w.instance.FPDFBookmark_GetTitle(&requests.FPDFBookmark_GetTitle{Bookmark: at}); err == nil {
		h.Title = got.Title
	}
	var err error
	if h.Page, err = w.page(at); err != nil {
		return err
	}
	for _, above := range w.path {
		if above.Title == h.Title && above.Page == h.Page {
			return nil
		}
	}
	if w.ended = !w.give(h); w.ended || len(w.path) == w.levels-1 {
		return nil
	}
	w.path = append(w.path, h)
	err = w.walk(&at)
	w.path = w.path[:len(w.path)-1]
	return err
}

// page is where a line leads: by itself, or by what happens on a click.
func (w *outline) page(at references.FPDF_BOOKMARK) (int, error) {
	dest, err := w.instance.FPDFBookmark_GetDest(&requests.FPDFBookmark_GetDest{Document: w.ref, Bookmark: at})
	if err != nil {
		return 0, w.failed("read its outline", err)
	}
	to := dest.Dest
	if to == nil {
		action, err := w.instance.FPDFBookmark_GetAction(&requests.FPDFBookmark_GetAction{Bookmark: at})
		if err != nil || action.Action == nil {
			return 0, nil
		}
		// It is an error too that a click does something else.
		if got, err := w.instance.FPDFAction_GetDest(&requests.FPDFAction_GetDest{Document: w.ref, Action: *action.Action}); err == nil {
			to = got.Dest
		}
	}
	if to == nil {
		return 0, nil
	}
	index, err := w.instance.FPDFDest_GetDestPageIndex(&requests.FPDFDest_GetDestPageIndex{Document: w.ref, Dest: *to})
	if err != nil {
		return 0, w.failed("read its outline", err)
	}
	if index.Index < 0 || index.Index >= w.count {
		return 0, nil
	}
	return index.Index + 1, nil
}
