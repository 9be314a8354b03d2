package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"xietong.dev/shared/speech"
	"xietong.dev/test/wer"
)

// recording is speech whose words are known.
type recording struct {
	name     string
	path     string
	channels int
	said     [][]string // by channel
	length   time.Duration
}

// voices are those of flite that sound unlike each other and that the built-in
// engine understands.
var voices = []string{"rms", "slt", "awb"}

// Sentences are put together of these, so that few are said twice.
var phrases = [][]string{
	{"the tax office", "the fire department", "the district school", "the public library", "the water company", "the city hospital", "the finance office", "the housing department", "the legal team", "the bus company"},
	{"will send", "has finished", "needs", "should prepare", "cannot accept", "has asked for", "will discuss", "wants to change", "received", "must check"},
	{"the annual report", "a new contract", "the list of families", "the repair of the bridge", "the plan for the summer", "two more people", "the offer of the company", "the letter to the mayor", "a larger room", "the budget of the school"},
	{"before the end of the month", "by next wednesday", "in the coming weeks", "as we decided last time", "after the public meeting", "together with the engineers", "without any delay", "on the first day of june", "because the costs are too high", "at the main building"},
}

func sentence(r *rand.Rand) string {
	var words []string
	for _, options := range phrases {
		words = append(words, options[r.IntN(len(options))])
	}
	return strings.Join(words, " ")
}

// speak makes a recording of so much speech: in turns of voices, each on a
// channel of its own or all on one, with pauses as between people who take turns.
func (b *bench) speak(name string, length time.Duration, speakers, channels int) (recording, error) {
	rec := recording{name: name, path: filepath.Join(b.dir, name+".wav"), channels: channels, said: make([][]string, channels)}
	sound := make([][]int16, channels)
	r := rand.New(rand.NewPCG(1, uint64(channels)))
	spoken, now := time.Duration(0), 0
	for turn := 0; spoken < length; turn++ {
		text := sentence(r)
		samples, err := b.utter(voices[turn%speakers], text)
		if err != nil {
			return rec, err
		}
		c := turn % channels
		sound[c] = append(pad(sound[c], now), samples...)
		rec.said[c] = append(rec.said[c], wer.Words(text)...)
		spoken += time.Duration(len(samples)) * time.Second / speech.SampleRate
		now = len(sound[c]) + speech.SampleRate*(4+r.IntN(8))/10
	}
	for c := range sound {
		sound[c] = murmur(pad(sound[c], now), uint64(c))
	}
	rec.length = time.Duration(now) * time.Second / speech.SampleRate
	return rec, os.WriteFile(rec.path, interleaved(sound), 0o644)
}

// utter has a voice say a text, as flite does it: 16 kHz, one channel.
func (b *bench) utter(voice, text string) ([]int16, error) {
	path := filepath.Join(b.dir, "utterance.wav")
	if out, err := exec.CommandContext(b.ctx, "flite", "-voice", voice, "-t", text, "-o", path).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("flite: %w: %s; run go run ./local setup --test", err, out)
	}
	file, err := os.ReadFile(path)
	if err != nil || len(file) < speech.WAVHeader {
		return nil, fmt.Errorf("say %q: %d bytes, %w", text, len(file), err)
	}
	samples := make([]int16, (len(file)-speech.WAVHeader)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(file[speech.WAVHeader+2*i:]))
	}
	return samples, nil
}

func pad(samples []int16, length int) []int16 {
	return append(samples, make([]int16, max(0, length-len(samples)))...)
}

// murmur lays the faint noise of a room under a channel: nothing real is silent.
func murmur(samples []int16, seed uint64) []int16 {
	noise := rand.New(rand.NewPCG(2, seed))
	for i, s := range samples {
		samples[i] = int16(max(-32768, min(32767, int(s)+int(noise.NormFloat64()*12))))
	}
	return samples
}

// interleaved writes channels as one WAV file.
func interleaved(channels [][]int16) []byte {
	n := len(channels)
	all := make([]int16, n*len(channels[0]))
	for c, samples := range channels {
		for i, s := range samples {
			all[i*n+c] = s
		}
	}
	file := speech.WAV(all)
	binary.LittleEndian.PutUint16(file[22:], uint16(n))
	binary.LittleEndian.PutUint32(file[28:], uint32(2*n*speech.SampleRate))
	binary.LittleEndian.PutUint16(file[32:], uint16(2*n))
	return file
}
