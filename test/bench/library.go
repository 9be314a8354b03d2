package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"xietong.dev/functions/library/librarytest"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/test/drive"
)

// size is how large the library of a measurement is.
type size struct {
	records   int // books that are described alone
	texts     int // books with a text besides
	textBytes int
}

// stacks is a running library and what is in it.
type stacks struct {
	*drive.Runtime
	size
	db      *pg.DB
	printer *librarytest.Printer
	kinds   []*kind
}

// library measures the reading library as its readers see it: over HTTP, through the
// front of the one-machine runtime, with texts in its object store. It fills the
// shelves by events, says what that takes and what the index takes of disk, holds
// what is found against a count of substrings, and has 1, 50, 100 and 300 readers ask
// one kind of question at a time, each waiting for its answer before it asks again.
func library(b *bench) (figures, error) {
	r, err := drive.Up(b.ctx, b.root, b.program, filepath.Join(b.dir, "state"))
	if err != nil {
		return nil, err
	}
	defer r.Down()
	s := &stacks{Runtime: r, size: b.library, printer: librarytest.NewPrinter(1)}
	for s.ask(b.ctx, "/library/editions", &page{}) != nil { // it starts, and makes its tables
		if time.Sleep(time.Second); b.ctx.Err() != nil {
			return nil, b.ctx.Err()
		}
	}
	// Only now: who comes first owns the schema.
	if s.db, err = pg.Open(b.ctx, pg.Config{URL: conf.Secret(r.Database), Connections: 2}, "library", nil); err != nil {
		return nil, err
	}
	defer s.db.Close()
	s.kinds = s.questions()
	all, err := s.fill(b.ctx)
	if err != nil {
		return nil, err
	}
	disk, err := s.disk(b.ctx)
	if err != nil {
		return nil, err
	}
	exact, err := s.check(b.ctx)
	if err != nil {
		return nil, err
	}
	speed, err := s.readers(b.ctx)
	return append(append(append(all, disk...), exact...), speed...), err
}

// disk is what the keys of texts take, beside the texts.
func (s *stacks) disk(ctx context.Context) (figures, error) {
	var index, rows, filters, records int64
	err := s.db.QueryRow(ctx, `SELECT sum(pg_indexes_size(c.oid)), sum(pg_table_size(c.oid)), (SELECT sum(octet_length(phrases) + octet_length(fours)) FROM book_grams),
		pg_total_relation_size('edition') FROM pg_class c WHERE relkind = 'r' AND relname LIKE 'book\_grams\_%'`).Scan(&index, &rows, &filters, &records)
	if err != nil {
		return nil, err
	}
	text := float64(s.texts * s.textBytes)
	fmt.Printf("keys of texts, of their bytes: index %.2f, rows %.2f (filters of phrases %.2f of these); %d books described: %.0f MB\n",
		float64(index)/text, float64(rows)/text, float64(filters)/text, s.records+s.texts, float64(records)/1e6)
	return figures{{"index_over_text", float64(index) / text}, {"rows_over_text", float64(rows) / text}}, nil
}

// levels of readers, and how long each asks one kind of question.
var crowd = []int{1, 50, 100, 300}

const askFor = 3 * time.Second
