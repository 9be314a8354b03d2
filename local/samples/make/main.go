// Command make speaks the English samples again after their scripts were
// changed: flite is the voices, ffmpeg the recorder.
//
//	in   meeting-en.txt, memo-en.txt: one turn a line, "A: …" or "B: …"
//	out  meeting-en.ogg (one speaker on each channel), memo-en.mp4 (with a picture)
//
// Run it in the folder of the samples: go run ./make
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"xietong.dev/shared/child"
)

const rate = 16000 // samples a second, as flite speaks

// voices are the ones of flite that the test engine understands best.
var voices = map[string]string{"A": "rms", "B": "slt"}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	meeting, err := speak(ctx, "meeting-en.txt")
	if err != nil {
		return err
	}
	err = record(ctx, "meeting-en.ogg", interleave(meeting["A"], meeting["B"]),
		"-f", "s16le", "-ar", "16000", "-ac", "2", "-i", "pipe:0", "-c:a", "libopus", "-b:a", "24k", "-f", "ogg", "pipe:1")
	if err != nil {
		return err
	}
	memo, err := speak(ctx, "memo-en.txt")
	if err != nil {
		return err
	}
	picture := fmt.Sprintf("testsrc2=size=160x90:rate=2:duration=%d", len(memo["A"])/rate)
	return record(ctx, "memo-en.mp4", interleave(memo["A"]),
		"-f", "lavfi", "-i", picture, "-f", "s16le", "-ar", "16000", "-ac", "1", "-i", "pipe:0",
		"-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "40", "-c:a", "aac", "-b:a", "32k",
		"-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "pipe:1")
}

// speak returns one channel for each speaker of a script, all equally long.
func speak(ctx context.Context, script string) (map[string][]int16, error) {
	text, err := os.ReadFile(script)
	if err != nil {
		return nil, err
	}
	channels := map[string][]int16{}
	now, last := rate/2, ""
	for line := range strings.Lines(string(text)) {
		who, said, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || voices[who] == "" {
			return nil, fmt.Errorf("%s: line %q does not begin with A: or B:", script, line)
		}
		now += pause(last, who)
		for sentence := range strings.SplitAfterSeq(said, ". ") {
			voice, err := utter(ctx, voices[who], sentence)
			if err != nil {
				return nil, err
			}
			channels[who] = append(pad(channels[who], now), voice...)
			now = len(channels[who]) + rate*35/100
		}
		last = who
	}
	for who, samples := range channels {
		channels[who] = murmur(pad(samples, now+rate/2), who)
	}
	return channels, nil
}

// pause is how long people wait before a turn. Somebody who speaks twice in a
// row was looking for something.
func pause(last, who string) int {
	if last == who {
		return 5 * rate
	}
	return rate * 6 / 10
}

func utter(ctx context.Context, voice, sentence string) ([]int16, error) {
	wav, err := child.Run(ctx, child.Cmd{Path: "flite", Args: []string{"-voice", voice, "-t", sentence, "-o", "/dev/stdout"},
		Limits: child.Limits{Wall: time.Minute, Output: 16 << 20}})
	if err != nil || len(wav) < 44 {
		return nil, fmt.Errorf("say %q: %d bytes: %w", sentence, len(wav), err)
	}
	samples := make([]int16, (len(wav)-44)/2)
	return samples, binary.Read(bytes.NewReader(wav[44:]), binary.LittleEndian, samples)
}

func pad(samples []int16, length int) []int16 {
	return append(samples, make([]int16, max(0, length-len(samples)))...)
}

// murmur lays the faint noise of a room under a channel: nothing real is silent.
// Its seed is fixed, so that the same script gives the same file.
func murmur(samples []int16, who string) []int16 {
	noise := rand.New(rand.NewPCG(1, uint64(who[0])))
	for i, s := range samples {
		samples[i] = int16(max(-32768, min(32767, int(s)+int(noise.NormFloat64()*12))))
	}
	return samples
}

func interleave(channels ...[]int16) []byte {
	out := make([]byte, 0, 2*len(channels)*len(channels[0]))
	for i := range channels[0] {
		for _, c := range channels {
			out = binary.LittleEndian.AppendUint16(out, uint16(c[i]))
		}
	}
	return out
}

func record(ctx context.Context, name string, pcm []byte, args ...string) error {
	args = append([]string{"-hide_banner", "-loglevel", "error", "-nostdin"}, args...)
	file, err := child.Run(ctx, child.Cmd{Path: "ffmpeg", Args: args, Stdin: bytes.NewReader(pcm),
		Limits: child.Limits{Wall: 5 * time.Minute, Output: 16 << 20}})
	if err != nil {
		return fmt.Errorf("record %s: %w", name, err)
	}
	return os.WriteFile(name, file, 0o644)
}
