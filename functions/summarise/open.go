package summarise

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"
	_ "time/tzdata" // images hold no time zones

	"xietong.dev/functions/summarise/extractive"
	"xietong.dev/functions/summarise/model"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Word names this function.
const Word = "summarise"

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns those of this function's schema.
func Migrations() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the name is written above
	}
	return sub
}

// Config is what summarise needs of the environment, besides the addresses of
// the store and the database.
type Config struct {
	Artifacts     string        `env:"ARTIFACTS_BUCKET,default=artifacts"` // where summaries are written
	MaxTranscript conf.Bytes    `env:"MAX_TRANSCRIPT,default=32MiB"`       // a larger one is refused
	MaxSegments   int           `env:"MAX_SEGMENTS,default=200000"`        // a transcript with more is refused
	MaxSentences  int           `env:"MAX_SENTENCES,default=10000"`        // are read; of more, evenly spread ones
	MaxPoints     int           `env:"MAX_POINTS,default=100"`             // of each section are kept: decisions, action items, questions, risks, figures
	TimeZone      string        `env:"TIME_ZONE,default=Asia/Shanghai"`    // of the days that are named: tomorrow, Friday
	MaxTime       time.Duration `env:"MAX_TIME,default=240s"`              // one summary may take; keep it below the Service's timeoutSeconds
}

func (c Config) check() error {
	return positive(map[string]int64{
		"MAX_TRANSCRIPT": int64(c.MaxTranscript), "MAX_SEGMENTS": int64(c.MaxSegments), "MAX_SENTENCES": int64(c.MaxSentences),
		"MAX_POINTS": int64(c.MaxPoints), "MAX_TIME": int64(c.MaxTime),
	})
}

func positive(limits map[string]int64) error {
	for name, limit := range limits {
		if limit <= 0 {
			return fmt.Errorf("environment variable %s: want more than 0", name)
		}
	}
	return nil
}

// Open connects to the store and the database.
func Open(ctx context.Context, getenv func(string) string) (*fn.Function, error) {
	var config Config
	var llm LLM
	var store blob.Config
	var database pg.Config
	for _, part := range []any{&config, &llm, &store, &database} {
		if err := conf.Read(getenv, part); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(config.check(), llm.check(config.MaxTime)); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(config.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("environment variable TIME_ZONE: want a name such as Asia/Shanghai: %w", err)
	}
	objects, err := blob.OpenS3(store)
	if err != nil {
		return nil, err
	}
	db, err := pg.Open(ctx, database, Word, Migrations())
	if err != nil {
		return nil, err
	}
	embedded := extractive.Engine{MaxSentences: config.MaxSentences, MaxPoints: config.MaxPoints, Zone: zone}
	return New(config, db, objects, embedded, llm), nil
}

// New puts the function together: with a language model where one is configured, and
// with the embedded summariser alone where none is.
func New(c Config, db *pg.DB, store blob.Store, embedded Summariser, llm LLM) *fn.Function {
	summary := &Summary{
		DB: db, Store: store, Summariser: embedded, Artifacts: c.Artifacts, Now: time.Now,
		Limits: Limits{Transcript: int64(c.MaxTranscript), Segments: c.MaxSegments, Time: c.MaxTime, Patience: llm.Patience},
	}
	if rules, are := embedded.(model.Embedded); are && llm.URL != "" {
		engine := llm.engine(rules, c.MaxPoints)
		summary.Summariser, summary.Translator, summary.StandIn = engine, engine, engine.StandIn
	}
	return &fn.Function{Word: Word, DB: db, Handle: summary.Handle, Refuse: summary.Refuse}
}
