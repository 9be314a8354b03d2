package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"xietong.dev/test/wer"
)

// chunk is the sound of one chunk, as the pipeline cut it.
type chunk struct {
	path    string
	track   int
	startMS int64
}

// listener is an engine that keeps the sound it is given, and answers with the
// number of the chunk.
type listener struct {
	dir  string
	lock sync.Mutex
	kept []string
	err  error
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number, err := l.keep(r)
	if err != nil {
		l.err = err
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"text":"chunk %d"}`, number)
}

func (l *listener) keep(r *http.Request) (int, error) {
	part, _, err := r.FormFile("file")
	if err != nil {
		return 0, err
	}
	defer part.Close()
	sound, err := io.ReadAll(part)
	if err != nil {
		return 0, err
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	path := filepath.Join(l.dir, fmt.Sprint("chunk", len(l.kept), ".wav"))
	l.kept = append(l.kept, path)
	return len(l.kept) - 1, os.WriteFile(path, sound, 0o644)
}

// cut takes a recording through the pipeline with an engine that only keeps what
// it is given, and returns the chunks in the order of time. How long that took is
// what the pipeline needs besides an engine.
func (b *bench) cut(r recording) ([]chunk, time.Duration, error) {
	engine := &listener{dir: filepath.Join(b.dir, r.name+"-chunks")}
	if err := os.Mkdir(engine.dir, 0o755); err != nil {
		return nil, 0, err
	}
	server := httptest.NewServer(engine)
	defer server.Close()
	runtime, _, err := b.up(filepath.Join(b.dir, r.name+"-cut"), "--workers", "1", "--set", "transcribe.TRANSCRIBE_URL="+server.URL, "--set", "transcribe.TRANSCRIBE_NUMBERS=off")
	if err != nil {
		return nil, 0, err
	}
	defer runtime.Down()
	segments, took, err := b.submit(runtime, r)
	if err != nil {
		return nil, 0, err
	}
	number := regexp.MustCompile(`\d+`)
	var chunks []chunk
	for _, s := range segments {
		i, err := strconv.Atoi(number.FindString(s.Text))
		if err != nil || i >= len(engine.kept) {
			return nil, 0, fmt.Errorf("no chunk is called %q: %v", s.Text, engine.err)
		}
		chunks = append(chunks, chunk{engine.kept[i], s.Track, s.StartMS})
	}
	slices.SortFunc(chunks, func(a, b chunk) int { return cmp.Or(cmp.Compare(a.startMS, b.startMS), a.track-b.track) })
	return chunks, took, nil
}

// bare gives sound to the engine itself, one file after another.
func (b *bench) bare(channels int, chunks []chunk) (measured, error) {
	m := measured{heard: make([][]string, channels)}
	began := time.Now()
	for _, c := range chunks {
		text, err := exec.CommandContext(b.ctx, "pocketsphinx_continuous", "-infile", c.path, "-logfn", "/dev/null").Output()
		if err != nil {
			return m, fmt.Errorf("pocketsphinx_continuous: %w", err)
		}
		m.heard[c.track] = append(m.heard[c.track], wer.Words(string(text))...)
	}
	m.took = time.Since(began)
	return m, nil
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
