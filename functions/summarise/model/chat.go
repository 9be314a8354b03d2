package model

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

// Chat is an endpoint that answers POST /v1/chat/completions with a response_format of
// json_schema: OpenAI, vLLM, SGLang, Ollama, llama.cpp and what stands before them. It
// is plain net/http: one call with limits needs no client of eleven megabytes.
type Chat struct {
	URL         string // up to and without /v1
	Key         conf.Secret
	Model       string
	Temperature float64
	Timeout     time.Duration // of one question
	MaxAnswer   int64         // bytes
	Client      *http.Client
}

// Message is one turn.
type Message struct {
	Role    string `json:"role"` // system, user or assistant
	Content string `json:"content"`
}

// question is what the model is asked, and what its answer must look like.
type question struct {
	name     string
	messages []Message
	schema   any
}

// passing marks a failure that asking once more may cure.
type passing struct{ error }

func (p passing) Unwrap() error { return p.error }

// Ask puts a question and hands the answer to read. Where the answer cannot be read, the
// model is told why and asked once more; where the endpoint stumbled, the same question
// is asked once more.
func (c *Chat) Ask(ctx context.Context, q question, read func(answer string) error) error {
	answer, err := c.send(ctx, q)
	var again passing
	if errors.As(err, &again) && ctx.Err() == nil {
		answer, err = c.send(ctx, q)
	}
	if err != nil {
		return err
	}
	wrong := read(answer)
	if wrong == nil {
		return nil
	}
	const most = 4000 // of the wrong answer, which the model is shown
	q.messages = append(q.messages[:len(q.messages):len(q.messages)],
		Message{"assistant", events.Brief(answer, most)},
		Message{"user", "That answer cannot be read: " + events.Brief(wrong.Error(), 300) + ". Answer again with nothing but JSON that follows the schema."})
	if answer, err = c.send(ctx, q); err != nil {
		return err
	}
	if err := read(answer); err != nil {
		return fmt.Errorf("the model's answer cannot be read, twice: %w", err)
	}
	return nil
}

func (c *Chat) send(ctx context.Context, q question) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	body, err := json.Marshal(map[string]any{
		"model": c.Model, "messages": q.messages, "temperature": c.Temperature, "stream": false,
		"response_format": map[string]any{"type": "json_schema", "json_schema": map[string]any{"name": q.name, "strict": true, "schema": q.schema}},
	})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+"/v1/chat/completions", bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("environment variable LLM_URL: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.Key.Reveal())
	}
	res, err := c.Client.Do(req)
	if err != nil {
		return "", c.failed(ctx, "ask the model at LLM_URL", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, c.MaxAnswer+1))
	if err != nil {
		return "", c.failed(ctx, "read the model's answer", err)
	}
	if int64(len(text)) > c.MaxAnswer {
		return "", fmt.Errorf("the model's answer is over %d bytes (LLM_MAX_ANSWER)", c.MaxAnswer)
	}
	if err := checkStatus(res, text); err != nil {
		return "", err
	}
	return content(text)
}

// failed tells a question that took too long, which asking again would not shorten, from
// a connection that broke.
func (c *Chat) failed(ctx context.Context, doing string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: no answer within %s (LLM_TIMEOUT, LLM_BUDGET)", doing, c.Timeout)
	}
	return passing{fmt.Errorf("%s: %w", doing, err)}
}

func checkStatus(res *http.Response, text []byte) error {
	told := events.Brief(strings.TrimSpace(strings.ToValidUTF8(string(text), "?")), 200)
	switch code := res.StatusCode; {
	case code == 429 || code == 503:
		return fault.Busy(retryAfter(res.Header), fmt.Errorf("the model is busy (%s)", res.Status))
	case code == 401 || code == 403:
		return fmt.Errorf("the model's endpoint answered %s: set LLM_KEY", res.Status)
	case code == 404 || code == 405:
		return fmt.Errorf("the model's endpoint answered %s: LLM_URL must be the address up to /v1, and LLM_MODEL a model that it serves: %s", res.Status, told)
	case code >= 500:
		return passing{fmt.Errorf("the model's endpoint answered %s: %s", res.Status, told)}
	case code != 200:
		return fmt.Errorf("the model's endpoint answered %s: %s", res.Status, told)
	}
	return nil
}

// busyWait is how long a model is left alone that does not say for itself.
const busyWait = 5 * time.Second

func retryAfter(h http.Header) time.Duration {
	if seconds, err := strconv.Atoi(h.Get("Retry-After")); err == nil && seconds > 0 && seconds <= 600 {
		return time.Duration(seconds) * time.Second
	}
	return busyWait
}

// content returns what the model said, without its thoughts and the fence around it.
func content(text []byte) (string, error) {
	var answer struct {
		Choices []struct {
			FinishReason string `json:"finish_reason"`
			Message      struct {
				Content string `json:"content"`
				Refusal string `json:"refusal"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return "", passing{fmt.Errorf("the model's endpoint answered no JSON: %w", err)}
	}
	if len(answer.Choices) == 0 {
		return "", passing{errors.New("the model's endpoint answered without choices")}
	}
	said := answer.Choices[0]
	switch {
	case said.Message.Refusal != "" || said.FinishReason == "content_filter":
		return "", fmt.Errorf("the model refused: %s", events.Brief(said.Message.Refusal, 100))
	case said.FinishReason == "length":
		return "", errors.New("the model's answer was cut off: its context is too small; lower LLM_MAX_TOKENS")
	}
	_, after, thought := strings.Cut(said.Message.Content, "</think>")
	if !thought {
		after = said.Message.Content
	}
	after = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(after), "```json"), "```")
	return strings.TrimSpace(strings.TrimSuffix(after, "```")), nil
}
