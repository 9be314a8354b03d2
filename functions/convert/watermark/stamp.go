package watermark

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"xietong.dev/functions/convert/pdf"
	"xietong.dev/shared/fault"
)

const (
	// maxSide is what PDF allows a page, in points.
	maxSide = 14_400
	// maxPlaces bounds how often a small text is repeated on a huge page.
	maxPlaces = 20_000
	// dotOpacity is just enough for a scan.
	dotOpacity = 0.06
)

// stamp is the work on one document. What it draws it draws once.
type stamp struct {
	doc      *pdf.Doc
	text     tile
	mark     Mark
	look     Look
	tiles    types.Dict                    // the XObjects of overlays
	states   types.Dict                    // their graphics states
	overlays map[[2]int]*types.IndirectRef // by size in points
	contents map[string]*types.IndirectRef // what stands before and after a page's own
}

func newStamp(doc *pdf.Doc, text tile, m Mark) *stamp {
	return &stamp{
		doc: doc, text: text, mark: m, look: m.Look.withDefaults(),
		overlays: map[[2]int]*types.IndirectRef{}, contents: map[string]*types.IndirectRef{},
	}
}

func (s *stamp) all(ctx context.Context) error {
	if err := s.drawTiles(); err != nil {
		return err
	}
	if err := s.doc.EachPage(ctx, s.page); err != nil {
		return err
	}
	if s.mark.Trace == nil {
		return nil
	}
	return hide(s.doc, *s.mark.Trace)
}

// drawTiles adds the text and the dots, and how strongly they show.
func (s *stamp) drawTiles() error {
	s.tiles, s.states = types.Dict{}, types.Dict{}
	w, h := s.text.width/2, s.text.height/2
	if w > 0 {
		ref, err := s.form(s.text.content, types.NewNumberArray(-w, -h, w, h), nil)
		if err != nil {
			return err
		}
		s.tiles["T"], s.states["T"] = *ref, types.Dict{"ca": types.Float(s.look.Opacity)}
	}
	if s.mark.Trace != nil {
		ref, err := s.form(drawDots(*s.mark.Trace), types.NewNumberArray(0, 0, squareSide, squareSide), nil)
		if err != nil {
			return err
		}
		s.tiles["D"], s.states["D"] = *ref, types.Dict{"ca": types.Float(dotOpacity)}
	}
	return nil
}

func (s *stamp) form(content []byte, box types.Array, resources types.Dict) (*types.IndirectRef, error) {
	if resources == nil {
		resources = types.Dict{}
	}
	return s.stream(content, types.Dict{
		"Type": types.Name("XObject"), "Subtype": types.Name("Form"), "BBox": box, "Resources": resources,
	})
}

func (s *stamp) stream(content []byte, entries types.Dict) (*types.IndirectRef, error) {
	sd, err := s.doc.NewStreamDictForBuf(content)
	if err != nil {
		return nil, err
	}
	for key, value := range entries {
		sd.Insert(key, value)
	}
	if err := sd.Encode(); err != nil {
		return nil, err
	}
	return s.doc.IndRefForNewObject(*sd)
}

// page puts the overlay over a page, as it is seen.
func (s *stamp) page(p *pdf.Page) error {
	width, height := p.Box.Width(), p.Box.Height()
	if p.Rotate%180 == 90 {
		width, height = height, width
	}
	overlay, err := s.overlay(width, height)
	if err != nil {
		return err
	}
	name, err := s.name(p, overlay)
	if err != nil {
		return err
	}
	return s.wrap(p.Dict, fmt.Sprintf("/Artifact BMC q %s cm /%s Do Q EMC\n", seen(p), name))
}

// seen is the matrix from the page as it is seen to the page as it is written.
func seen(p *pdf.Page) string {
	left, low, right, high := number(p.Box.LL.X), number(p.Box.LL.Y), number(p.Box.UR.X), number(p.Box.UR.Y)
	switch p.Rotate {
	case 90:
		return "0 1 -1 0 " + right + " " + low
	case 180:
		return "-1 0 0 -1 " + right + " " + high
	case 270:
		return "0 -1 1 0 " + left + " " + high
	}
	return "1 0 0 1 " + left + " " + low
}

