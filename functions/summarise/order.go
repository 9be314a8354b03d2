package summarise

import (
	"cmp"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
)

// order is a summary that is to be made: of a transcript that is ready, or one more that
// somebody asked for.
type order struct {
	recording, upload string
	transcript        events.Object
	kind              string           // in place of the transcript's own; empty leaves it
	speakers          []events.Speaker // the same
	languages         []string         // besides its own
	recordedAt        string           // in place of the transcript's own; empty leaves it
}

// orderOf reads either event.
func orderOf(e fn.Event) (order, error) {
	if e.Type() == (events.SummaryRequested{}).EventType() {
		r, err := events.Decode[events.SummaryRequested](e)
		return order{r.Recording, r.Upload, r.Transcript, r.Kind, r.Speakers, r.Languages, r.RecordedAt}, err
	}
	heard, err := events.Decode[events.RecordingTranscribed](e)
	return order{recording: heard.Recording, upload: heard.Upload, transcript: heard.Transcript}, err
}

// of returns the transcript as the order wants it read.
func (o order) of(t events.Transcript) events.Transcript {
	t.Kind, t.RecordedAt = cmp.Or(o.kind, t.Kind), cmp.Or(o.recordedAt, t.RecordedAt)
	if len(o.speakers) > 0 {
		t.Speakers = o.speakers
	}
	return t
}

// refused tells why an order, or a part of it, will not be met.
func (o order) refused(reason error) events.RecordingRefused {
	const most = 2000 // characters of a reason, which the event bounds
	return events.RecordingRefused{Recording: o.recording, Upload: o.upload, Stage: Word,
		Code: cmp.Or(fault.Code(reason), events.RefusedFailed), Reason: events.Brief(reason.Error(), most)}
}
