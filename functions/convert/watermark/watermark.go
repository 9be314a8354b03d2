// Package watermark says on every page of a PDF who looks at it, for eyes and
// for machines.
//
//	in   a PDF, some lines of text, and a trace code
//	out  the PDF with the text tiled over every page, and the code hidden in it
//
//	in   a file that turned up somewhere, or a picture of a page of it
//	out  the trace code
//
// The text is drawn as outlines: no font is embedded, and neither search nor
// extraction of text finds it. Tiles are drawn once and used again, on pages of
// every size, turned and cropped as they are. The code is a faint pattern of
// dots all over the page, and stands in the file besides.
//
// It deters and traces; it does not protect. Who can edit a PDF can take out
// what was put in, and a page retyped has no dots.
//
// Refused, with a code: invalid_watermark, and what package pdf refuses.
package watermark

import (
	"context"
	"image/color"
	"strings"
	"unicode/utf8"

	"xietong.dev/functions/convert/pdf"
	"xietong.dev/shared/fault"
)

// CodeMark is the code of a mark that cannot be drawn.
const CodeMark = "invalid_watermark"

// Mark is what is put on every page.
type Mark struct {
	Lines []string // such as name and unit, time, document number; each up to 100 characters, up to 8
	Look  Look
	Trace *Code // nil for none
}

// Look is how the text looks. Zero stands for the default of each.
type Look struct {
	Size    float64    // of the letters, in points; 14
	Angle   float64    // degrees, counter-clockwise; 30. For none give 360
	Opacity float64    // 0 to 1; 0.12
	Gap     float64    // between two texts, in points; 48
	Colour  color.RGBA // black; its alpha is not used
}

const (
	maxLines     = 8
	maxLineRunes = 100
)

func (l Look) withDefaults() Look {
	fill(&l.Size, 14)
	fill(&l.Angle, 30)
	fill(&l.Opacity, 0.12)
	fill(&l.Gap, 48)
	return l
}

func fill(value *float64, standard float64) {
	if *value == 0 {
		*value = standard
	}
}

// check refuses what cannot be drawn, or not be drawn in bounds: a tile that is
// too small would be repeated a million times.
func (m Mark) check() error {
	l := m.Look.withDefaults()
	switch {
	case len(m.Lines) > maxLines:
		return fault.Refusef(CodeMark, "the watermark has %d lines; %d are allowed", len(m.Lines), maxLines)
	case len(m.Lines) == 0 && m.Trace == nil:
		return fault.Refusef(CodeMark, "the watermark has neither text nor code")
	case !(l.Size >= 4 && l.Size <= 200):
		return fault.Refusef(CodeMark, "the watermark's size is %g: 4 to 200 points are allowed", l.Size)
	case !(l.Gap >= 8 && l.Gap <= 2000):
		return fault.Refusef(CodeMark, "the watermark's gap is %g: 8 to 2000 points are allowed", l.Gap)
	case !(l.Opacity > 0 && l.Opacity <= 1):
		return fault.Refusef(CodeMark, "the watermark's opacity is %g: up to 1 is allowed", l.Opacity)
	case !(l.Angle >= -360 && l.Angle <= 360):
		return fault.Refusef(CodeMark, "the watermark's angle is %g: -360 to 360 degrees are allowed", l.Angle)
	}
	for i, line := range m.Lines {
		if n := utf8.RuneCountInString(line); strings.TrimSpace(line) == "" || n > maxLineRunes || !utf8.ValidString(line) {
			return fault.Refusef(CodeMark, "line %d of the watermark has %d characters: 1 to %d of UTF-8 are allowed", i+1, n, maxLineRunes)
		}
	}
	return nil
}

// Stamper puts marks on PDFs. It is safe for use by many.
type Stamper struct {
	Face   *Face
	Limits pdf.Limits
}

// Stamp returns the PDF with a mark on every page.
func (s *Stamper) Stamp(ctx context.Context, file []byte, m Mark) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	text, err := newTile(s.Face, m)
	if err != nil {
		return nil, err
	}
	return pdf.Change(ctx, s.Limits, file, func(doc *pdf.Doc) error {
		return newStamp(doc, text, m).all(ctx)
	})
}
