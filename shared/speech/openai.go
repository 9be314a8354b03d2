package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

// OpenAI is any engine that answers POST /v1/audio/transcriptions: FunASR,
// whisper.cpp, vLLM, speaches and others, which all differ a little.
type OpenAI struct {
	URL       string // up to and without /v1
	Key       conf.Secret
	Model     string
	Languages []string // that it knows; empty for all
	Prompt    string   // names and terms, in a sentence, as whisper takes them
	HotWords  string   // the same for engines that take them as a list
	Wall      time.Duration
	MaxAnswer int64 // bytes
	Client    *http.Client
}

// Serves implements [Engine].
func (o *OpenAI) Serves(language string) error {
	if language == "" || len(o.Languages) == 0 || slices.ContainsFunc(o.Languages, func(l string) bool { return Base(l) == Base(language) }) {
		return nil
	}
	return fault.Refusef(CodeLanguage,
		"TRANSCRIBE_LANGUAGES lists %s, the recording is in %q: set TRANSCRIBE_URL to an engine that knows it, or upload a transcript instead",
		strings.Join(o.Languages, ", "), language)
}

// Hear implements [Engine].
func (o *OpenAI) Hear(ctx context.Context, s Speech) (Heard, error) {
	h := Heard{Engine: Model{Name: "openai", Model: o.Model}}
	ctx, stop := context.WithTimeout(ctx, o.Wall)
	defer stop()
	contentType, body, err := o.form(s)
	if err != nil {
		return h, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(o.URL, "/")+"/v1/audio/transcriptions", bytes.NewReader(body))
	if err != nil {
		return h, fmt.Errorf("environment variable TRANSCRIBE_URL: %w", err)
	}
	req.Header.Set("Content-Type", contentType)
	if o.Key != "" {
		req.Header.Set("Authorization", "Bearer "+o.Key.Reveal())
	}
	res, err := o.Client.Do(req)
	if err != nil {
		return h, fmt.Errorf("ask the engine at TRANSCRIBE_URL: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, o.MaxAnswer+1))
	if err != nil {
		return h, fmt.Errorf("read the engine's answer: %w", err)
	}
	if int64(len(text)) > o.MaxAnswer {
		return h, fmt.Errorf("the engine's answer is over %d bytes (MAX_ANSWER)", o.MaxAnswer)
	}
	if err := checkStatus(res, text); err != nil {
		return h, err
	}
	h.Language, h.Segments, err = readAnswer(text, s.LengthMS)
	return h, err
}

// form lays out the question. Every field is one that some engine needs and
// that the others pass over.
func (o *OpenAI) form(s Speech) (contentType string, body []byte, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range [][2]string{
		{"model", o.Model}, {"language", Base(s.Language)}, {"prompt", o.Prompt}, {"hotwords", o.HotWords},
		{"response_format", "verbose_json"}, {"temperature", "0"},
		{"timestamp_granularities[]", "word"}, {"timestamp_granularities[]", "segment"},
	} {
		if f[1] != "" {
			err = errors.Join(err, w.WriteField(f[0], f[1]))
		}
	}
	part, failed := w.CreateFormFile("file", "chunk.wav")
	if failed != nil {
		return "", nil, failed
	}
	_, failed = part.Write(s.WAV)
	err = errors.Join(err, failed, w.Close())
	return w.FormDataContentType(), b.Bytes(), err
}

// checkStatus says what an answer means for the chunk, before what it says.
func checkStatus(res *http.Response, text []byte) error {
	told := brief(strings.TrimSpace(strings.ToValidUTF8(string(text), "?")), 300)
	switch code := res.StatusCode; {
	case code == 429 || code == 503:
		return fault.Busy(retryAfter(res.Header), fmt.Errorf("the engine is busy (%s)", res.Status))
	case code == 401 || code == 403:
		return fmt.Errorf("the engine answered %s: set TRANSCRIBE_KEY: %s", res.Status, told)
	case code == 404 || code == 405:
		return fmt.Errorf("the engine answered %s: TRANSCRIBE_URL must be the address up to /v1: %s", res.Status, told)
	case code == 408 || code >= 500:
		return fmt.Errorf("the engine answered %s: %s", res.Status, told)
	case code != 200:
		return fault.Refusef(CodeEngine, "the engine does not take the chunk; it answered %s: %s", res.Status, told)
	}
	if media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); media != "application/json" {
		return fmt.Errorf("the engine answered %q, want application/json: %s", media, told)
	}
	return nil
}

// busyWait is how long an engine is left alone that does not say for itself.
const busyWait = 5 * time.Second

func retryAfter(h http.Header) time.Duration {
	if seconds, err := strconv.Atoi(h.Get("Retry-After")); err == nil && seconds > 0 && seconds <= 600 {
		return time.Duration(seconds) * time.Second
	}
	return busyWait
}
