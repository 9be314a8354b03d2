package transcribe

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/child"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pg/pgtest"
	"xietong.dev/shared/speech"
	"xietong.dev/shared/speech/speechtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const (
	recording = "recording-0001"
	upload    = "upload-0001"
)

// office is the function at work, with a store of its own.
type office struct {
	*testing.T
	*Transcriber
	harness *fntest.Harness
	store   *blob.Memory
	asked   int
}

func open(t *testing.T, change ...func(*Transcriber)) *office {
	t.Helper()
	store := &blob.Memory{}
	o := &office{T: t, store: store, Transcriber: &Transcriber{
		DB:        pgtest.Open(t, Word, Migrations()),
		Objects:   store,
		Artifacts: "artifacts",
		Scratch:   t.TempDir(),
		Decoder:   Decoder{Wall: time.Minute, Memory: 2 << 30},
		Engine:    speech.Pocketsphinx{Path: "pocketsphinx_continuous", Wall: time.Minute, Memory: 2 << 30},
		Tracks:    tracksAuto,
		Chunks:    Chunks{Length: time.Minute, Pause: time.Minute},
		Limits: Limits{Upload: 8 << 20, Length: 10 * time.Minute, Tracks: 4, TrackTime: 20 * time.Minute, Readable: 0.5,
			Transcript: 1 << 20, Segments: 1000},
	}}
	for _, c := range change {
		c(o.Transcriber)
	}
	o.harness = fntest.Start(t, o.Function(), "MAX_FAILURES=2")
	return o
}

func with(e speech.Engine) func(*Transcriber) { return func(t *Transcriber) { t.Engine = e } }

// event gives data an envelope of its own.
func (o *office) event(data events.Data) events.Event {
	o.Helper()
	e, err := events.New(data)
	if err != nil {
		o.Fatal(err)
	}
	o.asked++
	e.SetID(fmt.Sprintf("ask-%d", o.asked))
	e.SetSource("/test")
	return e
}

// uploaded puts a recording into the store.
func (o *office) uploaded(body []byte, language string) events.RecordingUploaded {
	o.Helper()
	return events.RecordingUploaded{Recording: recording, Upload: upload, Object: o.object("recordings", "recordings/"+upload+"/file", body),
		Name: "会议.wav", MediaType: "audio/wav", Language: language}
}

func (o *office) object(bucket, key string, body []byte) events.Object {
	o.Helper()
	if _, err := o.store.Put(o.Context(), bucket, key, bytes.NewReader(body), blob.Put{Size: int64(len(body))}); err != nil {
		o.Fatal(err)
	}
	return events.Object{Bucket: bucket, Key: key, Size: int64(len(body))}
}

// story delivers an event and all that follow from it, each twice, and returns
// what was sent, as type and data.
func (o *office) story(e events.Event) (sent []string) {
	o.Helper()
	for todo := []events.Event{e}; len(todo) > 0; todo = todo[1:] {
		answer := o.harness.Twice(o.T, todo[0])
		for _, next := range answer.Sent {
			sent = append(sent, told(next))
			switch next.Type() {
			case events.ChunkCut{}.EventType(), events.RecordingHeard{}.EventType():
				todo = append(todo, next)
			}
		}
	}
	return sent
}

// told is an event in a line. What differs from run to run is left out: etags,
// and the names of transcripts.
func told(e events.Event) string {
	name := strings.TrimSuffix(strings.TrimPrefix(e.Type(), "dev.xietong."), ".v1")
	switch name {
	case "chunk.cut":
		d, _ := events.Decode[events.ChunkCut](e)
		return fmt.Sprintf("%s %d track %d", name, d.Index, d.Track)
	case "chunk.transcribed":
		d, _ := events.Decode[events.ChunkTranscribed](e)
		return fmt.Sprintf("%s %d, %d of %d", name, d.Index, d.Ended, d.Chunks)
	case "recording.refused":
		d, _ := events.Decode[events.RecordingRefused](e)
		return fmt.Sprintf("%s %s: %s", name, d.Code, d.Reason)
	case "recording.transcribed":
		d, _ := events.Decode[events.RecordingTranscribed](e)
		return fmt.Sprintf("%s revision %d, %s, %d segments, %d gaps", name, d.Revision, d.Language, d.Segments, d.Gaps)
	case "recording.cut":
		d, _ := events.Decode[events.RecordingCut](e)
		return fmt.Sprintf("%s into %d on %d tracks", name, d.Chunks, d.Tracks)
	case "recording.heard":
		d, _ := events.Decode[events.RecordingHeard](e)
		return fmt.Sprintf("%s revision %d", name, d.Revision)
	}
	return name
}

