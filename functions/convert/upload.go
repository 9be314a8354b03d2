package convert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// convert makes what is wanted of a document, or finds that it was made.
func (c *Converter) convert(ctx context.Context, w want, folder string) (fn.Outcome, error) {
	deleted, err := enter(ctx, c.DB, w.document)
	if err != nil {
		return nil, err
	}
	if deleted {
		return c.tooLate(ctx, folder)
	}
	dir, remove, err := c.scratch()
	if err != nil {
		return nil, err
	}
	defer remove()
	s, err := c.fetch(ctx, w, dir)
	if err != nil {
		return nil, err
	}
	w = w.possible(s.format)
	fingerprint, err := w.fingerprint(s.sum, string(s.format), c.Engine)
	if err != nil {
		return nil, err
	}
	earlier, a, err := find(ctx, c.DB, fingerprint)
	if err != nil {
		return nil, err
	}
	if earlier != "" {
		return c.repeat(w, earlier, a), nil
	}
	if err := open(ctx, c.DB, folder, w.document); err != nil {
		return nil, err
	}
	if a, err = c.make(ctx, s, w.wishes, folder); err != nil {
		return nil, err
	}
	return c.made(w, folder, fingerprint, a), nil
}

// errDropped makes an event come again: next time it finds why.
var errDropped = errors.New("the document was deleted, or its folder dropped, while it was worked on")

func comeAgain() error { return fault.Busy(time.Second, errDropped) }

// made is the outcome of new work.
func (c *Converter) made(w want, folder, fingerprint string, a answer) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		if err := c.take(ctx, tx, folder, w.document); err != nil {
			return nil, err
		}
		if err := finish(ctx, tx, folder, fingerprint, a); err != nil {
			return nil, err
		}
		return events.NewAll(c.tell(w, folder, a, false)...)
	}
}

// repeat is the outcome where earlier work answers.
func (c *Converter) repeat(w want, folder string, a answer) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		if err := c.take(ctx, tx, folder, w.document); err != nil {
			return nil, err
		}
		return events.NewAll(c.tell(w, folder, a, true)...)
	}
}

// take locks a document and a folder that it keeps from now on.
func (c *Converter) take(ctx context.Context, tx pg.Tx, folder, document string) error {
	deleted, err := lockDocument(ctx, tx, document)
	if err != nil {
		return err
	}
	there, err := lock(ctx, tx, folder)
	if err != nil {
		return err
	}
	if deleted || !there {
		return comeAgain()
	}
	return keep(ctx, tx, folder, document)
}

// tooLate ends work for a document that was deleted, and removes what earlier
// attempts at it may have left.
func (c *Converter) tooLate(ctx context.Context, folder string) (fn.Outcome, error) {
	if err := c.sweepUnfinished(ctx, folder); err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		return nil, abandon(ctx, tx, folder)
	}, nil
}

// tell says what a document has become, and asks for the pictures of its pages.
func (c *Converter) tell(w want, folder string, a answer, repeated bool) []events.Data {
	all := []events.Data{events.DocumentConverted{Document: w.document, Upload: w.upload, Format: a.Format, Renditions: a.Renditions,
		Pages: a.Pages, Report: a.Report, Engine: a.Engine, Repeated: repeated}}
	if w.Picture == "" {
		return all
	}
	for _, r := range a.Renditions {
		if r.Format != events.FormatPDF {
			continue
		}
		for _, s := range stretches(a.Pages, c.Stretch) {
			all = append(all, events.DocumentPreviewRequested{Document: w.document, Upload: w.upload, Folder: folder, PDF: r.Object,
				Format: w.Picture, Width: w.Width, First: s[0], Last: s[1], Pages: a.Pages})
		}
	}
	return all
}

// preview makes the pictures of some pages.
func (c *Converter) preview(ctx context.Context, d events.DocumentPreviewRequested) (fn.Outcome, error) {
	there, all, err := findPreview(ctx, c.DB, d.Folder, d.First)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, c.sweep(ctx, d.Folder)
	}
	if all == nil {
		if all, err = c.draw(ctx, d); err != nil {
			return nil, fmt.Errorf("pictures of pages %d to %d: %w", d.First, d.Last, err)
		}
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		there, err := lock(ctx, tx, d.Folder)
		if err != nil {
			return nil, err
		}
		if !there {
			return nil, comeAgain()
		}
		ended, err := savePreview(ctx, tx, d.Folder, d.First, all)
		if err != nil {
			return nil, err
		}
		return events.NewAll(events.DocumentPreviewed{Document: d.Document, Upload: d.Upload, Renditions: all, Ended: ended, Pages: d.Pages})
	}, nil
}
