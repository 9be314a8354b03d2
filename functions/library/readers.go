package library

import (
	"log/slog"
	"time"

	"xietong.dev/functions/library/reading"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
)

// ReadingConfig is what reading needs of the environment.
type ReadingConfig struct {
	Unit          string        `env:"UNIT,default=default"`        // the unit of requests that name none
	ContentKey    conf.Secret   `env:"CONTENT_KEY,required"`        // signs the addresses of books' parts: any long random text
	ContentURL    string        `env:"CONTENT_URL"`                 // https://host: an origin of their own for books' parts, which leads here too
	PageURL       string        `env:"PAGE_URL"`                    // https://host of the reading page; only with CONTENT_URL
	ContentExpiry time.Duration `env:"CONTENT_EXPIRY,default=12h"`  // how long an opened book's addresses hold
	OrderByReads  time.Duration `env:"ORDER_BY_READS,default=10m"`  // lists by what is read most are ordered anew no more often
	MaxReading    conf.Bytes    `env:"MAX_READING,default=64KiB"`   // of a request
	MaxMarks      int           `env:"MAX_MARKS,default=5000"`      // of a reader in one edition
	MaxNote       int           `env:"MAX_NOTE,default=10000"`      // characters
	MaxLocator    conf.Bytes    `env:"MAX_LOCATOR,default=8KiB"`    // a place in a book, in JSON
	MaxFound      int           `env:"MAX_FOUND,default=500"`       // places of one search inside a book
	MaxInside     int           `env:"MAX_INSIDE_QUERY,default=50"` // characters that are searched for inside a book
}

// Readers serves those who read.
type Readers struct {
	ReadingConfig
	DB      *pg.DB
	Content *reading.Content // with the shelf and the server of books
	Zone    *time.Location   // of days: of licences and of statistics
	NewID   func() string
	Now     func() time.Time
	Fold    func(rune) rune // makes one of the characters that a search takes as alike; may be nil
	Log     *slog.Logger
}
