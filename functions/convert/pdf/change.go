package pdf

import (
	"context"
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"xietong.dev/shared/fault"
)

// Doc is a PDF while it is changed.
type Doc struct {
	*model.Context
	limits Limits
}

// Change reads a PDF, lets change have it, and writes it. It takes no password:
// one that is encrypted is refused.
func Change(ctx context.Context, l Limits, file []byte, change func(*Doc) error) ([]byte, error) {
	read, err := l.read(ctx, file, l.configuration(model.ADDWATERMARKS))
	if err != nil {
		return nil, err
	}
	if err := guarded(ctx, "change", func() error { return change(&Doc{read, l}) }); err != nil {
		return nil, err
	}
	return l.write(ctx, read)
}

// Look reads a PDF and lets look have it.
func Look(ctx context.Context, l Limits, file []byte, look func(*Doc) error) error {
	read, err := l.read(ctx, file, l.configuration(model.LISTINFO))
	if err != nil {
		return err
	}
	return guarded(ctx, "look into", func() error { return look(&Doc{read, l}) })
}

// Page is a page of a Doc, with what it inherits from the tree.
type Page struct {
	Dict      types.Dict
	Resources types.Object // as the page names it: often a reference that pages share
	Box       types.Rectangle
	Rotate    int // 0, 90, 180 or 270, clockwise
}

// EachPage goes through all pages in one walk.
func (d *Doc) EachPage(ctx context.Context, do func(*Page) error) error {
	root, err := d.Pages()
	if err != nil {
		return err
	}
	w := walk{doc: d, ctx: ctx, do: do, seen: map[int]bool{}}
	return w.node(*root, inherited{}, 0)
}

type inherited struct {
	resources, media, crop, rotate types.Object
}

type walk struct {
	doc  *Doc
	ctx  context.Context
	do   func(*Page) error
	seen map[int]bool
}

func (w *walk) node(o types.Object, in inherited, depth int) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	// Pages that are used twice would be changed twice.
	if ref, ok := o.(types.IndirectRef); ok {
		if n := ref.ObjectNumber.Value(); w.seen[n] {
			return nil
		} else {
			w.seen[n] = true
		}
	}
	if depth > w.doc.limits.withDefaults().Depth {
		return fault.Refusef(CodeUnreadable, "the PDF's page tree is too deep")
	}
	d, err := w.doc.DereferenceDict(o)
	if err != nil || d == nil {
		return err
	}
	in = in.with(d)
	kids, found := d.Find("Kids")
	if !found {
		page, err := w.doc.page(d, in)
		if err != nil {
			return err
		}
		return w.do(page)
	}
	list, err := w.doc.DereferenceArray(kids)
	if err != nil {
		return err
	}
	for _, kid := range list {
		if err := w.node(kid, in, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (in inherited) with(d types.Dict) inherited {
	for key, field := range map[string]*types.Object{"Resources": &in.resources, "MediaBox": &in.media, "CropBox": &in.crop, "Rotate": &in.rotate} {
		if o, ok := d.Find(key); ok {
			*field = o
		}
	}
	return in
}

func (d *Doc) page(dict types.Dict, in inherited) (*Page, error) {
	p := &Page{Dict: dict, Resources: in.resources, Box: *types.RectForFormat("Letter")}
	media, err := d.box(in.media)
	if err != nil {
		return nil, err
	}
	crop, err := d.box(in.crop)
	if err != nil {
		return nil, err
	}
	if media != nil {
		p.Box = *media
	}
	if crop != nil {
		p.Box = *overlap(p.Box, *crop)
	}
	if in.rotate != nil {
		turn, err := d.DereferenceNumber(in.rotate)
		if err != nil {
			return nil, err
		}
		p.Rotate = ((int(turn)%360 + 360) % 360) / 90 * 90
	}
	return p, nil
}

func (d *Doc) box(o types.Object) (*types.Rectangle, error) {
	if o == nil {
		return nil, nil
	}
	list, err := d.DereferenceArray(o)
	if err != nil || len(list) != 4 {
		return nil, err
	}
	var n [4]float64
	for i := range n {
		if n[i], err = d.DereferenceNumber(list[i]); err != nil {
			return nil, fmt.Errorf("page box: %w", err)
		}
	}
	return types.NewRectangle(min(n[0], n[2]), min(n[1], n[3]), max(n[0], n[2]), max(n[1], n[3])), nil
}

// overlap is what a page shows. Where the boxes do not meet, readers take the
// larger one.
func overlap(media, crop types.Rectangle) *types.Rectangle {
	r := types.NewRectangle(max(media.LL.X, crop.LL.X), max(media.LL.Y, crop.LL.Y), min(media.UR.X, crop.UR.X), min(media.UR.Y, crop.UR.Y))
	if r.Width() <= 0 || r.Height() <= 0 {
		return &media
	}
	return r
}