// keys lists the artifacts by their kinds.
func (o *office) keys() (keys []string) {
	o.Helper()
	err := o.store.List(o.Context(), "artifacts", "", func(i blob.Info) bool {
		kind, _, _ := strings.Cut(i.Key, "/")
		keys = append(keys, kind)
		return true
	})
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		o.Fatal(err)
	}
	return keys
}

// transcript reads the newest transcript of the upload.
func (o *office) transcript() events.Transcript {
	o.Helper()
	var newest events.Transcript
	o.store.List(o.Context(), "artifacts", "transcripts/"+upload+"/", func(i blob.Info) bool {
		body, _, err := o.store.Get(o.Context(), "artifacts", i.Key, "")
		if err != nil {
			o.Fatal(err)
		}
		defer body.Close()
		text, _ := io.ReadAll(body)
		tr, err := events.DecodeTranscript(text)
		if err != nil {
			o.Fatal(err)
		}
		if tr.Revision > newest.Revision {
			newest = tr
		}
		return true
	})
	return newest
}

// lines writes a transcript as people read it.
func lines(tr events.Transcript) (out []string) {
	for _, s := range tr.Segments {
		out = append(out, strings.TrimSpace(s.Speaker+" "+s.Text))
	}
	return out
}

func testdata(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// ffmpeg makes a file of what it is told, in a format that may need seeking.
func ffmpeg(t *testing.T, input []byte, extension string, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	if input != nil {
		if err := os.WriteFile(dir+"/in", input, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := child.Run(t.Context(), child.Cmd{Path: "ffmpeg", Args: append([]string{"-v", "error", "-nostdin"}, append(args, "out."+extension)...),
		Dir: dir, Limits: child.Limits{Wall: time.Minute, Output: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(dir + "/out." + extension)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// bursts is a recording that is cut into so many chunks: somebody says
// something for a second, and then nothing for two.
func bursts(n int) []byte {
	var stretches []speechtest.Stretch
	for range n {
		stretches = append(stretches, speechtest.Pause(1), speechtest.Voice(1, 1), speechtest.Pause(1))
	}
	return speech.WAV(speechtest.Voiced(1, 0.0003, stretches...))
}

// everyPause makes every pause end a chunk.
func everyPause(t *Transcriber) { t.Chunks.Pause = time.Second }

// reader is an engine that tells how long a chunk is, so that what it heard
// can be foretold; chunks can be made to fail.
type reader struct {
	fail     func(s speech.Speech) error
	text     string
	language string // English, where none is told
}

func (r *reader) Serves(string) error { return nil }

func (r *reader) Hear(_ context.Context, s speech.Speech) (speech.Heard, error) {
	if r.fail != nil {
		if err := r.fail(s); err != nil {
			return speech.Heard{}, err
		}
	}
	h := speech.Heard{Engine: speech.Model{Name: "reader"}, Language: cmp.Or(r.language, "en")}
	if r.text != "" {
		h.Segments = []speech.Segment{{StartMS: 300, EndMS: s.LengthMS - 300, Text: r.text}}
	}
	return h, nil
}

func asJSON(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// engineThat starts an HTTP engine that answers every question alike.
func engineThat(t *testing.T, status int, body string) *speech.OpenAI {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		http.Error(w, body, status)
	}))
	t.Cleanup(server.Close)
	return &speech.OpenAI{URL: server.URL, Model: "paraformer", Wall: 5 * time.Second, MaxAnswer: 1 << 16, Client: server.Client()}
}

// script makes a program of a few lines of shell, to stand in for an engine
// that does not do as it should.
func script(t *testing.T, lines string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "engine")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+lines+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}
