package speech

import (
	"errors"
	"net/http"
	"time"

	"xietong.dev/shared/conf"
)

// Config is what engines need of the environment.
type Config struct {
	Timeout time.Duration `env:"ENGINE_TIMEOUT,default=240s"` // of one chunk
	Memory  conf.Bytes    `env:"CHILD_MEMORY,default=2GiB"`   // address space of a program that it runs

	Pocketsphinx string `env:"POCKETSPHINX,default=pocketsphinx_continuous"`

	URL       string      `env:"TRANSCRIBE_URL"`                    // of an engine, up to /v1; empty for pocketsphinx
	Dialect   DialectName `env:"TRANSCRIBE_DIALECT,default=common"` // its kind, by name
	Key       conf.Secret `env:"TRANSCRIBE_KEY"`
	Model     string      `env:"TRANSCRIBE_MODEL"`
	Languages []string    `env:"TRANSCRIBE_LANGUAGES"` // that it knows, zh,en,ja; empty for all
	Prompt    string      `env:"TRANSCRIBE_PROMPT"`
	HotWords  string      `env:"TRANSCRIBE_HOTWORDS"`
	MaxAnswer conf.Bytes  `env:"MAX_ANSWER,default=8MiB"`
}

// Engine returns the engine that is configured.
func (c Config) Engine() Engine {
	if c.URL == "" {
		return Pocketsphinx{Path: c.Pocketsphinx, Wall: c.Timeout, Memory: int64(c.Memory)}
	}
	engine := &OpenAI{Dialect: c.Dialect.Dialect(), URL: c.URL, Key: c.Key, Model: c.Model, Languages: c.Languages, Prompt: c.Prompt, HotWords: c.HotWords,
		Wall: c.Timeout, MaxAnswer: int64(c.MaxAnswer), Client: &http.Client{CheckRedirect: noRedirect}}
	return &Breaker{Engine: engine, Now: time.Now}
}

// Kind is what is particular to the engine that is configured. The one on this
// machine takes as much sound as there is, and writes words and nothing else.
func (c Config) Kind() Dialect {
	if c.URL == "" {
		return Dialect{Name: "pocketsphinx", Longest: 5 * time.Minute, MaxBytes: openAIBytes}
	}
	return c.Dialect.Dialect()
}

// noRedirect keeps the key and the sound with the engine that was named.
func noRedirect(*http.Request, []*http.Request) error {
	return errors.New("the engine redirects; set TRANSCRIBE_URL to where it leads")
}
