package convert

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
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
	Artifacts   string      `env:"ARTIFACTS_BUCKET,default=artifacts"`
	Token       conf.Secret `env:"API_TOKEN,required"`          // what upstream apps show
	Scratch     string      `env:"SCRATCH_DIR"`                 // for documents under work; empty for the system's
	Trusted     []string    `env:"TRUSTED_BUCKETS"`             // whose documents come from people of ours: engines are used again after them
	MaxDocument conf.Bytes  `env:"MAX_DOCUMENT,default=512MiB"` // a larger document is refused
	Preview     string      `env:"PREVIEW_FORMAT,default=png"`  // png, jpeg or webp of every page of what is uploaded; none for none
	Width       int         `env:"PREVIEW_WIDTH,default=1240"`  // pixels
	Stretch     int         `env:"PREVIEW_PAGES,default=20"`    // pages that one event has drawn

	MaxBody     conf.Bytes    `env:"MAX_BODY,default=64MiB"`    // of an HTTP request
	MaxFiles    int           `env:"MAX_FILES,default=50"`      // in one
	MaxPictures int           `env:"MAX_PICTURES,default=200"`  // pages drawn for one
	MaxRequests int           `env:"MAX_REQUESTS,default=4"`    // worked on at the same moment
	RequestWait time.Duration `env:"REQUEST_WAIT,default=20s"`  // for a place among them
	RequestTime time.Duration `env:"REQUEST_TIME,default=120s"` // of one

	TrustedRequests bool `env:"TRUSTED_REQUESTS,default=false"` // whether documents in requests come from people of ours
}

// lease keeps a second delivery away from work that is under way.
const lease = 30 * time.Second

// Open makes the function from its environment. It fails where nothing keeps the
// engines from the network and from other files.
func Open(ctx context.Context, getenv func(string) string) (*fn.Function, error) {
	c := &Converter{}
	var tools Tools
	var store blob.Config
	var database pg.Config
	for _, part := range []any{&c.Config, &tools, &store, &database} {
		if err := conf.Read(getenv, part); err != nil {
			return nil, err
		}
	}
	err := c.check()
	if err != nil {
		return nil, err
	}
	if c.Objects, err = blob.OpenS3(store); err != nil {
		return nil, err
	}
	if c.DB, err = pg.Open(ctx, database, Word, Migrations()); err != nil {
		return nil, err
	}
	if c.Workshop, err = tools.open(ctx); err != nil {
		return nil, err
	}
	c.prepare(slog.Default())
	return c.Function(), nil
}

// prepare makes what a converter needs besides its parts.
func (c *Converter) prepare(log *slog.Logger) {
	c.log, c.places = log, make(chan struct{}, max(1, c.MaxRequests))
}

// Function is the converter as its runtime sees it.
func (c *Converter) Function() *fn.Function {
	return &fn.Function{Word: Word, DB: c.DB, Handle: c.Handle, Refuse: c.Refuse, Lease: lease, HTTP: c.HTTP, Close: c.Workshop.Close}
}

func (c *Config) check() error {
	if c.Preview == "none" {
		c.Preview = ""
	}
	switch {
	case c.Preview != "" && !isPicture(c.Preview):
		return fmt.Errorf("environment variable PREVIEW_FORMAT: %q, want png, jpeg, webp or none", c.Preview)
	case c.Width < 16 || c.Width > 8192:
		return fmt.Errorf("environment variable PREVIEW_WIDTH: %d, want 16 to 8192", c.Width)
	case c.Stretch < 1 || c.Stretch > 200:
		return fmt.Errorf("environment variable PREVIEW_PAGES: %d, want 1 to 200", c.Stretch)
	}
	return nil
}
