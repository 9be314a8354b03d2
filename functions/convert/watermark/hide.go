package watermark

import (
	"context"
	"encoding/hex"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"xietong.dev/functions/convert/pdf"
)

// infoKey is where the code stands in the document's information, which
// survives most programs. It says nothing of what it is.
const infoKey = "ContentID"

// maxDotBytes is far more than a square of dots takes, however it is written.
const maxDotBytes = 256 << 10

func hide(doc *pdf.Doc, c Code) error {
	if doc.Info == nil {
		ref, err := doc.IndRefForNewObject(types.Dict{})
		if err != nil {
			return err
		}
		doc.Info = ref
	}
	info, err := doc.DereferenceDict(*doc.Info)
	if err != nil {
		return err
	}
	if info == nil {
		return nil // the dots are enough
	}
	info[infoKey] = types.StringLiteral(hex.EncodeToString(packed(c)))
	return nil
}

// Find reads the code from a PDF: from its information, or from the dots as they
// were drawn, where that was taken out. A PDF that was printed into another has
// neither: draw a page and use [FindInImage]. The error is [ErrNoCode], or what
// package pdf refuses.
func Find(ctx context.Context, l pdf.Limits, file []byte) (Code, error) {
	var code Code
	found := false
	err := pdf.Look(ctx, l, file, func(doc *pdf.Doc) error {
		if code, found = inInfo(doc); !found {
			code, found = inForms(ctx, doc)
		}
		return ctx.Err()
	})
	if err == nil && !found {
		err = ErrNoCode
	}
	return code, err
}

func inInfo(doc *pdf.Doc) (Code, bool) {
	if doc.Info == nil {
		return 0, false
	}
	info, err := doc.DereferenceDict(*doc.Info)
	if err != nil {
		return 0, false
	}
	text, err := doc.DereferenceStringOrHexLiteral(info[infoKey], 0, nil)
	if err != nil {
		return 0, false
	}
	b, err := hex.DecodeString(text)
	if err != nil {
		return 0, false
	}
	return unpacked(b)
}

func inForms(ctx context.Context, doc *pdf.Doc) (Code, bool) {
	for _, entry := range doc.Table {
		sd, ok := entry.Object.(types.StreamDict)
		if !ok || sd.Subtype() == nil || *sd.Subtype() != "Form" || len(sd.Raw) > maxDotBytes || ctx.Err() != nil {
			continue
		}
		if sd.DecodeWithLimit(maxDotBytes) != nil {
			continue
		}
		if code, ok := readDots(sd.Content); ok {
			return code, true
		}
	}
	return 0, false
}
