package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"xietong.dev/shared/pg"
)

// How many books are in the catalogues that are compared, and how many are added at
// a time.
const (
	fewBooks  = 100
	manyBooks = 20_000
	block     = 60
)

// catalogueGrowth compares what a book costs in a catalogue of few books with what it
// costs in one of many. Blocks of books are added to both in turn, so that what else
// the machine does falls on both; its ratios are medians of those of neighbours.
func (b *bench) catalogueGrowth(books []string) (figures, error) {
	var sides []*cataloguing
	for i, n := range []int{fewBooks, manyBooks} {
		c, err := b.catalogues(fmt.Sprintf("side%d", i))
		if err != nil {
			return nil, err
		}
		defer c.close()
		if err := fillCatalogue(b.ctx, c.db, n); err != nil {
			return nil, err
		}
		if _, err := c.take(b, books[:block], read); err != nil { // warms it up
			return nil, err
		}
		sides = append(sides, c)
	}
	var few, many []pace
	for pair := range 2*b.rounds + 1 {
		paces := make([]pace, 2)
		for i := range sides {
			at := (i + pair) % 2 // who is first changes
			var err error
			if paces[at], err = sides[at].take(b, books[:block], read); err != nil {
				return nil, err
			}
		}
		few, many = append(few, paces[0]), append(many, paces[1])
	}
	return figures{
		grown("processor time of a book", "growth_processor", few, many, func(p pace) float64 { return milli(p.cpu) / float64(p.books) }),
		grown("time between books", "growth_time", few, many, func(p pace) float64 { return milli(p.wall) / float64(p.books) }),
	}, nil
}

// grown prints how a cost has grown, in neighbouring blocks.
func grown(label, name string, few, many []pace, of func(pace) float64) figure {
	var ratios []float64
	for i := range few {
		ratios = append(ratios, of(many[i])/of(few[i]))
	}
	fmt.Printf("  %s: %.1f ms after %d books, %.1f ms after %d: %.2f times (%.2f to %.2f in %d pairs)\n", label, of(middlePace(few, of)), fewBooks,
		of(middlePace(many, of)), manyBooks, median(ratios), slices.Min(ratios), slices.Max(ratios), len(ratios))
	return figure{name, median(ratios)}
}

func middlePace(all []pace, of func(pace) float64) pace {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b pace) int { return cmp.Compare(of(a), of(b)) })
	return sorted[len(sorted)/2]
}

// fillCatalogue writes the rows that so many books have left.
func fillCatalogue(ctx context.Context, db *pg.DB, books int) error {
	const object = `'{"bucket":"artifacts","key":"books/' || sum || '/file.epub","etag":"0123456789abcdef0123456789abcdef","size":1153024}'`
	const old = `(SELECT n, encode(sha256(convert_to('old' || n, 'UTF8')), 'hex') AS sum FROM generate_series(1, %d) n) x`
	for _, step := range []string{
		`INSERT INTO catalogue.record (book, source, source_id, content, upload, sha256, edition, own)
			SELECT md5('b' || n), 'old', n::text, 1, md5('u' || n), sum, '978' || lpad(n::text, 10, '0'), jsonb_build_object('title', '第' || n || '本书', 'summary', repeat('书', 120)) FROM ` + old,
		`INSERT INTO catalogue.file (sha256, format, object, contents, body, letters, has_cover)
			SELECT sum, 'epub', (` + object + `)::jsonb, (` + object + `)::jsonb, (` + object + `)::jsonb, 76000, true FROM ` + old,
		`INSERT INTO catalogue.ledger (source, id, type, hash, state, sent, ended_at)
			SELECT '/bench', 'old-' || n, 'dev.xietong.book.uploaded.v1', decode(sum, 'hex'), 2, convert_to(repeat('x', 3000), 'UTF8'), now() FROM ` + old,
	} {
		if _, err := db.Exec(ctx, fmt.Sprintf(step, books)); err != nil {
			return fmt.Errorf("fill the catalogue: %w", err)
		}
	}
	for _, table := range []string{"record", "file", "ledger"} {
		if _, err := db.Exec(ctx, `VACUUM (ANALYZE) catalogue.`+table); err != nil {
			return err
		}
	}
	_, err := db.Exec(ctx, `CHECKPOINT`)
	return err
}
