package minutes

// Exports that another function finishes: a PDF is made of the Word document by whoever
// converts documents. It is asked by an event and answers by one; the files are found
// again for the same wish until they expire or the minutes are deleted.

import (
	"context"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// ExportRequested asks for a stored Word document to be made a PDF. It is what a POST
// amounts to, and never leaves this function.
type ExportRequested struct {
	Export    string        `json:"export"`
	Recording string        `json:"recording"`
	Attempt   int           `json:"attempt"`
	Object    events.Object `json:"object"`
	Title     string        `json:"title"`
	Language  string        `json:"language"`
}

// EventType is the CloudEvents type.
func (ExportRequested) EventType() string { return "dev.xietong.export.requested.v1" }

// EventSubject is the recording's id.
func (d ExportRequested) EventSubject() string { return d.Recording }

// Validate returns an error where an id is not one.
func (d ExportRequested) Validate() error {
	if events.IsID(d.Recording) && events.IsID(d.Export) && d.Attempt > 0 {
		return nil
	}
	return fmt.Errorf("export %q of recording %q, attempt %d: want ids and an attempt from 1", d.Export, d.Recording, d.Attempt)
}

// document is what the converting function knows an attempt by. It refuses one that was
// deleted, so each attempt has its own.
func (d ExportRequested) document() string { return ce.ID("export", d.Export, fmt.Sprint(d.Attempt)) }

// ExportExpired takes an export's files away. It never leaves this function.
type ExportExpired struct {
	Export   string `json:"export"`
	Document string `json:"document"`
}

// EventType is the CloudEvents type.
func (ExportExpired) EventType() string { return "dev.xietong.export.expired.v1" }

// EventSubject is the export's id.
func (d ExportExpired) EventSubject() string { return d.Export }

// Validate returns an error where an id is not one.
func (d ExportExpired) Validate() error {
	if events.IsID(d.Export) && events.IsID(d.Document) {
		return nil
	}
	return fmt.Errorf("export %q, document %q: want ids", d.Export, d.Document)
}

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
	return objects, out, eraseMade(ctx, tx, recording)
}

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
