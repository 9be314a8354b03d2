// Package events is the contract between functions: one struct, one JSON
// Schema (schema/) and one example (example/) for each type of event, and the
// same for the documents that events point to: [Transcript], [Summary] and
// [BookContents]. The text of a book is an object of its own form: shared/booktext.
//
//	in   a CloudEvent, from anybody
//	out  its data as a Go struct, or an error that names the field
//
// [Decode] refuses a wrong type, a field that is missing, null, ill-formed or
// there twice, and anything that is not JSON. Field names count exactly as they
// are written. It lets fields pass that it does not know: functions are
// deployed one at a time, so a newer sender may already say more.
package events

import (
	"fmt"
	"mime"
	"strings"

	"github.com/cloudevents/sdk-go/v2/event"
)

// Event is a CloudEvent.
type Event = event.Event

// The extension attributes that every event of ours carries from its cause.
const (
	CorrelationID = "correlationid" // the id of the event that began the story
	CausationID   = "causationid"   // the id of the event that caused this one
	AuthType      = "authtype"      // what kind of principal asked: user, service_account, unauthenticated
	AuthID        = "authid"        // which principal asked; an account's id, never a name or a credential
	Unit          = "unit"          // the government unit that owns the work
)

// Data is the payload of one type of event.
type Data interface {
	// EventType is the CloudEvents type, dev.xietong.<noun>.<past-participle>.v1; a noun may be up to three words.
	EventType() string
	// EventSubject is the CloudEvents subject: the id of the thing the event is about.
	EventSubject() string
	// Validate returns an error that names the first field that is wrong.
	Validate() error
}

// New returns an event with data. It lacks an id, a source and a time: the
// function that sends it adds those when it commits.
func New(data Data) (Event, error) {
	e := event.New()
	e.SetType(data.EventType())
	e.SetSubject(data.EventSubject())
	if err := data.Validate(); err != nil {
		return e, fmt.Errorf("event %s: %w", data.EventType(), err)
	}
	if err := e.SetData(event.ApplicationJSON, data); err != nil {
		return e, fmt.Errorf("event %s: %w", data.EventType(), err)
	}
	return e, nil
}

// NewAll is New for each of some data.
func NewAll(all ...Data) ([]Event, error) {
	out := make([]Event, 0, len(all))
	for _, data := range all {
		e, err := New(data)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Brief keeps a text within a number of characters, as schemas bound it.
func Brief(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// Decode returns the data of e, checked.
func Decode[T Data](e Event) (T, error) {
	var data T
	if e.Type() != data.EventType() {
		return data, fmt.Errorf("event type is %q, want %q", e.Type(), data.EventType())
	}
	if !isJSON(e.DataContentType()) {
		return data, fmt.Errorf("datacontenttype is %q, want application/json", e.DataContentType())
	}
	err := decode(e.Data(), &data)
	if err == nil {
		err = data.Validate()
	}
	if err != nil {
		return data, fmt.Errorf("data of %s: %w", e.Type(), err)
	}
	return data, nil
}

// isJSON takes an absent type for JSON, as the JSON format of CloudEvents does
// (section 3.1).
func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && (media == event.ApplicationJSON || strings.HasSuffix(media, "+json"))
}

// Types returns the zero value of every type of event there is.
func Types() []Data {
	return []Data{
		RecordingUploaded{}, TranscriptUploaded{}, RecordingCut{}, ChunkCut{}, ChunkTranscribed{},
		RecordingHeard{}, RecordingTranscribed{}, RecordingSummarised{}, RecordingRefused{}, MinutesDeleted{},
		SummaryRequested{}, RecordingForgotten{}, GlossaryChanged{}, CaptionsEnded{},
		DocumentUploaded{}, DocumentConversionRequested{}, DocumentPreviewRequested{}, DocumentConverted{},
		DocumentPreviewed{}, DocumentRefused{}, DocumentDeleted{},
		BookUploaded{}, BookCatalogued{}, BookTextRequested{}, BookCoverRequested{}, BookCovered{}, BookWithdrawn{}, BookRestored{}, BookRefused{},
		BatchUploaded{}, BatchPlanned{}, BatchApproved{}, BatchRowsRequested{}, BatchCompleted{}, BatchRefused{},
		DeviceReported{}, DeviceBatchUploaded{}, RiskDecided{}, RiskAlertOpened{}, RiskAlertUpdated{}, RiskAlertClosed{},
		RiskCommandIssued{}, RiskCommandAcknowledged{}, RiskRulesetPublished{}, RiskReplayRequested{}, RiskReplayed{},
	}
}
