package convert

import (
	"context"
	"fmt"
	"os"

	"xietong.dev/events"
	"xietong.dev/functions/convert/formats"
	"xietong.dev/shared/pages"
)

// pictureQuality is that of JPEG and WebP: small files, and no halo about letters
// that a reader would notice.
const pictureQuality = 85

// picture draws a page into a file.
func picture(d *pages.Document, page, width int, format formats.Format, path string) (product, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return product{}, err
	}
	defer f.Close()
	p, err := d.Draw(f, page, width, encoding(format), pictureQuality)
	if err != nil {
		return product{}, fmt.Errorf("page %d as %s: %w", page, format, err)
	}
	return product{path: path, format: format, engine: formats.Pdfium, page: page, width: p.Width, height: p.Height}, f.Close()
}

// encoding is how a picture is written.
func encoding(f formats.Format) string {
	if f == formats.Thumbnail {
		return string(formats.PNG)
	}
	return string(f)
}

// draw makes the pictures of some pages, and puts them into the folder of the
// conversion that their PDF came of.
func (c *Converter) draw(ctx context.Context, d events.DocumentPreviewRequested) (all []events.Rendition, err error) {
	dir, remove, err := c.scratch()
	if err != nil {
		return nil, err
	}
	defer remove()
	pdf := dir + "/document.pdf"
	if _, err := c.download(ctx, d.PDF, pdf); err != nil {
		return nil, err
	}
	format := formats.Format(d.Format)
	err = c.read(ctx, pdf, func(doc *pages.Document) error {
		for page := d.First; page <= d.Last; page++ {
			p, err := picture(doc, page, d.Width, format, fresh(dir, format))
			if err != nil {
				return err
			}
			r, err := c.deposit(ctx, d.Folder, fmt.Sprintf("pages/%d.%s", page, format.Extension()), p)
			if err != nil {
				return err
			}
			all = append(all, r)
			if err := os.Remove(p.path); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}
