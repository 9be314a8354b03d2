package booktext

import (
	"encoding/json"
	"io"

	"github.com/klauspost/compress/zstd"

	"xietong.dev/shared/fault"
)

// CodeUnreadable is the reason of a refusal: what was read makes no text.
const CodeUnreadable = "unreadable"

// window is how far back a packed text refers, and so what its reader keeps in
// memory.
const window = 1 << 20

// Writer writes a text part by part.
type Writer struct {
	packed *zstd.Encoder
	parts  int
}

// NewWriter begins a text. The fastest level makes it a twentieth larger than the
// next, in three fifths of the time (measured, 230 KB of Chinese and of English).
func NewWriter(w io.Writer) (*Writer, error) {
	packed, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, err
	}
	return &Writer{packed: packed}, line(packed, start{Version})
}

// Write adds a part. A part that is none is refused.
func (w *Writer) Write(p Part) error {
	if err := p.check(); err != nil {
		return fault.Refusef(CodeUnreadable, "the text: %w", err)
	}
	if w.parts++; w.parts > MaxParts {
		return fault.Refusef(CodeUnreadable, "the text has more than %d parts", MaxParts)
	}
	if err := line(w.packed, head{p.Href, len(p.Text)}); err != nil {
		return err
	}
	if _, err := io.WriteString(w.packed, p.Text); err != nil {
		return err
	}
	_, err := io.WriteString(w.packed, "\n")
	return err
}

// Close ends the text. Without it there is none.
func (w *Writer) Close() error { return w.packed.Close() }

func line(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
