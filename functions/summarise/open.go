package summarise

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"
	_ "time/tzdata" // images hold no time zones

	"xietong.dev/functions/summarise/extractive"
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
	MaxTime       time.Duration `env:"MAX_TIME,default=60s"`               // one summary may take; keep it below the Service's timeoutSeconds
}

func (c Config) check() error {
	for name, limit := range map[string]int64{
		"MAX_TRANSCRIPT": int64(c.MaxTranscript), "MAX_SEGMENTS": int64(c.MaxSegments), "MAX_SENTENCES": int64(c.MaxSentences),
		"MAX_POINTS": int64(c.MaxPoints), "MAX_TIME": int64(c.MaxTime),
	} {
		if limit <= 0 {
			return fmt.Errorf("environment variable %s: want more than 0", name)
		}
	}
	return nil
}

// Open connects to the store and the database.
func Open(ctx context.Context, getenv func(string) string) (*fn.Function, error) {
	var config Config
	var store blob.Config
	var database pg.Config
	for _, part := range []any{&config, &store, &database} {
		if err := conf.Read(getenv, part); err != nil {
			return nil, err
		}
	}
	if err := config.check(); err != nil {
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
	return New(config, db, objects, extractive.Engine{MaxSentences: config.MaxSentences, MaxPoints: config.MaxPoints, Zone: zone}), nil
}

// New puts the function together.
func New(c Config, db *pg.DB, store blob.Store, s Summariser) *fn.Function {
	summary := &Summary{
		DB: db, Store: store, Summariser: s, Artifacts: c.Artifacts,
		Limits: Limits{Transcript: int64(c.MaxTranscript), Segments: c.MaxSegments, Time: c.MaxTime},
	}
	return &fn.Function{Word: Word, DB: db, Handle: summary.Handle, Refuse: summary.Refuse}
}
