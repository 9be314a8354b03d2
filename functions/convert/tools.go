package convert

import (
	"context"
	"fmt"

	"xietong.dev/functions/convert/formats"
	"xietong.dev/functions/convert/office"
	"xietong.dev/functions/convert/plain"
	"xietong.dev/functions/convert/watermark"
	"xietong.dev/shared/pages"
)

// Tools is what the engines need of the environment.
type Tools struct {
	Office    office.Config
	Plain     plain.Limits
	Cache     string `env:"PDFIUM_CACHE"`                       // a directory with PDFium's machine code; empty for one that is filled at the first use
	PageFonts string `env:"FONTS_DIR,default=/usr/share/fonts"` // for PDFs that do not embed theirs
	MarkFont  string `env:"WATERMARK_FONT,default=/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"`
}

// recipe is of what the results of earlier versions of this function are told
// apart: raise it when the same document would become something else.
const recipe = "1"

// open starts the engines. It fails where nothing keeps them from the network and
// from other files.
func (t Tools) open(ctx context.Context) (w Workshop, err error) {
	face, err := watermark.OpenFace(t.MarkFont, "")
	if err != nil {
		return w, fmt.Errorf("environment variable WATERMARK_FONT: %w", err)
	}
	reader, err := pages.Open(ctx, pages.Config{Cache: t.Cache, Fonts: t.PageFonts})
	if err != nil {
		face.Close()
		return w, err
	}
	go reader.Warm() // while LibreOffice starts; whoever opens the first PDF hears of an error
	pool, err := office.Open(ctx, t.Office)
	if err != nil {
		reader.Close()
		face.Close()
		return w, err
	}
	w = Workshop{Reader: reader, Plain: t.Plain, Stamper: &watermark.Stamper{Face: face}, Engine: pool.Engine() + ", recipe " + recipe,
		Close: func() { reader.Close(); pool.Close(); face.Close() }}
	w.Engines = map[formats.Engine]Engine{
		formats.Office: officeEngine{pool}, formats.Plain: plainEngine{t.Plain}, formats.Pdfium: pdfiumEngine{reader},
		formats.Pdfcpu: pdfcpuEngine{}, formats.Goldmark: goldmarkEngine{t.Plain},
	}
	w.Fonts = &Fonts{Env: pool.FontEnv(), Limits: t.Plain.Archive}
	if w.Fonts.Installed, err = installedFonts(ctx, w.Fonts.Env); err != nil {
		w.Close()
		return w, fmt.Errorf("list the installed fonts: %w", err)
	}
	return w, nil
}
