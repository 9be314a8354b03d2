package pages

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"xietong.dev/shared/fault"
)

// maxNesting is how deep forms within forms are followed for fonts.
const maxNesting = 8

// Fonts is [Document.Fonts].
func (d *opened) Fonts(page int) ([]Font, error) {
	at, err := d.at(page)
	if err != nil {
		return nil, err
	}
	doing := fmt.Sprintf("list the fonts of page %d", page)
	counted, err := d.instance.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: at})
	if err != nil {
		return nil, d.failed(doing, err)
	}
	w := fontWalk{d: d, left: d.limits.Objects, fonts: map[Font]bool{}}
	for i := range counted.Count {
		object, err := d.instance.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: at, Index: i})
		if err != nil {
			return nil, d.failed(doing, err)
		}
		if err := w.visit(object.PageObject, 0); err != nil {
			return nil, d.failed(doing, err)
		}
		if w.left < 0 {
			return nil, fault.Refusef(CodeTooLarge, "page %d has more than %d objects", page, d.limits.Objects)
		}
	}
	return slices.SortedFunc(maps.Keys(w.fonts), func(a, b Font) int { return cmp.Compare(a.Name, b.Name) }), nil
}

type fontWalk struct {
	d     *opened
	left  int // objects that may still be visited
	fonts map[Font]bool
}

func (w *fontWalk) visit(o references.FPDF_PAGEOBJECT, depth int) error {
	if w.left--; w.left < 0 {
		return nil
	}
	kind, err := w.d.instance.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o})
	if err != nil {
		return err
	}
	switch {
	case kind.Type == enums.FPDF_PAGEOBJ_TEXT:
		return w.font(o)
	case kind.Type == enums.FPDF_PAGEOBJ_FORM && depth < maxNesting:
		return w.form(o, depth)
	}
	return nil
}

func (w *fontWalk) form(o references.FPDF_PAGEOBJECT, depth int) error {
	counted, err := w.d.instance.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: o})
	if err != nil {
		return err
	}
	for i := 0; i < counted.Count && w.left >= 0; i++ {
		inner, err := w.d.instance.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: o, Index: uint64(i)})
		if err != nil {
			return err
		}
		if err := w.visit(inner.PageObject, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *fontWalk) font(o references.FPDF_PAGEOBJECT) error {
	got, err := w.d.instance.FPDFTextObj_GetFont(&requests.FPDFTextObj_GetFont{PageObject: o})
	if err != nil {
		return err
	}
	name, err := w.d.instance.FPDFFont_GetBaseFontName(&requests.FPDFFont_GetBaseFontName{Font: got.Font})
	if err != nil {
		return err
	}
	embedded, err := w.d.instance.FPDFFont_GetIsEmbedded(&requests.FPDFFont_GetIsEmbedded{Font: got.Font})
	if err != nil {
		return err
	}
	w.fonts[Font{withoutSubset(name.BaseFontName), embedded.IsEmbedded}] = true
	return nil
}

// withoutSubset takes off the six capitals and the plus that mark a subset.
func withoutSubset(name string) string {
	if len(name) < 8 || name[6] != '+' {
		return name
	}
	for _, c := range name[:6] {
		if c < 'A' || c > 'Z' {
			return name
		}
	}
	return name[7:]
}
