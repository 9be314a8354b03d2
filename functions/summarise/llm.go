package summarise

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"xietong.dev/functions/summarise/model"
	"xietong.dev/shared/conf"
)

// LLM is what a language model needs of the environment. Without an address there is
// none, and nothing leaves this machine.
type LLM struct {
	URL         string        `env:"LLM_URL"` // of an OpenAI-compatible endpoint, up to and without /v1
	Key         conf.Secret   `env:"LLM_KEY"`
	Model       string        `env:"LLM_MODEL"`
	Temperature float64       `env:"LLM_TEMPERATURE,default=0"`
	Timeout     time.Duration `env:"LLM_TIMEOUT,default=90s"`     // of one question
	Budget      time.Duration `env:"LLM_BUDGET,default=200s"`     // of all questions about one transcript; below MAX_TIME
	Patience    time.Duration `env:"LLM_PATIENCE,default=5m"`     // with a model that is busy; then the embedded summary stands in
	Parallel    int           `env:"LLM_PARALLEL,default=4"`      // questions at a time
	MaxTokens   int           `env:"LLM_MAX_TOKENS,default=8000"` // of a transcript in one question
	MaxParts    int           `env:"LLM_MAX_PARTS,default=60"`    // a transcript that needs more questions is left to the embedded summariser
	MaxAnswer   conf.Bytes    `env:"LLM_MAX_ANSWER,default=1MiB"`
}

func (l LLM) check(most time.Duration) error {
	switch {
	case l.URL == "":
		return nil
	case !strings.HasPrefix(l.URL, "http://") && !strings.HasPrefix(l.URL, "https://"):
		return fmt.Errorf("environment variable LLM_URL: want an address such as https://llm.example")
	case l.Model == "":
		return fmt.Errorf("environment variable LLM_MODEL: want the model that LLM_URL serves")
	case l.Temperature < 0 || l.Temperature > 2:
		return fmt.Errorf("environment variable LLM_TEMPERATURE: want 0 to 2")
	case l.Budget >= most:
		return fmt.Errorf("environment variable LLM_BUDGET: is %s, want less than MAX_TIME, %s, so that there is time to stand in", l.Budget, most)
	}
	return positive(map[string]int64{
		"LLM_TIMEOUT": int64(l.Timeout), "LLM_BUDGET": int64(l.Budget), "LLM_PARALLEL": int64(l.Parallel),
		"LLM_MAX_TOKENS": int64(l.MaxTokens), "LLM_MAX_PARTS": int64(l.MaxParts), "LLM_MAX_ANSWER": int64(l.MaxAnswer),
	})
}

// engine is the language model, with what stands in for it.
func (l LLM) engine(embedded model.Embedded, maxPoints int) *model.Engine {
	chat := &model.Chat{URL: l.URL, Key: l.Key, Model: l.Model, Temperature: l.Temperature, Timeout: l.Timeout,
		MaxAnswer: int64(l.MaxAnswer), Client: &http.Client{CheckRedirect: noRedirect}}
	return &model.Engine{Chat: chat, Embedded: embedded, MaxTokens: l.MaxTokens, MaxParts: l.MaxParts, MaxPoints: maxPoints,
		Parallel: l.Parallel, Budget: l.Budget, Log: slog.Default()}
}

// noRedirect keeps the key and what was said with the model that was named.
func noRedirect(*http.Request, []*http.Request) error {
	return errors.New("the endpoint redirects; set LLM_URL to where it leads")
}
