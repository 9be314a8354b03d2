package transcribe

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
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

// Config is what the function itself needs of the environment.
type Config struct {
	Artifacts string `env:"ARTIFACTS_BUCKET,default=artifacts"`
	// Scratch needs room for MAX_UPLOAD and 115 MB for each hour of each channel.
	Scratch       string        `env:"SCRATCH_DIR"`
	Tracks        string        `env:"TRACKS,default=auto"`             // auto, split or mix
	Numbers       string        `env:"TRANSCRIBE_NUMBERS,default=auto"` // in digits: on, off, or auto where the engine does not write them so
	DecodeTimeout time.Duration `env:"DECODE_TIMEOUT,default=240s"`
	ChildMemory   conf.Bytes    `env:"CHILD_MEMORY,default=2GiB"` // address space of a program that it runs
}

// lease keeps a second delivery away from work that is under way.
const lease = 30 * time.Second

// Open makes the function from its environment.
func Open(ctx context.Context, getenv func(string) string) (*fn.Function, error) {
	var c Config
	var engine speech.Config
	var store blob.Config
	var database pg.Config
	t := &Transcriber{}
	for _, part := range []any{&c, &engine, &store, &database, &t.Chunks, &t.Limits} {
		if err := conf.Read(getenv, part); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(c.check(), t.Chunks.check()); err != nil {
		return nil, err
	}
	var err error
	if t.Objects, err = blob.OpenS3(store); err != nil {
		return nil, err
	}
	if t.DB, err = pg.Open(ctx, database, Word, Migrations()); err != nil {
		return nil, err
	}
	t.Artifacts, t.Scratch, t.Tracks, t.Engine = c.Artifacts, c.Scratch, c.Tracks, engine.Engine()
	t.Numbers, t.Chunks = c.digits(engine.Kind()), t.Chunks.within(engine.Kind())
	t.Decoder = Decoder{Wall: c.DecodeTimeout, Memory: int64(c.ChildMemory)}
	return t.Function(), nil
}

// Function is the transcriber as its runtime sees it.
func (t *Transcriber) Function() *fn.Function {
	return &fn.Function{Word: Word, DB: t.DB, Handle: t.Handle, Refuse: t.Refuse, Lease: lease}
}

func (c Config) check() error {
	if !slices.Contains([]string{tracksAuto, tracksSplit, tracksMix}, c.Tracks) {
		return fmt.Errorf("environment variable TRACKS: %q, want auto, split or mix", c.Tracks)
	}
	if !slices.Contains([]string{"auto", "on", "off"}, c.Numbers) {
		return fmt.Errorf("environment variable TRANSCRIBE_NUMBERS: %q, want auto, on or off", c.Numbers)
	}
	return nil
}

// digits says whether numbers are to be put in digits here.
func (c Config) digits(kind speech.Dialect) bool {
	return c.Numbers == "on" || c.Numbers == "auto" && !kind.Digits
}
