package pdf

import (
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// spot is a page and where its picture stands, by the matrix that takes the
// picture's unit square there.
type spot struct {
	paper  Paper
	matrix [6]float64
}

// place puts a picture upright in the middle of its page.
func place(width, height int, t tags, paper Paper) spot {
	w, h := float64(width)*72/t.perInch, float64(height)*72/t.perInch
	if t.orientation >= 5 {
		w, h = h, w
	}
	page := paper
	if page.Width == 0 || page.Height == 0 {
		if page = a4; w > h {
			page = Paper{a4.Height, a4.Width}
		}
	}
	fit := min(1, page.Width/w, page.Height/h)
	w, h = max(1, w*fit), max(1, h*fit)
	if paper.Width == 0 || paper.Height == 0 {
		page = Paper{w, h}
	}
	x, y := (page.Width-w)/2, (page.Height-h)/2
	// The picture's own axes, as the page sees them: where it begins, and how its
	// width and height run (Exif 2.32, tag Orientation).
	m := [...][6]float64{
		1: {w, 0, 0, h, x, y},
		2: {-w, 0, 0, h, x + w, y},
		3: {-w, 0, 0, -h, x + w, y + h},
		4: {w, 0, 0, -h, x, y + h},
		5: {0, -h, -w, 0, x + w, y + h},
		6: {0, -h, w, 0, x, y + h},
		7: {0, h, w, 0, x, y},
		8: {0, h, -w, 0, x + w, y},
	}
	return spot{page, m[t.orientation]}
}

func addPage(doc *model.Context, picture *types.StreamDict, s spot) error {
	ref, err := doc.IndRefForNewObject(*picture)
	if err != nil {
		return err
	}
	content, err := doc.NewStreamDictForBuf(fmt.Appendf(nil, "q %.4f %.4f %.4f %.4f %.4f %.4f cm /P Do Q",
		s.matrix[0], s.matrix[1], s.matrix[2], s.matrix[3], s.matrix[4], s.matrix[5]))
	if err != nil {
		return err
	}
	if err := content.Encode(); err != nil {
		return err
	}
	contents, err := doc.IndRefForNewObject(*content)
	if err != nil {
		return err
	}
	root, err := doc.Pages()
	if err != nil {
		return err
	}
	page, err := doc.IndRefForNewObject(types.Dict{
		"Type": types.Name("Page"), "Parent": *root, "Contents": *contents,
		"MediaBox":  types.NewNumberArray(0, 0, s.paper.Width, s.paper.Height),
		"Resources": types.Dict{"XObject": types.Dict{"P": *ref}},
	})
	if err != nil {
		return err
	}
	tree, err := doc.DereferenceDict(*root)
	if err != nil {
		return err
	}
	doc.PageCount++
	return model.AppendPageTree(page, 1, tree)
}
