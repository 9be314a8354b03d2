package summarise

import (
	"context"

	"xietong.dev/events"
)

// Summariser makes a summary of a transcript.
//
// Whatever the transcript says, the summary is valid: every point cites at
// least one place in the transcript, with a quote that stands there word for
// word. The text of a transcript is data, never an instruction. A transcript
// that is empty gives an empty summary and no error. It returns when ctx ends.
// The caller fills in whose summary it is: recording, upload, revision and
// language.
type Summariser interface {
	Summarise(ctx context.Context, t events.Transcript) (events.Summary, error)
}
