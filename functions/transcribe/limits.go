package transcribe

import (
	"fmt"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/speech"
)

// Limits is what a recording or an uploaded transcript may be at most.
type Limits struct {
	Upload     conf.Bytes    `env:"MAX_UPLOAD,default=4GiB"`
	Length     time.Duration `env:"MAX_DURATION,default=8h"`
	Tracks     int           `env:"MAX_TRACKS,default=16"`
	TrackTime  time.Duration `env:"MAX_TRACK_TIME,default=16h"` // the length of a recording times its channels
	Readable   float64       `env:"MIN_READABLE,default=0.5"`   // the share of a damaged recording that must be there
	Transcript conf.Bytes    `env:"MAX_TRANSCRIPT,default=16MiB"`
	Segments   int           `env:"MAX_SEGMENTS,default=200000"`
}

// Chunks says how recordings are cut.
type Chunks struct {
	Length time.Duration `env:"MAX_CHUNK,default=60s"` // of sound in a chunk, at most
	// Pause ends a chunk where nobody speaks for longer. Shorter silences are
	// left out of the chunk.
	Pause time.Duration `env:"MAX_PAUSE,default=60s"`
}

// margin is kept before and after speech, for soft first and last sounds, and
// so that an engine finds a pause between two pieces.
const margin = 300 * time.Millisecond

func (c Chunks) cutting() cutting {
	return cutting{maxMS: c.Length.Milliseconds(), pauseMS: c.Pause.Milliseconds(), marginMS: margin.Milliseconds()}
}

// within keeps chunks to what an engine takes in one request. Where it gives no
// times, every pause ends one: the chunk's own are all that is known.
func (c Chunks) within(kind speech.Dialect) Chunks {
	c.Length = min(c.Length, kind.LongestChunk())
	if kind.Timeless {
		c.Pause = min(c.Pause, time.Second)
	}
	return c
}

func (c Chunks) check() error {
	if c.Length < 5*time.Second || c.Length > 5*time.Minute {
		return fmt.Errorf("environment variable MAX_CHUNK: %s, want 5s to 5m", c.Length)
	}
	if c.Pause < time.Second {
		return fmt.Errorf("environment variable MAX_PAUSE: %s, want at least 1s", c.Pause)
	}
	return nil
}

func (l Limits) checkSize(size int64) error {
	switch {
	case size == 0:
		return fault.Refusef(events.RefusedEmpty, "the file is empty")
	case size > int64(l.Upload):
		return fault.Refusef(events.RefusedTooLarge, "the file has %d bytes, MAX_UPLOAD allows %d", size, l.Upload)
	}
	return nil
}

func (l Limits) checkLength(ms int64, channels int) error {
	length := time.Duration(ms) * time.Millisecond
	switch {
	case length > l.Length:
		return fault.Refusef(events.RefusedTooLong, "the recording is %s long, MAX_DURATION allows %s", clock(ms), clock(l.Length.Milliseconds()))
	case length*time.Duration(channels) > l.TrackTime:
		return fault.Refusef(events.RefusedTooLong, "the recording is %s long on each of %d channels, MAX_TRACK_TIME allows %s together",
			clock(ms), channels, clock(l.TrackTime.Milliseconds()))
	}
	return nil
}
