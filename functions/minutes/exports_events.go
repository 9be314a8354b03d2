package minutes

// The events that exports come to within this function; they never leave it.

import (
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
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
