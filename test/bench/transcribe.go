package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/test/drive"
	"xietong.dev/test/wer"
)

// recording is speech whose words are known.
type recording struct {
	name     string
	path     string
	channels int
	said     [][]string // by channel
}

// measured is one way through a recording.
type measured struct {
	took  time.Duration
	heard [][]string
}

// transcribe takes known speech through the whole pipeline, with one worker and
// with two, and through the bare engine, in turn.
func transcribe(b *bench) (figures, error) {
	meeting, err := meetingSample(b.root)
	if err != nil {
		return nil, err
	}
	var bare, one, two []measured
	for i := range b.rounds {
		m, err := b.bare(meeting)
		if err != nil {
			return nil, err
		}
		bare = append(bare, m)
		for workers, into := range []*[]measured{&one, &two} {
			m, err := b.pipeline(meeting, workers+1, i)
			if err != nil {
				return nil, err
			}
			*into = append(*into, m)
		}
	}
	ratioOne, ratioTwo := ratio(one, bare), ratio(two, bare)
	fmt.Printf("%s, medians of %d\n", meeting.name, b.rounds)
	row("bare engine, one channel after the other", bare, meeting, 1)
	row("pipeline, one worker", one, meeting, ratioOne)
	row("pipeline, two workers", two, meeting, ratioTwo)
	real, err := b.realSpeech()
	if err != nil {
		return nil, err
	}
	return append(figures{{"wer_bare", rate(meeting, bare[0])}, {"wer_pipeline", rate(meeting, one[0])},
		{"ratio_one_worker", ratioOne}, {"ratio_two_workers", ratioTwo}}, real...), nil
}

func row(name string, runs []measured, r recording, ratio float64) {
	fmt.Printf("  %-42s %8s  %.2f x  word errors %.1f %%\n", name, seconds(median(times(runs))), ratio, 100*rate(r, runs[0]))
}

func times(runs []measured) (all []time.Duration) {
	for _, m := range runs {
		all = append(all, m.took)
	}
	return all
}

// ratio is the median of the ratios, round by round: the machine's speed drifts.
func ratio(a, b []measured) float64 {
	var all []float64
	for i := range a {
		all = append(all, a[i].took.Seconds()/b[i].took.Seconds())
	}
	return median(all)
}

func rate(r recording, m measured) float64 {
	errors, words := 0, 0
	for i, said := range r.said {
		errors += wer.Errors(said, m.heard[i])
		words += len(said)
	}
	return float64(errors) / float64(words)
}

// meetingSample is the bundled meeting of two speakers on two channels.
func meetingSample(root string) (recording, error) {
	r := recording{name: "bundled meeting, two speakers on two channels", channels: 2, said: make([][]string, 2)}
	found, err := filepath.Glob(filepath.Join(root, "local/samples/meeting-en.*"))
	if err != nil {
		return r, err
	}
	for _, path := range found {
		if filepath.Ext(path) != ".txt" {
			r.path = path
		}
	}
	f, err := os.Open(filepath.Join(root, "local/samples/meeting-en.txt"))
	if err != nil {
		return r, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		speaker, text, ok := strings.Cut(lines.Text(), ": ")
		if channel := strings.Index("AB", speaker); ok && len(speaker) == 1 && channel >= 0 {
			r.said[channel] = append(r.said[channel], wer.Words(text)...)
		}
	}
	return r, nil
}

// bare gives the recording to the engine: as it is where the engine reads it,
// else each channel as ffmpeg decodes it.
func (b *bench) bare(r recording) (measured, error) {
	m := measured{heard: make([][]string, r.channels)}
	began := time.Now()
	for channel := range r.channels {
		wav := r.path
		if r.channels > 1 {
			wav = filepath.Join(b.dir, fmt.Sprint("channel", channel, ".wav"))
			decode := exec.CommandContext(b.ctx, "ffmpeg", "-nostdin", "-v", "error", "-y", "-i", r.path,
				"-af", fmt.Sprintf("pan=mono|c0=c%d", channel), "-ar", "16000", wav)
			if text, err := decode.CombinedOutput(); err != nil {
				return m, fmt.Errorf("ffmpeg: %w: %s", err, text)
			}
		}
		text, err := exec.CommandContext(b.ctx, "pocketsphinx_continuous", "-infile", wav, "-logfn", "/dev/null").Output()
		if err != nil {
			return m, fmt.Errorf("pocketsphinx_continuous: %w", err)
		}
		m.heard[channel] = wer.Words(string(text))
	}
	m.took = time.Since(began)
	return m, nil
}

