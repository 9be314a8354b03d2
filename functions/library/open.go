package library

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"time"
	_ "time/tzdata" // images hold no time zones

	"xietong.dev/functions/library/reading"
	"xietong.dev/functions/library/text"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the function's own tables.
func Migrations() fs.FS {
	own, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return own
}

// Config is what the function needs of the environment besides its database, its
// store and what reading needs.
type Config struct {
	Token      conf.Secret   `env:"API_TOKEN,required"`              // what upstream apps show as Bearer token
	TimeZone   string        `env:"TIME_ZONE,default=Asia/Shanghai"` // of the days on which licences end
	MaxPacked  conf.Bytes    `env:"MAX_PACKED_TEXT,default=32MiB"`   // of the object with a book's text
	Keep       conf.Bytes    `env:"KEEP_TEXTS,default=128MiB"`       // texts kept in memory for the next search
	KeepCounts time.Duration `env:"KEEP_COUNTS,default=30s"`         // how old the counts of a list of 200 books and more may be
	MaxQuery   int           `env:"MAX_QUERY,default=100"`           // characters that are searched for

	FeedURL    string        `env:"FEED_URL"`                  // https://host under which reading apps reach /library/opds; addresses in feeds have none without it
	FeedExpiry time.Duration `env:"FEED_EXPIRY,default=2160h"` // how long the address of a reader's feeds holds
	FeedPage   int           `env:"FEED_PAGE,default=50"`      // books on a page of a feed, 100 at most
	FeedFacets int           `env:"FEED_FACETS,default=20"`    // values of each facet
}

// Open makes the function from its environment.
func Open(ctx context.Context, getenv func(string) string) (*fn.Function, error) {
	var config Config
	var read ReadingConfig
	var limits reading.Limits
	var database pg.Config
	var storage blob.Config
	for _, part := range []any{&config, &read, &limits, &database, &storage} {
		if err := conf.Read(getenv, part); err != nil {
			return nil, err
		}
	}
	zone, err := time.LoadLocation(config.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("environment variable TIME_ZONE: want a name such as Asia/Shanghai: %w", err)
	}
	store, err := blob.OpenS3(storage)
	if err != nil {
		return nil, err
	}
	db, err := pg.Open(ctx, database, Word, Migrations())
	if err != nil {
		return nil, err
	}
	l := New(config, read, limits, db, store)
	l.Zone = zone
	return l.Function(), nil
}

// New makes a library of its parts.
func New(config Config, read ReadingConfig, limits reading.Limits, db *pg.DB, store blob.Store) *Library {
	server := &reading.Server{Objects: reading.Stored{Store: store}, Limits: limits}
	content := &reading.Content{Server: server, Shelf: shown{db}, Key: reading.Key(read.ContentKey), Now: time.Now, Log: slog.Default(),
		Origin: read.ContentURL, Page: read.PageURL}
	texts := &Objects{Store: store, MaxPacked: int64(config.MaxPacked), MaxText: int64(limits.Text), Keep: int64(config.Keep)}
	return &Library{Config: config, Server: server, Store: store,
		Readers: &Readers{ReadingConfig: read, DB: db, Content: content, Zone: time.UTC, NewID: newID, Now: time.Now, Fold: text.Alike, Log: slog.Default()},
		Shelf:   &Shelf{DB: db, Texts: texts, Counts: Counts{For: config.KeepCounts, Now: time.Now}}}
}

func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
