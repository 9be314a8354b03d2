// Package convert turns any office document into a faithful PDF, previews and
// text.
//
//	in   dev.xietong.document.uploaded.v1              the usual renditions are made
//	     dev.xietong.document.conversion.requested.v1  one more format, perhaps with a watermark
//	     dev.xietong.document.preview.requested.v1     our own: the pictures of some pages
//	     dev.xietong.document.deleted.v1               everything of a document goes
//	     POST /convert/…                               small documents at once; see http.go
//	out  dev.xietong.document.converted.v1             renditions, and how faithful they are
//	     a document.preview.requested for each stretch of pages
//	     dev.xietong.document.previewed.v1             pictures of some pages, and how many so far
//	     dev.xietong.document.refused.v1               a code, and what to do
//
// What a document is, its content says; package formats knows which engine makes
// what of it. Engines that documents have crashed run in a sandbox without network
// (package office, package child) or as WebAssembly in a child (package pages). Refused
// are what is no document, what is encrypted, damaged, built to hurt, or over a
// limit. The same content with the same wishes is converted once.
package convert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Word names the function everywhere.
const Word = "convert"

// Converter is the function.
type Converter struct {
	Config
	DB      *pg.DB
	Objects blob.Store
	Workshop

	log    *slog.Logger
	places chan struct{} // one for each request that is worked on
}

// Handle does what an event asks for.
func (c *Converter) Handle(ctx context.Context, e events.Event) (fn.Outcome, error) {
	switch e.Type() {
	case events.DocumentUploaded{}.EventType():
		return fn.Take(ctx, e, events.Decode, func(ctx context.Context, d events.DocumentUploaded) (fn.Outcome, error) {
			return c.convert(ctx, c.usual(d), mark(e))
		})
	case events.DocumentConversionRequested{}.EventType():
		return fn.Take(ctx, e, events.Decode, func(ctx context.Context, d events.DocumentConversionRequested) (fn.Outcome, error) {
			return c.convert(ctx, c.asked(d), mark(e))
		})
	case events.DocumentPreviewRequested{}.EventType():
		return fn.Take(ctx, e, events.Decode, c.preview)
	case events.DocumentDeleted{}.EventType():
		return fn.Take(ctx, e, events.Decode, c.forget)
	}
	return nil, fault.Invalidf("convert does not know events of type %q", e.Type())
}

// mark names the folder of what an event causes, so that a repeat writes to the
// same.
func mark(e events.Event) string { return ce.ID("folder", e.Source(), e.ID()) }

// Refuse tells those who wait why an event was given up, and removes what was
// written for it.
func (c *Converter) Refuse(ctx context.Context, e events.Event, reason error) (fn.Outcome, error) {
	// The rest of the data may be what was wrong with it.
	var d struct{ Document, Upload string }
	if e.DataAs(&d) != nil || !events.IsID(d.Document) || !events.IsID(d.Upload) {
		return nil, nil
	}
	folder := mark(e)
	made := e.Type() != events.DocumentPreviewRequested{}.EventType()
	if made {
		if err := c.sweepUnfinished(ctx, folder); err != nil {
			return nil, err
		}
	}
	refusal := events.DocumentRefused{Document: d.Document, Upload: d.Upload, Stage: Word,
		Code: cmp.Or(fault.Code(reason), events.RefusedFailed), Reason: events.Brief(reason.Error(), 2000)}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		if made {
			if err := abandon(ctx, tx, folder); err != nil {
				return nil, err
			}
		}
		return events.NewAll(refusal)
	}, nil
}

// missing turns the store's answer for an object that is gone into a refusal.
func missing(o events.Object, err error) error {
	if errors.Is(err, blob.ErrNotFound) {
		return fault.Refusef(events.RefusedMissing, "object %s/%s is no longer there", o.Bucket, o.Key)
	}
	if err != nil {
		return fmt.Errorf("read object %s/%s: %w", o.Bucket, o.Key, err)
	}
	return nil
}