// pipeline uploads the recording and waits for its transcript.
func (b *bench) pipeline(r recording, workers, round int) (measured, error) {
	state := filepath.Join(b.dir, fmt.Sprintf("pipeline-%d-%d", workers, round))
	runtime, _, err := b.up(state, "--workers", fmt.Sprint(workers))
	if err != nil {
		return measured{}, err
	}
	defer runtime.Down()
	return b.through(runtime, r)
}

func (b *bench) through(runtime *drive.Runtime, r recording) (measured, error) {
	m := measured{heard: make([][]string, r.channels)}
	body, err := os.ReadFile(r.path)
	if err != nil {
		return m, err
	}
	began := time.Now()
	id, err := runtime.Submit(b.ctx, r.name, filepath.Base(r.path), "en", body)
	if err != nil {
		return m, err
	}
	if _, err := runtime.Await(b.ctx, id, "transcribed", "summarised"); err != nil {
		return m, err
	}
	m.took = time.Since(began)
	var transcript struct{ Segments []events.Segment }
	if status, err := runtime.Call(b.ctx, "GET", "/minutes/"+id+"/transcript", nil, &transcript); err != nil || status != 200 {
		return m, fmt.Errorf("read the transcript: %d, %v", status, err)
	}
	for _, s := range transcript.Segments {
		m.heard[s.Track] = append(m.heard[s.Track], wer.Words(s.Text)...)
	}
	return m, nil
}

// realSpeech compares error rates on the engine's own recordings of real
// speech, five sentences read from a novel.
func (b *bench) realSpeech() (figures, error) {
	recordings, err := librivox()
	if err != nil {
		return nil, err
	}
	runtime, _, err := b.up(filepath.Join(b.dir, "real"))
	if err != nil {
		return nil, err
	}
	defer runtime.Down()
	words, bareErrors, ourErrors := 0, 0, 0
	for _, r := range recordings {
		bare, err := b.bare(r)
		if err != nil {
			return nil, err
		}
		ours, err := b.through(runtime, r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		words += len(r.said[0])
		bareErrors += wer.Errors(r.said[0], bare.heard[0])
		ourErrors += wer.Errors(r.said[0], ours.heard[0])
	}
	bare, ours := float64(bareErrors)/float64(words), float64(ourErrors)/float64(words)
	fmt.Printf("the engine's recordings of real speech, %d words: word errors bare %.1f %%, pipeline %.1f %%\n", words, 100*bare, 100*ours)
	return figures{{"wer_bare_real", bare}, {"wer_pipeline_real", ours}}, nil
}

// librivox reads the list of recordings that the package pocketsphinx-testdata
// brings: <s> words </s> (file).
func librivox() ([]recording, error) {
	const dir = "/usr/share/pocketsphinx/test/data/librivox"
	f, err := os.Open(filepath.Join(dir, "transcription"))
	if err != nil {
		return nil, fmt.Errorf("%w; run go run ./local setup --test", err)
	}
	defer f.Close()
	var all []recording
	for lines := bufio.NewScanner(f); lines.Scan(); {
		text, file, ok := strings.Cut(lines.Text(), "</s> (")
		if !ok {
			continue
		}
		name := strings.TrimSuffix(file, ")")
		all = append(all, recording{name: name, path: filepath.Join(dir, name+".wav"), channels: 1,
			said: [][]string{wer.Words(strings.TrimPrefix(text, "<s>"))}})
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the list of recordings in %s is empty", dir)
	}
	return all, nil
}
