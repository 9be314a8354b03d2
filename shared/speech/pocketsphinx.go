package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"xietong.dev/shared/child"
	"xietong.dev/shared/fault"
)

// Pocketsphinx is the engine that is always there: it needs no network, no
// graphics card and little memory. It knows English only, and is good enough to
// try the toolbox with.
type Pocketsphinx struct {
	Path   string        // of pocketsphinx_continuous
	Wall   time.Duration // for one chunk
	Memory int64         // bytes of address space
}

// Serves implements [Engine].
func (Pocketsphinx) Serves(language string) error {
	if Base(language) == "" || Base(language) == "en" {
		return nil
	}
	return fault.Refusef(CodeLanguage,
		"the built-in engine hears English only, the recording is in %q: set TRANSCRIBE_URL to an engine that knows it, or upload a transcript instead", language)
}

// Hear implements [Engine]. The samples go in by standard input, without a
// header: a file name that does not end in .wav is read so.
func (p Pocketsphinx) Hear(ctx context.Context, s Speech) (Heard, error) {
	h := Heard{Engine: Model{Name: "pocketsphinx", Model: "en-us"}, Language: "en"}
	samples, err := Samples(s.WAV)
	if err != nil {
		return h, fault.Invalid(fmt.Errorf("the chunk %w", err))
	}
	out, err := child.Run(ctx, child.Cmd{
		Path: p.Path, Args: []string{"-infile", "/dev/stdin", "-time", "yes", "-logfn", "/dev/null"},
		Stdin:  bytes.NewReader(samples),
		Limits: child.Limits{Wall: p.Wall, Memory: p.Memory, Output: 1 << 20},
	})
	switch {
	case errors.Is(err, child.ErrNotFound):
		return h, fmt.Errorf("environment variable POCKETSPHINX: %w", err)
	case err != nil:
		return h, fmt.Errorf("transcribe with pocketsphinx: %w", err)
	}
	h.Segments, err = readPocketsphinx(string(out))
	return h, err
}

// A line for a word: the word, start and end in seconds, its probability.
var timedWord = regexp.MustCompile(`^(\S+) (\d+\.\d+) (\d+\.\d+) (\d+\.\d+(?:e[+-]?\d+)?)$`)

// variant marks the second and further pronunciations of a word: the(2).
var variant = regexp.MustCompile(`\(\d+\)$`)

// readPocketsphinx reads the output: for each utterance a line with its text,
// then a line for each word and each silence. The two must agree; output that
// only looks like text must not end up in somebody's minutes.
func readPocketsphinx(out string) ([]Segment, error) {
	var segments []Segment
	var said []string
	end := func() error {
		if len(said) == 0 {
			return nil
		}
		if last := len(segments) - 1; last < 0 || segments[last].Text != said[0] {
			return fmt.Errorf("pocketsphinx answered nonsense: no times for %q", brief(said[0], 80))
		}
		return nil
	}
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		match := timedWord.FindStringSubmatch(line)
		if match == nil {
			if err := end(); err != nil {
				return nil, err
			}
			said = nil
			if line != "" {
				said = []string{line}
				segments = append(segments, Segment{})
			}
			continue
		}
		if word, ok := spoken(match); ok && len(said) > 0 {
			add(&segments[len(segments)-1], word)
		}
	}
	return segments, end()
}

// spoken returns a word; <s>, <sil>, [NOISE] and ++BREATH++ are none.
func spoken(match []string) (Word, bool) {
	text := variant.ReplaceAllString(match[1], "")
	if strings.ContainsAny(text[:1], "<[+") {
		return Word{}, false
	}
	start, _ := strconv.ParseFloat(match[2], 64)
	end, _ := strconv.ParseFloat(match[3], 64)
	sure, _ := strconv.ParseFloat(match[4], 64)
	sure = math.Round(min(1, sure)*1000) / 1000
	return Word{Text: text, StartMS: millis(start), EndMS: millis(end), Confidence: &sure}, true
}

func millis(seconds float64) int64 { return int64(math.Round(seconds * 1000)) }

func add(s *Segment, w Word) {
	if len(s.Words) == 0 {
		s.StartMS = w.StartMS
	}
	s.EndMS, s.Words = w.EndMS, append(s.Words, w)
	s.Text = strings.TrimSpace(s.Text + " " + w.Text)
}
