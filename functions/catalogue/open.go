package catalogue

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"xietong.dev/functions/catalogue/book"
	"xietong.dev/functions/catalogue/cover"
	"xietong.dev/functions/catalogue/records"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pages"
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
	Artifacts string `env:"ARTIFACTS_BUCKET,default=artifacts"`
	Scratch   string `env:"SCRATCH_DIR"` // for books under work; empty for the system's

	Rows int `env:"BATCH_CHUNK,default=100"` // of a batch that one event has carried out
	// A batch needs an approval that withdraws more than so many books, and more than
	// this part of its source's: a list that went wrong must not empty the shelves.
	Withdrawals     int     `env:"APPROVE_WITHDRAWALS,default=20"`
	WithdrawalShare float64 `env:"APPROVE_WITHDRAWAL_SHARE,default=0.05"`

	Cover cover.Limits
	Batch records.Limits
}

// engine is what reading books needs of the environment.
type engine struct {
	Book  book.Limits
	Cache string `env:"PDFIUM_CACHE"`                       // a directory with PDFium's machine code; empty for one that is filled at the first use
	Fonts string `env:"FONTS_DIR,default=/usr/share/fonts"` // for PDFs that do not embed theirs
}

// lease keeps a second delivery away from work that is under way.
const lease = 30 * time.Second

// Open makes the function from its environment.
func Open(ctx context.Context, getenv func(string) string) (*fn.Function, error) {
	c := &Catalogue{}
	var tools engine
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
	pdf, err := pages.Open(ctx, pages.Config{Cache: tools.Cache, Fonts: tools.Fonts})
	if err != nil {
		return nil, err
	}
	c.Reader = &book.Reader{Limits: tools.Book, PDF: pdf}
	f := c.Function()
	f.Close = func() { pdf.Close() }
	return f, nil
}

// Function is the catalogue as its runtime sees it.
func (c *Catalogue) Function() *fn.Function {
	return &fn.Function{Word: Word, DB: c.DB, Handle: c.Handle, Refuse: c.Refuse, Lease: lease}
}

func (c *Config) check() error {
	switch {
	case c.Rows < 1 || c.Rows > 1000:
		return fmt.Errorf("environment variable BATCH_CHUNK: %d, want 1 to 1000", c.Rows)
	case c.Withdrawals < 0:
		return fmt.Errorf("environment variable APPROVE_WITHDRAWALS: %d, want 0 or more", c.Withdrawals)
	case c.WithdrawalShare < 0 || c.WithdrawalShare > 1:
		return fmt.Errorf("environment variable APPROVE_WITHDRAWAL_SHARE: %g, want 0 to 1", c.WithdrawalShare)
	}
	return nil
}