// overlay returns what pages of a size are covered with.
func (s *stamp) overlay(width, height float64) (*types.IndirectRef, error) {
	if !(width <= maxSide && height <= maxSide) {
		return nil, fault.Refusef(pdf.CodePageTooLarge, "a page is %g by %g points; up to %d are allowed", width, height, maxSide)
	}
	size := [2]int{int(width + 0.5), int(height + 0.5)}
	if ref := s.overlays[size]; ref != nil {
		return ref, nil
	}
	var b bytes.Buffer
	if s.text.width > 0 {
		stepX, stepY := s.text.width+s.look.Gap, s.text.height+s.look.Gap
		if n := (width/stepX + 2) * (height/stepY + 2); n > maxPlaces {
			return nil, fault.Refusef(CodeMark, "the watermark would be repeated %.0f times on a page; %d are allowed: make it larger", n, maxPlaces)
		}
		repeat(&b, "T", places(width, height, stepX, stepY))
	}
	if s.mark.Trace != nil {
		repeat(&b, "D", squares(width, height))
	}
	ref, err := s.form(b.Bytes(), types.NewNumberArray(0, 0, math.Ceil(width), math.Ceil(height)), types.Dict{"XObject": s.tiles, "ExtGState": s.states})
	s.overlays[size] = ref
	return ref, err
}

func repeat(b *bytes.Buffer, name string, at []point) {
	fmt.Fprintf(b, "/%s gs\n", name)
	for _, p := range at {
		fmt.Fprintf(b, "q 1 0 0 1 %s %s cm /%s Do Q\n", number(p.x), number(p.y), name)
	}
}

func squares(width, height float64) []point {
	var all []point
	for y := 0.0; y < height; y += squareSide {
		for x := 0.0; x < width; x += squareSide {
			all = append(all, point{x, y})
		}
	}
	return all
}

// name adds the overlay to a page's resources, which other pages may share, and
// returns what it is called there.
func (s *stamp) name(p *pdf.Page, overlay *types.IndirectRef) (string, error) {
	old, err := s.doc.DereferenceDict(p.Resources)
	if err != nil {
		return "", err
	}
	own := types.Dict{}
	for key, value := range old {
		own[key] = value
	}
	objects, err := s.doc.DereferenceDict(old["XObject"])
	if err != nil {
		return "", err
	}
	with := types.Dict{}
	for key, value := range objects {
		with[key] = value
	}
	name := "Fm0"
	for i := 1; with[name] != nil; i++ {
		name = fmt.Sprintf("Fm%d", i)
	}
	with[name] = *overlay
	own["XObject"] = with
	p.Dict["Resources"] = own
	return name, nil
}

// wrap adds to the end of a page's content. What the content itself leaves
// behind, a moved origin or a clip, must not move or hide what is added.
func (s *stamp) wrap(page types.Dict, added string) error {
	streams, err := s.streams(page["Contents"])
	if err != nil {
		return err
	}
	var b balance
	for _, o := range streams {
		sd, _, err := s.doc.DereferenceStreamDict(o)
		if err != nil || sd == nil {
			return err
		}
		if err := sd.DecodeWithLimit(s.doc.Conf.Limits.MaxDecodeBytes); err != nil {
			return err
		}
		b.read(sd.Content)
	}
	saves, restores := b.needed()
	before, err := s.content(strings.Repeat("q ", saves) + "\n")
	if err != nil {
		return err
	}
	after, err := s.content("\n" + strings.Repeat("Q ", restores) + added)
	if err != nil {
		return err
	}
	page["Contents"] = append(append(types.Array{*before}, streams...), *after)
	return nil
}

// content returns a stream of its own for each text; pages share them.
func (s *stamp) content(text string) (*types.IndirectRef, error) {
	if ref := s.contents[text]; ref != nil {
		return ref, nil
	}
	ref, err := s.stream([]byte(text), nil)
	s.contents[text] = ref
	return ref, err
}

// streams are the parts of a page's content.
func (s *stamp) streams(contents types.Object) (types.Array, error) {
	if contents == nil {
		return nil, nil
	}
	o, err := s.doc.Dereference(contents)
	if err != nil || o == nil {
		return nil, err
	}
	if list, ok := o.(types.Array); ok {
		return list, nil
	}
	return types.Array{contents}, nil
}
