package minutes

// Exports that another function finishes: a PDF is made of the Word document by whoever
// converts documents. It is asked by an event and answers by one; the files are found
// again for the same wish until they expire or the minutes are deleted.

import (
	"context"
	"errors"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// exportRequested writes down what was asked and asks for the conversion.
func (m *Minutes) exportRequested(e fn.Event, d ExportRequested) (fn.Outcome, error) {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		given, err := lock(ctx, tx, d.Recording)
		if err != nil {
			return nil, err
		}
		if given.DeletedAt != nil {
			_, err := m.deleteObject(ctx, d.Object)
			return nil, err
		}
		made := Made{ID: d.Export, Recording: d.Recording, Attempt: d.Attempt, Document: d.document(), AskedAt: m.at(e), Title: d.Title, Language: d.Language, Source: &d.Object}
		if err := writeMade(ctx, tx, made); err != nil {
			return nil, err
		}
		return events.NewAll(events.DocumentConversionRequested{Document: made.Document, Upload: made.Document, Object: d.Object, Name: "minutes.docx", To: events.FormatPDF})
	}, nil
}

// documentConverted takes the PDF in. Of most documents that are converted we know
// nothing.
func (m *Minutes) documentConverted(_ fn.Event, d events.DocumentConverted) (fn.Outcome, error) {
	for _, r := range d.Renditions {
		if r.Format == events.FormatPDF {
			return answered(d.Document, func(e *Made) { e.Result, e.Code, e.Reason = &r.Object, "", "" }), nil
		}
	}
	return nil, nil
}

func (m *Minutes) documentRefused(_ fn.Event, d events.DocumentRefused) (fn.Outcome, error) {
	return answered(d.Document, func(e *Made) {
		if e.Result == nil {
			e.Code, e.Reason = d.Code, d.Reason
		}
	}), nil
}

// answered changes the export that waits for a document, if there is one.
func answered(document string, change func(*Made)) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		made, found, err := readMade(ctx, tx, `WHERE document = $1 AND source <> '' FOR UPDATE`, document)
		if err != nil || !found {
			return nil, err
		}
		change(&made)
		return nil, writeMade(ctx, tx, made)
	}
}

// exportExpired removes the files of an export, and has the converting function remove
// its own.
func (m *Minutes) exportExpired(_ fn.Event, d ExportExpired) (fn.Outcome, error) {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		made, found, err := readMade(ctx, tx, `WHERE id = $1 AND document = $2 AND source <> '' FOR UPDATE`, d.Export, d.Document)
		if err != nil || !found {
			return nil, err
		}
		_, out, err := m.forgetExport(ctx, made)
		if err != nil {
			return nil, err
		}
		made.Source, made.Result = nil, nil
		return out, writeMade(ctx, tx, made)
	}, nil
}

// forgetExport removes an export, and returns how many objects went.
func (m *Minutes) forgetExport(ctx context.Context, made Made) (int, []fn.Event, error) {
	if made.Source == nil {
		return 0, nil, nil
	}
	objects, err := m.deleteObject(ctx, *made.Source)
	if err != nil {
		return objects, nil, err
	}
	out, err := events.NewAll(events.DocumentDeleted{Document: made.Document})
	return objects, out, err
}

// forgetExports removes all exports of a recording that is being deleted, and returns how
// many objects went.
func (m *Minutes) forgetExports(ctx context.Context, tx pg.Tx, recording string) (objects int, out []fn.Event, err error) {
	all, err := readMadeAll(ctx, tx, `WHERE recording = $1 ORDER BY id`, recording)
	if err != nil {
		return 0, nil, err
	}
	for _, made := range all {
		n, gone, err := m.forgetExport(ctx, made)
		objects, out = objects+n, append(out, gone...)
		if err != nil {
			return objects, nil, err
		}
	}
	swept, err := m.sweepExports(ctx, recording)
	if err != nil {
		return objects, nil, err
	}
	return objects + swept, out, eraseMade(ctx, tx, recording)
}

// sweepExports removes what no row tells of: a document that was stored, and its
// conversion never asked for.
func (m *Minutes) sweepExports(ctx context.Context, recording string) (int, error) {
	objects, err := m.Store.Erase(ctx, m.ExportsBucket, exportsOf(recording), "")
	if errors.Is(err, blob.ErrNotFound) {
		err = nil
	}
	return objects, wrap("erase", exportsOf(recording), err)
}

// exportsOf is below which documents lie that are made PDFs.
func exportsOf(recording string) string { return "exports/" + recording + "/" }

// mostExpired bounds the exports that one round of tending takes.
const mostExpired = 100

// tendExports takes away what has expired.
func (m *Minutes) tendExports(ctx context.Context, apply fn.Apply) error {
	old, err := readMadeAll(ctx, m.DB, `WHERE source <> '' AND asked_at < $1 ORDER BY asked_at LIMIT $2`, m.Now().Add(-m.ExportExpiry), mostExpired)
	if err != nil {
		return err
	}
	for _, made := range old {
		e, err := events.New(ExportExpired{Export: made.ID, Document: made.Document})
		if err != nil {
			return err
		}
		e.SetID(ce.ID("expired", made.Document))
		if err := apply(ctx, e); err != nil {
			return wrap("let expire export", made.ID, err)
		}
	}
	return nil
}
