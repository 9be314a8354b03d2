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
//
// A summariser that cannot work now returns a fault.Busy.
type Summariser interface {
	Summarise(ctx context.Context, t events.Transcript) (events.Summary, error)
}

// Translator adds to the sentences of a summary what they are in further languages, BCP
// 47. On an error the summary that it returns is whole, with what it has.
type Translator interface {
	Translate(ctx context.Context, s events.Summary, languages []string) (events.Summary, error)
}

// StandIn makes a summary in place of a summariser that was asked long enough, and says
// in it that it stands in, and why.
type StandIn func(ctx context.Context, t events.Transcript, reason error) (events.Summary, error)
