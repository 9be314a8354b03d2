package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
)

// pace is what some books took.
type pace struct {
	books int
	wall  time.Duration
	cpu   time.Duration
	parts parts // of the catalogue's
}

func (p pace) rate() float64 { return float64(p.books) / p.wall.Seconds() }

// metaBooks is how many books ebook-meta is given in a round: it takes a third of a
// second for each.
const metaBooks = 12

// catalogue measures the catalogue beside calibre, on the same books and processors,
// in turn: the function's processes are told of books that lie in the store, and have
// done an event when its objects are in the store and its rows in PostgreSQL, both
// on disk. Texts and covers are events of their own: once it measures until the books
// are listed, which is what calibredb does, once until their texts are there, and once
// until their covers are too. Then it measures what a book costs with its text in a
// catalogue of 100 books and in one of 20,000, the memory that large books take, and the
// planning of lists.
func catalogue(b *bench) (figures, error) {
	calibre, err := b.installCalibre()
	if err != nil {
		return nil, err
	}
	books, err := b.shelf()
	if err != nil {
		return nil, err
	}
	c, err := b.catalogues("small")
	if err != nil {
		return nil, err
	}
	defer c.close()
	all, err := b.cataloguesInTurn(books, []way{
		{"calibredb add", calibre.add},
		{"catalogue, listed", func(paths []string) (pace, error) { return c.take(b, paths, listed) }},
		{"catalogue, with texts", func(paths []string) (pace, error) { return c.take(b, paths, read) }},
		{"catalogue, and covers", func(paths []string) (pace, error) { return c.take(b, paths, covered) }},
		{"ebook-meta, reads only", func(paths []string) (pace, error) { return calibre.meta(paths[:metaBooks]) }},
	})
	if err != nil {
		return nil, err
	}
	memory, err := b.largeBooks(c)
	if err != nil {
		return nil, err
	}
	growth, err := b.catalogueGrowth(books)
	if err != nil {
		return nil, err
	}
	plans, err := b.plans(c)
	if err != nil {
		return nil, err
	}
	return slices.Concat(memory, growth, plans, all), nil
}

// way is one of those that books are taken in.
type way struct {
	name string
	do   func(paths []string) (pace, error)
}

// cataloguesInTurn takes the books each way, round by round, and prints the medians.
// The first way is the one that the others are compared with.
func (b *bench) cataloguesInTurn(books []string, ways []way) (figures, error) {
	rates, costs, ratios := make([][]float64, len(ways)), make([][]time.Duration, len(ways)), make([][]float64, len(ways))
	var functions, databases, stores []time.Duration
	for round := range b.rounds + 1 {
		some := books
		if round == 0 { // starts the programs, and fills caches
			some = books[:metaBooks]
		}
		for i, w := range ways {
			p, err := w.do(some)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", w.name, err)
			}
			if round > 0 {
				rates[i], costs[i] = append(rates[i], p.rate()), append(costs[i], p.cpu/time.Duration(p.books))
				ratios[i] = append(ratios[i], p.rate()/rates[0][round-1])
			}
			if each := time.Duration(p.books); round > 0 && i == 1 {
				functions, databases, stores = append(functions, p.parts.function/each), append(databases, p.parts.database/each), append(stores, p.parts.store/each)
			}
		}
	}
	fmt.Printf("%d books, %d rounds\n", len(books), b.rounds)
	for i, w := range ways {
		fmt.Printf("  %-24s %6.1f books/s  CPU %s a book  %.2f times calibredb (%.2f to %.2f)\n", w.name, median(rates[i]), ms(median(costs[i])),
			median(ratios[i]), slices.Min(ratios[i]), slices.Max(ratios[i]))
	}
	fmt.Printf("  of the processor time until a book is listed: the function %s, PostgreSQL %s, the store %s\n", ms(median(functions)), ms(median(databases)), ms(median(stores)))
	return figures{{"calibredb_per_s", median(rates[0])}, {"ebook_meta_per_s", median(rates[4])}, {"catalogue_per_s", median(rates[1])},
		{"with_texts_per_s", median(rates[2])}, {"speedup_with_texts", median(ratios[2])},
		{"with_covers_per_s", median(rates[3])}, {"speedup_with_covers", median(ratios[3])}, {"speedup_over_calibredb", median(ratios[1])}}, nil
}

// How far the catalogue takes books.
const (
	listed  = iota
	read    // with their texts
	covered // and with their covers
)

// take puts books into the store, and then tells the catalogue of them. What it
// measures begins with the first event and ends when the last is done.
func (c *cataloguing) take(b *bench, paths []string, far int) (p pace, err error) {
	c.rounds++
	round := fmt.Sprintf("round-%d", c.rounds)
	told := make([]events.Event, len(paths))
	for i, path := range paths {
		packed, err := os.ReadFile(path)
		if err != nil {
			return p, err
		}
		if told[i], err = c.put(b, round, strconv.Itoa(i), "a.epub", marked(packed, round)); err != nil {
			return p, err
		}
	}
	before, err := c.spent()
	if err != nil {
		return p, err
	}
	began := time.Now()
	err = c.deliver(b.ctx, told)
	if texts, covers := c.asked(); err == nil && far > listed {
		if far == covered {
			texts = append(texts, covers...)
		}
		err = c.deliver(b.ctx, texts)
	}
	p = pace{books: len(paths), wall: time.Since(began)}
	after, spentErr := c.spent()
	p.parts = after.since(before)
	p.cpu = p.parts.all()
	return p, errors.Join(err, spentErr, c.holds(b, round, len(paths), far))
}

// holds checks that books are in the catalogue, with their texts and covers where those
// count.
func (c *cataloguing) holds(b *bench, round string, books, far int) error {
	var n, texts, covers int
	err := c.db.QueryRow(b.ctx, `SELECT count(*), count(body), count(cover) FROM catalogue.record JOIN catalogue.file USING (sha256) WHERE source = $1`, round).Scan(&n, &texts, &covers)
	if err == nil && (n != books || far >= read && texts != books || far == covered && covers != books) {
		err = fmt.Errorf("of %d books %d are in the catalogue, %d with a text, %d with a cover", books, n, texts, covers)
	}
	return err
}

// put puts a book into the store, and returns the event that says so. It lies where
// no notice is given, lest the runtime catalogues it too.
func (c *cataloguing) put(b *bench, source, id, name string, content []byte) (events.Event, error) {
	o := events.Object{Bucket: "artifacts", Key: "bench/" + source + "/" + id + "/" + name, Size: int64(len(content))}
	info, err := c.Blob.Put(b.ctx, o.Bucket, o.Key, bytes.NewReader(content), blob.Put{Size: o.Size})
	if err != nil {
		return events.Event{}, err
	}
	o.ETag = info.ETag
	e, err := events.New(events.BookUploaded{Book: ce.ID("book", source, id), Upload: ce.ID("upload", o.Key), Object: o, Name: name,
		Origin: events.Origin{Source: source, ID: id, Version: 1}})
	e.SetID(source + "-" + id)
	e.SetSource("/bench")
	e.SetTime(time.Now())
	return e, err
}
