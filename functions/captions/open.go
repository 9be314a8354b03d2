package captions

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"time"

	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/speech"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are those of the function's schema.
func Migrations() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the path is a constant
	}
	return sub
}

// Config is what the function needs of the environment besides its database, its store
// and its engine.
type Config struct {
	Token            conf.Secret   `env:"API_TOKEN,required"` // what upstream apps show as Bearer token
	Unit             string        `env:"UNIT,default=default"`
	RecordingsBucket string        `env:"RECORDINGS_BUCKET,default=recordings"` // where sessions are handed over
	Artifacts        string        `env:"ARTIFACTS_BUCKET,default=artifacts"`   // where sound is kept meanwhile
	PartialEvery     time.Duration `env:"PARTIAL_EVERY,default=1s"`             // how often an unfinished sentence is heard; 0 is never
	WatchEvery       time.Duration `env:"WATCH_EVERY,default=300ms"`            // how often those who watch are told
	MaxSentence      time.Duration `env:"MAX_SENTENCE,default=20s"`             // a longer one is cut at its quietest place
	MaxBehind        time.Duration `env:"MAX_BEHIND,default=60s"`               // of sound that waits for the engine; then the connection has to wait
	MaxSession       time.Duration `env:"MAX_SESSION,default=8h"`               // of sound on one track
	MaxIdle          time.Duration `env:"MAX_IDLE,default=30m"`                 // a session without sound for so long is ended
	MaxTracks        int           `env:"MAX_TRACKS,default=16"`
	MaxConnections   int           `env:"MAX_CONNECTIONS,default=500"` // to one instance
	MaxHearing       int           `env:"MAX_HEARING,default=2"`       // requests to the engine at the same moment, of one instance
	MaxTries         int           `env:"MAX_TRIES,default=3"`         // of one sentence
	MaxBody          conf.Bytes    `env:"MAX_BODY,default=1MiB"`
}

// Open makes the function from its environment.
func Open(ctx context.Context, getenv func(string) string) (*fn.Function, error) {
	var config Config
	var engine speech.Config
	var store blob.Config
	var database pg.Config
	for _, part := range []any{&config, &engine, &store, &database} {
		if err := conf.Read(getenv, part); err != nil {
			return nil, err
		}
	}
	objects, err := blob.OpenS3(store)
	if err != nil {
		return nil, err
	}
	db, err := pg.Open(ctx, database, Word, Migrations())
	if err != nil {
		return nil, err
	}
	c := &Captions{Config: config, DB: db, Store: objects, Engine: engine.Engine(), NewID: newID, Now: time.Now, Log: slog.Default()}
	return c.Function(), nil
}

func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
