package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"xietong.dev/events"
	"xietong.dev/test/drive"
	"xietong.dev/test/wer"
)

// measured is one way through a recording.
type measured struct {
	took  time.Duration
	heard [][]string // by channel
}

// transcribe takes known speech through the whole pipeline with one, two and four
// workers, and the same chunks through the bare engine: three fifths of the speech
// on one channel, the rest of two people on a channel each.
func transcribe(b *bench) (figures, error) {
	all := time.Duration(b.speech) * time.Minute
	mono, err := b.speak("mono", all*3/5, 3, 1)
	if err != nil {
		return nil, err
	}
	tracks, err := b.speak("tracks", all-all*3/5, 2, 2)
	if err != nil {
		return nil, err
	}
	monoFigures, err := b.compare(mono, "", 1, 2, 4)
	if err != nil {
		return nil, err
	}
	tracksFigures, err := b.compare(tracks, "_tracks", 2)
	if err != nil {
		return nil, err
	}
	real, err := b.realSpeech()
	return append(append(monoFigures, tracksFigures...), real...), err
}

// compare measures a recording through the bare engine and through the pipeline
// with numbers of workers, of which the first is the one to be sped up.
func (b *bench) compare(r recording, suffix string, workers ...int) (figures, error) {
	chunks, besides, err := b.cut(r)
	if err != nil {
		return nil, err
	}
	bare, err := b.bare(r.channels, chunks)
	if err != nil {
		return nil, err
	}
	fmt.Printf("%s: %s on %d channels, %d chunks\n", r.name, r.length.Round(time.Second), r.channels, len(chunks))
	row("pipeline, an engine that takes no time", besides, bare.took, "")
	row("bare engine, one chunk after another", bare.took, bare.took, wordErrors(r, bare))
	out := figures{{"wer_bare" + suffix, rate(r, bare)}, {"besides_s" + suffix, besides.Seconds()}}
	var first time.Duration
	for i, n := range workers {
		m, err := b.pipeline(r, n)
		if err != nil {
			return nil, err
		}
		row(fmt.Sprintf("pipeline, %d at once", n), m.took, bare.took, wordErrors(r, m))
		if i == 0 {
			first = m.took
			out = append(out, figure{"wer_pipeline" + suffix, rate(r, m)}, figure{fmt.Sprintf("ratio_%d%s", n, suffix), m.took.Seconds() / bare.took.Seconds()})
			continue
		}
		out = append(out, figure{fmt.Sprintf("speedup_%d%s", n, suffix), first.Seconds() / m.took.Seconds()})
	}
	return out, nil
}

func row(name string, took, beside time.Duration, more string) {
	fmt.Printf("  %-42s %9s  %.2f x  %s\n", name, seconds(took), took.Seconds()/beside.Seconds(), more)
}

func wordErrors(r recording, m measured) string {
	return fmt.Sprintf("word errors %.1f %%", 100*rate(r, m))
}

func rate(r recording, m measured) float64 {
	wrong, words := 0, 0
	for i, said := range r.said {
		wrong += wer.Errors(said, m.heard[i])
		words += len(said)
	}
	return float64(wrong) / float64(words)
}

// pipeline uploads the recording and waits for its transcript. Numbers stay in
// words, as they were said.
func (b *bench) pipeline(r recording, workers int) (measured, error) {
	state := filepath.Join(b.dir, fmt.Sprintf("%s-pipeline-%d", r.name, workers))
	runtime, _, err := b.up(state, "--workers", fmt.Sprint(workers), "--set", "transcribe.TRANSCRIBE_NUMBERS=off")
	if err != nil {
		return measured{}, err
	}
	defer runtime.Down()
	return b.through(runtime, r)
}

func (b *bench) through(runtime *drive.Runtime, r recording) (measured, error) {
	m := measured{heard: make([][]string, r.channels)}
	segments, took, err := b.submit(runtime, r)
	for _, s := range segments {
		m.heard[s.Track] = append(m.heard[s.Track], wer.Words(s.Text)...)
	}
	m.took = took
	return m, err
}

// submit uploads a recording, waits for its transcript and returns what it holds.
func (b *bench) submit(runtime *drive.Runtime, r recording) ([]events.Segment, time.Duration, error) {
	body, err := os.ReadFile(r.path)
	if err != nil {
		return nil, 0, err
	}
	began := time.Now()
	id, err := runtime.Submit(b.ctx, r.name, filepath.Base(r.path), "en", body)
	if err != nil {
		return nil, 0, err
	}
	if _, err := runtime.Await(b.ctx, id, "transcribed", "summarised"); err != nil {
		return nil, 0, err
	}
	took := time.Since(began)
	var transcript struct{ Segments []events.Segment }
	if status, err := runtime.Call(b.ctx, "GET", "/minutes/"+id+"/transcript", nil, &transcript); err != nil || status != 200 {
		return nil, took, fmt.Errorf("read the transcript: %d, %v", status, err)
	}
	return transcript.Segments, took, nil
}

// realSpeech compares error rates on the engine's own recordings of real
// speech, five sentences read from a novel.
func (b *bench) realSpeech() (figures, error) {
	recordings, err := librivox()
	if err != nil {
		return nil, err
	}
	runtime, _, err := b.up(filepath.Join(b.dir, "real"), "--set", "transcribe.TRANSCRIBE_NUMBERS=off")
	if err != nil {
		return nil, err
	}
	defer runtime.Down()
	words, bareErrors, ourErrors := 0, 0, 0
	for _, r := range recordings {
		bare, err := b.bare(1, []chunk{{path: r.path}})
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
