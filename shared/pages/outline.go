package pages

import (
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// Outline is [Document.Outline].
func (d *opened) Outline(levels, most int) ([]Heading, error) {
	w := outline{opened: d, levels: levels, most: most}
	err := w.walk(nil)
	return w.lines, err
}

type outline struct {
	*opened
	levels int
	most   int
	lines  []Heading
	path   []Heading // above what is read
}

// walk reads the lines below one, and what is below each.
func (w *outline) walk(below *references.FPDF_BOOKMARK) error {
	first, err := w.instance.FPDFBookmark_GetFirstChild(&requests.FPDFBookmark_GetFirstChild{Document: w.ref, Bookmark: below})
	if err != nil {
		return w.failed("read its outline", err)
	}
	for at := first.Bookmark; at != nil && len(w.lines) < w.most; {
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

// line reads one line, and then what is below it.
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
	w.lines = append(w.lines, h)
	if len(w.path) == w.levels-1 {
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
