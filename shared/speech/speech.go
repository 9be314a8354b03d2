// Package speech hears speech: it is what transcripts and live captions share.
//
//	in   sound: 16 kHz, one channel, 16 bit
//	out  what was said, with times in milliseconds from the start of the sound
//
// [Config] chooses an [Engine]: pocketsphinx on this machine, or any server that
// answers POST /v1/audio/transcriptions. [Find] tells where somebody speaks, and
// [Sane] makes an answer fit to be relied on. Refused with a code are languages
// that the engine does not know, and sound that it does not take; every other
// failure is worth another try.
package speech

import "context"

// The codes of refusals, which are those of package events.
const (
	CodeLanguage = "language_unserved" // the engine does not know the language
	CodeEngine   = "engine_failed"     // the engine does not take the sound
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
	WAV      []byte // as [WAV] makes it: 16 kHz, one channel, 16 bit
	LengthMS int64
	Language string   // BCP 47, or empty
	Terms    []string // names and words that are likely to be said, the likeliest first
	Speakers bool     // tell speakers apart, where the engine can
}

// Heard is what an engine made of a chunk.
type Heard struct {
	Engine   Model
	Language string // where the engine says
	Segments []Segment
}

// Model says which engine heard.
type Model struct {
	Name  string
	Model string // empty where nobody says
}

// Segment is a stretch of speech: about a sentence.
type Segment struct {
	StartMS    int64 // from the start of the sound
	EndMS      int64
	Text       string
	Confidence *float64 // 0 to 1, nil where the engine gives none
	Words      []Word   // nil where the engine gives none
	Suspect    string   // why somebody should listen again: repeated, empty
	Timing     string   // what the times are worth: one of the Timing constants
	Speaker    string   // the engine's name for who speaks, of this chunk alone; empty where it gives none
}

// What the times of a segment are worth.
const (
	TimingMeasured     = ""             // the engine heard them
	TimingInterpolated = "interpolated" // the engine spread its text over the time
	TimingChunk        = "chunk"        // the engine gave none: they are those of the chunk
)

// Word is one word with its time.
type Word struct {
	Text       string
	StartMS    int64
	EndMS      int64
	Confidence *float64
}

// brief keeps a text within a number of characters.
func brief(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
