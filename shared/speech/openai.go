package speech

import (
	"bytes"
	"cmp"
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
	"unicode/utf8"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

// OpenAI is any engine that answers POST /v1/audio/transcriptions: FunASR,
// whisper.cpp, vLLM, speaches and others, which all differ a little: by their
// [Dialect].
type OpenAI struct {
	Dialect   Dialect // none for the common one
	URL       string  // up to and without /v1
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
	h := Heard{Engine: Model{Name: o.dialect().engine(), Model: o.Model}}
	if int64(len(s.WAV)) > o.dialect().MaxBytes {
		return h, fault.Refusef(CodeEngine, "the chunk has %d bytes, the engine takes %d: make MAX_CHUNK less", len(s.WAV), o.dialect().MaxBytes)
	}
	ctx, stop := context.WithTimeout(ctx, o.Wall)
	defer stop()
	contentType, body, err := o.form(s)
	if err != nil {
		return h, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(o.URL, "/")+o.dialect().Path, bytes.NewReader(body))
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
	a, err := o.answer(res.Header.Get("Content-Type"), text)
	if err != nil {
		return h, err
	}
	h.Language, h.Segments = a.heard(s.LengthMS)
	if o.dialect().EchoesOurs {
		h.Language = s.Language
	}
	return h, nil
}

// answer reads an answer in the form that the dialect foresees.
func (o *OpenAI) answer(contentType string, text []byte) (answer, error) {
	media, _, _ := mime.ParseMediaType(contentType)
	switch {
	case media == "application/json":
		return readAnswer(text)
	case o.dialect().Plain && media == "text/plain" && utf8.Valid(text):
		said := string(text)
		return answer{Text: &said}, nil
	}
	return answer{}, fmt.Errorf("the engine answered %q, want application/json: %s", media, told(text))
}

func (o *OpenAI) dialect() Dialect {
	if o.Dialect.Path == "" {
		return dialects()["common"]
	}
	return o.Dialect
}

// form lays out the question, as the dialect has it.
func (o *OpenAI) form(s Speech) (contentType string, body []byte, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range o.fields(s) {
		if f.Value != "" {
			err = errors.Join(err, w.WriteField(f.Name, f.Value))
		}
	}
	part, failed := w.CreateFormFile(o.dialect().File, "chunk.wav")
	if failed != nil {
		return "", nil, failed
	}
	_, failed = part.Write(s.WAV)
	err = errors.Join(err, failed, w.Close())
	return w.FormDataContentType(), b.Bytes(), err
}

func (o *OpenAI) fields(s Speech) []Field {
	d := o.dialect()
	fields := []Field{{"model", o.Model}, {d.LanguageField, cmp.Or(Base(s.Language), d.AnyLanguage)}}
	if d.Prompt > 0 {
		// Where the terms go in as a list of their own, they need not stand here too.
		terms := s.Terms
		if d.HotWords > 0 {
			terms = nil
		}
		fields = append(fields, Field{"prompt", joined(o.Prompt, terms, ", ", d.Prompt, tokens)})
	}
	if d.HotWords > 0 {
		fields = append(fields, Field{"hotwords", joined(o.HotWords, s.Terms, ",", d.HotWords, utf8.RuneCountInString)})
	}
	if d.Speakers != nil && s.Speakers {
		fields = append(fields, *d.Speakers)
	}
	return append(fields, d.Extra...)
}

// told is what an engine said where no transcript came, in brief.
func told(text []byte) string {
	return brief(strings.TrimSpace(strings.ToValidUTF8(string(text), "?")), 300)
}

// checkStatus says what an answer means for the chunk, before what it says.
func checkStatus(res *http.Response, text []byte) error {
	said := told(text)
	switch code := res.StatusCode; {
	case code == 429 || code == 503:
		return fault.Busy(retryAfter(res.Header), fmt.Errorf("the engine is busy (%s)", res.Status))
	case code == 401 || code == 403:
		return fmt.Errorf("the engine answered %s: set TRANSCRIBE_KEY: %s", res.Status, said)
	case code == 404 || code == 405:
		return fmt.Errorf("the engine answered %s: TRANSCRIBE_URL must be the address up to /v1: %s", res.Status, said)
	case code == 408 || code >= 500:
		return fmt.Errorf("the engine answered %s: %s", res.Status, said)
	case code != 200:
		return fault.Refusef(CodeEngine, "the engine does not take the chunk; it answered %s: %s", res.Status, said)
	}
	return nil
}

// busyWait is how long an engine is left alone that does not say for itself.
const busyWait = 5 * time.Second

// longestWait bounds what an engine may ask for.
const longestWait = 10 * time.Minute

// retryAfter reads Retry-After: seconds, or a date (RFC 9110, section 10.2.3),
// which is held against the engine's own clock.
func retryAfter(h http.Header) time.Duration {
	wait := busyWait
	if seconds, err := strconv.Atoi(h.Get("Retry-After")); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		if now, err := http.ParseTime(h.Get("Date")); err == nil {
			wait = at.Sub(now)
		}
	}
	if wait <= 0 || wait > longestWait {
		return busyWait
	}
	return wait
}
