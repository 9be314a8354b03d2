package transcribe

import (
	"context"

	"xietong.dev/events"
)

// Engine hears speech.
type Engine interface {
	// Serves returns nil where the engine knows a language ("" leaves the
	// language to the engine), and otherwise a refusal that says what to do.
	Serves(language string) error
	// Hear returns what is said in a chunk. An error means that the engine
	// failed on it and is tried again; silence is no error but an empty Heard.
	Hear(ctx context.Context, s Speech) (Heard, error)
}

// Speech is the sound of one chunk.
type Speech struct {
	WAV      []byte // as wav makes it: 16 kHz, one channel, 16 bit
	LengthMS int64
	Language string // BCP 47, or empty
}

// Heard is what an engine made of a chunk. Segments have a text and times from
// the start of the sound, in milliseconds; the rest of them is filled in later.
type Heard struct {
	Engine   events.Engine    `json:"engine"`
	Language string           `json:"language,omitempty"` // where the engine says
	Segments []events.Segment `json:"segments"`
}
