package convert

import (
	"context"

	"xietong.dev/events"
	"xietong.dev/functions/convert/formats"
)

// make does the work on a document, and puts what comes of it into a folder.
func (c *Converter) make(ctx context.Context, s source, w wishes, folder string) (answer, error) {
	dir, remove, err := c.scratch()
	if err != nil {
		return answer{}, err
	}
	defer remove()
	made, err := c.produce(ctx, s, w, dir)
	if err != nil {
		return answer{}, err
	}
	a := answer{Format: string(s.format), Pages: made.pages, Report: made.report,
		Engine: events.Engine{Name: string(made.engine), Model: events.Brief(c.Engine, 255)}}
	for _, p := range made.products {
		r, err := c.deposit(ctx, folder, objectName(p.format), p)
		if err != nil {
			return answer{}, err
		}
		a.Renditions = append(a.Renditions, r)
	}
	return a, nil
}

// objectName is what a product is called in its folder.
func objectName(f formats.Format) string {
	if f == formats.Thumbnail {
		return "thumbnail.png"
	}
	return "document." + f.Extension()
}

// deposit puts a product into a folder.
func (c *Converter) deposit(ctx context.Context, folder, name string, p product) (events.Rendition, error) {
	o, err := c.put(ctx, folder, name, p.path, p.format.MediaType())
	return events.Rendition{Format: string(p.format), Object: o, Page: p.page, Width: p.width, Height: p.height}, err
}
